"""Giving many matters to somebody else at once (MAT-9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refused
from counterpart.practice.matters.operations.editing import assign
from counterpart.practice.matters.operations.looking_up import locked
from counterpart.practice.matters.operations.recording import changes_between, event
from counterpart.practice.matters.operations.telling import tell_own
from counterpart.practice.matters.rows import update_matters
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Reassigned:
    """Which matters have somebody else now, and which had that person already."""

    changed: list[UUID]
    unchanged: list[UUID]


@transaction.atomic
def reassign_matters(*, actor: Actor, matter_ids: Sequence[UUID], assigned_to: int | str, at: datetime) -> Reassigned:
    """Assign all these matters to one person; all or none, with a constant number of statements.

    Raises Forbidden, Missing (the actor may not see one of them), Refused.
    """
    actor.require("matter.edit")
    states = locked(actor, matter_ids)
    person: dict[str, object] = {}
    if errors := assign(person, assigned_to):
        raise Refused(errors)
    changed = [one for one in states.values() if one["assigned_to_id"] != person["assigned_to_id"]]
    pairs = [(before, {**before, **person}) for before in changed]
    if pairs:
        update_matters(((after["id"], after, actor.name) for _, after in pairs), at)
        tell_own(pairs, actor, at, lane=sync.Lane.INTERACTIVE if len(pairs) == 1 else sync.Lane.BULK)
        history.record(
            [event(after, "reassigned", actor, at, changes_between(before, after)) for before, after in pairs]
        )
    ids, asked = {one["id"] for one in changed}, dict.fromkeys(matter_ids)
    return Reassigned([one for one in asked if one in ids], [one for one in asked if one not in ids])
