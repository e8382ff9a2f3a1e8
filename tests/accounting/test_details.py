"""What the firm asks of new contacts, and what arrives without it (IMP-8, ADR-7); additional methods (IMP-7)."""

import pytest
from tests.accounting.conftest import AT, actor, create, person, signed_in, token_for

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import (
    Draft,
    change_required_details,
    create_contact,
    edit_contact,
)
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.contacts.requiring import lacking
from counterpart.accounting.sync_handlers.answers import policy_block
from counterpart.accounting.sync_handlers.contacts import ContactHandler
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.sync.api import Amendment, Author, Newcomer

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
CLEO = Author("Cleo Tan", "cleo@example.com", 1_700_000_000_000)
EVERYTHING = ["email", "address.main.line1", "address.main.city", "address.main.state"]
METHODS = [{"label": "Mobile", "value": "22"}, {"label": "County of the physical address", "value": "Kings"}]


def ask_for(*details):
    change_required_details(required=details, actor=SYSTEM, at=AT)


def arrived(**values):
    """A contact born in Practice Management."""
    one = Newcomer(new_id(), new_id(), {"name": {"display": "individual", "last": "Ng"}} | values, {}, CLEO)
    ContactHandler().admit([one], AT)
    return Contact.objects.get(pk=one.local_id)


def test_nothing_is_asked_until_the_firm_wants_it(db):
    create_contact(Draft({"last": "Ng"}), actor=SYSTEM, at=AT)

    assert policy_block()["required_contact_fields"] == []


def test_people_have_to_fill_in_what_the_firm_asks_for(ada):
    """IMP-8: beside each field; a contact that has it all is made."""
    ask_for(*EVERYTHING)
    whole = {"last": "Ng", "email": "ng@example.nz", "main_address": {"line1": "1", "city": "Gore", "state": "Otago"}}

    with pytest.raises(Refused) as refusal:
        create_contact(Draft({"last": "Ng", "main_address": {"line1": "1"}}), actor=actor(ada), at=AT)
    made = create_contact(Draft(whole), actor=actor(ada), at=AT)

    sentence = "The firm asks for this on every new contact."
    assert [(e.field, e.message, e.code) for e in refusal.value.errors] == [
        ("email", sentence, "detail.required"),
        ("main_address.city", sentence, "detail.required"),
        ("main_address.state", sentence, "detail.required"),
    ]
    assert Contact.objects.get().pk == made.id


def test_the_page_says_it_beside_the_box_and_keeps_the_typing(ada):
    """IMP-8: and the API answers with the field and the reason."""
    ask_for("email", "address.main.city")

    page = signed_in(ada).post("/contacts/new/", {"last": "Ngatamariki", "contact_type": "client"})
    api = signed_in(ada).post(
        "/api/v1/contacts", {"last": "Ng"}, content_type="application/json",
        headers={"Authorization": f"Bearer {token_for(ada)}"},
    )  # fmt: skip

    assert page.status_code == 422
    assert page.content.decode().count("The firm asks for this on every new contact.") >= 2
    assert "Ngatamariki" in page.content.decode()
    assert [error["field"] for error in api.json()["errors"]] == ["email", "main_address.city"]


def test_an_old_contact_can_be_edited_without(ada):
    """IMP-8: asked of new contacts."""
    contact = create("40", last="Ng")
    ask_for("email")

    edit_contact(contact_id=contact.pk, given={"alias": "Mara"}, actor=actor(ada), at=AT)

    assert Contact.objects.get().alias == "Mara"


