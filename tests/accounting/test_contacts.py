"""Contacts: creating and editing (LA-CON-1, LA-CON-2, CON-2, EDT-1, GEN-6)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.accounting.conftest import AT, actor, connected, create, sequence_at

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import (
    Clash,
    Created,
    Draft,
    create_contact,
    create_contacts,
    edit_contact,
)
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden, Missing, Refused, Stale
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


def test_create_writes_contact_number_history_and_sync_record(ada):
    """CON-1, LA-AUD-1: one call, everything that belongs to it."""
    connected()
    sequence_at("client", 1041)

    made = create_contact(
        Draft({"last": "  Ngata ", "first": "Marama", "email": "m@example.nz"}), actor=actor(ada), at=AT
    )

    contact = Contact.objects.get()
    assert (made.number, made.name) == ("1041", "Marama Ngata")
    assert (contact.number, contact.last, contact.display_as, contact.created_by) == (
        "1041",
        "Ngata",
        "individual",
        "Ada",
    )
    event = Event.objects.get(object_id=contact.pk)
    assert (event.verb, event.actor_name, event.site) == ("created", "Ada", "la")
    assert event.changes["number"] == [None, "1041"]
    assert event.changes["last"] == [None, "Ngata"]
    assert Record.objects.get(local_id=contact.pk).due is True


@pytest.mark.parametrize(
    ("given", "display", "name"),
    [
        ({"last": "Rewi"}, "individual", "Rewi"),
        ({"company": "Harbour Quay Ltd"}, "company", "Harbour Quay Ltd"),
        ({"last": "Price", "company": "Harbour Quay Ltd"}, "individual", "Price"),
        ({"last": "Price", "company": "Harbour Quay Ltd", "display_as": "company"}, "company", "Harbour Quay Ltd"),
        ({"company": "Harbour Quay Ltd", "display_as": "individual"}, "company", "Harbour Quay Ltd"),
    ],
)
def test_display_as_follows_what_is_filled_in(given, display, name):
    """LA-CON-1, PER-2: with both the one who writes chooses."""
    contact = create(**given)

    assert (contact.display_as, contact.name) == (display, name)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"first": "Only"}, "last", "contact.name_required"),
        ({}, "last", "contact.name_required"),
        ({"last": "X" * 101}, "last", "too_long"),
        ({"last": "X", "email": "not-an-address"}, "email", "email.invalid"),
        ({"last": "X", "work_phone": "1" * 51}, "work_phone", "too_long"),
        ({"last": "X", "contact_type": "friend"}, "contact_type", "scheme.invalid"),
        ({"last": "X", "main_address": {"line1": "1 Street", "country": "New"}}, "main_address.country", "too_long"),
        (
            {"last": "X", "additional_addresses": [{"line1": "a", "usage": "odd"}]},
            "additional_addresses.0.usage",
            "usage.invalid",
        ),
    ],
)
def test_create_refuses_what_is_not_acceptable(given, field, code):
    """LA-CON-1 and the limits of the contract; no number is used."""
    with pytest.raises(Refused) as refusal:
        create_contact(Draft(given), actor=SYSTEM, at=AT)

    assert (refusal.value.errors[0].field, refusal.value.errors[0].code) == (field, code)
    assert Contact.objects.count() == 0


def test_batch_answers_each_draft_at_its_place():
    """Set-based: refused drafts hinder nobody and use no number."""
    drafts = [
        Draft({"last": "A"}),
        Draft({}),
        Draft({"last": "B"}, "500"),
        Draft({"last": "C"}, "500"),
        Draft({"last": "D"}),
    ]

    answers = create_contacts(drafts, actor=SYSTEM, at=AT)

    assert [one.number if isinstance(one, Created) else one.code for one in answers] == [
        "1", "contact.name_required", "500", "number_in_use", "501",
    ]  # fmt: skip
    assert history.verify() is None


def test_cost_of_creating_does_not_grow_with_the_batch():
    connected()
    with CaptureQueriesContext(connection) as few:
        create_contacts([Draft({"last": f"A{i}"}) for i in range(5)], actor=SYSTEM, at=AT)
    with CaptureQueriesContext(connection) as many:
        create_contacts([Draft({"last": f"B{i}"}) for i in range(200)], actor=SYSTEM, at=AT)

    assert len(many) == len(few)


def test_number_in_use_names_the_holder_to_those_who_may_see(ada):
    """NUM-10: the refusal says whose the number is."""
    create("40", last="Price", first="Iona")

    with pytest.raises(Refused, match=r"Number 40 is already used by Iona Price\."):
        create_contact(Draft({"last": "X"}, "40"), actor=actor(ada), at=AT)


def test_create_is_refused_without_the_right(ben, ada):
    """CON-11, LA-PRM-1; Ada with the same draft succeeds."""
    draft = Draft({"last": "Rewi"})

    with pytest.raises(Forbidden):
        create_contact(draft, actor=actor(ben), at=AT)

    assert Contact.objects.count() == 0
    assert create_contact(draft, actor=actor(ada), at=AT).number == "1"


def test_edit_changes_fields_and_keeps_the_rest():
    """CON-5: version, history and derived columns follow."""
    contact = create(last="Rewi", first="Tane", email="t@example.nz")

    edit_contact(contact_id=contact.pk, given={"last": "Rewi-Price"}, actor=SYSTEM, at=AT)

    contact.refresh_from_db()
    assert (contact.last, contact.first, contact.email, contact.version) == ("Rewi-Price", "Tane", "t@example.nz", 2)
    assert contact.sort_name == "rewi-price tane"
    assert Event.objects.get(verb="edited").changes == {"last": ["Rewi", "Rewi-Price"]}


def test_saving_without_a_change_forces_an_exchange():
    """STA-5, scenario 32: a record that was gray gets its sync identity by a save."""
    contact = create(last="Rewi")
    connected()
    assert not Record.objects.exists()

    edit_contact(contact_id=contact.pk, given={}, actor=SYSTEM, at=AT)

    contact.refresh_from_db()
    assert contact.version == 1
    assert Record.objects.get(local_id=contact.pk).due is True
    assert Event.objects.filter(verb="edited").count() == 0


def test_edit_of_a_stale_version_is_refused_without_knowledge_of_what_was_seen():
    contact = create(last="Rewi")
    edit_contact(contact_id=contact.pk, given={"alias": "T"}, actor=SYSTEM, at=AT)

    with pytest.raises(Stale) as refusal:
        edit_contact(contact_id=contact.pk, given={"alias": "U"}, actor=SYSTEM, at=AT, version=1)

    assert (refusal.value.current_version, Contact.objects.get().alias) == (2, "T")


def test_edits_of_different_fields_merge():
    """EDT-1: fields changed by one side only."""
    contact = create(last="Rewi", email="old@example.nz")
    seen = {"last": "Rewi", "email": "old@example.nz", "alias": ""}
    edit_contact(contact_id=contact.pk, given={"email": "new@example.nz"}, actor=SYSTEM, at=AT)

    mine = {"last": "Rewi", "email": "old@example.nz", "alias": "Tane"}
    edit_contact(contact_id=contact.pk, given=mine, actor=SYSTEM, at=AT, version=1, seen=seen)

    contact.refresh_from_db()
    assert (contact.email, contact.alias, contact.version) == ("new@example.nz", "Tane", 3)


def test_edits_of_the_same_field_clash():
    """EDT-1: both values are told, nothing is written."""
    contact = create(last="Rewi", alias="before")
    edit_contact(contact_id=contact.pk, given={"alias": "theirs"}, actor=SYSTEM, at=AT)

    with pytest.raises(Clash) as clash:
        edit_contact(
            contact_id=contact.pk, given={"alias": "mine"}, actor=SYSTEM, at=AT, version=1, seen={"alias": "before"}
        )

    assert (clash.value.theirs, clash.value.current_version) == ({"alias": "theirs"}, 2)
    assert Contact.objects.get().alias == "theirs"


def test_edit_is_refused_without_the_right(ben, ada):
    contact = create(last="Rewi")

    with pytest.raises(Forbidden):
        edit_contact(contact_id=contact.pk, given={"alias": "x"}, actor=actor(ben), at=AT)

    edit_contact(contact_id=contact.pk, given={"alias": "y"}, actor=actor(ada), at=AT)
    assert Contact.objects.get().alias == "y"


def test_edit_of_a_contact_that_is_not_there():
    with pytest.raises(Missing):
        edit_contact(contact_id=new_id(), given={"alias": "x"}, actor=SYSTEM, at=AT)


def test_an_address_edit_alone_is_not_shared_unless_the_firm_shares_addresses():
    """ADR-2, ADR-4: addresses travel at creation; later only with the firm's switch."""
    link = connected()
    contact = create(last="Rewi", main_address={"line1": "1 Old Street"})
    before = Record.objects.get(local_id=contact.pk).regs

    edit_contact(contact_id=contact.pk, given={"main_address": {"line1": "2 New Street"}}, actor=SYSTEM, at=AT)
    assert Record.objects.get(local_id=contact.pk).regs == before

    link.peer_policy = {"sync_addresses": True}
    link.save()
    edit_contact(contact_id=contact.pk, given={"main_address": {"line1": "3 New Street"}}, actor=SYSTEM, at=AT)
    assert "address.main" in Record.objects.get(local_id=contact.pk).regs
