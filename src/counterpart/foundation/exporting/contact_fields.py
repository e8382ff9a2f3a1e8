"""Fields of a contact under the names an import takes, as far as both products have them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from counterpart.foundation.exporting.formats import Cell

Fields = list[tuple[str, Callable[[Any], Cell]]]

MANY: Final = 3
"""Numbers of one sort that get a column of their own; a card has all of them."""
TELEPHONE: Final = {
    "business": ("work", "voice"), "mobile": ("cell",), "home": ("home", "voice"), "other": ("voice",), "fax": ("fax",),
    "sms": ("text",),
}  # fmt: skip
"""What RFC 6350 calls a number."""
AT_WORK: Final = ("work",)


def plain(*names: str) -> Fields:
    """Columns of the record by their own names."""
    return [(name, _column(name)) for name in names]


def numbers(name: str, of: Callable[[Any], Sequence[str]]) -> Fields:
    """The numbers of one sort, the first ones."""
    return [(name if place == 0 else f"{name} {place + 1}", _at(of, place)) for place in range(MANY)]


def address(prefix: str, of: Callable[[Any], Mapping[str, str]], parts: Sequence[str]) -> Fields:
    """The parts of an address."""
    return [(f"{prefix}_{part}", _part(of, part)) for part in parts]


def _column(name: str) -> Callable[[Any], Cell]:
    return lambda record: getattr(record, name)


def _at(of: Callable[[Any], Sequence[str]], place: int) -> Callable[[Any], Cell]:
    def cell(record: Any) -> Cell:
        found = of(record)
        return found[place] if place < len(found) else ""

    return cell


def _part(of: Callable[[Any], Mapping[str, str]], part: str) -> Callable[[Any], Cell]:
    return lambda record: of(record).get(part) or ""
