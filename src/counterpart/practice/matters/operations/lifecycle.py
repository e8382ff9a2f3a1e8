"""Closing, reopening, deleting and restoring. All of it is local: Legal Accounting is only informed (MAT-24)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Blocker, FieldError, Missing, Refusal, Refused
from counterpart.practice.contacts.models import Contact, contact_url
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.models import Matter, MatterType, matter_url
from counterpart.practice.matters.operations.looking_up import State, locked, locked_one, types_by
from counterpart.practice.matters.operations.placing import required_problems
from counterpart.practice.matters.operations.recording import event
from counterpart.practice.matters.queries import deleted_matters_visible_to
from counterpart.practice.matters.rows import parties_of_matters, states_of, update_matters
from counterpart.sync import api as sync

RESTORE_DAYS: Final = 30


def close_blockers(matter_id: UUID, type_id: UUID) -> list[Blocker]:
    """What the guards of the matter's type find open, each with where to settle it (MAT-5)."""
    problems = _empty_roles({matter_id: type_id})[matter_id]
    parties = reverse("matters:parties", args=[matter_id]) if problems else ""
    found = [Blocker(problem.message, parties, 1) for problem in problems]
    if MatterType.objects.filter(pk=type_id, needs_link_to_close=True).exists():
        link = sync.link_state("matter", matter_id)
        if link.colour == "red":
            text = f"Its link with Legal Accounting has an error. {link.detail}"
            found.append(Blocker(text, matter_url(matter_id), 1))
    return found


def _empty_roles(type_ids: Mapping[UUID, UUID]) -> dict[UUID, list[FieldError]]:
    """The required roles nobody fills, per matter (given with its type), where the type asks for them."""
    guarded = MatterType.objects.filter(pk__in=set(type_ids.values()), needs_roles_to_close=True)
    types = types_by(guarded.values_list("pk", flat=True)).by_id
    parties = parties_of_matters(type_ids)
    return {
        matter_id: required_problems(types[type_id], parties[matter_id]) if type_id in types else []
        for matter_id, type_id in type_ids.items()
    }


@transaction.atomic
def close_matter(*, actor: Actor, matter_id: UUID, at: datetime, reason: str = "", force: bool = False) -> None:
    """Close a matter; its file in Legal Accounting stays as it is (scenario 20).

    With ``force`` whoever may closes it although something is open, and says why. Closing a closed matter changes
    nothing. Raises Forbidden, Missing, Blocked, Refused (a reason is missing).
    """
    actor.require("matter.close")
    state = locked_one(actor, matter_id)
    if state["status"] == Status.CLOSED:
        return
    if state["status"] == Status.TEMPLATE:
        raise Refused([FieldError("status", "A template can't be closed; delete it instead.", "status.template")])
    blockers = close_blockers(matter_id, state["matter_type_id"])
    if blockers and not force:
        raise Blocked("The matter can't be closed yet.", blockers, code="matter.close_blocked")
    if blockers:
        actor.require("matter.force_close")
        if not reason.strip():
            raise Refused([FieldError("reason", "Say why it is closed although something is open.", "reason.required")])
    _set_status(actor, state, Status.CLOSED, at, "closed", reason.strip())


@transaction.atomic
def reopen_matter(*, actor: Actor, matter_id: UUID, at: datetime) -> None:
    """Undo closing. Raises Forbidden, Missing."""
    actor.require("matter.close")
    state = locked_one(actor, matter_id)
    if state["status"] == Status.CLOSED:
        _set_status(actor, state, Status.ACTIVE, at, "reopened")


@transaction.atomic
def delete_matter(*, actor: Actor, matter_id: UUID, at: datetime, version: int | None = None) -> None:
    """Delete a matter softly; it can be restored for 30 days. Its Matter ID is never used again (MAT-4).

    A file in Legal Accounting stays there, and its link turns gray. Raises Forbidden, Missing, Stale.
    """
    actor.require("matter.delete")
    locked_one(actor, matter_id, version)
    delete_matters(actor=actor, matter_ids=[matter_id], at=at, lane=sync.Lane.INTERACTIVE)


@transaction.atomic
def delete_matters(
    *, actor: Actor, matter_ids: Collection[UUID], at: datetime, lane: sync.Lane = sync.Lane.BULK
) -> None:
    """Delete matters softly, as ``delete_matter`` does. Raises Forbidden, Missing."""
    actor.require("matter.delete")
    states = locked(actor, matter_ids)
    sync.set_presences("matter", dict.fromkeys(states, "deleted"), actor=actor, at=at, lane=lane)
    _stamp_all(states, actor, at, deleted_at=at)
    history.record([event(state, "deleted", actor, at) for state in states.values()])


