"""References that are no contact numbers, moved to where another system's reference belongs (IMP-19, GOL-3)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.external import external_refusals
from counterpart.practice.contacts.operations.recording import changes_between
from counterpart.practice.contacts.registers import values_of
from counterpart.practice.contacts.rows import states_of, update_contacts
from counterpart.practice.settings.queries import creation_rules
from counterpart.sync import api as sync


@transaction.atomic
def relocate_references(contact_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> int:
    """Make the Reference that was typed the external reference, and leave the Reference empty. Returns how many.

    A contact that has an external reference, or whose Reference another one has as such, stays as it is. One that was
    never offered is not offered by this. Raises Forbidden.
    """
    actor.require("contact.edit")
    actor.require("contact.edit_reference")
    sync.lock("contact", contact_ids)
    states = states_of(list(contact_ids))
    able = {
        key: row
        for key, row in states.items()
        if row["deleted_at"] is None and row["requested_reference"] and not row["external_reference"]
    }
    refused = external_refusals({key: row["requested_reference"] for key, row in able.items()})
    rows, events, told = [], [], []
    shares = creation_rules().share_methods
    known = sync.sync_ids("contact", able)
    for key, before in able.items():
        if key in refused:
            continue
        moved = {"external_reference": before["requested_reference"], "requested_reference": ""}
        after = {**before, **moved, "requested_keep_sequence": False}
        rows.append((key, after, actor.name))
        changes = changes_between(before, after)
        events.append(history.NewEvent("contact", key, display_name(after), "edited", actor, at, changes))
        if key in known:
            values = values_of(after, shares_methods=shares)
            told.append((key, values, {**values, "requested_number": None}))
    update_contacts(rows, at)
    sync.saved(kind="contact", items=told, actor=actor, at=at, lane=sync.Lane.BULK)
    history.record(events)
    return len(rows)
