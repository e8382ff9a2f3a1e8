"""Creating and editing on screen: what is kept, what is refused, what both sides changed (WIN-1 to WIN-14, EDT-1)."""

import json
import re

import pytest
from tests.practice.conftest import (
    AT,
    actor,
    admit,
    again,
    connected,
    create,
    separate,
    signed_in,
    text_of,
)

from counterpart.foundation.web import pages
from counterpart.practice.contacts.forms import base_of
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import edit_contact
from counterpart.practice.tokens import new_token

pytestmark = pytest.mark.django_db

LIST_QUERIES = 13
"""Session, person, rights, count, rows, link, records, conflicts, settings, badge … however many contacts."""


def test_creating_opens_the_contact_and_says_so(ada):
    """WIN-3, WIN-11: the message names the contact; no waiting for the number (WIN-12, CON-3)."""
    connected()
    client = signed_in(ada)

    response = client.post("/contacts/new/", {"kind": "individual", "last": "Ng", "token": new_token()}, follow=True)

    contact = Contact.objects.get()
    assert response.redirect_chain == [(f"/contacts/{contact.pk}/", 302)]
    assert "Contact created: Ng. Legal Accounting gets it now." in text_of(response)
    assert "Will be assigned" in text_of(response)


def test_two_presses_of_save_create_one_contact(ada):
    """WIN-8: the form carries the identity of the contact it will make."""
    client, token = signed_in(ada), new_token()

    first = client.post("/contacts/new/", {"last": "Ng", "token": token})
    second = client.post("/contacts/new/", {"last": "Ng", "token": token})

    assert first.url == second.url
    assert Contact.objects.count() == 1


def test_a_forged_token_makes_an_ordinary_contact(ada):
    other = create(last="Other")

    response = signed_in(ada).post("/contacts/new/", {"last": "Ng", "token": f"{other.pk}:forged"})

    assert Contact.objects.count() == 2
    assert str(other.pk) not in response.url


