"""Picking a contact without script: what is typed finds a few, each with a button or a box beside it."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.foundation.search.finding import ranked
from counterpart.foundation.users.access import actor_of

OFFERED: Final = 10
"""So few that they can be looked over; more words find others."""
TEXT_MAX: Final = 200


def offered(request: HttpRequest, text: str, *, without: Collection[UUID] = (), groups: bool = False) -> list[Contact]:
    """Return open contacts that match what was typed; a group only where one can be chosen (GRP-3)."""
    words = text[:TEXT_MAX].strip()
    if not words:
        return []
    contacts = contacts_visible_to(actor_of(request)).filter(status=Contact.Status.ACTIVE).exclude(pk__in=without)
    if not groups:
        contacts = contacts.filter(is_group=False)
    return list(ranked(contacts, words)[:OFFERED])
