"""The contact pages: every screen, every refusal, and what each role sees (LA-CON-5, CON-4, NUM-12, EDT-1, LST-4)."""

import html
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.accounting.conftest import AT, WORK, connected, create, person, separate, sequence_at, signed_in

from counterpart.accounting.contacts.fields import FIELDS
from counterpart.accounting.contacts.forms import ContactForm
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import edit_contact
from counterpart.foundation.actor import Actor

pytestmark = pytest.mark.django_db
PAGES = ("general", "edit", "other", "history", "closure", "deletion")


def text_of(response) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def posted(contact: Contact, **changes) -> dict[str, str]:
    """What a browser posts for the edit form of this contact, with some boxes changed."""
    stored = {name: getattr(contact, name) for name in FIELDS}
    data = {name: value for name, value in stored.items() if isinstance(value, str)}
    return data | {"version": str(contact.version), "seen": json.dumps(stored)} | changes


def test_manager_lists_and_filters(ada):
    """Search and pick; every choice stands in the address (LST-4)."""
    create("40", last="Price", first="Iona")
    create("41", company="Harbour Quay Ltd", contact_type="vendor")
    browser = signed_in(ada)

    everything = text_of(browser.get("/contacts/"))
    vendors = text_of(browser.get("/contacts/?contact_type=vendor"))
    by_number = text_of(browser.get("/contacts/?q=40"))
    none = text_of(browser.get("/contacts/?q=nobody-at-all"))

    assert "2 contacts" in everything
    assert "Iona Price" in everything
    assert "Harbour Quay Ltd" in vendors
    assert "Iona Price" not in vendors
    assert "1 contact for “40”" in by_number
    assert "No contact matches" in none


def test_manager_answers_htmx_with_the_list_alone(ada):
    create(last="Price")

    answer = signed_in(ada).get("/contacts/?q=price", headers={"HX-Request": "true", "HX-Target": "results"})

    assert "<html" not in answer.content.decode()
    assert 'id="results"' in answer.content.decode()
    # The count is announced from outside the part that is replaced, or it would not be heard.
    assert (
        '<p id="found" class="visually-hidden" role="status" hx-swap-oob="innerHTML">1 contact</p>'
        in answer.content.decode()
    )


def test_list_costs_the_same_for_few_and_many(ada):
    """Pinned query count: nothing per row."""
    browser = signed_in(ada)
    create(last="One")
    browser.get("/contacts/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/contacts/")
    for i in range(30):
        create(last=f"More{i}")
    with CaptureQueriesContext(connection) as many:
        browser.get("/contacts/")

    assert len(many) == len(few)
    assert len(many) < 19


def test_manager_filters_by_link_state(ada):
    gray = create(last="Graycontact")
    connected()
    create(last="Bluecontact")

    answer = text_of(signed_in(ada).get("/contacts/?sync=gray"))

    assert gray.name in answer
    assert "Bluecontact" not in answer


def test_new_contact_proposes_the_next_number_of_the_type(ada):
    """NUM-12, SEQ-4."""
    separate()
    sequence_at("client", 1043)
    sequence_at("vendor", 212)
    browser = signed_in(ada)

    page = text_of(browser.get("/contacts/new/"))
    fragment = text_of(browser.get("/contacts/number-check/?contact_type=vendor&number="))

    assert "Leave it empty for the next client number: 1043" in page
    assert "Leave it empty for the next vendor number: V~212" in fragment


def test_new_contact_is_saved(ada):
    """CON-4, WIN-11."""
    answer = signed_in(ada).post(
        "/contacts/new/",
        {
            "contact_type": "vendor", "last": "Price", "first": "Iona", "company": "Quay", "display_as": "company",
            "email": "i@example.nz", "number": "", "main_address.line1": "1 Pier", "main_address.country": "NZ",
            "additional_addresses.0.usage": "billing", "additional_addresses.0.line1": "PO Box 1",
        },
        follow=True,
    )  # fmt: skip

    contact = Contact.objects.get()
    assert answer.redirect_chain == [(reverse("contacts:general", args=[contact.pk]), 302)]
    assert "Quay is saved with number 1." in text_of(answer)
    assert (contact.name, contact.attention, contact.contact_type) == ("Quay", "Iona Price", "vendor")
    assert contact.main_address == {"line1": "1 Pier", "country": "NZ"}
    assert contact.additional_addresses == [{"usage": "billing", "line1": "PO Box 1"}]


