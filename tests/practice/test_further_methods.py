"""Further numbers and counties carried to Legal Accounting, where the firm wants it (IMP-7, PHN-2, PHN-4, ADR-5)."""

import pytest
from tests.practice.conftest import (
    AT,
    actor,
    again,
    connected,
    create,
    person,
    receive,
    record_of,
    signed_in,
    stamps,
    text_of,
    token_for,
)

from counterpart.contracts.contact import problems
from counterpart.foundation.actor import Actor
from counterpart.foundation.history.models import Event
from counterpart.practice.contacts.drafts import Draft
from counterpart.practice.contacts.operations import change_settings, create_contacts, edit_contact
from counterpart.sync.api import handler_for
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")
PHONES = [
    {"label": "business", "number": "1"}, {"label": "business", "number": "2"}, {"label": "sms", "number": "3"},
    {"label": "mobile", "number": "4"}, {"label": "business", "number": "5"},
]  # fmt: skip
WHOLE = [
    {"label": "Business", "value": "2"}, {"label": "TXT/SMS", "value": "3"}, {"label": "Business", "value": "5"},
    {"label": "County of the physical address", "value": "Kings"},
]  # fmt: skip


@pytest.fixture
def link(db):
    return connected()


def ng():
    return create(last="Ng", phones=PHONES, physical_address={"line1": "1 Mill Lane", "county": "Kings"})


def share(on=True, who=SYSTEM):
    change_settings(actor=who, changes={"share_methods": on}, at=AT)


def told(contact):
    """What Legal Accounting is told of further methods."""
    return handler_for("contact").read([contact.pk])[contact.pk]["methods"]


def test_off_by_default(link):
    """Scenario 12: only the first number of a label crosses; the register was never written."""
    contact = ng()

    assert told(contact) is None
    assert stamps(contact, "methods") == (0, 0)


def test_switched_on_a_new_contact_carries_everything_else(link):
    """IMP-7: later numbers of a label, numbers for texts, counties; in the order of the form."""
    share()

    contact = ng()

    assert told(contact) == WHOLE
    assert problems({"methods": WHOLE}) == []
    assert stamps(contact, "methods") != (0, 0)


def test_switching_offers_the_contacts_concerned_anew(link):
    """IMP-7: those with further methods are stamped and due, in chunks; the others are not touched."""
    concerned, plain = ng(), create(last="Tan", phones=PHONES[:1])
    before = stamps(concerned, "methods"), record_of(plain).digest

    share()
    on = told(concerned), stamps(concerned, "methods")
    share(on=False)
    off = told(concerned), stamps(concerned, "methods")

    assert on[0] == WHOLE
    assert off[0] is None
    assert before[0] < on[1] < off[1]
    assert stamps(plain, "methods") == (0, 0)
    assert record_of(plain).digest == before[1]


def test_a_contact_that_was_never_offered_stays_so(db):
    """GOL-8: a switch of the firm does not send old records."""
    contact = ng()
    connected()

    share()

    assert not Record.objects.filter(local_id=contact.pk).exists()


def test_an_edit_changes_what_is_carried(ada, link):
    share()
    contact = ng()
    before = stamps(contact, "methods")

    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"phones": PHONES[:2]}, at=AT)

    assert told(again(contact)) == [WHOLE[0], WHOLE[3]]
    assert stamps(contact, "methods") > before


def test_a_number_that_moves_up_is_a_further_one_no_more(db):
    """PHN-2, IMP-7: Legal Accounting removed the first number; both registers are our own change."""
    share()
    contact = ng()

    outcome = receive(contact, phone_work=None)

    assert outcome.own == {"phone.work": "2", "methods": WHOLE[1:]}


def test_a_number_changed_there_is_no_change_of_the_further_ones(db):
    share()
    contact = ng()

    assert receive(contact, phone_work="11").own == {}


def test_the_settings_page_and_the_api_have_the_switch(db):
    """IMP-7: a setting of the firm, by page and API; logged."""
    user = person("Zoe", "settings.edit", "contact.read")
    contact = ng()
    client = signed_in(user)

    page = text_of(client.get("/settings/contacts/"))
    answer = client.patch(
        "/api/v1/settings/contacts", {"share_methods": True}, content_type="application/json",
        headers={"Authorization": f"Bearer {token_for(user)}"},
    )  # fmt: skip

    assert "Carry further phone numbers, e-mails and counties to Legal Accounting" in page
    assert answer.json()["share_methods"] is True
    assert told(contact) == WHOLE
    assert Event.objects.get(object_type="settings").changes == {"share_methods": [False, True]}


def test_many_contacts_are_offered_with_a_constant_number_of_statements(link, django_assert_max_num_queries):
    create_contacts(actor=SYSTEM, drafts=[Draft(last=f"Ng {n}", phones=PHONES) for n in range(40)], at=AT)

    with django_assert_max_num_queries(22):
        share()