def test_what_arrives_is_accepted_and_listed(ada):
    """IMP-8, ADR-7: never refused; found in the Contact Manager under Details missing."""
    ask_for("email", "address.main.city")
    bare = arrived()
    half = arrived(email="a@example.nz", **{"address.main": {"line1": "1"}})
    whole = arrived(email="b@example.nz", **{"address.main": {"city": "Gore"}})
    group = create_group()

    listed = set(contacts_visible_to(ada).filter(lacking(["email", "address.main.city"])))
    manager = signed_in(ada).get("/contacts/", {"details": "missing"}).content.decode()
    page = signed_in(ada).get(f"/contacts/{bare.pk}/").content.decode()
    fine = signed_in(ada).get(f"/contacts/{whole.pk}/").content.decode()

    assert listed == {bare, half}
    assert group not in listed
    assert "2 contacts" in manager
    assert "Details missing:</strong> E-mail, Main address: City." in page
    assert 'name="details"' not in fine


def create_group():
    made = create_contact(
        Draft({"company": "Everybody", "email": "x@example.nz", "main_address": {"city": "x"}}), actor=SYSTEM, at=AT
    )
    Contact.objects.filter(pk=made.id).update(is_group=True, email="", main_address={})
    return Contact.objects.get(pk=made.id)


def test_the_filter_is_offered_only_where_something_is_asked(ada):
    assert 'name="details"' not in signed_in(ada).get("/contacts/").content.decode()
    ask_for("email")
    assert 'name="details"' in signed_in(ada).get("/contacts/").content.decode()


def test_an_administrator_chooses_and_it_travels(ada):
    """IMP-8: page, log, and the block that Practice Management reads."""
    with pytest.raises(Forbidden):
        change_required_details(required=["email"], actor=actor(ada), at=AT)
    with pytest.raises(Refused, match="name can't be asked for"):
        change_required_details(required=["name"], actor=SYSTEM, at=AT)
    client = signed_in(person("Admin", administrator=True))

    saved = client.post("/settings/firm/settings/file/details/", {"required": ["address.main.city", "email"]})
    client.post("/settings/firm/settings/file/details/", {"required": ["address.main.city", "email"]})
    refused = client.post("/settings/firm/settings/file/details/", {"required": ["name"]})
    page = client.get("/settings/firm/settings/file/").content.decode()

    assert saved.status_code == 302
    assert refused.status_code == 422
    assert policy_block()["required_contact_fields"] == ["email", "address.main.city"]
    assert page.count("checked") >= 2
    (event,) = Event.objects.filter(object_type="settings")
    assert event.changes == {"required_details": [[], ["E-mail", "Main address: City"]]}


def test_additional_methods_are_kept_shown_and_not_editable(ada):
    """IMP-7: written by Practice Management alone, through every edit here."""
    contact = arrived(methods=METHODS)

    edit_contact(contact_id=contact.pk, given={"alias": "Mara", "additional_methods": []}, actor=actor(ada), at=AT)
    page = signed_in(ada).get(f"/contacts/{contact.pk}/").content.decode()
    api = signed_in(ada).get(
        f"/api/v1/contacts/{contact.pk}", headers={"Authorization": f"Bearer {token_for(ada)}"}
    ).json()  # fmt: skip

    assert Contact.objects.get().additional_methods == METHODS
    assert ContactHandler().read([contact.pk])[contact.pk]["methods"] == METHODS
    assert api["additional_methods"] == METHODS
    assert page.index("Additional methods") < page.index("County of the physical address") < page.index("Kings")


def test_additional_methods_change_and_go(ada):
    """IMP-7: amended and taken away, with history; a contact without has no such heading."""
    contact = arrived(methods=METHODS)

    for methods in (METHODS[:1], None):
        sync_id = new_id()
        held = ContactHandler().read([contact.pk])[contact.pk]
        ContactHandler().amend([Amendment(sync_id, contact.pk, held, {"methods": methods}, {}, CLEO)], AT)

    assert Contact.objects.get().additional_methods == []
    changes = [event.changes for event in Event.objects.filter(object_id=contact.pk, verb="edited").order_by("id")]
    assert changes == [
        {"additional_methods": [METHODS, METHODS[:1]]},
        {"additional_methods": [METHODS[:1], []]},
    ]
    assert 'id="h-methods"' not in signed_in(ada).get(f"/contacts/{contact.pk}/").content.decode()