def test_a_refused_form_lists_every_problem_and_keeps_what_was_typed(ada):
    """WIN-8, CON-1: at the top with links, and at each field."""
    response = signed_in(ada).post(
        "/contacts/new/",
        {
            "kind": "company",
            "alias": "Kept",
            "reference": "A 12",
            "email": "no",
            "phone_label": "fax",
            "phone_number": "7",
        },
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("A reference can&#x27;t contain spaces or *.") == 2
    assert 'href="#id_company"' in page
    assert 'value="Kept"' in page
    assert 'value="7"' in page
    assert not Contact.objects.exists()


def test_the_dialog_is_the_same_form_without_the_frame(ada):
    """WIN-1: and saving moves the page."""
    client = signed_in(ada)
    in_dialog = {"HX-Request": "true", "HX-Target": "dialog"}

    form = client.get("/contacts/new/", headers=in_dialog).content.decode()
    saved = client.post("/contacts/new/", {"last": "Ng", "token": new_token()}, headers=in_dialog)

    assert "Create Contact" in form
    assert "<html" not in form
    assert saved.headers["HX-Redirect"] == f"/contacts/{Contact.objects.get().pk}/"
    assert pages.DIALOG == "web/dialog.html"


def test_save_and_create_another_gives_a_fresh_form(ada):
    """WIN-8, WIN-11: in the dialog the list beneath is told to refresh."""
    client = signed_in(ada)
    data = {"last": "Ng", "token": new_token(), "another": "1"}

    response = client.post("/contacts/new/", data, headers={"HX-Request": "true", "HX-Target": "dialog"})

    assert "contacts-changed" in response.headers["HX-Trigger"]
    assert 'value="Ng"' not in response.content.decode()
    assert data["token"] not in response.content.decode()


def test_who_may_not_create_gets_no_form(ben):
    client = signed_in(ben)

    assert client.get("/contacts/new/").status_code == 403
    assert client.post("/contacts/new/", {"last": "Ng"}).status_code == 403
    assert "New contact" not in text_of(client.get("/contacts/"))
    assert not Contact.objects.exists()


def test_a_company_takes_no_personal_names_from_the_form(ada):
    """4.1: switching keeps typed values until save."""
    signed_in(ada).post("/contacts/new/", {"kind": "company", "company": "Acme", "first": "typed", "last": "before"})

    assert (Contact.objects.get().company, Contact.objects.get().last) == ("Acme", "")


def test_mailing_can_be_the_same_as_physical(ada):
    """4.1."""
    data = {"last": "Ng", "physical_line1": "1 Road", "physical_country": "US", "same_address": "on"}

    signed_in(ada).post("/contacts/new/", data)

    assert Contact.objects.get().mailing_address == {"line1": "1 Road", "country": "US"}


def test_a_country_that_is_not_listed_is_kept(ada):
    contact = create(last="Ng", physical_address={"line1": "1 Road", "country": "XK"})

    page = signed_in(ada).get(f"/contacts/{contact.pk}/edit/").content.decode()

    assert '<option value="XK" selected>XK</option>' in page


@pytest.mark.parametrize(("country", "tag"), [("US", "<select"), ("CA", "<select"), ("NZ", "<input"), ("", "<input")])
def test_the_state_is_a_list_where_there_is_one(ada, country, tag):
    """WIN-13."""
    response = signed_in(ada).get(f"/contacts/state-field/?prefix=mailing&mailing_country={country}")

    assert f'{tag} class="form-' in response.content.decode()
    assert 'name="mailing_state"' in response.content.decode()


@pytest.mark.parametrize("on", [True, False])
def test_the_sequence_is_asked_only_while_separate_sequences_are_on(ada, on):
    """CON-6, CON-7: with a warning while Legal Accounting has one sequence."""
    separate(on)
    connected({"separate_numbering_sequences": False})

    page = text_of(signed_in(ada).get("/contacts/new/"))

    assert ("Numbering sequence" in page) is on
    assert ("Separate numbering is off in Legal Accounting; client numbers will be used." in page) is on


def test_locked_people_see_the_reference_but_can_not_type_it(ada):
    """NUM-17: read-only, with the reason."""
    connected({"number_locked_emails": ["ada@example.com"]})
    client = signed_in(ada)

    page = client.get("/contacts/new/").content.decode()
    client.post("/contacts/new/", {"last": "Ng", "reference": "77"})

    assert re.search(r'name="reference"[^>]*disabled', page)
    assert "restricts contact numbers" in page
    assert Contact.objects.get().requested_reference == ""


def test_a_typed_number_is_checked_against_our_own_contacts_at_once(ada):
    """CON-4: who holds it, with a link; and Legal Accounting that can't be asked is admitted."""
    holder = admit({"name": {"display": "individual", "last": "Holder"}, "number": "40"})
    client = signed_in(ada)

    taken = client.get("/contacts/reference-check/?reference=40").content.decode()
    free = text_of(client.get("/contacts/reference-check/?reference=41"))
    bad = text_of(client.get("/contacts/reference-check/?reference=4%201"))

    assert f'href="/contacts/{holder.pk}/"' in taken
    assert "is already used by" in taken
    assert "can’t be asked right now" in free
    assert "A reference can&#x27;t contain spaces or *." in bad


def test_what_legal_accounting_answers_is_said(ada, monkeypatch):
    """IMP-3, IMP-4: the next automatic number, with and without keeping the sequence."""
    from counterpart.practice.contacts.views import live

    answers = {"41": {"free": True, "holder": "", "problem": "", "next": "26", "next_after": "42"}}
    monkeypatch.setattr(live.sync, "ask", lambda _question, *, number, **_: answers.get(number, {"next": "26"}))
    client = signed_in(ada)

    assert "41 is free. The next automatic number will be 42 , or 26 if you keep the sequence." in text_of(
        client.get("/contacts/reference-check/?reference=41")
    )
    assert "41 is free" in text_of(client.get("/contacts/reference-check/?reference=41"))
    assert "The next automatic number is 26" in text_of(client.get("/contacts/reference-check/"))


def filled(contact: Contact, **changed: str) -> dict[str, str]:
    """The edit form as a browser sends it."""
    base = base_of(contact.__dict__)
    data = {name: base[name] for name in ("kind", "first", "last", "alias", "email", "reference")}
    return {**data, "base": json.dumps(base), "version": str(contact.version), **changed}


def test_editing_saves_and_merges_silently(ada):
    """EDT-1: with a note that somebody else's change was kept."""
    contact = create(last="Ng")
    form = filled(contact, alias="Mine")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"email": "theirs@example.com"}, at=AT)

    response = signed_in(ada).post(f"/contacts/{contact.pk}/edit/", form, follow=True)

    assert (again(contact).alias, again(contact).email) == ("Mine", "theirs@example.com")
    assert "What others changed meanwhile was kept." in text_of(response)


