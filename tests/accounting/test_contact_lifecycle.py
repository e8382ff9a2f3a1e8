"""Closing, reopening, deleting (LA-CON-6, CLS-1, CLS-8, NUM-15, sync-protocol 16)."""

import pytest
from tests.accounting.conftest import AT, actor, connected, create

from counterpart.accounting.contacts import blockers
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import (
    Draft,
    close_contact,
    create_contact,
    delete_contact,
    delete_contacts,
    edit_contact,
    reopen_contact,
    restore_contacts,
)
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Blocker, Forbidden, Missing, Refused, Stale
from counterpart.foundation.history.models import Event
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


def test_close_and_reopen(ada):
    """LA-CON-6: who and when is kept; reopening is always possible."""
    contact = create("40", last="Price")

    close_contact(contact_id=contact.pk, actor=actor(ada), at=AT)
    contact.refresh_from_db()
    assert (contact.status, contact.closed_by, contact.closed_at, contact.version) == ("closed", "Ada", AT, 2)

    reopen_contact(contact_id=contact.pk, actor=actor(ada), at=AT)
    contact.refresh_from_db()
    assert (contact.status, contact.closed_by, contact.closed_at) == ("active", "", None)
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == ["created", "closed", "reopened"]


def test_closing_informs_the_peer_and_changes_no_shared_field():
    """CLS-1: presence alone."""
    connected()
    contact = create(last="Price")

    close_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)

    assert Record.objects.get(local_id=contact.pk).held["presence_la"] == "archived"


def test_blockers_of_apps_above_are_listed(monkeypatch):
    """LA-CON-6: the refusal lists each blocker with a link."""
    contact = create(last="Price")
    there = Blocker("File 40-001 is open.", "/files/1/")
    monkeypatch.setattr(blockers, "closing_checks", [lambda contact_id: [there] if contact_id == contact.pk else []])
    receipts = {contact.pk: [Blocker("It has receipts.", "/ledger/1/")]}
    monkeypatch.setattr(blockers, "deletion_checks", [lambda _: receipts])

    with pytest.raises(Blocked) as closing:
        close_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)
    with pytest.raises(Blocked, match="history in the books"):
        delete_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)

    assert closing.value.blockers == [there]
    assert Contact.objects.get().status == "active"


def test_closed_contact_keeps_its_number_and_can_be_edited():
    """NUM-15, CLS-6."""
    contact = create("40", last="Price")
    close_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)

    with pytest.raises(Refused, match="already used"):
        create_contact(Draft({"last": "X"}, "40"), actor=SYSTEM, at=AT)
    edit_contact(contact_id=contact.pk, given={"alias": "P"}, actor=SYSTEM, at=AT)

    contact.refresh_from_db()
    assert (contact.status, contact.alias) == ("closed", "P")


def test_closing_twice_and_reopening_an_open_one_are_refused():
    contact = create(last="Price")
    with pytest.raises(Blocked):
        reopen_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)
    close_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)
    with pytest.raises(Blocked):
        close_contact(contact_id=contact.pk, actor=SYSTEM, at=AT)


def test_deleted_contact_is_gone_but_its_number_is_not_free(ada):
    """LA-NUM-7, CLS-8: a tombstone stays, the peer is told, the number is never given again."""
    connected()
    contact = create("40", last="Price")

    delete_contact(contact_id=contact.pk, actor=actor(ada), at=AT)

    assert not contacts_visible_to(ada).exists()
    assert Record.objects.get().held["presence_la"] == "deleted"
    with pytest.raises(Refused, match=r"never used twice\. It was the number of Price\."):
        create_contact(Draft({"last": "X"}, "40"), actor=actor(ada), at=AT)
    with pytest.raises(Missing):
        edit_contact(contact_id=contact.pk, given={"alias": "x"}, actor=actor(ada), at=AT)
    assert Event.objects.get(verb="deleted").changes["number"] == ["40", None]


def test_delete_compares_the_version():
    contact = create(last="Price")

    with pytest.raises(Stale):
        delete_contact(contact_id=contact.pk, actor=SYSTEM, at=AT, version=7)

    delete_contact(contact_id=contact.pk, actor=SYSTEM, at=AT, version=1)
    assert Contact.objects.get().is_deleted


@pytest.mark.parametrize("operation", [close_contact, reopen_contact, delete_contact])
def test_rights_are_checked(operation, ben):
    """LA-PRM-1."""
    contact = create(last="Price")

    with pytest.raises(Forbidden):
        operation(contact_id=contact.pk, actor=actor(ben), at=AT)

    assert Contact.objects.get().status == "active"


def test_many_are_deleted_and_come_back_with_their_numbers():
    """LA-NUM-7: a number is given to nobody else, so it is the contact's own still; who has given away what it is
    called elsewhere stays away.
    """
    connected()
    ng, vo = create("40", last="Ng"), create("41", last="Vo", external_reference="CL-1")

    assert delete_contacts(contact_ids=[ng.pk, vo.pk], actor=SYSTEM, at=AT) == {}
    assert not Contact.objects.filter(deleted_at=None).exists()
    assert Record.objects.get(local_id=ng.pk).held["presence_la"] == "deleted"
    create("50", last="New", external_reference="CL-1")
    refused = restore_contacts(contact_ids=[ng.pk, vo.pk], actor=SYSTEM, at=AT)

    assert {key: why.message for key, why in refused.items()} == {
        vo.pk: "Another contact has the external reference CL-1. Change it there, then restore this contact."
    }
    back = Contact.objects.get(pk=ng.pk)
    assert (back.deleted_at, back.number) == (None, "40")
    assert Record.objects.get(local_id=ng.pk).held["presence_la"] == "active"
    assert list(Event.objects.filter(object_id=ng.pk).order_by("id").values_list("verb", flat=True)) == [
        "created", "deleted", "restored",
    ]  # fmt: skip