def test_new_contact_that_is_refused_keeps_the_typing_and_names_each_field(ada):
    """WIN-8: every problem at the top with a link, each field marked."""
    create("40", last="Holder")
    browser = signed_in(ada)

    nameless = browser.post("/contacts/new/", {"contact_type": "client", "first": "Iona", "email": "odd"})
    taken = browser.post("/contacts/new/", {"contact_type": "client", "last": "Price", "number": "40"})
    spaced = browser.post("/contacts/new/", {"contact_type": "client", "last": "Price", "number": "4 0"})

    assert [answer.status_code for answer in (nameless, taken, spaced)] == [422, 422, 422]
    assert "Enter a last name or a company." in text_of(nameless)
    assert "Enter an e-mail address such as name@example.com." in text_of(nameless)
    assert 'value="Iona"' in nameless.content.decode()
    assert "Number 40 is already used by Holder." in text_of(taken)
    # NUM-5
    assert "A number can't contain spaces or *." in text_of(spaced)
    assert Contact.objects.count() == 1


def test_save_and_create_another(ada):
    answer = signed_in(ada).post("/contacts/new/", {"contact_type": "client", "last": "Price", "another": "1"})

    assert (answer.status_code, answer.url) == (302, "/contacts/new/")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("number=900", "the next automatic contact number will be 901 instead of 1"),
        ("number=900&keep_sequence=on", "Use this number and keep the sequence at 1"),
        ("number=SMITH", "The next automatic contact number stays 1"),
        ("number=40", "Number 40 is already used by Holder."),
        ("number=4+0", "can't contain spaces"),
    ],
)
def test_live_check_says_what_the_number_would_do(ada, query, says):
    """IMP-3, IMP-4, LA-NUM-5."""
    create("40", last="Holder", keep_sequence=True)

    assert says in text_of(signed_in(ada).get(f"/contacts/number-check/?contact_type=client&{query}"))


def test_restricted_group_sees_no_number_box(ada):
    """NUM-16, scenario 30: read-only on New Contact, gone from Other; a forged post gives the next number."""
    bound = signed_in(person("Bound", *WORK, restricted=True))
    contact = create("40", last="Price")

    new, other = bound.get("/contacts/new/"), bound.get(f"/contacts/{contact.pk}/other/")
    forged = bound.post(f"/contacts/{contact.pk}/other/", {"number": "41"})
    bound.post("/contacts/new/", {"contact_type": "client", "last": "New", "number": "90"})

    assert "may not define or change contact numbers" in text_of(new)
    assert "readonly" in new.content.decode()
    assert "may not define or change contact numbers" in text_of(other)
    assert forged.status_code == 403
    assert sorted(Contact.objects.values_list("number", flat=True)) == ["40", "41"]


def test_record_shows_identity_link_and_history(ada):
    """PAG-1, STA-1: number and link state in the heading, the side card, recent history."""
    contact = create("40", last="Price", first="Iona", alias="Io", email="i@example.nz", work_phone="123")

    page = text_of(signed_in(ada).get(f"/contacts/{contact.pk}/"))

    for part in (
        "Iona Price",
        "Contact number 40",
        "Not in sync",
        "Link to Practice Management",
        "Created with number 40",
    ):
        assert part in page


def test_edit_form_saves_and_shows_a_clash(ada):
    """EDT-1: the typing is kept, both values are shown, saving again wins."""
    contact = create("40", last="Price", alias="before")
    browser = signed_in(ada)
    data = posted(contact, alias="mine")
    given = {"alias": "theirs", "email": "new@example.com"}
    edit_contact(contact_id=contact.pk, given=given, actor=Actor.system("Bea"), at=AT)

    clash = browser.post(f"/contacts/{contact.pk}/edit/", data)

    assert clash.status_code == 409
    assert "Alias: saved meanwhile theirs , yours mine" in text_of(clash)
    assert 'value="mine"' in clash.content.decode()
    assert Contact.objects.get().alias == "theirs"

    form = clash.context["form"]
    again = browser.post(f"/contacts/{contact.pk}/edit/", data | {n: form[n].value() for n in ("version", "seen")})
    assert again.status_code == 302
    after = Contact.objects.get()
    assert (after.alias, after.email) == ("mine", "new@example.com"), "what did not clash is merged, not undone"


