"""Addresses and the other product: copied at creation, afterwards only on request (ADR-2, IMP-2)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.operations.holding import hold
from counterpart.accounting.contacts.registers import GROUP_STAYS, KIND, values_from_fields
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked
from counterpart.sync import api as sync


@transaction.atomic
def copy_address(*, contact_id: UUID, actor: Actor, at: datetime) -> None:
    """Send our addresses to the other product, where they differ (IMP-2). Raises Missing, Forbidden, Blocked."""
    actor.require("contact.edit")
    held = hold(contact_id)
    if held.is_group:
        raise Blocked(GROUP_STAYS)
    values = values_from_fields(held.fields, held.number)
    sync.saved(kind=KIND, items=[(contact_id, values, values)], actor=actor, at=at, share_addresses=True)
    history.record([history.NewEvent(KIND, contact_id, held.label, "addresses_shared", actor, at)])


def shares_addresses() -> bool:
    """Whether the firm keeps addresses in step after creation; the switch is in the other product (IMP-2)."""
    return bool(sync.peer().policy.get("sync_addresses"))
