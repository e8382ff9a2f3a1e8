"""*Use the other value* of a conflict: an ordinary edit that gives one register this value."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refused
from counterpart.practice.contacts.drafts import problems_of
from counterpart.practice.contacts.operations.editing import current_state, write_edit
from counterpart.practice.contacts.registers import columns_after
from counterpart.practice.number_locks import REFERENCE_LOCK
from counterpart.sync import api as sync


@transaction.atomic
def set_register(*, actor: Actor, contact_id: UUID, register: str, value: Any, at: datetime) -> None:
    """Give a register the value that lost. A number is asked for, since only Legal Accounting gives it.

    Raises Forbidden, Missing, Refused.
    """
    actor.require("contact.edit")
    sync.lock("contact", [contact_id])
    current = current_state(contact_id)
    if register in ("number", "requested_number"):
        actor.require("contact.edit_reference")
        REFERENCE_LOCK.ensure_open(actor)
        number = value.get("number") if isinstance(value, dict) else value
        new = {"requested_reference": number or "", "requested_keep_sequence": False}
    else:
        new = columns_after(current, {register: value})
    after = {**current, **new}
    if errors := problems_of(after):
        raise Refused(errors)
    write_edit(actor, contact_id, current, after, at)
