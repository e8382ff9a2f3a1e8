"""Writing contacts as rows: a constant number of statements for any number of contacts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from counterpart.foundation.bulk import insert_rows, update_rows
from counterpart.foundation.reading import dicts_of
from counterpart.foundation.text import fold
from counterpart.practice.contacts.models import EXTERNAL_REFERENCE_MAX, Contact
from counterpart.practice.contacts.naming import phone_digits, search_text, sort_name
from counterpart.practice.contacts.personal import FURTHER
from counterpart.practice.contacts.registers import REGISTER_COLUMNS
from counterpart.protocol.numbers import number_key

CARRIED: Final = (*REGISTER_COLUMNS, *FURTHER, "status", "is_demo", "external_reference")
DERIVED: Final = ("external_key", "reference_key", "requested_key", "sort_name", "search_text", "phone_digits")
NEW_COLUMNS: Final = (
    "id", *CARRIED, *DERIVED, "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at",
)  # fmt: skip
EDIT_COLUMNS: Final = (*CARRIED, *DERIVED, "version", "updated_at", "updated_by")
NUMBERS: Final = ("reference", "requested_reference", "requested_keep_sequence")
"""What is all that changes when Legal Accounting numbers a contact."""
STATE_COLUMNS: Final = ("id", *CARRIED, "version", "deleted_at")
"""What an edit has to know of a contact."""
EXTERNAL_KEY_MAX: Final = 2 * EXTERNAL_REFERENCE_MAX


def derived(columns: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of DERIVED: what searching, sorting and comparing need."""
    external = columns.get("external_reference")
    return (
        fold(external)[:EXTERNAL_KEY_MAX] if external else "",
        number_key(columns["reference"]),
        number_key(columns["requested_reference"]),
        sort_name(columns),
        search_text(columns),
        phone_digits(columns["phones"]),
    )


def insert_contacts(rows: Iterable[tuple[UUID, Mapping[str, Any], str]], at: datetime) -> None:
    """Insert contacts given as (id, columns, who)."""
    insert_rows(
        Contact,
        NEW_COLUMNS,
        [
            (
                contact_id, *(columns[name] for name in (*REGISTER_COLUMNS, *FURTHER)), columns.get("status", "active"),
                columns.get("is_demo", False), columns.get("external_reference", ""), *derived(columns), 1, at, who, at,
                who, None,
            )
            for contact_id, columns, who in rows
        ],
    )  # fmt: skip


def update_contacts(rows: Iterable[tuple[UUID, Mapping[str, Any], str]], at: datetime) -> None:
    """Write changed contacts given as (id, all columns of STATE_COLUMNS, who); the version rises by one."""
    update_rows(
        Contact,
        EDIT_COLUMNS,
        [
            (
                contact_id, *(columns[name] for name in CARRIED), *derived(columns), columns["version"] + 1, at, who,
            )
            for contact_id, columns, who in rows
        ],
    )  # fmt: skip


def number_contacts(rows: Iterable[tuple[UUID, Mapping[str, Any], str]], at: datetime) -> None:
    """``update_contacts`` where nothing but NUMBERS changed: the indexes of all else are left alone."""
    update_rows(
        Contact,
        (*NUMBERS, "reference_key", "requested_key", "search_text", "version", "updated_at", "updated_by"),
        [
            (
                contact_id, *(columns[name] for name in NUMBERS), number_key(columns["reference"]),
                number_key(columns["requested_reference"]), search_text(columns), columns["version"] + 1, at, who,
            )
            for contact_id, columns, who in rows
        ],
    )  # fmt: skip


def states_of(contact_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The columns an edit starts from, deleted contacts included; one statement."""
    found = Contact.objects.filter(pk__among=contact_ids).values(*STATE_COLUMNS)
    return {row["id"]: row for row in dicts_of(found)}
