"""File References that are no file numbers, moved to where another system's reference belongs (MAT-20, IMP-19)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.practice.matters.operations.recording import changes_between, event
from counterpart.practice.matters.operations.telling import tell_own
from counterpart.practice.matters.rows import states_of, update_matters
from counterpart.sync import api as sync


@transaction.atomic
def relocate_file_references(matter_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> int:
    """Make the File Reference that was typed the external reference, leaving it empty. Returns how many.

    A matter that has an external reference stays as it is. One that was never offered is not offered by this.
    Raises Forbidden.
    """
    actor.require("matter.edit")
    actor.require("matter.edit_reference")
    sync.lock("matter", matter_ids)
    rows, events, pairs = [], [], []
    states = states_of(list(matter_ids))
    known = sync.sync_ids("matter", states)
    for key, before in states.items():
        if before["deleted_at"] is not None or not before["requested_reference"] or before["external_reference"]:
            continue
        moved = {"external_reference": before["requested_reference"], "requested_reference": ""}
        after = {**before, **moved, "requested_keep_sequence": False}
        rows.append((key, after, actor.name))
        events.append(event(after, "edited", actor, at, changes_between(before, after)))
        if key in known:
            pairs.append((before, after))
    update_matters(rows, at)
    tell_own(pairs, actor, at, names_request=True, lane=sync.Lane.BULK)
    history.record(events)
    return len(rows)
