"""Closing, reopening, deleting and restoring. All of it is local: Legal Accounting is only informed (CLS-1, CLS-8)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.http import urlencode

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.merges import merged_away
from counterpart.foundation.errors import Blocked, Blocker, FieldError, Missing, Refusal
from counterpart.practice.contacts.blocking import blockers_elsewhere
from counterpart.practice.contacts.enums import Kind, Status
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.practice.contacts.operations.external import external_refusals
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
    return _blockers([contact], actor)[contact.pk]


def _blockers(contacts: Sequence[Contact], actor: Actor) -> dict[UUID, list[Blocker]]:
    """What stands in the way of deleting all of these; a company's people who go as well do not."""
    elsewhere = blockers_elsewhere(contacts, actor)
    employed = _employed(contacts, going=[contact.pk for contact in contacts if contact.pk not in elsewhere])
    return {one.pk: [*employed.get(one.pk, ()), *elsewhere.get(one.pk, ())] for one in contacts}


def _employed(contacts: Sequence[Contact], going: Collection[UUID]) -> dict[UUID, list[Blocker]]:
    """The people who name a company as employer."""
    companies = [contact for contact in contacts if contact.kind == Kind.COMPANY]
    if not companies:
        return {}
    people = Contact.objects.filter(ACTIVE, kind=Kind.INDIVIDUAL, company__in=[one.company for one in companies])
    counts = dict(people.exclude(pk__in=going).values_list("company").annotate(Count("pk")).order_by())
    found = {}
    for one in companies:
        if count := counts.get(one.company, 0):
            noun = "person names" if count == 1 else "people name"
            url = reverse("contacts:list") + "?" + urlencode({"q": one.company, "kind": Kind.INDIVIDUAL})
            found[one.pk] = [Blocker(f"{count} {noun} this company as employer.", url, count)]
    return found


def delete_contact(*, actor: Actor, contact_id: UUID, at: datetime) -> None:
    """Delete a contact softly; it can be restored for 30 days (DEL-2).

    A counterpart in Legal Accounting stays there: it may hold ledger history (CLS-8). Raises Forbidden, Missing,
    Blocked.
    """
    for refusal in delete_contacts(actor=actor, contact_ids=[contact_id], at=at, lane=sync.Lane.INTERACTIVE).values():
        raise refusal


@transaction.atomic
def delete_contacts(
    *, actor: Actor, contact_ids: Collection[UUID], at: datetime, lane: sync.Lane = sync.Lane.BULK
) -> dict[UUID, Refusal]:
    """Delete contacts softly; returns those that stay, with what stands in the way. Raises Forbidden."""
    actor.require("contact.delete")
    sync.lock("contact", contact_ids)
    rows = Contact.objects.filter(ACTIVE, pk__in=contact_ids).select_for_update().order_by("pk")
    contacts = {contact.pk: contact for contact in rows}
    refused: dict[UUID, Refusal] = {contact_id: Missing() for contact_id in contact_ids if contact_id not in contacts}
    for contact_id, blockers in _blockers(list(contacts.values()), actor).items():
        if blockers:
            refused[contact_id] = Blocked(
                "The contact can't be deleted now.", blockers, code="contact.delete_blocked"
            )  # fmt: skip
    gone = [contact for contact_id, contact in contacts.items() if contact_id not in refused]
    sync.set_presences("contact", dict.fromkeys((one.pk for one in gone), "deleted"), actor=actor, at=at, lane=lane)
    _stamp_all(gone, actor, at, deleted_at=at)
    history.record([_event(contact, "deleted", actor, at) for contact in gone])
    return refused


def restore_contact(*, actor: Actor, contact_id: UUID, at: datetime) -> None:
    """Bring a deleted contact back, at most 30 days after; the link to its counterpart is taken up again.

    Raises Forbidden, Missing, Refusal.
    """
    for refusal in restore_contacts(actor=actor, contact_ids=[contact_id], at=at, lane=sync.Lane.INTERACTIVE).values():
        raise refusal


