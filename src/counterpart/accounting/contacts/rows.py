"""Contacts as rows: read and written in whole batches with a constant number of statements."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from counterpart.accounting.contacts.fields import (
    EXTERNAL_REFERENCE_MAX,
    STORED,
    Fields,
    display_name,
    phone_digits,
    search_text,
    sort_name,
)
from counterpart.accounting.contacts.models import Contact
from counterpart.foundation.bulk import insert_rows, update_rows
from counterpart.foundation.reading import rows_of
from counterpart.foundation.text import fold
from counterpart.protocol.numbers import number_key

_DERIVED: Final = ("external_key", "number", "number_key", "sort_name", "search_text", "phone_digits")
_INSERT: Final = (
    "id", *STORED, *_DERIVED, "status", "version", "created_at", "created_by", "updated_at", "updated_by", "closed_by",
    "is_demo", "is_group",
)  # fmt: skip
_UPDATE: Final = (*STORED, *_DERIVED, "version", "updated_at", "updated_by")
_READ: Final = ("id", "number", "version", "status", "is_group", *STORED)


@dataclass(slots=True)
class Held:
    """A contact as it is now, in a transaction that is about to change it."""

    id: UUID
    number: str
    version: int
    status: str
    is_group: bool
    fields: Fields

    @property
    def label(self) -> str:
        """The name as messages and the history show it."""
        return display_name(self.fields)


def read_held(ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Held]:
    """Read contacts that are not deleted; ``lock`` keeps them until the end of the transaction, in a fixed order."""
    wanted = list(ids)
    rows = Contact.objects.filter(pk__among=wanted, deleted_at=None)
    if lock and connection.in_atomic_block:
        rows = rows.select_for_update().order_by("pk")
    held = {}
    for key, number, version, status, is_group, *values in rows_of(rows.values_list(*_READ)):
        held[key] = Held(key, number, version, status, is_group, dict(zip(STORED, values, strict=True)))
    return held


def insert_contacts(rows: Iterable[tuple[UUID, Fields, str, str, bool, bool]], *, at: datetime) -> None:
    """Insert contacts; each row is (id, complete fields, number, author, is a demonstration, is a group)."""
    insert_rows(
        Contact,
        _INSERT,
        (
            (
                key,
                *(fields[name] for name in STORED),
                *_derived(fields, number),
                "active",
                1,
                at,
                by,
                at,
                by,
                "",
                demo,
                group,
            )
            for key, fields, number, by, demo, group in rows
        ),
    )


def update_contacts(rows: Iterable[tuple[UUID, Fields, str, int, str]], *, at: datetime) -> None:
    """Update contacts; each row is (id, complete fields, number, new version, name of the author)."""
    update_rows(
        Contact,
        _UPDATE,
        [
            (key, *(fields[name] for name in STORED), *_derived(fields, number), version, at, by)
            for key, fields, number, version, by in rows
        ],
    )


def given_fields(fields: Mapping[str, Any], number: str) -> dict[str, Any]:
    """Return the changes of a creation: every field that is not empty, and the number."""
    given: dict[str, Any] = {"number": [None, number]}
    given.update((name, [None, fields[name]]) for name in STORED if fields[name])
    return given


def _derived(fields: Mapping[str, Any], number: str) -> tuple[str, ...]:
    external = fold(fields["external_reference"])[: 2 * EXTERNAL_REFERENCE_MAX]
    return (external, number, number_key(number), sort_name(fields), search_text(fields, number), phone_digits(fields))
