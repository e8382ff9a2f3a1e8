"""The contact page and what can be done from it; the settings and the start page (PAG-1 to PAG-9, IND-5)."""

import pytest
from tests.practice.conftest import (
    AT,
    actor,
    admit,
    again,
    connected,
    create,
    receive,
    record_of,
    signed_in,
    text_of,
)

from counterpart.practice.contacts.operations import delete_contact, edit_contact

pytestmark = pytest.mark.django_db

LIST_QUERIES = 13
"""Session, person, rights, count, rows, link, records, conflicts, settings, badge … however many contacts."""


def test_the_page_shows_who_it_is_and_how_to_reach_them(ada):
    """PAG-1 to PAG-4: links to call and write, addresses as a block, what is shared."""
    connected()
    contact = create(
        title="Dr", first="Marama", last="Ngata", alias="Mara", email="m@example.nz",
        phones=[{"label": "business", "number": "+64 4 555"}, {"label": "business", "number": "2"}],
        physical_address={"line1": "2 Side St", "city": "Wellington", "postcode": "6011", "country": "NZ"},
    )  # fmt: skip
    receive(contact, number="1042")

    response = signed_in(ada).get(f"/contacts/{contact.pk}/")

    page, text = response.content.decode(), text_of(response)
    assert 'href="tel:+644555"' in page
    assert 'href="mailto:m@example.nz"' in page
    assert "2 Side St\nWellington, 6011\nNew Zealand" in page
    assert "Individual · Client · Reference 1042" in text
    assert "Number given" in text
    assert "Cleo Tan, in Legal Accounting" in text
    assert "data-link-indicator" in page


def test_the_page_names_the_holder_and_the_ways_out_when_a_number_is_refused(ada):
    """NUM-10, NUM-11: reason, holder, choose another, let Legal Accounting number it."""
    connected()
    holder = admit({"name": {"display": "individual", "last": "Holder"}, "number": "40"})
    contact = create(last="Ng", reference="40")
    record = record_of(contact)
    type(record).objects.filter(pk=record.pk).update(
        error_code="number_in_use", error_text="Number 40 is already used.", error_detail={"number": "40"}
    )
    client = signed_in(ada)

    page = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert f'By <a href="/contacts/{holder.pk}/">Holder</a>' in page
    assert f'href="/contacts/{contact.pk}/reference/"' in page
    assert f'action="/contacts/{contact.pk}/reference/withdrawal/"' in page

    client.post(f"/contacts/{contact.pk}/reference/", {"reference": "41", "keep_sequence": "on"})
    assert (again(contact).requested_reference, again(contact).requested_keep_sequence) == ("41", True)
    assert record_of(contact).error_code == ""
    client.post(f"/contacts/{contact.pk}/reference/withdrawal/")
    assert again(contact).requested_reference == ""


def test_a_bad_number_is_refused_where_another_is_chosen(ada):
    contact = create(last="Ng", reference="40")

    response = signed_in(ada).post(f"/contacts/{contact.pk}/reference/", {"reference": "4 1"})

    assert response.status_code == 422
    assert again(contact).requested_reference == "40"


def test_different_addresses_are_shown_with_the_cure_and_copied_in_one_click(ada):
    """IND-5, IMP-2: nothing differs silently."""
    connected()
    contact = create(last="Ng", physical_address={"line1": "Mine", "county": "Avon"})
    record = record_of(contact)
    type(record).objects.filter(pk=record.pk).update(
        known_at_peer=True, peer_addresses={"address.main": {"line1": "Theirs"}}
    )
    client = signed_in(ada)

    page = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert "Legal Accounting has another address." in page
    assert f'action="/contacts/{contact.pk}/addresses/copy/"' in page

    client.post(f"/contacts/{contact.pk}/addresses/copy/", {"direction": "there"})
    from tests.practice.conftest import stamps

    assert stamps(contact, "address.main")[0] > 0
    assert again(contact).physical_address == {"line1": "Mine", "county": "Avon"}


def test_the_other_address_can_be_taken_over(ada):
    """The county stays (ADR-5)."""
    connected()
    contact = create(last="Ng", physical_address={"line1": "Mine", "county": "Avon"})
    record = record_of(contact)
    type(record).objects.filter(pk=record.pk).update(
        known_at_peer=True, peer_addresses={"address.main": {"line1": "Theirs"}}
    )

    signed_in(ada).post(f"/contacts/{contact.pk}/addresses/copy/", {"direction": "here"})

    assert again(contact).physical_address == {"line1": "Theirs", "county": "Avon"}


def test_closing_and_reopening_from_the_page(ada, ben):
    """PAG-9: a banner; who may not is refused."""
    contact = create(last="Ng")
    client = signed_in(ada)

    assert "This contact is closed" in text_of(client.post(f"/contacts/{contact.pk}/closure/", follow=True))
    assert signed_in(ben).post(f"/contacts/{contact.pk}/reopening/").status_code == 403
    assert again(contact).is_closed
    client.post(f"/contacts/{contact.pk}/reopening/")

    assert not again(contact).is_closed


