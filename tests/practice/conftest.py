"""The cast and the small world of Practice Management: Ada may, Ben may not, Cleo exists here only."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.ids import new_id
from counterpart.foundation.users.models import Role, User
from counterpart.foundation.users.operations import create_token
from counterpart.practice.contacts.drafts import Draft
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import Created, create_contacts
from counterpart.practice.settings.models import ContactSettings
from counterpart.protocol.colour import Mode
from counterpart.sync import api as sync
from counterpart.sync.api import handler_for
from counterpart.sync.handler import Amendment, Author, Newcomer
from counterpart.sync.models import Link, Record
from counterpart.sync.pairing import ensure_identity

AT = datetime(2026, 3, 4, 5, 6, 7, 891011, tzinfo=UTC)
WORK = (
    "contact.read", "contact.create", "contact.edit", "contact.edit_reference", "contact.close", "contact.delete",
    "integration.retry",
)  # fmt: skip
CLEO = Author("Cleo Tan", "cleo@example.com", 1_772_600_767_000)
NG = {"last": "Ng"}
BEHIND_THE_ENGINE: set[UUID] = set()
"""Records a test amended without the engine's own bookkeeping around it."""


def pytest_configure() -> None:
    """On SQLite the database is a file: in memory, several connections would lock each other's tables."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(settings.COUNTERPART_DATA / "test.sqlite3")


def person(name: str, *rights: str, administrator: bool = False) -> User:
    """A person with a role of her own."""
    user = User.objects.create(email=f"{name.lower()}@example.com", name=name, created_at=AT)
    user.roles.add(Role.objects.create(name=f"Role of {name}", rights=list(rights), is_administrator=administrator))
    return user


def actor(user: User) -> Actor:
    return Actor.of(user, "screen")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def token_for(user: User, *scopes: str) -> str:
    """A token of the person, for the API."""
    made = create_token(
        actor=Actor.system("Test"), user=user, label="test", scopes=scopes or ("read", "write"), days=30, at=clock.now()
    )
    return made.secret


def create(**given: Any) -> Contact:
    """One contact, by the system; a keyword is a field of the draft."""
    (made,) = create_contacts(actor=Actor.system("Test"), drafts=[Draft(**(given or NG))], at=AT)
    if not isinstance(made, Created):
        raise made
    return Contact.objects.get(pk=made.id)


def again(contact: Contact) -> Contact:
    """The contact as it is now."""
    return Contact.objects.get(pk=contact.pk)


def separate(on: bool = True) -> None:
    ContactSettings.objects.update_or_create(pk=1, defaults={"separate_numbering_sequences": on})


def connected(policy: dict[str, Any] | None = None, **changes: Any) -> Link:
    """A link in good order with a peer heard just now, unless ``changes`` say otherwise."""
    ensure_identity(clock.now())
    facts = {
        "mode": Mode.LIVE, "peer_instance": "urn:suite:la:test", "peer_url": "http://127.0.0.1:8702",
        "peer_epoch": "epoch-la", "last_contact": clock.now(), "mode_since": clock.now(),
        "peer_policy": policy or {},
    } | changes  # fmt: skip
    Link.objects.update(**facts)
    return Link.objects.get()


def record_of(contact: Contact) -> Record:
    return Record.objects.get(kind="contact", local_id=contact.pk)


def stamps(contact: Contact, register: str) -> tuple[int, int]:
    """The stamps of one register: Practice Management's and Legal Accounting's."""
    from counterpart.sync.codec import read_stamps

    return read_stamps(record_of(contact).regs).get(register, (0, 0))


def receive(contact: Contact, **changed: Any) -> Any:
    """Legal Accounting changed these registers; '_' stands for '.' in their names. Returns the outcome."""
    values = {name.replace("_", ".") if name != "requested_number" else name: value for name, value in changed.items()}
    handler, sync_id = handler_for("contact"), new_id()
    BEHIND_THE_ENGINE.add(contact.pk)
    before = handler.read([contact.pk]).get(contact.pk, {})
    amendment = Amendment(sync_id, contact.pk, before, values, dict.fromkeys(values, CLEO), CLEO)
    return handler.amend([amendment], AT)[sync_id]


def admit(values: sync.Values) -> Contact:
    """A contact was born in Legal Accounting."""
    sync_id, local_id = new_id(), new_id()
    handler_for("contact").admit([Newcomer(sync_id, local_id, values, dict.fromkeys(values, CLEO), CLEO)], AT)
    return Contact.objects.get(pk=local_id)


def text_of(response) -> str:
    """What a person reads, without markup."""
    content = re.sub(r"<(script|style|svg|template).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content))


def errors_of(refusal: Any) -> dict[str, str]:
    """Field to code."""
    return {error.field: error.code for error in refusal.errors}


def history_of(record_id: UUID, kind: str = "contact") -> list[tuple[str, str, dict[str, Any]]]:
    """Verb, who and what, oldest first."""
    from counterpart.foundation import history

    events = history.events_for(kind, record_id).order_by("id")
    return [(event.verb, event.actor_name, event.changes) for event in events]


@pytest.fixture
def ada(db: None) -> User:
    return person("Ada", *WORK)


@pytest.fixture
def ben(db: None) -> User:
    return person("Ben", "contact.read")


@pytest.fixture
def nobody(db: None) -> User:
    return person("Nobody")


@pytest.fixture
def admin(db: None) -> User:
    return person("Admin", administrator=True)


@pytest.fixture(autouse=True)
def _nothing_is_unsent(request):
    """After each test the engine knows every synchronised record as it stands in the columns (S4).

    An operation that wrote a mapped column and did not tell the engine would be found here.
    """
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    request.getfixturevalue("db")  # so that it is still open afterwards
    yield
    # By its full name: pytest knows this file by a shorter one too, with a set of its own.
    from tests.practice.conftest import BEHIND_THE_ENGINE as BEHIND

    from counterpart.protocol.canonical import state_digest
    from counterpart.sync.codec import state_of

    for handler in (handler_for("contact"), handler_for("matter")):
        known = Record.objects.filter(kind=handler.kind, local_id__isnull=False)
        records = list(known.exclude(local_id__in=BEHIND))
        values = handler.read([record.local_id for record in records])
        for record in records:
            if record.local_id in values:
                state = state_of(handler, record, values[record.local_id])
                assert record.digest == state_digest(handler.registers, state), "a change did not reach the engine"
    BEHIND.clear()
