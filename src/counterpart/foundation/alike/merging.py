"""Merging contacts, the same steps in both products (DUP-7 to DUP-12, IMP-15, sync-protocol 16).

A merge is done pair by pair in one transaction: each loser keeps its own way back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import former
from counterpart.foundation.alike.apart import drop_small
from counterpart.foundation.alike.choosing import NAMES, Choices, Row, after_merge, check_choices, table, with_names
from counterpart.foundation.alike.models import Member, Merge
from counterpart.foundation.alike.product import KIND, Held, Moved, product
from counterpart.foundation.errors import Blocked, Blocker, FieldError, Missing, Refused
from counterpart.foundation.history import NewEvent

RIGHT: Final = "contact.merge"
TOGETHER_MAX: Final = 10
"""Contacts merged in one go: side by side more can't be overlooked."""


@dataclass(slots=True)
class Merged:
    """What became of the losers: gone into the survivor, or waiting for the other product."""

    survivor: UUID
    done: list[Merge] = field(default_factory=list)
    asked: list[Merge] = field(default_factory=list)


@dataclass(slots=True)
class Preview:
    """What a merge would do; nothing is written (DUP-11)."""

    holders: list[Held]
    rows: list[Row]
    blockers: list[Blocker]
    counts: dict[str, int]
    asked: list[Held]
    """The losers about which the other product decides."""
    left_out: list[str]
    """Names for which the alias has no room."""

    @property
    def survivor(self) -> Held:
        return self.holders[0]

    @property
    def losers(self) -> list[Held]:
        return self.holders[1:]


@transaction.atomic
def merge_contacts(
    *,
    actor: Actor,
    survivor: UUID,
    losers: Sequence[UUID],
    choices: Choices,
    at: datetime,
    versions: Mapping[UUID, int] | None = None,
) -> Merged:
    """Merge the losers into the survivor, or ask the other product to (``Product.route``).

    ``choices``: {field: id of the contact whose value is kept, or 'all'}; see ``choosing``. ``versions``: the versions
    that were looked at. Raises Forbidden, Missing, Refused, Blocked.
    """
    actor.require(RIGHT)
    holders = _held(actor, survivor, losers, versions)
    check_choices(product().fields(holders[0], actor), holders, choices)
    if blockers := _blockers(actor, holders):
        raise Blocked("These contacts can't be merged now.", blockers, code="contact.merge_blocked")
    result = Merged(survivor)
    events: list[NewEvent] = []
    kept = holders[:1]
    for loser in holders[1:]:
        if product().route(survivor, loser.id) == "ask":
            result.asked.append(_ask(holders[0], loser, choices, actor, at, events))
            continue
        kept.append(loser)
        present = product().hold([survivor])[survivor]
        after = _after(present, kept, choices, actor)
        result.done.append(_merge(present, loser, after, events, actor=actor, at=at))
    history.record(events)
    return result


def preview(*, actor: Actor, survivor: UUID, losers: Sequence[UUID], choices: Choices) -> Preview:
    """Say what a merge would do. Raises Forbidden, Missing, Refused."""
    actor.require(RIGHT)
    with transaction.atomic():
        holders = _held(actor, survivor, losers, None)
        source = product()
        fields = source.fields(holders[0], actor)
        check_choices(fields, holders, choices)
        after = _after(holders[0], holders, choices, actor)
        asked = [loser for loser in holders[1:] if source.route(survivor, loser.id) == "ask"]
        alias = after_merge(fields, holders, choices)["alias"]
        left_out = _named(alias, holders, choices)[1]
        counts = source.preview(holders[0], holders[1:], actor)
        rows = table(fields, holders, choices, after)
        return Preview(holders, rows, _blockers(actor, holders), counts, asked, left_out)


@transaction.atomic
def decide(*, survivor: UUID, loser: UUID, actor: Actor, at: datetime) -> None:
    """The other product asks: merge with the ordinary choices (the survivor's values, blanks filled, lists united).

    The right to merge was checked where the person is. Raises Blocked with a sentence for whoever asked.
    """
    holders = _found(survivor, [loser])
    if holders is None:
        raise Blocked("One of the contacts is deleted here; restore it, or delete the other one where it is asked.")
    system = Actor.system(actor.name, "sync")
    if blockers := _blockers(system, holders):
        raise Blocked(" ".join(one.message for one in blockers), blockers)
    events: list[NewEvent] = []
    _merge(holders[0], holders[1], _after(holders[0], holders, {}, system), events, actor=actor, at=at)
    history.record(events)


