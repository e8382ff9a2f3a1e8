"""Files, their clients and people with every right about them, for the tests of pages."""

import html
import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from tests.accounting.conftest import AT, WORK, create, person

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations import Draft, create_file, create_group
from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User


def keeper(name: str = "Ada", *, without: tuple[str, ...] = (), **kwargs: Any) -> User:
    """A bookkeeper who may do everything with contacts and files, less what is named."""
    return person(name, *(right for right in WORK if right not in without), **kwargs)


def opened(*clients: Contact, responsible: User | None = None, number: str = "", **given: Any) -> File:
    """A file for these clients, by the system; a keyword is a field."""
    person_named = responsible or User.objects.order_by("pk").first()
    assert person_named is not None, "a file needs somebody who is responsible"
    fields = {"description": "Purchase of 14 Hill Road", "responsible": person_named.pk} | given
    draft = Draft(fields, clients=[client.pk for client in clients], number=number)
    made = create_file(draft, actor=Actor.system("Test"), at=AT)
    return File.objects.get(pk=made.id)


def group_of(*members: Contact, name: str = "The Quay owners") -> Contact:
    """A visible group contact."""
    ids = [member.pk for member in members]
    made = create_group(name=name, members=ids, actor=Actor.system("Test"), at=AT)
    return Contact.objects.get(pk=made.id)


def people(*names: str) -> list[Contact]:
    """One client contact for each last name."""
    return [create(last=name) for name in names]


def shares(file: File) -> dict[str, int]:
    """Who pays what, by last name, in order."""
    rows = file.payers.filter(ended_at=None).order_by("position").select_related("contact")
    return {row.contact.last: row.share for row in rows}


def box(contact: Contact | UUID) -> str:
    """The name of a contact's percentage box."""
    return f"share-{contact.pk if isinstance(contact, Contact) else contact}"


def text_of(response: HttpResponse) -> str:
    """What a person reads on the page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))