def test_deleting_shows_what_stands_in_the_way(ada):
    """DEL-1: visible text and no button; the server refuses as well."""
    company = create(kind="company", company="Acme")
    create(last="Ng", company="Acme")
    client = signed_in(ada)

    page = text_of(client.get(f"/contacts/{company.pk}/deletion/"))
    refused = client.post(f"/contacts/{company.pk}/deletion/")

    assert "1 person names this company as employer." in page
    assert "Delete is not possible:" in text_of(client.get(f"/contacts/{company.pk}/"))
    assert refused.status_code == 409
    assert not again(company).is_deleted


def test_deleting_and_restoring_from_the_pages(ada, ben):
    """DEL-2: found again under status Deleted, by those who may delete."""
    contact = create(last="Gone")
    client = signed_in(ada)

    assert signed_in(ben).post(f"/contacts/{contact.pk}/deletion/").status_code == 403
    client.post(f"/contacts/{contact.pk}/deletion/")
    assert client.get(f"/contacts/{contact.pk}/").status_code == 404
    assert "Gone" in text_of(client.get("/contacts/?status=deleted"))
    assert "Gone" not in text_of(signed_in(ben).get("/contacts/?status=deleted"))
    assert signed_in(ben).post(f"/contacts/{contact.pk}/restoration/").status_code == 403
    client.post(f"/contacts/{contact.pk}/restoration/")

    assert client.get(f"/contacts/{contact.pk}/").status_code == 200


def test_restoring_one_whose_external_reference_is_another_s_is_told(ada):
    """DEL-2: a sentence, and nothing has happened."""
    contact = create(last="Gone", external_reference="CL-1")
    client = signed_in(ada)
    client.post(f"/contacts/{contact.pk}/deletion/")
    create(last="Here", external_reference="CL-1")

    answer = client.post(f"/contacts/{contact.pk}/restoration/")

    assert answer.status_code == 422
    assert "Another contact has the external reference CL-1." in text_of(answer)
    assert again(contact).is_deleted


def test_history_has_every_field_and_filters_by_one(ada):
    """HIS-1, HIS-2: old, new, who, in which product."""
    contact = create(last="Ng")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Nguyen", "alias": "N"}, at=AT)
    receive(contact, email="n@example.com")
    client = signed_in(ada)

    everything = text_of(client.get(f"/contacts/{contact.pk}/history/"))
    only_alias = text_of(client.get(f"/contacts/{contact.pk}/history/?field=alias"))

    assert "Last Ng → Nguyen" in everything
    assert "E-mail n@example.com Cleo Tan, in Legal Accounting" in everything
    assert "Alias N" in only_alias
    assert "n@example.com" not in only_alias


def test_the_settings_show_the_state_on_the_other_side_and_warn(admin, ada):
    """SEQ-2, SEQ-9, 4.7: and are an administrator's."""
    connected({"separate_numbering_sequences": True, "sequences": {"client": {"prefix": "", "next": 26}}})
    client = signed_in(admin)

    assert "Legal Accounting has separate sequences on." in text_of(client.get("/settings/contacts/"))
    assert "Next client number 26" in text_of(client.get("/settings/contacts/"))
    assert signed_in(ada).get("/settings/contacts/").status_code == 403
    data = {
        "separate_numbering_sequences": "on",
        "name_order": "last_first",
        "show_title": "on",
        "default_country": "NZ",
    }
    page = text_of(client.post("/settings/contacts/", {**data, "version": "1"}, follow=True))

    assert "Settings saved." in page
    assert "Legal Accounting has separate sequences on." not in page
    assert "Now: Ngata, Dr Marama" in page
    stale = client.post("/settings/contacts/", {**data, "version": "1"})
    assert stale.status_code == 422
    assert "Somebody else changed the settings meanwhile" in text_of(stale)


def test_a_changed_setting_is_in_the_firms_log(admin):
    """4.7, HIS-3."""
    from counterpart.foundation.history.models import Event

    data = {"separate_numbering_sequences": "on", "name_order": "first_last", "default_country": "US"}
    signed_in(admin).post(
        "/settings/contacts/", data | dict.fromkeys(("show_title", "show_middle", "show_suffix"), "on")
    )

    event = Event.objects.get(verb="setting_changed")
    assert (event.actor_name, event.changes) == ("Admin", {"separate_numbering_sequences": [False, True]})


def test_home_shows_what_is_recent_and_how_the_link_is(ada):
    connected()
    create(last="Ng")

    page = text_of(signed_in(ada).get("/"))

    assert "Ng" in page
    assert "Syncing… 1" in page


def test_deleted_contacts_are_not_on_any_page(ada):
    contact = create(last="Gone")
    delete_contact(actor=actor(ada), contact_id=contact.pk, at=AT)
    client = signed_in(ada)

    for path in ("/", "/contacts/", "/search/?q=gone"):
        assert "/contacts/" + str(contact.pk) not in client.get(path).content.decode()
