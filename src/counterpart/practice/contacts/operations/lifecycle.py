"""Closing, reopening, deleting and restoring. All of it is local: Legal Accounting is only informed (CLS-1, CLS-8)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.merges import survivor_of
from counterpart.foundation.errors import Blocked, Blocker, Missing, Refusal
from counterpart.practice.contacts.blocking import blockers_elsewhere
from counterpart.practice.contacts.enums import Kind, Status
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.sync import api as sync

RESTORE_DAYS: Final = 30


@transaction.atomic
def close_contact(*, actor: Actor, contact_id: UUID, at: datetime, reason: str = "") -> None:
    """Take a contact out of default lists; it keeps its number and stays in search (PAG-9, NUM-15).

    Closing a closed contact changes nothing. Raises Forbidden, Missing.
    """
    _set_status(actor, contact_id, Status.CLOSED, at, verb="closed", reason=reason)


@transaction.atomic
def reopen_contact(*, actor: Actor, contact_id: UUID, at: datetime) -> None:
    """Undo closing. Raises Forbidden, Missing."""
    _set_status(actor, contact_id, Status.ACTIVE, at, verb="reopened")


def delete_blockers(contact: Contact, actor: Actor) -> list[Blocker]:
    """Everything that stands in the way of deleting, each with where to lift it (DEL-1, CLS-7)."""
    return [*_employed(contact), *blockers_elsewhere(contact, actor)]


def _employed(contact: Contact) -> list[Blocker]:
    if contact.kind != Kind.COMPANY:
        return []
    people = Contact.objects.filter(ACTIVE, kind=Kind.INDIVIDUAL, company=contact.company).count()
    if not people:
        return []
    noun = "person names" if people == 1 else "people name"
    url = reverse("contacts:list") + "?" + urlencode({"q": contact.company, "kind": Kind.INDIVIDUAL})
    return [Blocker(f"{people} {noun} this company as employer.", url, people)]


@transaction.atomic
def delete_contact(*, actor: Actor, contact_id: UUID, at: datetime) -> None:
    """Delete a contact softly; it can be restored for 30 days (DEL-2).

    A counterpart in Legal Accounting stays there: it may hold ledger history (CLS-8). Raises Forbidden, Missing,
    Blocked.
    """
    actor.require("contact.delete")
    contact = _locked(contact_id)
    if blockers := delete_blockers(contact, actor):
        raise Blocked("The contact can't be deleted now.", blockers, code="contact.delete_blocked")
    sync.set_presence("contact", contact_id, "deleted", actor=actor, at=at)
    _stamp(contact, actor, at, deleted_at=at)
    _record(contact, "deleted", actor, at)


@transaction.atomic
def restore_contact(*, actor: Actor, contact_id: UUID, at: datetime) -> None:
    """Bring a deleted contact back, at most 30 days after; the link to its counterpart is taken up again.

    Raises Forbidden, Missing, Refusal.
    """
    actor.require("contact.delete")
    sync.lock("contact", [contact_id])
    contact = Contact.objects.select_for_update().filter(pk=contact_id).first()
    if contact is None:
        raise Missing
    if contact.deleted_at is None:
        return
    if survivor_of(contact_id) is not None:
        raise Refusal("This contact was merged into another one. Undo the merge instead.", code="contact.merged")
    if at - contact.deleted_at > timedelta(days=RESTORE_DAYS):
        raise Refusal(f"A contact can be restored for {RESTORE_DAYS} days after it was deleted.", code="too_late")
    _stamp(contact, actor, at, deleted_at=None)
    presence = "archived" if contact.status == Status.CLOSED else "active"
    sync.set_presence("contact", contact_id, presence, actor=actor, at=at)
    _record(contact, "restored", actor, at)


def _set_status(actor: Actor, contact_id: UUID, status: Status, at: datetime, *, verb: str, reason: str = "") -> None:
    actor.require("contact.close")
    contact = _locked(contact_id)
    if contact.status == status:
        return
    old = contact.status
    _stamp(contact, actor, at, status=status)
    presence = "archived" if status == Status.CLOSED else "active"
    sync.set_presence("contact", contact_id, presence, actor=actor, at=at)
    _record(contact, verb, actor, at, {"status": [old, str(status)]}, reason)


def _locked(contact_id: UUID) -> Contact:
    sync.lock("contact", [contact_id])
    contact = Contact.objects.select_for_update().filter(Q(pk=contact_id) & ACTIVE).first()
    if contact is None:
        raise Missing
    return contact


def _stamp(contact: Contact, actor: Actor, at: datetime, **columns: object) -> None:
    Contact.objects.filter(pk=contact.pk).update(
        **columns, version=contact.version + 1, updated_at=at, updated_by=actor.name
    )


def _record(
    contact: Contact,
    verb: str,
    actor: Actor,
    at: datetime,
    changes: dict[str, object] | None = None,
    reason: str = "",
) -> None:
    event = history.NewEvent("contact", contact.pk, str(contact), verb, actor, at, changes or {}, reason)
    history.record([event])
