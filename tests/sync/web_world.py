"""A small world for the pages of the engine: people, contacts of Practice Management, and a link in any state."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.test import Client

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.ids import new_id
from counterpart.foundation.users.models import Role, User
from counterpart.practice.contacts.drafts import Draft
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import create_contacts
from counterpart.protocol.colour import Mode
from counterpart.sync.models import Link, Record
from counterpart.sync.pairing import ensure_identity

PEER_URL = "http://127.0.0.1:8702"
READER = ("contact.read",)
ACTING = ("contact.read", "contact.edit", "contact.delete", "integration.retry")
MANAGING = (*ACTING, "integration.manage")


def connected(**changes) -> Link:
    """A link in good order with a peer heard just now, unless ``changes`` say otherwise."""
    ensure_identity(now())
    facts = {
        "mode": Mode.LIVE, "peer_instance": "urn:suite:la:test", "peer_url": PEER_URL, "peer_epoch": "epoch-la",
        "last_contact": now(), "mode_since": now(),
    } | changes  # fmt: skip
    Link.objects.update(**facts)
    return Link.objects.get()


def person(name: str, rights: tuple[str, ...]) -> User:
    user = User.objects.create(email=f"{name.lower()}@example.com", name=name, created_at=now())
    role = Role.objects.create(name=f"Role of {name}", rights=list(rights))
    user.roles.add(role)
    return user


def signed_in(name: str, rights: tuple[str, ...] = ACTING) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person(name, rights))
    return client


def contact(last: str, *, number: str = "", **draft) -> UUID:
    """A contact saved in this product, not yet exchanged (light blue); with a number as if the peer had given it."""
    (created,) = create_contacts(actor=Actor.system("Test"), drafts=[Draft(last=last, **draft)], at=now())
    if number:
        Contact.objects.filter(pk=created.id).update(reference=number)
    return created.id


def agreed(contact_id: UUID) -> UUID:
    """Make it green: the peer has stated that it holds the same."""
    record = Record.objects.filter(kind="contact", local_id=contact_id)
    record.update(
        shadow=F("regs"), stated_digest=F("digest"), stated_epoch="epoch-la", known_at_peer=True, numbered=True,
        force=0, agreed_at=now(), attempted_at=now(), pending_since=None,
    )  # fmt: skip
    return contact_id


def refused(contact_id: UUID, code: str = "number_in_use", **detail) -> UUID:
    """Make it red."""
    Record.objects.filter(kind="contact", local_id=contact_id).update(
        error_code=code, error_text="Legal Accounting refused this.", error_register="number" if detail else "",
        error_detail=detail, error_at=now(), attempted_at=now(),
    )  # fmt: skip
    return contact_id


def forgotten(contact_id: UUID) -> UUID:
    """Make it gray: never offered to the peer."""
    Record.objects.filter(kind="contact", local_id=contact_id).delete()
    return contact_id


def silent() -> None:
    """The peer has not been heard for five minutes: what is not red is yellow."""
    Link.objects.update(last_contact=now() - timedelta(minutes=5))


def sync_id_of(contact_id: UUID) -> UUID:
    return Record.objects.get(kind="contact", local_id=contact_id).sync_id


def stranger() -> UUID:
    """An identity that belongs to nothing here."""
    return new_id()