@transaction.atomic
def follow(*, survivor: UUID, loser: UUID, actor: Actor, at: datetime) -> None:
    """The other product has decided: do the same here. Shared values arrive with its survivor; what this product alone
    holds is moved, and what was chosen when it was asked is applied as an edit of whoever asked.
    """
    waiting = Merge.objects.select_for_update().filter(loser_id=loser, state=Merge.State.ASKED).first()
    holders = _found(survivor, [loser])
    if holders is None:
        return  # deleted here meanwhile: there is nothing to move
    asked = waiting if waiting is not None and waiting.survivor_id == survivor else None
    if waiting is not None and asked is None:
        Merge.objects.filter(pk=waiting.pk).update(state=Merge.State.WITHDRAWN)
    after = product().followed(holders[0], holders[1])
    editor = _asker(asked) if asked is not None else actor
    if asked is not None:
        after |= _explicit(holders, asked.choices, editor)
    events: list[NewEvent] = []
    _merge(holders[0], holders[1], after, events, actor=editor, at=at, decided=True, row=asked)
    history.record(events)


@transaction.atomic
def withdraw(*, actor: Actor, merge_id: UUID, at: datetime) -> Merge:
    """Take back a merge that waits for the other product, or that it refused. Raises Forbidden, Missing."""
    actor.require(RIGHT)
    merge = Merge.objects.select_for_update().filter(pk=merge_id, state=Merge.State.ASKED).first()
    if merge is None:
        raise Missing("This merge does not wait any more.")
    product().lock([merge.survivor_id, merge.loser_id])
    product().withdraw(merge.loser_id, actor=actor, at=at)
    merge.state = Merge.State.WITHDRAWN
    merge.save(update_fields=["state"])
    history.record([NewEvent(KIND, merge.loser_id, merge.loser_label, "merge_withdrawn", actor, at)])
    return merge


def _held(actor: Actor, survivor: UUID, losers: Sequence[UUID], versions: Mapping[UUID, int] | None) -> list[Held]:
    ids = [survivor, *losers]
    if not losers or len(set(ids)) != len(ids):
        raise Refused([FieldError("contact", "Choose two different contacts at least.", "count")])
    if len(ids) > TOGETHER_MAX:
        raise Refused([FieldError("contact", f"Merge at most {TOGETHER_MAX} contacts at once.", "count")])
    if product().visible(actor).filter(pk__in=ids).count() != len(ids):
        raise Missing("One of these contacts does not exist any more, or you can't view it.")
    found = _found(survivor, losers)
    if found is None:
        raise Missing("One of these contacts does not exist any more.")
    stale = [one.label for one in found if versions and one.id in versions and versions[one.id] != one.version]
    if stale:
        text = f"{stale[0]} was changed by somebody else meanwhile. Look at the values again."
        raise Refused([FieldError("contact", text, "stale")])
    return found


def _found(survivor: UUID, losers: Sequence[UUID]) -> list[Held] | None:
    """The contacts under their locks, the survivor first; None if one is deleted."""
    ids = [survivor, *losers]
    product().lock(ids)
    held = product().hold(ids)
    return [held[one] for one in ids] if len(held) == len(ids) else None


def _blockers(actor: Actor, holders: Sequence[Held]) -> list[Blocker]:
    found = []
    ids = {one.id for one in holders}
    for merge in Merge.objects.filter(loser_id__in=ids, state=Merge.State.ASKED):
        peer = settings.COUNTERPART_PEER_NAME
        found.append(Blocker(f"{merge.loser_label} waits already for {peer} to merge it. Withdraw that first.", "", 1))
    return [*found, *product().blockers(actor, holders[0], holders[1:])]