def test_edit_form_says_that_somebody_elses_change_was_kept(ada):
    """EDT-1: different fields merge silently, with a note."""
    contact = create("40", last="Price")
    browser = signed_in(ada)
    data = posted(contact, alias="mine")
    edit_contact(contact_id=contact.pk, given={"email": "new@example.com"}, actor=Actor.system("Bea"), at=AT)

    saved = browser.post(f"/contacts/{contact.pk}/edit/", data, follow=True)

    assert "Saved. What others changed meanwhile was kept." in text_of(saved)
    assert Contact.objects.get().email == "new@example.com"


def test_edit_form_keeps_a_country_it_does_not_list(ada):
    contact = create("40", last="Price", main_address={"line1": "1", "country": "XK"})
    browser = signed_in(ada)
    page = browser.get(f"/contacts/{contact.pk}/edit/").content.decode()

    assert '<option value="XK" selected>XK</option>' in page
    browser.post(f"/contacts/{contact.pk}/edit/", posted(contact, alias="new") | {"main_address.country": "XK"})
    assert Contact.objects.get().main_address["country"] == "XK"


def test_edit_form_round_trip_changes_nothing(ada):
    """What the page shows is what it saves."""
    contact = create(
        "40", last="Price", company="Quay", display_as="company", main_address={"line1": "1", "country": "NZ"},
        additional_addresses=[{"usage": "billing", "line1": "2"}, {"usage": "mailing", "line1": "3"}],
    )  # fmt: skip
    browser = signed_in(ada)
    form = browser.get(f"/contacts/{contact.pk}/edit/").context["form"]
    data = {field.html_name: field.value() if field.value() is not None else "" for field in form}
    data.pop("keep_sequence")

    answer = browser.post(f"/contacts/{contact.pk}/edit/", data)

    assert answer.status_code == 302
    after = Contact.objects.get()
    assert {name: getattr(after, name) for name in FIELDS} == {name: getattr(contact, name) for name in FIELDS}
    assert after.version == 1


def test_edit_form_refuses_with_the_field(ada):
    contact = create("40", last="Price")

    answer = signed_in(ada).post(f"/contacts/{contact.pk}/edit/", posted(contact, last="", email="odd"))

    assert answer.status_code == 422
    assert "Enter a last name or a company." in text_of(answer)


def test_an_external_reference_is_typed_shown_and_told_apart(ada):
    """4.1: under *Other*, on the contact's page and in its history; a taken one is refused beside the field."""
    contact, other = create("40", last="Price"), create("41", last="Vane", external_reference="CL-1")
    browser = signed_in(ada)

    taken = browser.post(f"/contacts/{contact.pk}/edit/", posted(contact, external_reference="cl-1"))
    assert taken.status_code == 422
    assert taken.context["form"].errors == {"external_reference": ["Another contact has the external reference cl-1."]}
    browser.post(f"/contacts/{contact.pk}/edit/", posted(contact, external_reference="CL-2"))

    assert "External reference CL-2" in text_of(browser.get(f"/contacts/{contact.pk}/"))
    assert "External reference CL-2" in text_of(browser.get(f"/contacts/{contact.pk}/history/"))
    assert 'value="CL-1"' in browser.get(f"/contacts/{other.pk}/edit/").content.decode()


def test_contact_number_is_changed_under_other(ada):
    """NUM-13: Contact Manager > Other > Change Contact Number."""
    contact = create("40", last="Price")
    browser = signed_in(ada)

    taken = create("50", last="Holder")
    refused = browser.post(f"/contacts/{contact.pk}/other/", {"number": taken.number})
    changed = browser.post(f"/contacts/{contact.pk}/other/", {"number": "900", "keep_sequence": "on"}, follow=True)

    assert (refused.status_code, "already used by Holder" in text_of(refused)) == (422, True)
    assert Contact.objects.get(pk=contact.pk).number == "900"
    page = text_of(changed)
    assert "40 still finds this contact" in page
    assert "900 now" in page


