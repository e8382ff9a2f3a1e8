"""Contacts as JSON, straight from rows: the quick way out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from counterpart.foundation.actor import Actor
from counterpart.foundation.masking import masked
from counterpart.practice.contacts.drafts import ADDRESS_LINES, PERSON_PARTS
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.personal import FURTHER
from counterpart.practice.contacts.private import VIEW_SENSITIVE
from counterpart.sync import api as sync

OUT_COLUMNS: Final = (
    "id", "kind", *PERSON_PARTS, "company", "alias", "email", "emails", "phones", "physical_address", "mailing_address",
    "reference", "requested_reference", "external_reference", *FURTHER, "numbering_sequence", "status", "version",
    "created_at", "created_by", "updated_at", "updated_by",
)  # fmt: skip


def contact_json(row: Mapping[str, Any], link: sync.LinkState, actor: Actor) -> dict[str, Any]:
    """One contact, as far as this caller may read it. The personal names Legal Accounting keeps behind a company are
    not this product's (PER-5).
    """
    individual = row["kind"] == "individual"
    shown: dict[str, Any] = {"id": row["id"], "kind": row["kind"]}
    for part in PERSON_PARTS:
        shown[part] = (row[part] or None) if individual else None
    for name in ("company", "alias", "email"):
        shown[name] = row[name] or None
    shown["emails"] = row["emails"]
    shown["phones"] = row["phones"]
    for name in ("physical_address", "mailing_address"):
        address = row[name]
        shown[name] = {line: address.get(line) for line in ADDRESS_LINES}
    shown["reference"] = row["reference"] or row["requested_reference"] or None
    shown["requested_reference"] = row["requested_reference"] or None
    shown["external_reference"] = row["external_reference"] or None
    for name in FURTHER:
        shown[name] = row[name] or None
    if not actor.may(VIEW_SENSITIVE):
        shown["tax_number"] = masked(row["tax_number"]) or None
    for name in ("numbering_sequence", "status", "version", "created_at", "created_by", "updated_at", "updated_by"):
        shown[name] = row[name]
    shown["sync"] = link_json(link)
    return shown


def link_json(link: sync.LinkState) -> dict[str, Any]:
    """The state of a record's link."""
    return {
        "status": link.status,
        "colour": link.colour,
        "detail": link.detail,
        "since": link.since,
        "counterpart_url": link.counterpart_url,
    }


def contacts_json(contacts: Sequence[Contact], actor: Actor) -> list[dict[str, Any]]:
    """Several contacts with their links, in order.

    The rows are read after the states: a change that arrives in between makes a contact newer than its state says,
    never a state that vouches for values it has not seen.
    """
    ids = [contact.pk for contact in contacts]
    states = sync.link_states("contact", ids)
    rows = {row["id"]: row for row in Contact.objects.filter(pk__in=ids).values(*OUT_COLUMNS)}
    return [contact_json(rows[contact_id], states[contact_id], actor) for contact_id in ids if contact_id in rows]


def newborn_json(rows: Sequence[Mapping[str, Any]], actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """Contacts that were created a moment ago."""
    states = sync.newborn_states("contact", [row["id"] for row in rows], at=at)
    return [contact_json(row, states[row["id"]], actor) for row in rows]


def created_row(contact_id: UUID, columns: Mapping[str, Any], who: str, at: Any) -> dict[str, Any]:
    """The row of a contact that was created a moment ago, without reading it back."""
    return {
        **columns, "id": contact_id, "status": "active", "version": 1, "created_at": at, "created_by": who,
        "updated_at": at, "updated_by": who,
    }  # fmt: skip
