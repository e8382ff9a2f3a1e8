"""Contacts as lines of any list, with a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from counterpart.foundation.actor import Actor
from counterpart.foundation.masking import masked
from counterpart.foundation.text import fold
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import NameFormat, display_name
from counterpart.practice.contacts.parts import counts_for
from counterpart.practice.contacts.private import VIEW_SENSITIVE
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Line:
    """One contact in a list."""

    contact: Contact
    name: str
    link: Any
    why: str = ""
    count: int = 0
    """How much there is of what the apps above count: open matters."""
    sees_private: bool = False

    @property
    def pk(self) -> UUID:
        """The contact's."""
        return self.contact.pk

    @property
    def label(self) -> str:
        """What the contact is called."""
        return self.name

    @property
    def url(self) -> str:
        """The contact's page."""
        return self.contact.get_absolute_url()

    @property
    def tax_number(self) -> str:
        """The number, for those who may read it."""
        number = self.contact.tax_number
        return number if self.sees_private else masked(number)

    @property
    def phone(self) -> str:
        """The first number."""
        phones: list[dict[str, str]] = self.contact.phones
        return phones[0]["number"] if phones else ""

    @property
    def city(self) -> str:
        """Where they are, or where their mail goes."""
        return self.place("city")

    def place(self, part: str) -> str:
        """A part of where they are, or of where their mail goes."""
        found: str = self.contact.physical_address.get(part) or self.contact.mailing_address.get(part, "")
        return found


def lines_of(contacts: Sequence[Contact], style: NameFormat, text: str = "", viewer: Actor | None = None) -> list[Line]:
    """The contacts with their names and link states; with a ``viewer`` also with what the apps above count."""
    ids = [contact.pk for contact in contacts]
    states = sync.link_states("contact", ids)
    counts = counts_for(viewer, ids) if viewer else {}
    sees = viewer is not None and viewer.may(VIEW_SENSITIVE)
    return [
        Line(one, display_name(one.__dict__, style), states.get(one.pk), _why(one, text), counts.get(one.pk, 0), sees)
        for one in contacts
    ]


def _why(contact: Contact, text: str) -> str:
    """Which field the words were found in, where it is not the name that stands there anyway (SRC-5)."""
    words = fold(text).split()
    if not words:
        return ""
    fields = {
        "Reference": contact.shown_reference,
        "Alias": contact.alias,
        "Company": "" if contact.is_company else contact.company,
        "E-mail": ", ".join(filter(None, (contact.email, *contact.emails))),
        "City": contact.physical_address.get("city", ""),
        "Mailing city": contact.mailing_address.get("city", ""),
    }
    name = fold(display_name(contact.__dict__))
    if all(word in name for word in words):
        return ""
    for label, value in fields.items():
        if value and any(word in fold(value) for word in words):
            return f"{label}: {value}"
    return "Phone number"
