"""Keys follow the contacts: written in the transaction that writes the history of a change, whatever its way in.

A key that a contact has no more stays: it makes a pair worth comparing, and comparing finds that it is not. A rebuild
clears them away.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from counterpart.foundation.alike.faces import features_of
from counterpart.foundation.alike.keys import keys_of
from counterpart.foundation.alike.models import Key
from counterpart.foundation.alike.product import KIND, is_registered, product
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.history.events import NewEvent

COLUMNS: Final = ("key", "contact_id")
STEP: Final = 2_000


def keep(events: Sequence[NewEvent]) -> None:
    """Store the keys of contacts that were created or changed in what they are looked up by.

    One statement for any number of new contacts, two if some of them changed.
    """
    if not is_registered():
        return
    relevant = product().key_fields
    new: dict[UUID, dict[str, Any]] = {}
    changed: set[UUID] = set()
    for event in events:
        if event.object_type != KIND or event.object_id is None:
            continue
        if event.verb == "created":
            new[event.object_id] = {name: change[1] for name, change in event.changes.items()}
        elif relevant & event.changes.keys():
            changed.add(event.object_id)
    columns: Mapping[UUID, Mapping[str, Any]] = new | product().columns(changed - new.keys()) if changed else new
    if columns:
        insert_rows(Key, COLUMNS, _rows(columns), ignore_conflicts=True)


def fill() -> None:
    """Give the contacts stored before there were keys theirs; nothing to do afterwards."""
    if is_registered() and not Key.objects.exists() and product().everything().exists():
        rebuild()


@transaction.atomic
def rebuild() -> None:
    """Make all keys anew from the contacts, in bounded memory."""
    Key.objects.all().delete()
    after = None
    while (after := complete(after)) is not None:
        pass


def complete(after: UUID | None) -> UUID | None:
    """Store the keys that the next contacts lack; returns the last of them, None when all were looked at.

    Contacts can come past the history: with a restored backup, or written by hand.
    """
    contacts = product().everything().order_by("pk")
    if after is not None:
        contacts = contacts.filter(pk__gt=after)
    step = list(contacts.values_list("pk", flat=True)[:STEP])
    if step:
        insert_rows(Key, COLUMNS, _rows(product().columns(step)), ignore_conflicts=True)
    return step[-1] if step else None


def _rows(contacts: Mapping[UUID, Mapping[str, Any]]) -> list[tuple[int, UUID]]:
    """In the order of the index, which many rows are written into much faster than here and there."""
    face = product().face
    return sorted((key, one) for one, columns in contacts.items() for key in keys_of(features_of(face(columns))))
