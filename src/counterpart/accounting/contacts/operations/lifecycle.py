"""Closing, reopening, deleting and restoring contacts (LA-CON-6, sync-protocol 16)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from counterpart.accounting.contacts.blockers import closing_blockers, deletion_blockers_of
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations.external import external_refusals
from counterpart.accounting.contacts.operations.holding import hold
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.contacts.rows import Held, given_fields, read_held
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.merges import merged_away
from counterpart.foundation.errors import Blocked, Missing, Refusal, Stale
from counterpart.sync import api as sync


@transaction.atomic
def close_contact(*, contact_id: UUID, actor: Actor, at: datetime) -> None:
    """Close a contact; the number stays its own (NUM-15). Local: the other product is only informed (CLS-1).

    Raises Missing, Forbidden, Blocked with everything that stands in the way (LA-CON-6).
    """
    actor.require("contact.close")
    held = hold(contact_id)
    if held.status == Contact.Status.CLOSED:
        raise Blocked("This contact is closed already.")
    if blockers := closing_blockers(contact_id):
        raise Blocked(f"{held.label} can't be closed yet.", blockers)
    _set_status(held, actor, at, status=Contact.Status.CLOSED, closed_at=at, closed_by=actor.name)
    sync.set_presence(KIND, contact_id, "archived", actor=actor, at=at)
    history.record([_status_event(held, "closed", actor, at)])


@transaction.atomic
def reopen_contact(*, contact_id: UUID, actor: Actor, at: datetime) -> None:
    """Reopen a closed contact; always allowed to those who may close (LA-CON-6). Raises Missing, Forbidden, Blocked."""
    actor.require("contact.close")
    held = hold(contact_id)
    if held.status != Contact.Status.CLOSED:
        raise Blocked("This contact is open.")
    _set_status(held, actor, at, status=Contact.Status.ACTIVE, closed_at=None, closed_by="")
    sync.set_presence(KIND, contact_id, "active", actor=actor, at=at)
    history.record([_status_event(held, "reopened", actor, at)])


@transaction.atomic
def delete_contact(*, contact_id: UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Delete a contact here; the other product keeps its own and is told (sync-protocol 16).

    A tombstone with the number stays, so the number is never given again and still says whose it was (LA-NUM-7).
    Raises Missing, Forbidden, Stale, Blocked (ledger history).
    """
    actor.require("contact.delete")
    held = hold(contact_id)
    if version is not None and version != held.version:
        raise Stale("This contact was changed meanwhile; look at it again.", current_version=held.version)
    for refusal in delete_contacts(
        contact_ids=[contact_id], actor=actor, at=at, lane=sync.Lane.INTERACTIVE
    ).values():  # fmt: skip
        raise refusal


@transaction.atomic
def delete_contacts(
    *, contact_ids: Sequence[UUID], actor: Actor, at: datetime, lane: sync.Lane = sync.Lane.BULK
) -> dict[UUID, Refusal]:
    """Delete contacts; returns those that stay, with what stands in the way. Raises Forbidden."""
    actor.require("contact.delete")
    sync.lock(KIND, contact_ids)
    held = read_held(contact_ids, lock=True)
    refused: dict[UUID, Refusal] = {
        key: Missing("There is no such contact.") for key in contact_ids if key not in held
    }  # fmt: skip
    for key, blockers in deletion_blockers_of(list(held)).items():
        text = f"{held[key].label} can't be deleted: it has history in the books. Close it instead."
        refused[key] = Blocked(text, blockers)
    gone = [one for key, one in held.items() if key not in refused]
    sync.set_presences(KIND, dict.fromkeys((one.id for one in gone), "deleted"), actor=actor, at=at, lane=lane)
    _stamp([one.id for one in gone], actor, at, deleted_at=at)
    events = []
    for one in gone:
        was = {name: [old, None] for name, (_, old) in given_fields(one.fields, one.number).items()}
        events.append(history.NewEvent(KIND, one.id, one.label, "deleted", actor, at, was))
    history.record(events)
    return refused


@transaction.atomic
def restore_contacts(
    *, contact_ids: Sequence[UUID], actor: Actor, at: datetime, lane: sync.Lane = sync.Lane.BULK
) -> dict[UUID, Refusal]:
    """Bring deleted contacts back, with the numbers they had, which nobody else was given (LA-NUM-7); the links to
    their counterparts are taken up again. Returns those that stay away, with the reason. Raises Forbidden.
    """
    actor.require("contact.delete")
    sync.lock(KIND, contact_ids)
    rows = Contact.objects.filter(pk__in=contact_ids).exclude(deleted_at=None).select_for_update().order_by("pk")
    away = {contact.pk: contact for contact in rows}
    refused: dict[UUID, Refusal] = {}
    # Meanwhile another contact may have got what this one is called elsewhere; both can't have it.
    wanted = {key: {"external_reference": contact.external_reference} for key, contact in away.items()}
    for key, error in external_refusals(wanted).items():
        refused[key] = Refusal(f"{error.message} Change it there, then restore this contact.", code=error.code)
    for key in merged_away().filter(loser_id__in=away).values_list("loser_id", flat=True):
        refused[key] = Refusal("This contact was merged into another one. Undo the merge instead.")
    back = [contact for key, contact in away.items() if key not in refused]
    _stamp([contact.pk for contact in back], actor, at, deleted_at=None)
    presences = {one.pk: "archived" if one.status == Contact.Status.CLOSED else "active" for one in back}
    sync.set_presences(KIND, presences, actor=actor, at=at, lane=lane)
    history.record([history.NewEvent(KIND, one.pk, one.name, "restored", actor, at) for one in back])
    return refused


def _set_status(held: Held, actor: Actor, at: datetime, **columns: Any) -> None:
    _stamp([held.id], actor, at, **columns)


def _stamp(contact_ids: Sequence[UUID], actor: Actor, at: datetime, **columns: Any) -> None:
    changed = {"version": F("version") + 1, "updated_at": at, "updated_by": actor.name, **columns}
    Contact.objects.filter(pk__in=contact_ids).update(**changed)


def _status_event(held: Held, verb: str, actor: Actor, at: datetime) -> history.NewEvent:
    now = "closed" if verb == "closed" else "active"
    return history.NewEvent(KIND, held.id, held.label, verb, actor, at, {"status": [held.status, now]})
