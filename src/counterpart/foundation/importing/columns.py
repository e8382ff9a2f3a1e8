"""What the columns of a file mean: a product's fields, templates known by their headings, guesses (IMP-1)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from counterpart.foundation.text import fold

Record = dict[str, str]
"""A row by the names of its fields. A second value of a field that may repeat stands under 'name 2' and so on."""

_WORD: Final = re.compile(r"[^\W_]+")
_PLACE: Final = re.compile(r"\d+$")
REPEATS_MAX: Final = 10
ASIDE_SHOWN: Final = 20
ERROR: Final = "error"
"""The reason beside a row that was refused before; it is ours, and nothing of the person's."""
ASIDE: Final = ""
"""A column that is left aside."""


@dataclass(frozen=True, slots=True)
class Field:
    """``synonyms``: headings by which other programs call it. ``repeats``: several columns may hold values of it."""

    name: str
    label: str
    meaning: str = ""
    example: str = ""
    synonyms: tuple[str, ...] = ()
    repeats: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """Another program's file, known by its headings; ``columns``: heading to field, '' for those left aside."""

    name: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    """Headings without which it is not this template."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A field for each column, and where that comes from: a saved mapping, a template, or the names."""

    fields: list[str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields of a subject and the templates it knows."""

    all: Sequence[Field]
    templates: Sequence[Template] = ()
    _by_word: dict[str, str] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        """Look every name up once."""
        for one in self.all:
            for word in (one.name, one.label, *one.synonyms):
                self._by_word.setdefault(squashed(word), one.name)

    @property
    def names(self) -> set[str]:
        """What a column can be mapped to."""
        return {one.name for one in self.all}

    def get(self, name: str) -> Field | None:
        """The field of this name."""
        return next((one for one in self.all if one.name == name), None)

    def guessed(self, header: Sequence[str]) -> Guess:
        """What the headings say: a template as it is, else each heading by its name or a synonym."""
        keys = [squashed(name) for name in header]
        for template in self.templates:
            known = {squashed(heading): name for heading, name in template.columns.items()}
            if {squashed(heading) for heading in template.required} <= set(keys):
                return Guess(self._once([known.get(key, "") or self._plain(key, known) for key in keys]), template.name)
        return Guess(self._once([self._meant(key) for key in keys]))

    def _plain(self, key: str, known: Mapping[str, str]) -> str:
        """A heading the template does not have may be one of ours all the same."""
        return "" if key in known else self._meant(key)

    def _meant(self, key: str) -> str:
        if found := self._by_word.get(key):
            return found
        name = self._by_word.get(_PLACE.sub("", key), "")
        one = self.get(name)
        return name if one is not None and one.repeats else ""

    def _once(self, fields: list[str]) -> list[str]:
        """A field that does not repeat is given to the first column that claims it."""
        taken: dict[str, int] = {}
        kept = []
        for name in fields:
            one = self.get(name)
            taken[name] = taken.get(name, 0) + 1
            allowed = one is not None and taken[name] <= (REPEATS_MAX if one.repeats else 1)
            kept.append(name if allowed else ASIDE)
        return kept


def squashed(heading: str) -> str:
    """A heading with everything gone but letters and digits: 'E-mail Address' is 'emailaddress'."""
    return "".join(_WORD.findall(fold(heading)))


def problem_with(fields: Fields, chosen: Sequence[str], needs_one_of: Sequence[str]) -> str:
    """What is wrong with a mapping, in a sentence; '' if it will do."""
    seen: dict[str, int] = {}
    for name in chosen:
        if name and fields.get(name) is None:
            return "Choose one of the fields."
        seen[name] = seen.get(name, 0) + 1
    for one in fields.all:
        if seen.get(one.name, 0) > (REPEATS_MAX if one.repeats else 1):
            return f"Only one column can be {one.label}."
    if not set(needs_one_of) & set(chosen):
        labels = [one.label for one in fields.all if one.name in needs_one_of]
        return f"No column is {' or '.join(filter(None, [', '.join(labels[:-1]), labels[-1]]))}; one must be."
    return ""


def left_aside(header: Sequence[str], chosen: Sequence[str], filled: Sequence[int], row_word: str) -> str:
    """Which columns say something that is not taken over, in a sentence; '' if nothing is lost."""
    named = [
        (name, count)
        for name, field_name, count in zip(header, chosen, filled, strict=False)
        if count and not field_name and squashed(name) != ERROR
    ]
    if beyond := max(filled[len(header) :], default=0):
        named.append(("cells without a heading", beyond))
    if not named:
        return ""
    said = [f"{name} ({count:,} {row_word}{'s' if count > 1 else ''})" for name, count in named[:ASIDE_SHOWN]]
    if len(named) > ASIDE_SHOWN:
        said.append(f"{len(named) - ASIDE_SHOWN} further columns")
    return f"Not taken over, because no field is chosen for it: {', '.join(said)}."


def layout_of(fields: Fields, chosen: Sequence[str]) -> list[tuple[int, str]]:
    """Which cell goes where: place in the row, and key of the record."""
    repeating = {one.name for one in fields.all if one.repeats}
    count: dict[str, int] = {}
    layout = []
    for place, name in enumerate(chosen):
        if not name:
            continue
        count[name] = count.get(name, 0) + 1
        layout.append((place, name if count[name] == 1 or name not in repeating else f"{name} {count[name]}"))
    return layout


def record_of(cells: Sequence[str], layout: Sequence[tuple[int, str]]) -> Record:
    """The row by its fields; a row that is too short has empty ones."""
    width = len(cells)
    return {key: cells[place] if place < width else "" for place, key in layout}


def values_of(record: Mapping[str, str], name: str) -> Iterator[str]:
    """Everything a row says for a field that may repeat."""
    if text := record.get(name):
        yield text
    for place in range(2, REPEATS_MAX + 1):
        key = f"{name} {place}"
        if key not in record:
            return
        if text := record[key]:
            yield text
