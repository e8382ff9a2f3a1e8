"""A file as columns and rows, whatever it was."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

CELLS_MAX: Final = 1_000
"""Columns of one file; more is no list of records."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person may decide about a file that was read wrongly; empty is: find out."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    has_header: bool = True


@dataclass(slots=True)
class Source:
    """``rows``: yields (place, cells); the place counts as a spreadsheet does, or the cards of an address book.
    It can be gone through once.

    ``fixed``: the columns have meanings of their own (an address book), nothing is to be guessed.
    """

    kind: str
    header: list[str]
    rows: Callable[[], Iterator[tuple[int, Sequence[str]]]]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    has_header: bool = True
    filled: list[int] = field(default_factory=list)
    """In how many rows each column says something; known when the rows have been gone through. Longer than the header
    if rows are.
    """

    def count(self, cells: Sequence[str]) -> None:
        """Count what a row says."""
        if len(cells) > len(self.filled):
            self.filled += [0] * (len(cells) - len(self.filled))
        for place, cell in enumerate(cells):
            if cell:
                self.filled[place] += 1

    def facts(self) -> dict[str, Any]:
        """Everything but the rows, to be kept."""
        found = {name: getattr(self, name) for name in self.__slots__ if name != "rows"}
        return {name: list(value) if isinstance(value, list) else value for name, value in found.items()}


def reading_of(facts: dict[str, Any]) -> Reading:
    """How a file was read, so that it can be read the same way again."""
    return Reading(**{name: facts[name] for name in asdict(Reading()) if name in facts})


def named(header: Sequence[str], width: int) -> list[str]:
    """The names of the columns: none empty, none twice."""
    names: list[str] = []
    seen: set[str] = set()
    for place in range(min(max(len(header), width), CELLS_MAX)):
        plain = " ".join(header[place].split()) if place < len(header) else ""
        name = base = plain or f"Column {place + 1}"
        count = 1
        while name.casefold() in seen:
            count += 1
            name = f"{base} {count}"
        seen.add(name.casefold())
        names.append(name)
    return names
