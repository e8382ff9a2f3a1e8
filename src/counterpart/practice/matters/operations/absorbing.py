"""The parties of a contact that is merged into another one, and back again (DUP-8, DUP-11)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from counterpart.foundation.actor import Actor
from counterpart.foundation.history import NewEvent
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.matters.models import Matter, Party, Role
from counterpart.practice.matters.operations.recording import event, party_changes
from counterpart.practice.matters.operations.telling import Edit, tell_saved
from counterpart.practice.matters.rows import (
    NAME_COLUMNS,
    PartyChange,
    PartyRow,
    insert_parties,
    parties_of_matters,
    states_of,
    touch_matters,
)

Kept = dict[str, list[list[list[Any]]]]
"""By matter, its parties before and after, as they are stored with the merge."""

VERB: Final = "parties_merged"


def matters_of(contact_ids: Iterable[UUID]) -> list[UUID]:
    """The matters, deleted ones too, on which one of the contacts is a party or is represented by one."""
    ids = list(contact_ids)
    about = Q(contact_id__in=ids)
    for one in ids:
        about |= Q(represented__contains=str(one))
    rows = Party.objects.annotate(represented=Cast("represents", TextField())).filter(about)
    return sorted(set(rows.values_list("matter_id", flat=True)))


def absorb_parties(*, survivor: UUID, loser: UUID, actor: Actor, at: datetime) -> tuple[int, Kept, list[NewEvent]]:
    """Let the survivor be party wherever the loser was; if both held one role, the better place remains.

    Part of a merge; the links of the matters are locked. Returns how many parties moved, what can take them back, and
    the events.
    """
    ids = matters_of([loser])
    held = parties_of_matters(ids)
    name = _names([survivor])[survivor]
    changes = [PartyChange(key, rows, _without(rows, survivor, loser, name)) for key, rows in held.items()]
    moved = sum(row.contact_id == loser for rows in held.values() for row in rows)
    return moved, _kept(changes), _written(changes, actor, at)


def changed_since(kept: Kept) -> list[Matter]:
    """The matters whose parties are not any more what the merge made of them."""
    ids = {UUID(key) for key in kept}
    now = parties_of_matters(ids)
    changed = [key for key in ids if _stored(now[key]) != kept[str(key)][1]]
    return list(Matter.objects.filter(pk__in=changed).order_by("matter_number"))


def give_back_parties(kept: Kept, *, actor: Actor, at: datetime) -> list[NewEvent]:
    """Make the parties what they were before the merge, on matters where nobody has changed them since."""
    changed = {matter.pk for matter in changed_since(kept)}
    ids = [key for text in kept if (key := UUID(text)) not in changed]
    now = parties_of_matters(ids)
    return _written([PartyChange(key, now[key], _rows(key, kept[str(key)][0])) for key in ids], actor, at)


def _without(rows: Sequence[PartyRow], survivor: UUID, loser: UUID, name: str) -> list[PartyRow]:
    """The parties with the survivor in the loser's places, numbered anew."""
    after: list[PartyRow] = []
    place: dict[UUID, int] = {}
    held: dict[UUID, int] = {}
    for row in rows:
        represents = _represented(row.represents, survivor, loser)
        if row.contact_id in (survivor, loser):
            if row.role_id in held:
                first = after[held[row.role_id]]
                both = list(dict.fromkeys([*first.represents, *represents]))
                after[held[row.role_id]] = replace(first, represents=both)
                continue
            held[row.role_id] = len(after)
        position = place.get(row.role_id, 0)
        place[row.role_id] = position + 1
        after.append(replace(row, represents=represents, position=position))
    return [replace(row, contact_id=survivor, contact_name=name) if row.contact_id == loser else row for row in after]


def _represented(ids: Sequence[str], survivor: UUID, loser: UUID) -> list[str]:
    return list(dict.fromkeys(str(survivor) if one == str(loser) else one for one in ids))


def _written(changes: Sequence[PartyChange], actor: Actor, at: datetime) -> list[NewEvent]:
    changes = [change for change in changes if list(change.after) != list(change.before)]
    states = states_of(change.matter_id for change in changes)
    _write(changes)
    touch_matters(states.values(), actor.name, at)
    edits, events = [], []
    for change in changes:
        state = states[change.matter_id]
        if state["deleted_at"] is None:
            edits.append(Edit(state, state, _clients(change.before), _clients(change.after)))
        events.append(event(state, VERB, actor, at, party_changes(change.before, change.after)))
    tell_saved(edits, actor, at)
    return events


def _write(changes: Sequence[PartyChange]) -> None:
    """Make the parties what they are to be. All rows are written anew: two that exchange a contact would meet."""
    Party.objects.filter(matter_id__in=[change.matter_id for change in changes]).delete()
    insert_parties(row for change in changes for row in change.after)


def _clients(rows: Iterable[PartyRow]) -> list[UUID]:
    return [row.contact_id for row in rows if row.is_primary]


def _kept(changes: Iterable[PartyChange]) -> Kept:
    return {str(one.matter_id): [_stored(one.before), _stored(one.after)] for one in changes}


def _stored(rows: Iterable[PartyRow]) -> list[list[Any]]:
    return [[str(row.id), str(row.role_id), str(row.contact_id), row.position, list(row.represents)] for row in rows]


def _rows(matter_id: UUID, stored: Sequence[Sequence[Any]]) -> list[PartyRow]:
    roles = Role.objects.in_bulk([UUID(one[1]) for one in stored])
    names = _names([UUID(one[2]) for one in stored])
    rows = []
    for key, role_id, contact_id, position, represents in stored:
        role, contact = roles[UUID(role_id)], UUID(contact_id)
        ids = (UUID(key), matter_id, role.pk, contact)
        rows.append(PartyRow(*ids, position, list(represents), role.name, role.is_primary, names[contact]))
    return rows


def _names(ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """The names of contacts, deleted ones too."""
    found = Contact.objects.filter(pk__in=ids).values("id", *NAME_COLUMNS)
    return {row["id"]: display_name(row) for row in found}
