"""Parties as rows: who they are, how they are reached, and what can be done with them (PTY-3, PTY-5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.matters.models import Party, Role
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Row:
    """One party."""

    party: Party
    name: str
    link: Any
    phone: dict[str, str] | None
    represents: list[str]
    is_first: bool
    is_last: bool

    @property
    def contact(self) -> Contact:
        """Whom the row is about."""
        found: Contact = self.party.contact
        return found

    @property
    def is_primary(self) -> bool:
        """Whether this is the primary client, whom Legal Accounting bills."""
        return self.is_first and self.party.role.is_primary


@dataclass(slots=True)
class RoleGroup:
    """The parties of one role."""

    role: Role
    rows: list[Row] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """One contact is all this role takes."""
        return bool(self.rows) and not self.role.is_many


def rows_of(parties: Sequence[Party]) -> list[Row]:
    """The parties, in the order given, with names and link states; a constant number of statements."""
    style = contacts.name_format()
    names = {party.contact_id: display_name(party.contact.__dict__, style) for party in parties}
    states = sync.link_states("contact", list(names))
    last = {party.role_id: party.pk for party in parties}
    first = {party.role_id: party.pk for party in reversed(parties)}
    rows = []
    for party in parties:
        phones = phones_of(party.contact)
        represented = [names[one] for text in party.represents if (one := _known(text, names))]
        rows.append(
            Row(
                party, names[party.contact_id], states.get(party.contact_id), phones[0] if phones else None,
                represented, is_first=first[party.role_id] == party.pk, is_last=last[party.role_id] == party.pk,
            )
        )  # fmt: skip
    return rows


def by_role(roles: Iterable[Role], rows: Sequence[Row]) -> list[RoleGroup]:
    """The rows under their roles; a role that waits for somebody stands there empty."""
    groups = {role.pk: RoleGroup(role) for role in roles}
    for row in rows:
        groups[row.party.role_id].rows.append(row)
    return [one for one in groups.values() if one.rows or one.role.is_primary or one.role.is_required]


def by_party(rows: Sequence[Row]) -> list[Row]:
    """The rows by name, so that the roles of one contact stand together."""
    return sorted(rows, key=lambda row: (row.name.casefold(), str(row.party.contact_id), row.party.role.position))


def phones_of(contact: Contact) -> list[dict[str, str]]:
    """The numbers in order, each as it is shown and as it is dialled."""
    return [
        {"number": one["number"], "href": "".join(sign for sign in one["number"] if sign in "+0123456789")}
        for one in contact.phones
    ]


def _known(text: str, names: dict[UUID, str]) -> UUID | None:
    """The contact another one represents, as long as it is on the matter."""
    return next((one for one in names if str(one) == text), None)
