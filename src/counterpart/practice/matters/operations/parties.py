"""The parties of a matter: who, as what, in which order (PTY-1 to PTY-6).

The first client is whom Legal Accounting bills. Every operation says who it was and who it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, FieldError, Missing, Refusal, Refused
from counterpart.practice.matters.drafts import PartyDraft
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.operations.looking_up import (
    State,
    TypeFacts,
    contacts_for,
    locked,
    locked_one,
    types_by,
)
from counterpart.practice.matters.operations.placing import numbered, placed, required_problems
from counterpart.practice.matters.operations.recording import event, party_changes
from counterpart.practice.matters.operations.telling import Edit, tell_saved
from counterpart.practice.matters.queries import is_offered
from counterpart.practice.matters.rows import PartyChange, PartyRow, parties_of_matters, touch_matters, write_parties
from counterpart.sync import api as sync

PRIMARY_WARNING = (
    "The primary client receives 100 % of new bills until the split is changed in Legal Accounting."
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartiesChange:
    """What became of a matter's parties: its version now, and the primary client before and after, as contacts."""

    matter_id: UUID
    version: int
    primary_before: UUID | None
    primary_after: UUID | None
    party_id: UUID | None = None


class PrimaryChanges(Refusal):
    """The change would replace the primary client, and nobody has confirmed that (PTY-3); nothing was written."""

    status = 409
    default_code = "primary.confirm"

    def __init__(self, before: PartyRow, after: PartyRow) -> None:
        super().__init__(f"{after.contact_name} becomes the primary client. {PRIMARY_WARNING}")
        self.before, self.after = before, after


class LastClient(Blocked):
    """A matter Legal Accounting knows keeps at least one client (GRP-12, PTY-4)."""

    default_code = "matter.last_client"

    def __init__(self) -> None:
        super().__init__(
            "Legal Accounting has a file for this matter, so it keeps at least one client. "
            "Add the other client first, or swap this one."
        )


class Seen(TypedDict, total=False):
    """What whoever asks has seen: the version (another one now raises Stale), and that the primary client changes."""

    version: int | None
    primary_confirmed: bool


Rearrange = Callable[[State, TypeFacts, list[PartyRow]], list[PartyRow]]
"""The parties as they shall be, from the matter, its type and the parties as they are."""


@transaction.atomic
def add_party(
    *,
    actor: Actor,
    matter_id: UUID,
    role: UUID | str,
    contact_id: UUID,
    at: datetime,
    represents: Sequence[UUID | str] = (),
    **seen: Unpack[Seen],
) -> PartiesChange:
    """Put a contact on a matter, last in its role (PTY-1, GRP-7).

    Raises Forbidden, Missing, Refused (fields ``role`` and ``contact_id``), Stale.
    """

    def rearranged(state: State, facts: TypeFacts, rows: list[PartyRow]) -> list[PartyRow]:
        drafts = [*_drafts(rows), PartyDraft(role, contact_id, represents)]
        after, errors = placed(state["id"], drafts, facts, contacts_for(actor, [contact_id]), rows)
        _refuse(errors)
        return after

    return _change(actor, matter_id, at, "party_added", rearranged, seen)


@transaction.atomic
def remove_party(
    *,
    actor: Actor,
    matter_id: UUID,
    party_id: UUID,
    at: datetime,
    **seen: Unpack[Seen],
) -> PartiesChange:
    """Take a party off a matter; behind a removed first client the next one becomes primary (GRP-8, GRP-9).

    Raises Forbidden, Missing, LastClient, PrimaryChanges, Refused (a required role would be empty), Stale.
    """

    def rearranged(_: State, facts: TypeFacts, rows: list[PartyRow]) -> list[PartyRow]:
        gone = _one(rows, party_id)
        return numbered((row for row in rows if row is not gone), facts)

    return _change(actor, matter_id, at, "party_removed", rearranged, seen)


