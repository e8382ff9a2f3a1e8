"""What the survivor of a merge is made of: field by field, one contact's value or all of them united (DUP-7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from counterpart.foundation.alike.product import Held, MergeField
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.text import fold

ALL: Final = "all"
NAMES: Final = "_names"
"""Beside the choices of the fields: whether the losers' names become aliases ('' for no)."""
JOINT: Final = "; "

Choices = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One contact's value of a field."""

    id: UUID
    name: str
    """Of the contact."""
    lines: list[str]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A field of all contacts side by side. ``state``: 'equal', 'different' or 'missing' (one has none)."""

    name: str
    label: str
    state: str
    cells: list[Cell]
    united: list[str] | None
    is_united: bool
    result: list[str]

    @property
    def is_question(self) -> bool:
        """Whether there is anything to choose."""
        return self.state != "equal"


def after_merge(fields: Sequence[MergeField], holders: Sequence[Held], choices: Choices) -> dict[str, Any]:
    """The survivor's columns (the first holder's) with every field as chosen."""
    after = dict(holders[0].columns)
    for field in fields:
        after.update(zip(field.columns, chosen(field, holders, choices.get(field.name, "")), strict=True))
    return after


def chosen(field: MergeField, holders: Sequence[Held], choice: str) -> tuple[Any, ...]:
    """A field's value. By default all are united where they can be; else the survivor's, or the first there is."""
    values = [_value(field, holder) for holder in holders]
    if choice == ALL and field.unite:
        return field.unite(values)
    for holder, value in zip(holders, values, strict=True):
        if choice == str(holder.id):
            return value
    if field.unite:
        return field.unite(values)
    return next((value for value in values if field.lines(value)), values[0])


def check_choices(fields: Sequence[MergeField], holders: Sequence[Held], choices: Choices) -> None:
    """Raise Refused where a choice names no field or no contact of this merge."""
    allowed = {field.name: field for field in fields}
    ids = {str(holder.id) for holder in holders}
    errors = []
    for name, choice in choices.items():
        if name == NAMES:
            continue
        if name not in allowed:
            errors.append(FieldError(f"field_choices.{name}", "There is no such field to choose.", "unknown"))
        elif choice not in ids and not (choice == ALL and allowed[name].unite):
            text = "Choose one of the merged contacts."
            errors.append(FieldError(f"field_choices.{name}", text, "unknown"))
    if errors:
        raise Refused(errors)


def with_names(alias: str, labels: Sequence[str], own: str, longest: int) -> tuple[str, list[str]]:
    """The alias with these names added, and those for which there was no room."""
    known = {fold(part) for part in alias.split(";")} | {fold(own)}
    left_out = []
    for label in labels:
        if fold(label) in known:
            continue
        longer = f"{alias}{JOINT}{label}" if alias else label
        if len(longer) > longest:
            left_out.append(label)
            continue
        alias = longer
        known.add(fold(label))
    return alias, left_out


def joined_aliases(values: Sequence[tuple[Any, ...]], longest: int) -> tuple[str]:
    """Several aliases as one text, each name once, as far as there is room."""
    alias = values[0][0]
    for (other,) in values[1:]:
        alias, _ = with_names(alias, [part.strip() for part in other.split(";") if part.strip()], "", longest)
    return (alias,)


def table(
    fields: Sequence[MergeField], holders: Sequence[Held], choices: Choices, after: Mapping[str, Any]
) -> list[Row]:
    """The contacts side by side; fields that nobody has are left out. ``after``: the survivor's columns then."""
    return [row for field in fields if (row := _row(field, holders, choices, after)) is not None]


def _row(field: MergeField, holders: Sequence[Held], choices: Choices, after: Mapping[str, Any]) -> Row | None:
    values = [_value(field, holder) for holder in holders]
    lines = [field.lines(value) for value in values]
    result = field.lines(tuple(after[name] for name in field.columns))
    if not any(lines) and not result:
        return None
    state = "equal" if all(one == lines[0] for one in lines) else "missing" if not all(lines) else "different"
    choice = choices.get(field.name, "")
    united = field.lines(field.unite(values)) if field.unite else None
    is_united = bool(field.unite) and choice in ("", ALL)
    value = chosen(field, holders, choice)
    taken = next((place for place, one in enumerate(values) if one == value), None)
    by_id = {str(holder.id) for holder in holders}
    cells = [
        Cell(
            holder.id,
            holder.label,
            lines[place],
            not is_united and (choice == str(holder.id) if choice in by_id else place == taken),
        )
        for place, holder in enumerate(holders)
    ]
    return Row(field.name, field.label, state, cells, united, is_united, result)


def _value(field: MergeField, holder: Held) -> tuple[Any, ...]:
    return tuple(holder.columns[name] for name in field.columns)
