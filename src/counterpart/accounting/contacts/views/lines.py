"""Contacts as lines of the Contact Manager, with a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.registers import KIND
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Line:
    """One contact in a list."""

    contact: Contact
    link: Any

    @property
    def pk(self) -> UUID:
        """The contact's."""
        return self.contact.pk

    @property
    def label(self) -> str:
        """What the contact is called."""
        return self.contact.name

    @property
    def url(self) -> str:
        """The contact's page."""
        return self.contact.get_absolute_url()

    @property
    def phone(self) -> str:
        """The first number there is."""
        one = self.contact
        return one.work_phone or one.mobile_phone or one.home_phone or one.other_phone

    def place(self, part: str) -> str:
        """A part of the main address."""
        found: str = self.contact.main_address.get(part, "")
        return found


def lines_of(contacts: Sequence[Contact]) -> list[Line]:
    """The contacts with their link states."""
    states = sync.link_states(KIND, [contact.pk for contact in contacts])
    return [Line(contact, states.get(contact.pk)) for contact in contacts]