@transaction.atomic
def change_party(
    *,
    actor: Actor,
    matter_id: UUID,
    party_id: UUID,
    contact_id: UUID,
    at: datetime,
    **seen: Unpack[Seen],
) -> PartiesChange:
    """Put another contact in a party's place; role and place stay (PTY-6).

    Raises Forbidden, Missing, PrimaryChanges, Refused, Stale.
    """

    def rearranged(state: State, facts: TypeFacts, rows: list[PartyRow]) -> list[PartyRow]:
        old = _one(rows, party_id)
        drafts = [
            PartyDraft(row.role_id, contact_id) if row is old else draft
            for row, draft in zip(rows, _drafts(rows), strict=True)
        ]
        after, errors = placed(state["id"], drafts, facts, contacts_for(actor, [contact_id]), rows)
        _refuse(errors)
        return [replace(row, id=old.id) if _is_in_place_of(row, old, contact_id) else row for row in after]

    return _change(actor, matter_id, at, "party_changed", rearranged, seen)


@transaction.atomic
def move_party(
    *,
    actor: Actor,
    matter_id: UUID,
    party_id: UUID,
    direction: Literal["up", "down"],
    at: datetime,
    **seen: Unpack[Seen],
) -> PartiesChange:
    """Exchange a party with its neighbour in the same role; at the end of the line nothing happens (PTY-3, GRP-10).

    Raises Forbidden, Missing, PrimaryChanges, Stale.
    """

    def rearranged(_: State, facts: TypeFacts, rows: list[PartyRow]) -> list[PartyRow]:
        moved = _one(rows, party_id)
        step = -1 if direction == "up" else 1
        return _at_place(rows, moved, moved.position + step, facts)

    return _change(actor, matter_id, at, "parties_ordered", rearranged, seen)


@transaction.atomic
def make_primary(
    *,
    actor: Actor,
    matter_id: UUID,
    party_id: UUID,
    at: datetime,
    **seen: Unpack[Seen],
) -> PartiesChange:
    """Put a party first in its role; of the clients that makes it the primary client (PTY-3, GRP-10).

    Raises Forbidden, Missing, PrimaryChanges, Stale.
    """

    def rearranged(_: State, facts: TypeFacts, rows: list[PartyRow]) -> list[PartyRow]:
        return _at_place(rows, _one(rows, party_id), 0, facts)

    return _change(actor, matter_id, at, "parties_ordered", rearranged, seen)


@transaction.atomic
def set_parties(
    *,
    actor: Actor,
    matter_id: UUID,
    parties: Sequence[PartyDraft],
    at: datetime,
    **seen: Unpack[Seen],
) -> PartiesChange:
    """Give a matter exactly these parties, in this order within each role.

    Raises Forbidden, Missing, LastClient, PrimaryChanges, Refused (fields ``parties.<place>.<part>``), Stale.
    """

    def rearranged(state: State, facts: TypeFacts, rows: list[PartyRow]) -> list[PartyRow]:
        new = contacts_for(actor, (one.contact for one in _missing(parties, facts, rows)))
        after, errors = placed(state["id"], parties, facts, new, rows)
        if errors:
            raise Refused(errors)
        return after

    return _change(actor, matter_id, at, "parties_set", rearranged, seen)


@transaction.atomic
def add_parties(
    *,
    actor: Actor,
    items: Sequence[tuple[UUID, Sequence[PartyDraft]]],
    at: datetime,
    lane: sync.Lane = sync.Lane.BULK,
) -> list[PartiesChange | Refused]:
    """Put contacts on many matters, each last in its role; who is there already in that role is left alone.

    The answer stands in the order of ``items``, each matter at most once among them. A constant number of
    statements. Raises Forbidden, Missing.
    """
    actor.require("matter.edit")
    ids = [matter_id for matter_id, _ in items]
    states, held = locked(actor, ids), parties_of_matters(ids)
    types = types_by(state["matter_type_id"] for state in states.values())
    contacts = contacts_for(actor, (draft.contact for _, drafts in items for draft in drafts))
    results: list[PartiesChange | Refused] = []
    written: list[tuple[State, PartyChange]] = []
    for matter_id, drafts in items:
        state, rows = states[matter_id], held[matter_id]
        facts = types.by_id[state["matter_type_id"]]
        after, errors = placed(matter_id, [*_drafts(rows), *_missing(drafts, facts, rows)], facts, contacts, rows)
        if errors:
            results.append(Refused(errors))
            continue
        change = PartyChange(matter_id, rows, after)
        changed = list(after) != rows
        if changed:
            written.append((state, change))
        results.append(_answer(state, change, is_changed=changed))
    _write(actor, written, at, "party_added", lane)
    return results


