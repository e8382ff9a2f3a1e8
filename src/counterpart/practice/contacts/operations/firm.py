"""Changing the firm's settings of contacts, with what that means for the contacts themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.practice.contacts.registers import methods_value, values_of
from counterpart.practice.contacts.rows import states_of
from counterpart.practice.settings.models import ContactSettings
from counterpart.practice.settings.operations import change_contact_settings
from counterpart.practice.settings.queries import creation_rules
from counterpart.sync import api as sync

CHUNK: Final = 1_000


@transaction.atomic
def change_settings(
    *, actor: Actor, changes: Mapping[str, Any], at: datetime, version: int | None = None
) -> ContactSettings:
    """Change the named settings (4.7). Where the firm begins or ends to carry further numbers and counties, every
    contact that has some is offered anew (IMP-7). Raises Forbidden, Refused, Stale.
    """
    with history.collected() as events:
        before = creation_rules().share_methods
        settings = change_contact_settings(actor=actor, changes=changes, at=at, version=version)
        if settings.share_methods != before:
            _offer_methods(actor, at, shares=settings.share_methods)
    history.record(events)
    return settings


def _offer_methods(actor: Actor, at: datetime, *, shares: bool) -> None:
    rows = (
        Contact.objects.filter(ACTIVE)
        .order_by("pk")
        .values("pk", "emails", "phones", "physical_address", "mailing_address")
    )
    concerned = [row["pk"] for row in rows.iterator(CHUNK) if methods_value(row)]
    for start in range(0, len(concerned), CHUNK):
        _restamp(concerned[start : start + CHUNK], actor, at, shares=shares)


def _restamp(contact_ids: Sequence[UUID], actor: Actor, at: datetime, *, shares: bool) -> None:
    """Tell the engine what the further methods are from now on. Contacts that were never offered stay so (GOL-8)."""
    sync.lock("contact", contact_ids)
    known = sync.sync_ids("contact", contact_ids)
    items = [
        (key, values_of(row, shares_methods=not shares), values_of(row, shares_methods=shares))
        for key, row in states_of(list(known)).items()
    ]
    sync.saved(kind="contact", items=items, actor=actor, at=at, lane=sync.Lane.BULK)
