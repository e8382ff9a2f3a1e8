"""Contacts as they are taken away: every field under the name an import takes, and as cards (EXP-1)."""

from collections.abc import Callable, Sequence
from typing import Final

from counterpart.foundation.exporting import contact_fields
from counterpart.foundation.exporting.cards import Card
from counterpart.foundation.exporting.sheets import Sheet
from counterpart.practice.contacts.drafts import ADDRESS_LINES
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.personal import FURTHER
from counterpart.practice.contacts.private import VIEW_SENSITIVE
from counterpart.practice.contacts.queries import name_format

PHONES: Final = {
    "business_phone": "business", "mobile_phone": "mobile", "home_phone": "home", "other_phone": "other", "fax": "fax",
    "sms_phone": "sms",
}  # fmt: skip


def cards_of(contacts: Sequence[Contact]) -> list[Card]:
    """The contacts as an address book has them, named as the firm writes names."""
    style = name_format()
    return [
        Card(
            contact.pk, contact.is_company, display_name(contact.__dict__, style), contact.title, contact.first,
            contact.middle, contact.last, contact.suffix, contact.company, contact.alias,
            [email for email in (contact.email, *contact.emails) if email],
            [(contact_fields.TELEPHONE[phone["label"]], phone["number"]) for phone in contact.phones],
            [
                (types, address)
                for types, address in (
                    (contact_fields.AT_WORK, contact.physical_address), ((), contact.mailing_address),
                )
                if address
            ],
            contact.reference, contact.updated_at, contact.website, contact.occupation, contact.date_of_birth,
        )
        for contact in contacts
    ]  # fmt: skip


def _numbers(label: str) -> Callable[[Contact], list[str]]:
    return lambda contact: [phone["number"] for phone in contact.phones if phone["label"] == label]


CONTACTS: Final = Sheet(
    key="contacts",
    right="contact.export",
    fields=(
        ("id", lambda contact: str(contact.pk)),
        ("type", lambda contact: "company" if contact.is_company else "person"),
        *contact_fields.plain(
            "title", "first", "middle", "last", "suffix", "company", "alias", "reference", "external_reference",
            "numbering_sequence",
        ),
        *contact_fields.numbers("email", lambda contact: [contact.email, *contact.emails]),
        *(field for name, label in PHONES.items() for field in contact_fields.numbers(name, _numbers(label))),
        *contact_fields.address("physical", lambda contact: contact.physical_address, ADDRESS_LINES),
        *contact_fields.address("mailing", lambda contact: contact.mailing_address, ADDRESS_LINES),
        *contact_fields.plain(*FURTHER, "status", "created_at", "created_by", "updated_at", "updated_by"),
    ),
    cards=cards_of,
    private={"tax_number": VIEW_SENSITIVE},
)  # fmt: skip
