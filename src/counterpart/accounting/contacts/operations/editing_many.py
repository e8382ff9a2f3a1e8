"""Editing many contacts with a constant number of statements: imports, bulk edits, programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.fields import Fields, cleaned, display_name
from counterpart.accounting.contacts.operations.editing import edit_errors
from counterpart.accounting.contacts.operations.external import external_refusals
from counterpart.accounting.contacts.operations.holding import refusals_of
from counterpart.accounting.contacts.operations.sharing import shares_addresses
from counterpart.accounting.contacts.permissions import require_number
from counterpart.accounting.contacts.registers import KIND, values_from_fields
from counterpart.accounting.contacts.rows import Held, read_held, update_contacts
from counterpart.accounting.edits import changed_fields
from counterpart.accounting.numbering.operations import Wish, give_numbers
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Edited:
    """A contact that was changed: its fields as they are now, and {field: [old, new]}."""

    id: UUID
    fields: Fields
    changed: Mapping[str, Sequence[Any]]


@transaction.atomic
def edit_contacts(
    *,
    actor: Actor,
    items: Sequence[tuple[UUID, Mapping[str, Any]]],
    at: datetime,
    lane: sync.Lane = sync.Lane.BULK,
    keep_sequence: bool = True,
) -> list[Edited | Refused | None]:
    """Give the named fields of each contact, which is among the items once, new values; answers in their order.

    ``number`` among them is a new number (NUM-13). None where nothing differs: nothing is written then and nobody is
    told. A refused one does not stop the others. Raises Forbidden.
    """
    actor.require("contact.edit")
    ids = [contact_id for contact_id, _ in items]
    assert len(set(ids)) == len(ids), "a contact is edited once at a time"
    sync.lock(KIND, ids)
    held = read_held(ids, lock=True)
    after = {key: cleaned(given, held[key].fields) for key, given in items if key in held}
    refused = _refusals(held, after)
    numbers = _numbers(actor, items, held, after, refused, at, keep_sequence=keep_sequence)
    edited = {
        key: Edited(key, after[key], changed)
        for key in after
        if key not in refused and (changed := _changed(held[key], after[key], numbers.get(key, held[key].number)))
    }
    _write(edited, held, numbers, actor, at, lane)
    gone = Refused([FieldError("", "This contact is not here any more.", "not_found")])
    return [edited.get(key) or refused.get(key) or (None if key in held else gone) for key in ids]


def _refusals(held: Mapping[UUID, Held], after: Mapping[UUID, Fields]) -> dict[UUID, Refused]:
    moved = {
        key: one for key, one in after.items() if one["external_reference"] != held[key].fields["external_reference"]
    }
    repeated = external_refusals(moved, other_than=moved)
    found = {}
    for key, fields in after.items():
        errors = edit_errors(held[key].fields, fields) + ([repeated[key]] if key in repeated else [])
        if errors:
            found[key] = Refused(errors)
    return found


def _numbers(
    actor: Actor,
    items: Sequence[tuple[UUID, Mapping[str, Any]]],
    held: Mapping[UUID, Held],
    after: Mapping[UUID, Fields],
    refused: dict[UUID, Refused],
    at: datetime,
    *,
    keep_sequence: bool,
) -> dict[UUID, str]:
    """New numbers by contact; those that can't be given are added to the refusals."""
    wishes = [
        Wish(key, after[key]["contact_type"], given["number"], keep_sequence)
        for key, given in items
        if key in held and key not in refused and given.get("number") and given["number"] != held[key].number
    ]
    if not wishes:
        return {}
    require_number(actor)
    given = dict(zip((wish.contact_id for wish in wishes), give_numbers(wishes, at=at), strict=True))
    refused |= refusals_of(given, actor)
    return {key: number for key, number in given.items() if isinstance(number, str)}


def _changed(held: Held, after: Fields, number: str) -> dict[str, Any]:
    changes = changed_fields(held.fields, after)
    if number != held.number:
        changes["number"] = [held.number, number]
    return changes


def _write(
    edited: Mapping[UUID, Edited],
    held: Mapping[UUID, Held],
    numbers: Mapping[UUID, str],
    actor: Actor,
    at: datetime,
    lane: sync.Lane,
) -> None:
    if not edited:
        return
    new = {key: numbers.get(key, held[key].number) for key in edited}
    update_contacts(
        [(key, one.fields, new[key], held[key].version + 1, actor.name) for key, one in edited.items()], at=at
    )
    told = [
        (key, values_from_fields(held[key].fields, held[key].number), values_from_fields(one.fields, new[key]))
        for key, one in edited.items()
        if not held[key].is_group
    ]
    sync.saved(kind=KIND, items=told, actor=actor, at=at, lane=lane, share_addresses=shares_addresses())
    history.record(
        [
            history.NewEvent(KIND, key, display_name(one.fields), "edited", actor, at, dict(one.changed))
            for key, one in edited.items()
        ]
    )