def _change(
    actor: Actor,
    matter_id: UUID,
    at: datetime,
    verb: str,
    rearranged: Rearrange,
    seen: Seen,
) -> PartiesChange:
    actor.require("matter.edit")
    state = locked_one(actor, matter_id, seen.get("version"))
    before = parties_of_matters([matter_id])[matter_id]
    facts = types_by([state["matter_type_id"]]).by_id[state["matter_type_id"]]
    change = PartyChange(matter_id, before, rearranged(state, facts, before))
    if list(change.after) == before:
        return _answer(state, change, is_changed=False)
    _ensure_allowed(state, facts, change, primary_confirmed=seen.get("primary_confirmed", False))
    _write(actor, [(state, change)], at, verb, sync.Lane.INTERACTIVE)
    return _answer(state, change, is_changed=True)


def _ensure_allowed(state: State, facts: TypeFacts, change: PartyChange, *, primary_confirmed: bool) -> None:
    old, new = _primary(change.before), _primary(change.after)
    if old is not None and new is None and is_offered(state["id"]):
        raise LastClient
    is_template = state["status"] == Status.TEMPLATE
    already = {error.message for error in required_problems(facts, change.before)}
    emptied = [error for error in required_problems(facts, change.after) if error.message not in already]
    if emptied and not is_template:
        raise Refused(emptied)
    is_replaced = old is not None and new is not None and old.contact_id != new.contact_id
    if is_replaced and not is_template and not primary_confirmed and sync.is_on():
        assert old is not None
        assert new is not None
        raise PrimaryChanges(old, new)


def _write(
    actor: Actor, changes: Sequence[tuple[State, PartyChange]], at: datetime, verb: str, lane: sync.Lane
) -> None:
    if not changes:
        return
    write_parties(change for _, change in changes)
    touch_matters((state for state, _ in changes), actor.name, at)
    tell_saved([Edit(s, s, _clients(c.before), _clients(c.after)) for s, c in changes], actor, at, lane)
    history.record([event(s, verb, actor, at, party_changes(c.before, c.after)) for s, c in changes])


def _answer(state: State, change: PartyChange, *, is_changed: bool) -> PartiesChange:
    old, new = _primary(change.before), _primary(change.after)
    known = {row.id for row in change.before}
    added = [row.id for row in change.after if row.id not in known]
    return PartiesChange(
        state["id"],
        state["version"] + is_changed,
        old.contact_id if old else None,
        new.contact_id if new else None,
        added[0] if len(added) == 1 else None,
    )


def _primary(rows: Sequence[PartyRow]) -> PartyRow | None:
    return next((row for row in rows if row.is_primary), None)


def _clients(rows: Sequence[PartyRow]) -> list[UUID]:
    return [row.contact_id for row in rows if row.is_primary]


def _one(rows: Sequence[PartyRow], party_id: UUID) -> PartyRow:
    for row in rows:
        if row.id == party_id:
            return row
    raise Missing("There is no such party on this matter.")


def _drafts(rows: Sequence[PartyRow]) -> list[PartyDraft]:
    return [PartyDraft(row.role_id, row.contact_id, row.represents) for row in rows]


def _missing(drafts: Sequence[PartyDraft], facts: TypeFacts, rows: Sequence[PartyRow]) -> list[PartyDraft]:
    held = {(row.role_id, row.contact_id) for row in rows}
    return [one for one in drafts if (role := facts.role(one.role)) is None or (role.id, one.contact) not in held]


def _at_place(rows: Sequence[PartyRow], moved: PartyRow, place: int, facts: TypeFacts) -> list[PartyRow]:
    group = [row for row in rows if row.role_id == moved.role_id and row is not moved]
    group.insert(max(place, 0), moved)
    others = [row for row in rows if row.role_id != moved.role_id]
    return numbered([*others, *group], facts)


def _is_in_place_of(row: PartyRow, old: PartyRow, contact_id: UUID) -> bool:
    return row.role_id == old.role_id and row.contact_id == contact_id


def _refuse(errors: Sequence[FieldError]) -> None:
    """Refuse one party, by the fields it was given with."""
    if errors:
        raise Refused([FieldError(error.field.rpartition(".")[2], error.message, error.code) for error in errors])
