"""Closing, reopening and deleting contacts (LA-CON-6, sync-protocol 16)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.blockers import closing_blockers, deletion_blockers
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations.holding import hold
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.contacts.rows import Held, given_fields
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Stale
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
    if blockers := deletion_blockers(contact_id):
        raise Blocked(f"{held.label} can't be deleted: it has history in the books. Close it instead.", blockers)
    sync.set_presence(KIND, contact_id, "deleted", actor=actor, at=at)
    _set_status(held, actor, at, deleted_at=at)
    was = {name: [old, None] for name, (_, old) in given_fields(held.fields, held.number).items()}
    history.record([history.NewEvent(KIND, contact_id, held.label, "deleted", actor, at, was)])


def _set_status(held: Held, actor: Actor, at: datetime, **columns: Any) -> None:
    changed = {"version": held.version + 1, "updated_at": at, "updated_by": actor.name, **columns}
    Contact.objects.filter(pk=held.id).update(**changed)


def _status_event(held: Held, verb: str, actor: Actor, at: datetime) -> history.NewEvent:
    now = "closed" if verb == "closed" else "active"
    return history.NewEvent(KIND, held.id, held.label, verb, actor, at, {"status": [held.status, now]})
