"""A small world of matters: types, drafts and what tests ask of them."""

from typing import Any
from uuid import UUID

from tests.practice.conftest import AT, create

from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.drafts import Draft, PartyDraft
from counterpart.practice.matters.models import Matter, MatterType, Role
from counterpart.practice.matters.operations import Created, RoleDraft, create_matter_type, create_matters
from counterpart.practice.matters.rows import clients_of_matters, parties_of_matters

MATTER_WORK = (
    "matter.read", "matter.create", "matter.edit", "matter.edit_reference", "matter.close", "matter.delete",
    "matter.restrict", "contact.read", "contact.create", "contact.edit", "integration.retry",
)  # fmt: skip
ROLES = (
    RoleDraft("Client", is_primary=True), RoleDraft("Opposing party"), RoleDraft("Judge", is_many=False),
    RoleDraft("Bank", limited_to="company"),
)  # fmt: skip
SYSTEM = Actor.system("Test")


def matter_type(name: str = "Dispute", roles: Any = ROLES, **guards: bool) -> MatterType:
    """The type of that name, made if there is none."""
    known = MatterType.objects.filter(name=name).first()
    return known or create_matter_type(actor=SYSTEM, name=name, roles=roles, at=AT, **guards)


def role(name: str, type_name: str = "Dispute") -> Role:
    return Role.objects.get(matter_type__name=type_name, name=name)


def parties(**by_role: Any) -> list[PartyDraft]:
    """Party drafts: keyword is the role with '_' for ' ', value the contacts."""
    return [
        PartyDraft(name.replace("_", " "), contact.pk)
        for name, contacts in by_role.items()
        for contact in (contacts if isinstance(contacts, list | tuple) else [contacts])
    ]


def draft(user: User, **given: Any) -> Draft:
    matter_type()
    facts: dict[str, Any] = {"name": "Ng v Acme", "matter_type": "Dispute", "assigned_to": user.email, **given}
    return Draft(**facts)


def open_matter(user: User, *clients: Contact, **given: Any) -> Matter:
    """One matter by the system, with these clients in order."""
    drafts = [*parties(Client=clients), *given.pop("parties", ())]
    (made,) = create_matters(actor=SYSTEM, drafts=[draft(user, parties=drafts, **given)], at=AT)
    if not isinstance(made, Created):
        raise made
    return Matter.objects.get(pk=made.id)


def now(matter: Matter) -> Matter:
    return Matter.objects.get(pk=matter.pk)


def clients(matter: Matter) -> list[UUID]:
    return clients_of_matters([matter.pk]).get(matter.pk, [])


def party_ids(matter: Matter) -> dict[tuple[str, str], UUID]:
    """Role name and contact name to party."""
    return {(row.role_name, row.contact_name): row.id for row in parties_of_matters([matter.pk])[matter.pk]}


def line_up(matter: Matter) -> list[tuple[str, str, int]]:
    """Role, name and place of each party, in order."""
    return [(row.role_name, row.contact_name, row.position) for row in parties_of_matters([matter.pk])[matter.pk]]


def people(*names: str) -> list[Contact]:
    return [create(last=name) for name in names]