@transaction.atomic
def restore_matter(*, actor: Actor, matter_id: UUID, at: datetime) -> None:
    """Bring a deleted matter back, at most 30 days after; the link to its file is taken up again.

    Raises Forbidden, Missing, Refusal, Blocked (a contact on it was deleted meanwhile).
    """
    actor.require("matter.delete")
    sync.lock("matter", [matter_id])
    rows = deleted_matters_visible_to(actor).filter(pk=matter_id).select_for_update(of=("self",))
    if rows.values_list("pk", flat=True).first() is None:
        raise Missing
    state = states_of([matter_id])[matter_id]
    if at - state["deleted_at"] > timedelta(days=RESTORE_DAYS):
        raise Refusal(f"A matter can be restored for {RESTORE_DAYS} days after it was deleted.", code="too_late")
    if gone := _deleted_parties(matter_id):
        raise Blocked("Contacts on this matter were deleted; restore them first.", gone, code="matter.parties_deleted")
    _stamp(state, actor, at, deleted_at=None)
    sync.set_presence("matter", matter_id, _presence(state["status"]), actor=actor, at=at)
    history.record([event(state, "restored", actor, at)])


def follow_closures(closures: Sequence[tuple[UUID, str, Actor]], at: datetime) -> set[UUID]:
    """Close and reopen matters as Legal Accounting did with their files (IMP-10); returns those that went along.

    Given with presence there and who did it. Our own checks hold: a matter whose guards find something open stays as it
    is, and its history names that. Inside the engine's transaction.
    """
    states = states_of([matter_id for matter_id, _, _ in closures])
    empty = _empty_roles({key: state["matter_type_id"] for key, state in states.items()})
    rows, events = [], []
    for matter_id, presence, author in closures:
        state = states.get(matter_id)
        status = Status.CLOSED if presence == "archived" else Status.ACTIVE
        if state is None or not _can_follow(state, status):
            continue
        if status == Status.CLOSED and empty[matter_id]:
            reason = " ".join(problem.message for problem in empty[matter_id])
            events.append(event(state, "not_closed", author, at, reason=reason))
            continue
        rows.append((matter_id, {**state, "status": status}, author.name))
        verb = "closed" if status == Status.CLOSED else "reopened"
        events.append(event(state, verb, author, at, {"status": [state["status"], str(status)]}))
    update_matters(rows, at)
    history.record(events)
    return {matter_id for matter_id, _, _ in rows}


@transaction.atomic
def sync_now(*, actor: Actor, matter_ids: list[UUID], at: datetime) -> int:
    """Exchange these matters now, without an edit (IMP-5). Returns how many. Raises Forbidden, Missing."""
    locked(actor, matter_ids)
    return sync.force("matter", matter_ids, actor=actor, at=at)


def _set_status(actor: Actor, state: State, status: Status, at: datetime, verb: str, reason: str = "") -> None:
    _stamp(state, actor, at, status=status)
    sync.set_presence("matter", state["id"], _presence(status), actor=actor, at=at)
    history.record([event(state, verb, actor, at, {"status": [state["status"], str(status)]}, reason)])


def _can_follow(state: State, status: Status) -> bool:
    """Whether the matter can go the way of its file: closed from open, open from closed."""
    if state["deleted_at"] is not None:
        return False
    if status == Status.ACTIVE:
        return bool(state["status"] == Status.CLOSED)
    return state["status"] in (Status.ACTIVE, Status.INACTIVE)


def _presence(status: str) -> str:
    return "archived" if status == Status.CLOSED else "active"


def _stamp(state: State, actor: Actor, at: datetime, **columns: object) -> None:
    _stamp_all([state["id"]], actor, at, **columns)


def _stamp_all(matter_ids: Collection[UUID], actor: Actor, at: datetime, **columns: object) -> None:
    Matter.objects.filter(pk__in=list(matter_ids)).update(
        **columns, version=F("version") + 1, updated_at=at, updated_by=actor.name
    )


def _deleted_parties(matter_id: UUID) -> list[Blocker]:
    """Locked, so that none is deleted while the matter comes back."""
    contacts = Contact.objects.filter(pk__in=Matter.objects.filter(pk=matter_id).values("parties__contact_id"))
    return [
        Blocker(f"{contact} was deleted.", contact_url(contact.pk), 1)
        for contact in contacts.select_for_update(no_key=True).order_by("pk")
        if contact.is_deleted
    ]
