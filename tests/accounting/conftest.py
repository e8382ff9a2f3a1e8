"""The cast and the small world of Legal Accounting: Ada may, Ben may not, Cleo exists in Practice Management only."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import Created, Draft, create_contacts
from counterpart.accounting.files.models import File, FileCode, FileOptions
from counterpart.accounting.files.operations import Draft as FileDraft
from counterpart.accounting.files.operations import create_file, create_group
from counterpart.accounting.files.queries import payers_of
from counterpart.accounting.numbering import triggers
from counterpart.accounting.numbering.models import FileSequence, FirmNumbering, NumberSequence
from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import Role, User
from counterpart.foundation.users.operations import create_token
from counterpart.protocol.colour import Mode
from counterpart.sync.models import Link
from counterpart.sync.pairing import ensure_identity

AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
WORK = (
    "contact.read", "contact.create", "contact.edit", "contact.edit_number", "contact.close", "contact.delete",
    "group.edit", "file.read", "file.create", "file.edit", "file.edit_number", "file.edit_clients", "file.edit_split",
    "file.close", "file.delete",
)  # fmt: skip


def pytest_configure() -> None:
    """The ledger refuses to be emptied; between transactional tests that is lifted, as for the history.

    On SQLite the database is a file: in memory, several connections would lock each other's tables.
    """
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.COUNTERPART_DATA / "test.sqlite3")
    original = connection.ops.__class__.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        vendor = self.connection.vendor
        inner = original(self, *args, **kwargs)
        return [*triggers.remove_statements(vendor), *inner, *triggers.install_statements(vendor)]

    connection.ops.__class__.sql_flush = sql_flush


@pytest.fixture(autouse=True)
def _sequences(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the migration made is there again after a transactional test emptied all tables."""
    if request.node.get_closest_marker("django_db") is not None:
        marker = request.node.get_closest_marker("django_db")
        request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
        FirmNumbering.objects.get_or_create(id=1)
        for code, prefix in (("client", ""), ("vendor", "V~"), ("other", "O~")):
            NumberSequence.objects.get_or_create(code=code, defaults={"prefix": prefix})
        FileSequence.objects.get_or_create(id=1)
        FileOptions.objects.get_or_create(id=1)
        for listing in FileCode.Listing.values:
            FileCode.objects.get_or_create(
                listing=listing, is_default=True, defaults={"code": "GEN", "name": "General"}
            )
    return


def person(name: str, *rights: str, administrator: bool = False, restricted: bool = False) -> User:
    """A person with a role of her own."""
    user = User.objects.create(email=f"{name.lower()}@example.com", name=name, created_at=AT)
    role = Role.objects.create(
        name=f"Role of {name}",
        rights=list(rights),
        is_administrator=administrator,
        restrict_contact_number_changes=restricted,
    )
    user.roles.add(role)
    return user


def actor(user: User) -> Actor:
    return Actor.of(user, "screen")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token_for(user: User, *scopes: str) -> str:
    made = create_token(
        actor=Actor.system("Test"), user=user, label="test", scopes=scopes or ("read", "write"), days=30, at=clock.now()
    )
    return made.secret


def create(number: str = "", **given: Any) -> Contact:
    """One contact, by the system; a keyword is a field."""
    keep = given.pop("keep_sequence", False)
    (made,) = create_contacts([Draft(given, number, keep_sequence=keep)], actor=Actor.system("Test"), at=AT)
    if not isinstance(made, Created):
        raise made
    return Contact.objects.get(pk=made.id)


def open_file(*clients: Contact, number: str = "", group: Contact | None = None, **given: Any) -> File:
    """One file of these clients, by the system; a keyword is a field. Nobody in particular is responsible."""
    keep = given.pop("keep_sequence", False)
    clerk, _ = User.objects.get_or_create(email="clerk@example.com", defaults={"name": "Clerk", "created_at": AT})
    given = {"description": "Rewi v Quay", "responsible": clerk.pk} | given
    draft = FileDraft(given, [one.pk for one in clients], group.pk if group else None, number, keep)
    made = create_file(draft, actor=Actor.system("Test"), at=AT)
    return File.objects.get(pk=made.id)


def create_group_of(*members: Contact, name: str = "The Quay owners") -> Contact:
    """A visible group contact with these members, by the system."""
    made = create_group(name=name, members=[one.pk for one in members], actor=Actor.system("Test"), at=AT)
    return Contact.objects.get(pk=made.id)


def split_of(file: File) -> list[tuple[str, str]]:
    """The payers of a file in order, as (last name, percentage)."""
    return [(one.name, one.percent) for one in payers_of([file.pk])[file.pk]]


def by_firm() -> None:
    FirmNumbering.objects.update(file_scheme="firm")


def separate(on: bool = True) -> None:
    FirmNumbering.objects.update(separate_numbering_sequences=on)


def sequence_at(code: str, following: int) -> None:
    NumberSequence.objects.filter(code=code).update(next=following)


def connected(**changes: Any) -> Link:
    """A link in good order with a peer heard just now, unless ``changes`` say otherwise."""
    ensure_identity(clock.now())
    facts = {
        "mode": Mode.LIVE, "peer_instance": "urn:suite:pm:test", "peer_url": "http://127.0.0.1:8701",
        "peer_epoch": "epoch-pm", "last_contact": clock.now(), "mode_since": clock.now(),
    } | changes  # fmt: skip
    Link.objects.update(**facts)
    return Link.objects.get()


@pytest.fixture
def ada(db: None) -> User:
    return person("Ada", *WORK)


@pytest.fixture
def ben(db: None) -> User:
    return person("Ben", "contact.read")


@pytest.fixture
def admin(db: None) -> User:
    return person("Admin", administrator=True)
