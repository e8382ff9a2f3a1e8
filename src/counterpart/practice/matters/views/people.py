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
class Group:
    """The parties of one role, or the roles of one party."""

    role: Role | None
    rows: list[Row] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """One contact is all this role takes."""
        return self.role is not None and bool(self.rows) and not self.role.is_many


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


def by_role(roles: Iterable[Role], rows: Sequence[Row]) -> list[Group]:
    """The rows under their roles; a role nobody has stands there empty."""
    groups = {role.pk: Group(role) for role in roles}
    for row in rows:
        groups[row.party.role_id].rows.append(row)
    return list(groups.values())


def by_party(rows: Sequence[Row]) -> list[Group]:
    """The rows of each contact together, by name."""
    groups: dict[UUID, Group] = {}
    for row in rows:
        groups.setdefault(row.party.contact_id, Group(None)).rows.append(row)
    return sorted(groups.values(), key=lambda group: group.rows[0].name.casefold())


def phones_of(contact: Contact) -> list[dict[str, str]]:
    """The numbers in order, each as it is shown and as it is dialled."""
    return [
        {"number": one["number"], "href": "".join(sign for sign in one["number"] if sign in "+0123456789")}
        for one in contact.phones
    ]


def _known(text: str, names: dict[UUID, str]) -> UUID | None:
    """The contact another one represents, as long as it is on the matter."""
    return next((one for one in names if str(one) == text), None)