@transaction.atomic
def restore_contacts(
    *, actor: Actor, contact_ids: Collection[UUID], at: datetime, lane: sync.Lane = sync.Lane.BULK
) -> dict[UUID, Refusal]:
    """Bring deleted contacts back; returns those that stay away, with the reason. Raises Forbidden."""
    actor.require("contact.delete")
    sync.lock("contact", contact_ids)
    rows = Contact.objects.filter(pk__in=contact_ids).select_for_update().order_by("pk")
    contacts = {contact.pk: contact for contact in rows}
    refused: dict[UUID, Refusal] = {contact_id: Missing() for contact_id in contact_ids if contact_id not in contacts}
    away = {key: contact for key, contact in contacts.items() if contact.deleted_at is not None}
    # Meanwhile another contact may have got what this one is called elsewhere; both can't have it.
    taken = external_refusals({key: contact.external_reference for key, contact in away.items()})
    merged = _merged(away)
    for key, contact in away.items():
        if why := merged.get(key) or _why_it_stays_away(contact, at, taken.get(key)):
            refused[key] = why
    back = [contact for key, contact in away.items() if key not in refused]
    presences = {one.pk: "archived" if one.status == Status.CLOSED else "active" for one in back}
    _stamp_all(back, actor, at, deleted_at=None)
    sync.set_presences("contact", presences, actor=actor, at=at, lane=lane)
    history.record([_event(contact, "restored", actor, at) for contact in back])
    return refused


def _merged(contact_ids: Collection[UUID]) -> dict[UUID, Refusal]:
    """Those that are another contact now, each with what brings it back: undoing the merge, here or there. There, if it
    was deleted here before Legal Accounting's decision arrived, so that nothing moved here.
    """
    there = "Legal Accounting merged this contact into another one. Undo the merge there, then restore it."
    here = "This contact was merged into another one. Undo the merge instead."
    moved = merged_away().filter(loser_id__in=contact_ids).values_list("loser_id", flat=True)
    found = dict.fromkeys(sync.aliases("contact", contact_ids), there) | dict.fromkeys(moved, here)
    return {key: Refusal(text, code="contact.merged") for key, text in found.items()}


def _why_it_stays_away(contact: Contact, at: datetime, taken: FieldError | None) -> Refusal | None:
    assert contact.deleted_at is not None
    if at - contact.deleted_at > timedelta(days=RESTORE_DAYS):
        return Refusal(f"A contact can be restored for {RESTORE_DAYS} days after it was deleted.", code="too_late")
    if taken is not None:
        return Refusal(f"{taken.message} Change it there, then restore this contact.", code=taken.code)
    return None


def _set_status(actor: Actor, contact_id: UUID, status: Status, at: datetime, *, verb: str, reason: str = "") -> None:
    actor.require("contact.close")
    contact = _locked(contact_id)
    if contact.status == status:
        return
    old = contact.status
    _stamp(contact, actor, at, status=status)
    presence = "archived" if status == Status.CLOSED else "active"
    sync.set_presence("contact", contact_id, presence, actor=actor, at=at)
    history.record([_event(contact, verb, actor, at, {"status": [old, str(status)]}, reason)])


def _locked(contact_id: UUID) -> Contact:
    sync.lock("contact", [contact_id])
    contact = Contact.objects.select_for_update().filter(Q(pk=contact_id) & ACTIVE).first()
    if contact is None:
        raise Missing
    return contact


def _stamp(contact: Contact, actor: Actor, at: datetime, **columns: object) -> None:
    _stamp_all([contact], actor, at, **columns)


def _stamp_all(contacts: Sequence[Contact], actor: Actor, at: datetime, **columns: object) -> None:
    Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).update(
        **columns, version=F("version") + 1, updated_at=at, updated_by=actor.name
    )


def _event(
    contact: Contact, verb: str, actor: Actor, at: datetime, changes: dict[str, object] | None = None, reason: str = ""
) -> history.NewEvent:
    return history.NewEvent("contact", contact.pk, str(contact), verb, actor, at, changes or {}, reason)