def test_history_tab_tells_who_what_and_where(ada):
    contact = create("40", last="Price")
    signed_in(ada).post(f"/contacts/{contact.pk}/edit/", posted(contact, alias="Io"))

    page = text_of(signed_in(ada).get(f"/contacts/{contact.pk}/history/"))

    assert "Alias" in page
    assert "Ada · Legal Accounting" in page
    assert "Contact type Client" in page


def test_close_reopen_and_delete(ada):
    """LA-CON-6: asked first; a closed contact says so and can be reopened."""
    contact = create("40", last="Price")
    browser = signed_in(ada)

    browser.post(f"/contacts/{contact.pk}/closure/")
    assert "Closed by Ada" in text_of(browser.get(f"/contacts/{contact.pk}/"))
    assert browser.post(f"/contacts/{contact.pk}/closure/").status_code == 409
    browser.post(f"/contacts/{contact.pk}/reopening/")
    assert Contact.objects.get().status == "active"
    answer = browser.post(f"/contacts/{contact.pk}/deletion/", follow=True)
    assert "Number 40 is never given again" in text_of(answer)
    assert browser.get(f"/contacts/{contact.pk}/").status_code == 404


def test_search_page_finds_and_tells_of_retired_numbers(ada):
    """SRC-1, SRC-6, LA-NUM-7."""
    contact = create("40", last="Price")
    browser = signed_in(ada)

    assert "Price" in text_of(browser.get("/search/?q=pric"))
    browser.post(f"/contacts/{contact.pk}/deletion/")
    assert "Number 40 was the number of Price" in text_of(browser.get("/search/?q=40"))
    assert "Create contact “Unheard”" in text_of(browser.get("/search/?q=Unheard"))


def test_home_counts_and_next_number(ada):
    sequence_at("client", 1041)
    create(last="Price")

    page = text_of(signed_in(ada).get("/"))

    assert "Clients 1" in page
    assert "Next number 1042" in page


def test_pages_show_only_what_the_role_allows(ada):
    """PRM-6: the reader reads; nothing to change is shown, and posting is refused."""
    contact = create("40", last="Price")
    reader = signed_in(person("Reader", "contact.read"))

    page = reader.get(f"/contacts/{contact.pk}/").content.decode()
    statuses = {name: reader.get(reverse(f"contacts:{name}", args=[contact.pk])).status_code for name in PAGES}

    assert "Edit" not in text_of(reader.get("/contacts/"))
    assert f"/contacts/{contact.pk}/edit/" not in page
    assert statuses == {"general": 200, "edit": 403, "other": 200, "history": 200, "closure": 403, "deletion": 403}
    assert reader.get("/contacts/new/").status_code == 403
    assert reader.post(f"/contacts/{contact.pk}/reopening/").status_code == 403
    assert reader.post(f"/contacts/{contact.pk}/address-copy/").status_code == 403
    assert f"/contacts/{contact.pk}/edit/" in signed_in(ada).get(f"/contacts/{contact.pk}/").content.decode()


def test_without_the_right_to_read_contacts_do_not_exist():
    """CON-11: a record that exists answers exactly as one that does not."""
    contact = create("40", last="Price")
    nobody = signed_in(person("Nobody"))

    assert [nobody.get(reverse(f"contacts:{name}", args=[contact.pk])).status_code for name in PAGES] == [404] * 6
    assert nobody.get("/contacts/").status_code == 403
    assert nobody.get("/search/?q=price").status_code == 403
    assert "Price" not in text_of(nobody.get("/"))


@pytest.mark.parametrize(
    "path", ["/", "/contacts/", "/contacts/new/", "/search/", "/settings/", "/settings/firm/settings/file/"]
)
def test_pages_ask_for_a_sign_in(client, db, path):
    answer = client.get(path)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


def test_what_is_wrong_in_a_later_address_is_marked_where_it_was_typed():
    """WIN-8: blocks left empty are no addresses; the mark stands in the block that was filled."""
    posted = {"last": "Ng", "contact_type": "client", "additional_addresses.0.usage": "mailing",
              "additional_addresses.1.usage": "mailing", "additional_addresses.1.country": "Atlantis",
              "additional_addresses.1.line1": "1 Quay"}  # fmt: skip

    form = ContactForm(posted)

    assert set(form.errors) == {"additional_addresses.1.country"}
    assert 'aria-invalid="true"' in str(form["additional_addresses.1.country"])
    assert [group["open"] for group in form.address_groups] == [True, False, True]
