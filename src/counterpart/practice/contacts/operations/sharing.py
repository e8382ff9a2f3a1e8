"""What a person asks of the link itself: exchange now, or give both products the same address."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.editing import current_state, write_edit
from counterpart.practice.contacts.registers import ADDRESS_OF_REGISTER, values_of, with_address
from counterpart.practice.settings.queries import creation_rules
from counterpart.sync import api as sync


@transaction.atomic
def sync_now(*, actor: Actor, contact_ids: Sequence[UUID], at: datetime) -> int:
    """Exchange these contacts now, without an edit (IMP-5). Returns how many. Raises Forbidden."""
    return sync.force("contact", contact_ids, actor=actor, at=at)


@transaction.atomic
def copy_addresses(*, actor: Actor, contact_id: UUID, direction: Literal["there", "here"], at: datetime) -> list[str]:
    """Give both products the same addresses (IMP-2, IND-5): ours there, or theirs here.

    Returns the names of the addresses that were copied. Raises Forbidden, Missing.
    """
    actor.require("contact.edit")
    sync.lock("contact", [contact_id])
    current = current_state(contact_id)
    differences = [
        difference
        for difference in sync.link_state("contact", contact_id).differences
        if difference.register in ADDRESS_OF_REGISTER
    ]
    names = [ADDRESS_OF_REGISTER[difference.register] for difference in differences]
    if not differences:
        return []
    if direction == "here":
        after = dict(current)
        for difference, name in zip(differences, names, strict=True):
            after[name] = with_address(current[name], difference.theirs)
        write_edit(actor, contact_id, current, after, at)
        return names
    values = values_of(current, shares_methods=creation_rules().share_methods)
    before = {**values, **{difference.register: difference.theirs for difference in differences}}
    sync.saved(kind="contact", items=[(contact_id, before, values)], actor=actor, at=at, share_addresses=True)
    event = history.NewEvent(
        "contact", contact_id, display_name(current), "address_copied", actor, at, {"copied": [None, names]}
    )
    history.record([event])
    return names