def _after(present: Held, holders: Sequence[Held], choices: Choices, actor: Actor) -> dict[str, Any]:
    """The survivor's columns as they shall be: ``holders`` as they were before the first of them was merged,
    ``present`` the survivor as it is now. The last one is the one to be merged.
    """
    source = product()
    fields = source.fields(holders[0], actor)
    chosen = after_merge(fields, holders, choices)
    chosen["alias"], _ = _named(chosen["alias"], holders, choices)
    chosen = source.completed(holders, chosen)
    after = {**present.columns, **{name: chosen[name] for one in fields for name in one.columns}}
    return source.linked_along(present, holders[-1], after)


def _named(alias: str, holders: Sequence[Held], choices: Choices) -> tuple[str, list[str]]:
    if choices.get(NAMES, "1") == "":
        return alias, []
    return with_names(alias, [one.label for one in holders[1:]], holders[0].label, product().alias_max)


def _explicit(holders: Sequence[Held], choices: Choices, actor: Actor) -> dict[str, Any]:
    """The columns somebody decided otherwise than they come by themselves."""
    fields = product().fields(holders[0], actor)
    known = {str(one.id) for one in holders} | {"all"}
    made = {name: choice for name, choice in choices.items() if choice in known or name == NAMES}
    wanted, usual = (_after(holders[0], holders, one, actor) for one in (made, {}))
    return {name: wanted[name] for one in fields for name in one.columns if wanted[name] != usual[name]}


def _ask(survivor: Held, loser: Held, choices: Choices, actor: Actor, at: datetime, events: list[NewEvent]) -> Merge:
    product().ask(survivor.id, loser.id, actor=actor, at=at)
    merge = _row(survivor, loser, actor, at, state=Merge.State.ASKED, choices=dict(choices), decided_there=True)
    merge.save(force_insert=True)
    change = {"merge_into": [None, survivor.label]}
    events.append(NewEvent(KIND, loser.id, loser.label, "merge_asked", actor, at, change))
    return merge


def _merge(
    survivor: Held,
    loser: Held,
    after: dict[str, Any],
    events: list[NewEvent],
    *,
    actor: Actor,
    at: datetime,
    decided: bool = False,
    row: Merge | None = None,
) -> Merge:
    """Carry out one pair: rows move, the survivor is written, the loser is left as a tombstone, all of it recorded."""
    source = product()
    moved: Moved = source.move(survivor, loser, actor=actor, at=at)
    source.write(survivor, loser, after, moved, decided=decided, actor=actor, at=at)
    changed = [name for name, value in after.items() if survivor.columns.get(name) != value]
    merge = row or _row(survivor, loser, actor, at, state=Merge.State.DONE, decided_there=decided)
    merge.state, merge.at = Merge.State.DONE, at
    merge.before = {name: survivor.columns[name] for name in changed}
    merge.after = {name: after[name] for name in changed}
    merge.moved, merge.counts = moved.records, moved.counts
    merge.moved["former"] = former.take_over(survivor, loser, after, at)
    merge.save(force_insert=row is None)
    touched = list(Member.objects.filter(contact_id=loser.id).values_list("group_id", flat=True))
    Member.objects.filter(contact_id=loser.id).delete()
    drop_small(touched)
    changes: dict[str, Any] = {name: [survivor.columns[name] or None, after[name] or None] for name in changed}
    number = f" ({loser.number})" if loser.number else ""
    changes["absorbed"] = [None, f"{loser.label}{number}"]
    changes |= {f"moved_{what}": [None, count] for what, count in moved.counts.items() if count}
    into = {"merged_into": [None, f"{survivor.label}{f' ({survivor.number})' if survivor.number else ''}"]}
    events += [
        *moved.events,
        NewEvent(KIND, survivor.id, survivor.label, "merged", actor, at, changes),
        NewEvent(KIND, loser.id, loser.label, "merged_away", actor, at, into),
    ]
    return merge


def _row(survivor: Held, loser: Held, actor: Actor, at: datetime, **more: Any) -> Merge:
    return Merge(
        survivor_id=survivor.id, loser_id=loser.id, survivor_label=survivor.label[:200], loser_label=loser.label[:200],
        loser_number=loser.number, at=at, by=actor.name[:200], by_email=actor.email, by_user=actor.user_id, **more,
    )  # fmt: skip


def _asker(merge: Merge) -> Actor:
    """Whoever asked, for the books: what he chose is his edit."""
    return Actor(merge.by, merge.by_email, merge.by_user, "screen", settings.COUNTERPART_SITE, frozenset())
