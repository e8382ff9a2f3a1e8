"""The first people of a firm: the usual roles, the administrator, and the demonstration's cast."""

from __future__ import annotations

from dataclasses import dataclass
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

_WORK: Final = ("contact.read", "contact.create", "contact.edit", "conflict.run")
_PM_WORK: Final = ("matter.read", "matter.create", "matter.edit", "matter.close")
_LA_WORK: Final = ("file.read", "file.create", "file.edit")
_PM_ALL: Final = (
    *_PM_WORK, "matter.edit_reference", "matter.delete", "matter.export", "matter.restrict", "contact.export",
)  # fmt: skip
_LA_ALL: Final = (
    *_LA_WORK, "file.edit_number", "file.edit_clients", "file.edit_split", "file.close", "file.delete", "group.edit",
    "file.export", "contact.export",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Usual:
    """A usual role: its rights in both products, and those that only one has."""

    description: str
    rights: tuple[str, ...] = ()
    practice: tuple[str, ...] = ()
    accounting: tuple[str, ...] = ()


_ROLES: Final = {
    ADMINISTRATOR: _Usual("Everything, including settings, people and the link between the products."),
    "Lawyer": _Usual(
        "Works with matters and files, their parties and numbers.",
        (*_WORK, "contact.close", "contact.delete", "integration.retry"),
        ("contact.edit_reference", "contact.merge", "contact.view_sensitive", *_PM_ALL, "matter.force_close"),
        ("contact.edit_number", *_LA_WORK, "file.edit_number", "file.edit_split", "file.close"),
    ),
    "Assistant": _Usual(
        "Enters and corrects contacts and matters.", (*_WORK, "contact.close", "import.run"), _PM_WORK, _LA_WORK
    ),
    "Bookkeeper": _Usual(
        "Works with files, their splits and numbers, imports, and cures what could not be synchronised.",
        (*_WORK, "contact.close", "contact.delete", "import.run", "integration.retry", "audit.read"),
        ("contact.edit_reference", "contact.view_sensitive", *_PM_WORK, "matter.edit_reference", "matter.export"),
        ("contact.edit_number", *_LA_ALL),
    ),
    "Auditor": _Usual(
        "Reads everything that is not restricted, changes nothing.", ("contact.read", "audit.read"), ("matter.read",),
        ("file.read",),
    ),
    "Reception": _Usual("Looks contacts, matters and files up.", ("contact.read",), ("matter.read",), ("file.read",)),
}  # fmt: skip

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
    for name, usual in _ROLES.items():
        rights = [*usual.rights, *(getattr(usual, settings.COUNTERPART_PRODUCT))]
        assert set(rights) <= known, f"unknown rights in the role {name}: {set(rights) - known}"
        Role.objects.get_or_create(
            name=name,
            defaults={"description": usual.description, "rights": rights, "is_administrator": name == ADMINISTRATOR},
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
