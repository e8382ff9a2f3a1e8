"""The parties of a matter that is still a form: a grid of roles, each with its contacts and a box to find more (MAT-1).

The grid lives in the form itself: ``party`` is sent once for every party as ``<role>:<contact>``, in order, and every
button of the grid sends the whole form. So nothing typed is lost, with script and without.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from counterpart.foundation.actor import Actor
from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.matters.drafts import PARTIES_MAX, PartyDraft
from counterpart.practice.matters.forms import NewContactForm
from counterpart.practice.matters.models import MatterType, Role
from counterpart.practice.matters.views.finding import (
    Finder,
    make_contact,
    new_contact_form,
    posted_contact_form,
    uuid_of,
)
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Chosen:
    """A contact in a role of the grid."""

    contact: Contact
    name: str
    link: Any
    value: str


@dataclass(slots=True)
class Slot:
    """One role of the grid."""

    role: Role
    chosen: list[Chosen]
    finder: Finder
    new: NewContactForm | None = None
    is_active: bool = False
    """The focus goes on here."""

    @property
    def is_full(self) -> bool:
        """One contact is all this role takes."""
        return bool(self.chosen) and not self.role.is_many


@dataclass(slots=True)
class Grid:
    """The grid as it was sent, and what the pressed button makes of it."""

    actor: Actor
    type: MatterType | None
    pairs: list[tuple[UUID, UUID]] = field(default_factory=list)
    """Role and contact of every party, in order."""
    texts: dict[UUID, str] = field(default_factory=dict)
    new_role: UUID | None = None
    new_form: NewContactForm | None = None
    active: UUID | None = None

    @classmethod
    def read(cls, request: HttpRequest, actor: Actor, kind: MatterType | None) -> "Grid":
        """The grid of a form that was sent."""
        sent = request.POST
        grid = cls(actor, kind)
        for party in sent.getlist("party")[:PARTIES_MAX]:
            role, _, contact = party.partition(":")
            if (role_id := uuid_of(role)) and (contact_id := uuid_of(contact)):
                grid.add(role_id, contact_id)
        grid.texts = {role.pk: sent.get(f"find_{role.pk}", "").strip()[:200] for role in grid.roles}
        grid.new_role = uuid_of(sent.get("new_role", ""))
        if grid.new_role:
            grid.new_form = posted_contact_form(request, checked=sent.get("act", "") == f"make:{grid.new_role}")
        return grid

    @property
    def roles(self) -> list[Role]:
        """The roles of the type, in order."""
        return list(self.type.roles.all()) if self.type else []

    def add(self, role_id: UUID, contact_id: UUID) -> None:
        """Put a contact last in a role, once."""
        if (role_id, contact_id) not in self.pairs:
            self.pairs.append((role_id, contact_id))

    def act(self, pressed: str) -> None:
        """Do what a button of the grid says: ``<verb>:<role>:<contact>``."""
        verb, _, rest = pressed.partition(":")
        role_text, _, contact_text = rest.partition(":")
        role_id, contact_id = uuid_of(role_text), uuid_of(contact_text)
        role = next((one for one in self.roles if one.pk == role_id), None)
        self.active = role_id
        if verb == "drop" and role_id and contact_id:
            self.pairs = [pair for pair in self.pairs if pair != (role_id, contact_id)]
        elif verb == "up" and role_id and contact_id:
            self._raise(role_id, contact_id)
        elif verb == "pick" and role and contact_id:
            self.add(role.pk, contact_id)
            self.texts[role.pk] = ""
            if self.new_role == role.pk:  # somebody like the new contact was there already
                self.new_role = self.new_form = None
        elif verb == "new" and role:
            self.new_role, self.new_form = role.pk, new_contact_form(self.texts.get(role.pk, ""), role.limited_to)
        elif verb == "make" and role and self.new_form:
            self._make(role)
        elif verb == "away":
            self.new_role = self.new_form = None

    def move_to(self, kind: MatterType) -> None:
        """Another type was chosen: who has a role of the same name there moves along, the others wait in the form."""
        names = dict(Role.objects.filter(pk__in={role for role, _ in self.pairs}).values_list("pk", "name_key"))
        self.type = kind
        there = {role.name_key: role.pk for role in self.roles}
        self.pairs = [(there.get(names.get(role, ""), role), contact) for role, contact in self.pairs]
        self.new_role = self.new_form = None

    def drafts(self) -> list[PartyDraft]:
        """The parties as the operation takes them."""
        return [PartyDraft(role, contact) for role, contact in self.pairs]

    def unfinished(self) -> str:
        """What was begun in the grid and would be lost by saving now; '' if nothing."""
        if self.new_form is not None:
            return "Create the new contact, or put its form away, before you save."
        for role in self.roles:
            if self.texts.get(role.pk):
                self.active = role.pk
                return f"“{self.texts[role.pk]}” is not chosen yet as {role.name}: pick somebody, or empty the box."
        return ""

    def shown(self) -> dict[str, Any]:
        """The grid for its template, with what has to be said of the clients (MAT-3)."""
        style = contacts.name_format()
        rows = contacts.contacts_visible_to(self.actor).filter(pk__in={contact for _, contact in self.pairs})
        known = {one.pk: one for one in rows}
        links = sync.link_states("contact", list(known))
        by_role: dict[UUID, list[Chosen]] = {}
        for role_id, contact_id in self.pairs:
            if contact := known.get(contact_id):
                one = Chosen(
                    contact, display_name(contact.__dict__, style), links.get(contact_id), f"{role_id}:{contact_id}"
                )
                by_role.setdefault(role_id, []).append(one)
        slots = [self._slot(role, by_role.pop(role.pk, []), style) for role in self.roles]
        return {
            "slots": slots,
            "strays": [one for chosen in by_role.values() for one in chosen],
            "warnings": self._warnings(slots),
            "type": self.type,
        }

    def _slot(self, role: Role, chosen: list[Chosen], style: Any) -> Slot:
        finder = Finder(str(role.pk), self.texts.get(role.pk, ""), role.limited_to)
        finder.look(self.actor, style, {one.contact.pk for one in chosen})
        is_new = self.new_role == role.pk
        return Slot(role, chosen, finder, self.new_form if is_new else None, is_active=self.active == role.pk)

    @staticmethod
    def _warnings(slots: list[Slot]) -> list[str]:
        if not sync.is_on():
            return []
        clients = [one for slot in slots if slot.role.is_primary for one in slot.chosen]
        if not clients:
            return ["This matter won’t reach Legal Accounting until it has a client."]
        waiting = [one.name for one in clients if one.link is None or one.link.colour != "green"]
        return [f"Waiting for client {name} to synchronise." for name in waiting]

    def _make(self, role: Role) -> None:
        assert self.new_form is not None
        contact_id = make_contact(self.actor, self.new_form, role.limited_to)
        if contact_id is not None:
            self.add(role.pk, contact_id)
            self.texts[role.pk] = ""
            self.new_role = self.new_form = None

    def _raise(self, role_id: UUID, contact_id: UUID) -> None:
        """Exchange a party with the one before it in the same role."""
        places = [place for place, pair in enumerate(self.pairs) if pair[0] == role_id]
        at = next((n for n, place in enumerate(places) if self.pairs[place][1] == contact_id), 0)
        if at:
            here, before = places[at], places[at - 1]
            self.pairs[here], self.pairs[before] = self.pairs[before], self.pairs[here]
