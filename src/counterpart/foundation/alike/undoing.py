"""Undoing a merge within 30 days, as long as nothing that moved has changed since (DUP-11)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import former
from counterpart.foundation.alike.merges import IN_FORCE, UNDO_DAYS
from counterpart.foundation.alike.merging import RIGHT
from counterpart.foundation.alike.models import Merge
from counterpart.foundation.alike.product import KIND, Held, product
from counterpart.foundation.errors import Blocked, Blocker, Missing, Refusal
from counterpart.foundation.history import NewEvent


def conflicts_of(merge: Merge, actor: Actor, at: datetime) -> list[Blocker]:
    """Everything that stands in the way of undoing the merge, each with where to look; what is hidden is counted."""
    if at - merge.at > timedelta(days=UNDO_DAYS):
        return [Blocker(f"It was done more than {UNDO_DAYS} days ago.")]
    found = []
    if not product().everything().filter(pk=merge.survivor_id).exists():
        later = Merge.objects.filter(loser_id=merge.survivor_id, state__in=IN_FORCE).first()
        into = f" was merged into {later.survivor_label}; undo that first." if later else " is deleted."
        found.append(Blocker(f"{merge.survivor_label}{into}"))
    return [*found, *product().changed_since(merge.moved, actor)]


@transaction.atomic
def undo_merge(*, actor: Actor, merge_id: UUID, at: datetime) -> Merge:
    """Separate two contacts again, or ask the other product to if it decided the merge.

    What was edited on the survivor since stays there. Raises Forbidden, Missing, Refusal, Blocked with every conflict.
    """
    actor.require(RIGHT)
    merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None or merge.state not in IN_FORCE:
        raise Missing("This merge was undone already.")
    product().lock([merge.survivor_id, merge.loser_id])
    if conflicts := conflicts_of(merge, actor, at):
        raise Blocked("This merge can't be undone.", conflicts, code="contact.undo_blocked")
    if not product().visible(actor).filter(pk=merge.survivor_id).exists():
        raise Missing
    if merge.decided_there:
        if merge.state == Merge.State.UNDOING:
            raise Refusal(f"{settings.COUNTERPART_PEER_NAME} is asked already.", code="asked")
        product().ask_apart(merge.survivor_id, merge.loser_id, actor=actor, at=at)
        merge.state = Merge.State.UNDOING
        merge.save(update_fields=["state"])
        history.record([NewEvent(KIND, merge.survivor_id, merge.survivor_label, "merge_undo_asked", actor, at)])
        return merge
    _undo(merge, actor, at, decided=False)
    return merge


@transaction.atomic
def decide_apart(*, survivor: UUID, loser: UUID, actor: Actor, at: datetime) -> None:
    """The other product asks to undo a merge this one decided. Raises Blocked with a sentence for whoever asked."""
    merge = _in_force(loser)
    if merge is None:
        raise Blocked("This merge was undone already.")
    product().lock([merge.survivor_id, loser, survivor])
    # The sentence is read over there, also by people who may not know of every matter: nothing hidden is named in it.
    if conflicts := conflicts_of(merge, Actor.unknown(actor.name, ""), at):
        raise Blocked(" ".join(one.message for one in conflicts), conflicts)
    _undo(merge, actor, at, decided=False)


@transaction.atomic
def follow_apart(*, survivor: UUID, loser: UUID, actor: Actor, at: datetime) -> None:
    """The other product has undone its merge: do the same here. What has changed since stays where it is."""
    merge = _in_force(loser)
    if merge is None:
        return
    product().lock([merge.survivor_id, loser, survivor])
    _undo(merge, actor, at, decided=True)


def _in_force(loser: UUID) -> Merge | None:
    return Merge.objects.select_for_update().filter(loser_id=loser, state__in=IN_FORCE).first()


def _undo(merge: Merge, actor: Actor, at: datetime, *, decided: bool) -> None:
    source = product()
    survivor = source.hold([merge.survivor_id]).get(merge.survivor_id)
    events = []
    if survivor is not None:
        events += source.move_back(merge.moved, actor=actor, at=at)
        after = _as_before(survivor, merge)
        former.give_back(merge.moved.get("former", []), survivor.id)
        events += source.write_apart(survivor, merge.loser_id, after, merge.moved, decided=decided, actor=actor, at=at)
        changed = [name for name, value in after.items() if survivor.columns[name] != value]
        changes = {name: [survivor.columns[name] or None, after[name] or None] for name in changed}
        changes["absorbed"] = [merge.loser_label, None]
        events.append(NewEvent(KIND, survivor.id, survivor.label, "merge_undone", actor, at, changes))
    Merge.objects.filter(pk=merge.pk).update(state=Merge.State.UNDONE, undone_at=at, undone_by=actor.name)
    merge.state = Merge.State.UNDONE
    into = {"merged_into": [merge.survivor_label, None]}
    events.append(NewEvent(KIND, merge.loser_id, merge.loser_label, "merge_undone", actor, at, into))
    history.record(events)


def _as_before(survivor: Held, merge: Merge) -> dict[str, object]:
    """The survivor's columns without what the merge brought; what somebody has edited since stays."""
    old = {name: was for name, was in merge.before.items() if survivor.columns.get(name) == merge.after.get(name)}
    return {**survivor.columns, **old}
