"""Editing many contacts with a constant number of statements: imports, bulk edits, programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Forbidden, Refused
from counterpart.practice.contacts.drafts import tidied
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.editing import EDITABLE, after_edit
from counterpart.practice.contacts.operations.recording import changes_between
from counterpart.practice.contacts.registers import values_of, with_request
from counterpart.practice.contacts.rows import states_of, update_contacts
from counterpart.practice.settings.queries import creation_rules
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Edited:
    """A contact that was changed: {field: [old, new]} and its columns as they are now."""

    id: UUID
    columns: Mapping[str, Any]
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

    None where nothing differs: nothing is written then and nobody is told. A refused one does not stop the others.
    Raises Forbidden.
    """
    actor.require("contact.edit")
    ids = [contact_id for contact_id, _ in items]
    assert len(set(ids)) == len(ids), "a contact is edited once at a time"
    sync.lock("contact", ids)
    states, rules = states_of(ids), creation_rules()
    answers: list[Edited | Refused | None] = []
    told = []
    for contact_id, changes in items:
        answer = _edited(actor, states.get(contact_id), changes, keep_sequence=keep_sequence)
        answers.append(answer)
        if isinstance(answer, Edited):
            before = states[contact_id]
            pair = [values_of(each, shares_methods=rules.share_methods) for each in (before, answer.columns)]
            if before["requested_reference"] != answer.columns["requested_reference"]:
                pair[1] = with_request(pair[1], answer.columns)
            told.append((contact_id, pair[0], pair[1]))
    made = [one for one in answers if isinstance(one, Edited)]
    if made:
        update_contacts(
            [(one.id, {**one.columns, "version": states[one.id]["version"]}, actor.name) for one in made], at
        )
        sync.saved(kind="contact", items=told, actor=actor, at=at, lane=lane, share_addresses=rules.sync_addresses)
        history.record(
            [
                history.NewEvent("contact", one.id, display_name(one.columns), "edited", actor, at, dict(one.changed))
                for one in made
            ]
        )
    return answers


def _edited(
    actor: Actor, current: dict[str, Any] | None, changes: Mapping[str, Any], *, keep_sequence: bool
) -> Edited | Refused | None:
    if current is None or current["deleted_at"] is not None:
        return Refused([FieldError("", "This contact is not here any more.", "not_found")])
    wanted = tidied({name: value for name, value in changes.items() if name in EDITABLE})
    try:
        after = after_edit(actor, current, wanted, keep_sequence=keep_sequence)
    except Refused as refusal:
        return refusal
    except Forbidden as refusal:
        return Refused(refusal.errors)
    changed = changes_between(current, after)
    return Edited(current["id"], {**after, "version": current["version"] + 1}, changed) if changed else None
