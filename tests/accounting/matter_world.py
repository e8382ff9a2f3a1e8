"""Matters as they arrive from Practice Management, for the tests of their handler."""

from tests.accounting.conftest import AT, create

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File
from counterpart.accounting.sync_handlers.matters import MatterHandler
from counterpart.foundation.actor import Actor
from counterpart.foundation.ids import new_id
from counterpart.sync import api as sync
from counterpart.sync.api import Amendment, Author, Newcomer, Stored

HANDLER = MatterHandler()
CLEO = Author("Cleo Tan", "cleo@example.com", 1_700_000_000_000)
SYSTEM = Actor.system("Test")


def client(last: str, number: str = "") -> Contact:
    return create(number, last=last, keep_sequence=True)


def identity(contact: Contact) -> str:
    return str(sync.sync_ids("contact", [contact.pk])[contact.pk])


def newcomer(*clients: Contact, number=None, keep=False, author=CLEO, **values) -> Newcomer:
    values = {"title": "Rewi v Quay", "clients": [identity(one) for one in clients], "opened": "2026-02-01"} | values
    if number:
        values["requested_number"] = {"number": number, "keep_sequence": keep}
    return Newcomer(new_id(), new_id(), values, {}, author)


def admit(*newcomers: Newcomer) -> list:
    outcomes = HANDLER.admit(newcomers, AT)
    return [outcomes[one.sync_id] for one in newcomers]


def arrived(*clients: Contact, **values) -> File:
    one = newcomer(*clients, **values)
    (outcome,) = admit(one)
    assert isinstance(outcome, Stored)
    return File.objects.get(pk=one.local_id)


def amend(file: File, author=CLEO, **changed):
    one = Amendment(new_id(), file.pk, HANDLER.read([file.pk])[file.pk], changed, {}, author)
    outcome = HANDLER.amend([one], AT)[one.sync_id]
    file.refresh_from_db()
    return outcome


def amend_clients(file: File, *clients: Contact):
    return amend(file, clients=[identity(one) for one in clients])
