"""The first people of a firm: the usual roles, the administrator, and the demonstration's cast."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import transaction

from counterpart.cli.say import Stop
from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refused
from counterpart.foundation.users.models import Role, User
from counterpart.foundation.users.operations import LastAdministrator, create_user, disable_user, enable_user

ADMINISTRATOR: Final = "Administrator"

_NUMBER_RIGHT: Final = {"practice": "contact.edit_reference", "accounting": "contact.edit_number"}
_WORK: Final = ("contact.read", "contact.create", "contact.edit")
_ROLES: Final = {
    ADMINISTRATOR: ("Everything, including settings, people and the link between the products.", ()),
    "Lawyer": (
        "Works with contacts and their numbers.",
        (*_WORK, "contact.close", "contact.delete", "number", "integration.retry"),
    ),
    "Assistant": ("Enters and corrects contacts.", (*_WORK, "contact.close", "import.run")),
    "Bookkeeper": (
        "Works with contacts and their numbers, imports, and cures what could not be synchronised.",
        (*_WORK, "contact.close", "contact.delete", "number", "import.run", "integration.retry", "audit.read"),
    ),
    "Auditor": ("Reads everything, changes nothing.", ("contact.read", "audit.read")),
    "Reception": ("Looks contacts up.", ("contact.read",)),
}

# Name, e-mail, role; Cleo works in Practice Management alone.
_CAST: Final = (
    ("Ingrid Solheim", "admin@example.com", ADMINISTRATOR),
    ("Ada Moreau", "ada@example.com", "Lawyer"),
    ("Alan Whitcombe", "alan@example.com", "Assistant"),
    ("Bea Kowalczyk", "bea@example.com", "Bookkeeper"),
    ("Otto Brandt", "otto@example.com", "Auditor"),
    ("Ben Adeyemi", "ben@example.com", "Reception"),
    ("Cleo Marchetti", "cleo@example.com", "Lawyer"),
)
_ABSENT: Final = {"practice": frozenset[str](), "accounting": frozenset({"cleo@example.com"})}


@transaction.atomic
def create_administrator(facts: dict[str, Any]) -> dict[str, Any]:
    """The one person of a firm begun without the demonstration. Raises Stop for a weak password."""
    create_roles()
    try:
        add_person("Administrator", facts["email"], ADMINISTRATOR, facts["password"], is_demo=False)
    except Refused as refusal:
        raise Stop(f"The administrator could not be created: {refusal}") from None
    return {}


@transaction.atomic
def create_cast(password: str) -> int:
    """The demonstration's people who are not there yet; those switched off by a removal come back."""
    create_roles()
    absent = _ABSENT[settings.COUNTERPART_PRODUCT]
    missing = [each for each in _CAST if each[1] not in absent and not User.objects.filter(email=each[1]).exists()]
    for name, email, role in missing:
        add_person(name, email, role, password, is_demo=True)
    returning = list(User.objects.filter(is_demo=True, is_active=False))
    for person in returning:
        enable_user(actor=_actor(), user=person, at=clock.now())
    return len(missing) + len(returning)


@transaction.atomic
def remove_cast() -> tuple[int, list[str]]:
    """Switch the demonstration's people off; what they did stays theirs.

    Answers with how many, and who had to stay because nobody else could manage the firm.
    """
    people = list(User.objects.filter(is_demo=True, is_active=True))
    stay: list[str] = []
    for person in people:
        try:
            disable_user(actor=_actor(), user=person, at=clock.now())
        except LastAdministrator:
            stay.append(person.email)
    return len(people) - len(stay), stay


def create_roles() -> None:
    """The usual roles, where missing; a firm that changed one keeps its change."""
    known = {right.code for right in settings.COUNTERPART_RIGHTS}
    number_right = _NUMBER_RIGHT[settings.COUNTERPART_PRODUCT]
    for name, (description, codes) in _ROLES.items():
        rights = [number_right if code == "number" else code for code in codes]
        assert set(rights) <= known, f"unknown rights in the role {name}: {set(rights) - known}"
        Role.objects.get_or_create(
            name=name,
            defaults={"description": description, "rights": rights, "is_administrator": name == ADMINISTRATOR},
        )


def add_person(name: str, email: str, role: str, password: str, *, is_demo: bool) -> None:
    """Raises Refused, also for a weak password, except in the demonstration, where everybody knows it."""
    create_user(
        actor=_actor(),
        email=email,
        name=name,
        password=password,
        roles=[Role.objects.get(name=role)],
        at=clock.now(),
        is_demo=is_demo,
        check_password=not is_demo,
    )


def _actor() -> Actor:
    return Actor.system("Counterpart", "command")
