"""How a row of a file speaks of a contact, the same for both products."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from counterpart.foundation.countries import country_code
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing.columns import Record, values_of
from counterpart.foundation.text import digits

INDIVIDUAL, COMPANY = "individual", "company"
KINDS: Final = {
    "person": INDIVIDUAL, "individual": INDIVIDUAL, "p": INDIVIDUAL, "i": INDIVIDUAL, "contact": INDIVIDUAL,
    "company": COMPANY, "organisation": COMPANY, "organization": COMPANY, "org": COMPANY, "c": COMPANY, "o": COMPANY,
    "business": COMPANY, "firm": COMPANY, "corporation": COMPANY, "entity": COMPANY,
}  # fmt: skip


def kind_of(record: Record) -> str:
    """Person or company: what the row says, else what its names tell. Raises Refused."""
    given = (record.get("type") or "").strip().casefold()
    if not given:
        is_company = record.get("company") and not (record.get("first") or record.get("last"))
        return COMPANY if is_company else INDIVIDUAL
    if given not in KINDS:
        raise Refused([FieldError("type", f"'{given}' is not a type; use person or company.", "type.unknown")])
    return KINDS[given]


def with_phones(
    phones: Sequence[Mapping[str, str]], record: Record, columns: Mapping[str, str], *, clears: bool
) -> list[dict[str, str]]:
    """The phones after a row: its first number of a label replaces the first there, further ones are added.

    ``columns``: name of the column to label. A number that is there already, however it is written, stays as it is.
    """
    kept = [dict(phone) for phone in phones]
    for column, label in columns.items():
        if column not in record:
            continue
        given = list(values_of(record, column))
        first = next((phone for phone in kept if phone["label"] == label), None)
        if not given:
            if clears and first is not None:
                kept.remove(first)
            continue
        known = {digits(phone["number"]) for phone in kept if phone["label"] == label}
        new = [number.strip() for number in given if digits(number) not in known]
        if new and first is not None and digits(given[0]) not in known:
            first["number"] = new.pop(0)
        kept += [{"label": label, "number": number} for number in new]
    return kept


def address_in(
    record: Record, prefix: str, parts: Sequence[str], present: Mapping[str, Any], *, clears: bool
) -> dict[str, str] | None:
    """The address after a row; None if the row has no column for it, or says nothing."""
    named = [part for part in parts if f"{prefix}_{part}" in record]
    given = {part: record[f"{prefix}_{part}"].strip() for part in named}
    if not any(given.values()) and not (clears and named):
        return None
    after = dict(present)
    for part, text in given.items():
        if text:
            after[part] = country_code(text) if part == "country" else text
        elif clears:
            after.pop(part, None)
    return after


def uuids(keys: Iterable[str]) -> list[UUID]:
    """Those of the texts that are internal IDs."""
    found = []
    for key in keys:
        try:
            found.append(UUID(key))
        except ValueError:
            continue
    return found