def test_an_external_reference_is_typed_shown_and_told_apart(ada):
    """4.1: under *Other*, on the contact's page and in its history; a taken one is refused beside the field."""
    contact, other = create(last="Ng"), create(last="Vo", external_reference="CL-1")
    client = signed_in(ada)

    taken = client.post(f"/contacts/{contact.pk}/edit/", filled(contact, external_reference="cl-1"))
    assert taken.status_code == 422
    assert taken.context["form"].errors == {"external_reference": ["Another contact has the external reference cl-1."]}
    client.post(f"/contacts/{contact.pk}/edit/", filled(contact, external_reference="CL-2"))

    assert "External reference CL-2" in text_of(client.get(f"/contacts/{contact.pk}/"))
    assert "External reference CL-2" in text_of(client.get(f"/contacts/{contact.pk}/history/"))
    assert 'value="CL-1"' in client.get(f"/contacts/{other.pk}/edit/").content.decode()
    client.post("/contacts/new/", {"last": "Ha", "external_reference": "CL-3", "token": new_token()})
    assert Contact.objects.get(last="Ha").external_reference == "CL-3"


def test_a_clash_keeps_the_typing_and_shows_both_values(ada):
    """EDT-1: then saving again is a decision."""
    contact = create(last="Ng")
    form = filled(contact, last="Mine", alias="Also mine")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Theirs"}, at=AT)
    client = signed_in(ada)

    refused = client.post(f"/contacts/{contact.pk}/edit/", form)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Changed by Ada" in page
    assert all(text in page for text in ('value="Mine"', 'value="Also mine"', "Theirs", ">Ng<"))
    assert again(contact).last == "Theirs"

    base = re.search(r'name="base" value="([^"]*)"', page).group(1).replace("&quot;", '"')
    client.post(f"/contacts/{contact.pk}/edit/", {**form, "base": base})
    assert again(contact).last == "Mine"


def test_in_a_clash_theirs_can_be_kept(ada):
    contact = create(last="Ng")
    form = filled(contact, last="Mine", alias="Also mine", take="last")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Theirs"}, at=AT)

    signed_in(ada).post(f"/contacts/{contact.pk}/edit/", form)

    assert (again(contact).last, again(contact).alias) == ("Theirs", "Also mine")


def test_who_may_not_edit_is_refused(ben):
    contact = create(last="Ng")
    client = signed_in(ben)

    assert client.get(f"/contacts/{contact.pk}/edit/").status_code == 403
    assert client.post(f"/contacts/{contact.pk}/edit/", filled(contact, last="x")).status_code == 403
    assert again(contact).last == "Ng"
    assert "Edit" not in re.findall(r">\s*(Edit)\s*</a>", client.get(f"/contacts/{contact.pk}/").content.decode())


def test_what_legal_accounting_asks_for_is_said_before_saving(ada):
    """IMP-8: beside the box, on a new contact and on the edit form; said, not enforced."""
    connected({"required_contact_fields": ["email", "address.main.city"]})
    client = signed_in(ada)
    said = "Legal Accounting asks for this."

    new = client.get("/contacts/new/").content.decode()
    edit = client.get(f"/contacts/{create(last='Ng').pk}/edit/").content.decode()

    for page in (new, edit):
        assert page.count(said) == 2
        assert f'id="id_email_helptext">{said}' in page
        assert f'id="id_physical_city_helptext">{said}' in page
    assert create(last="Tan").email == ""


def test_nothing_is_said_while_legal_accounting_asks_for_nothing(ada):
    """IMP-8: also where it was never heard of."""
    assert "asks for this" not in signed_in(ada).get("/contacts/new/").content.decode()
    connected({"required_contact_fields": []})
    assert "asks for this" not in signed_in(ada).get("/contacts/new/").content.decode()
