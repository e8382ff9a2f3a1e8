"""Contacts as the API shows them, built straight from rows and link states."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from counterpart.accounting.contacts.fields import TEXT_FIELDS
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.registers import KIND
from counterpart.contracts.contact import ADDRESS_PARTS
from counterpart.sync import api as sync

NO_ADDRESS = dict.fromkeys(ADDRESS_PARTS)


def contacts_out(ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """Return contacts in the shape of ``ContactOut``, in the order of the ids; a constant number of queries.

    The link states are read before the rows: an exchange in between then shows as pending, never as "in step" beside
    values from before it.
    """
    wanted = list(ids)
    if not wanted:
        return []
    states = sync.link_states(KIND, wanted)
    rows = Contact.objects.in_bulk(wanted)
    return [_contact_out(rows[key], states[key]) for key in wanted if key in rows]


def _contact_out(contact: Contact, link: sync.LinkState) -> dict[str, Any]:
    return {
        "id": contact.pk,
        "display_as": contact.display_as,
        "contact_type": contact.contact_type,
        "is_group": contact.is_group,
        "number": contact.number,
        **{name: getattr(contact, name) or None for name in (*TEXT_FIELDS, "external_reference")},
        "main_address": {**NO_ADDRESS, **contact.main_address},
        "additional_addresses": [{**NO_ADDRESS, **address} for address in contact.additional_addresses],
        "additional_methods": contact.additional_methods,
        "status": contact.status,
        "version": contact.version,
        "created_at": contact.created_at,
        "created_by": contact.created_by,
        "updated_at": contact.updated_at,
        "updated_by": contact.updated_by,
        "sync": link_out(link),
    }


def link_out(link: sync.LinkState) -> Mapping[str, Any]:
    """Return a link state in the shape of ``SyncOut``."""
    return {
        "status": link.status,
        "colour": link.colour,
        "detail": link.detail,
        "since": link.since,
        "counterpart_url": link.counterpart_url,
    }
