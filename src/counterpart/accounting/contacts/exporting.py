"""Contacts as they are taken away: every field under the name an import takes, and as cards (EXP-1)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from counterpart.accounting.contacts.models import Contact
from counterpart.contracts.contact import ADDRESS_PARTS
from counterpart.foundation.exporting import contact_fields
from counterpart.foundation.exporting.cards import Card
from counterpart.foundation.exporting.sheets import Sheet

PHONES: Final = {
    "business_phone": ("work_phone", "business"), "mobile_phone": ("mobile_phone", "mobile"),
    "home_phone": ("home_phone", "home"), "other_phone": ("other_phone", "other"), "fax": ("fax", "fax"),
}  # fmt: skip


def cards_of(contacts: Sequence[Contact]) -> list[Card]:
    """The contacts as an address book has them."""
    return [
        Card(
            contact.pk, contact.display_as == Contact.DisplayAs.COMPANY, contact.name, contact.title, contact.first,
            contact.middle, contact.last, contact.suffix, contact.company, contact.alias,
            [contact.email] if contact.email else [],
            [
                (contact_fields.TELEPHONE[label], number)
                for column, label in PHONES.values()
                if (number := getattr(contact, column))
            ],
            [
                (types, address)
                for types, address in (
                    (contact_fields.AT_WORK, contact.main_address),
                    *(((), one) for one in contact.additional_addresses),
                )
                if address
            ],
            contact.number, contact.updated_at,
        )
        for contact in contacts
    ]  # fmt: skip


def _number(column: str) -> Callable[[Contact], list[str]]:
    return lambda contact: [getattr(contact, column)]


def _mailing(contact: Contact) -> Mapping[str, str]:
    return next((one for one in contact.additional_addresses if one.get("usage") == "mailing"), {})


CONTACTS: Final = Sheet(
    key="contacts",
    right="contact.export",
    fields=(
        ("id", lambda contact: str(contact.pk)),
        ("type", lambda contact: "company" if contact.display_as == Contact.DisplayAs.COMPANY else "person"),
        *contact_fields.plain("title", "first", "middle", "last", "suffix", "company", "alias", "email"),
        ("reference", lambda contact: contact.number),
        *contact_fields.plain("external_reference"),
        ("numbering_sequence", lambda contact: contact.contact_type),
        *(contact_fields.numbers(name, _number(column))[0] for name, (column, _) in PHONES.items()),
        *contact_fields.address("physical", lambda contact: contact.main_address, ADDRESS_PARTS),
        *contact_fields.address("mailing", _mailing, ADDRESS_PARTS),
        *contact_fields.plain("status", "created_at", "created_by", "updated_at", "updated_by"),
    ),
    cards=cards_of,
)
