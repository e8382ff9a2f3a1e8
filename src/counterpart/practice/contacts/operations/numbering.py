"""Withdrawing a request for a number: *let Legal Accounting number it*, or *keep the number it has*."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.operations.editing import current_state, write_edit
from counterpart.sync import api as sync


@transaction.atomic
def withdraw_reference(*, actor: Actor, contact_id: UUID, at: datetime) -> dict[str, Any]:
    """Take back what was typed as reference; a contact without a number is then numbered automatically.

    Restricted people may do this too: it defines no number (NUM-16). Raises Forbidden, Missing.
    """
    actor.require("contact.edit")
    sync.lock("contact", [contact_id])
    current = current_state(contact_id)
    after = {**current, "requested_reference": "", "requested_keep_sequence": False}
    return write_edit(actor, contact_id, current, after, at)
