"""The list, the search and who may open which page."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, actor, connected, create, separate, signed_in, text_of

from counterpart.practice.contacts.drafts import Draft
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import close_contact, create_contacts

pytestmark = pytest.mark.django_db

LIST_QUERIES = 17
"""Session, person, rights, count, rows, link, records, conflicts, settings, badge … however many contacts."""


@pytest.mark.parametrize(
    "path",
    [
        "/", "/contacts/", "/contacts/new/", "/contacts/{id}/", "/contacts/{id}/edit/", "/contacts/{id}/history/",
        "/contacts/{id}/deletion/", "/contacts/{id}/reference/", "/search/?q=ng", "/settings/contacts/",
        "/contacts/reference-check/?reference=9", "/contacts/state-field/",
    ],
)  # fmt: skip
def test_strangers_are_sent_to_the_sign_in(path):
    """PRM-6: every page, and from there back."""
    contact = create(last="Ng")

    response = Client().get(path.format(id=contact.pk))

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/?next=")


def test_a_fragment_without_sign_in_moves_the_whole_page():
    """WIN-10: the form can't show the sign-in inside itself."""
    response = Client().post("/contacts/new/", {"last": "Ng"}, headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/contacts/new/"
    assert not Contact.objects.exists()


@pytest.mark.parametrize("path", ["/contacts/{id}/", "/contacts/{id}/history/", "/contacts/{id}/edit/"])
def test_who_may_not_see_contacts_sees_none(nobody, path):
    """CON-11: hidden and missing look the same."""
    contact = create(last="Secretname")

    response = signed_in(nobody).get(path.format(id=contact.pk))

    assert response.status_code == 404
    assert b"Secretname" not in response.content


def test_who_may_not_see_contacts_gets_no_list_and_an_empty_search(nobody):
    create(last="Secretname")
    client = signed_in(nobody)

    assert client.get("/contacts/").status_code == 403
    assert b"Secretname" not in client.get("/search/?q=secret").content
    assert "do not include seeing contacts" in text_of(client.get("/"))


def test_the_list_shows_what_the_filters_leave(ada):
    """8: search, kind, type, link state, status; in the address, closed ones only when asked for (PAG-9)."""
    separate()
    create(first="Ada", last="Zeta", alias="Lambda")
    create(kind="company", company="Acme", numbering_sequence="vendor")
    closed = create(last="Closedone")
    close_contact(actor=actor(ada), contact_id=closed.pk, at=AT)
    client = signed_in(ada)

    def names(query: str) -> list[str]:
        return re.findall(r'class="row-name"[^>]*>([^<]*)<', client.get(f"/contacts/{query}").content.decode())

    assert names("") == ["Acme", "Ada Zeta"]
    assert names("?sort=-name") == ["Ada Zeta", "Acme"]
    assert names("?q=lambda") == ["Ada Zeta"]
    assert names("?kind=company") == ["Acme"]
    assert names("?type=vendor") == ["Acme"]
    assert names("?status=closed") == ["Closedone"]
    assert names("?q=closed") == ["Closedone"]
    assert names("?link=unsynchronized") == ["Acme", "Ada Zeta"]
    assert names("?link=synchronized") == []
    assert names("?q=zzz") == []
    assert "No contact matches" in text_of(client.get("/contacts/?q=zzz"))


def test_the_list_costs_the_same_for_few_and_many(ada):
    """7: the query count is pinned."""
    connected()
    client = signed_in(ada)
    client.get("/contacts/")
    counts = []
    for size in (1, 40):
        create_contacts(actor=actor(ada), drafts=[Draft(last=f"N{i}") for i in range(size)], at=AT)
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/contacts/").status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= LIST_QUERIES, [query["sql"] for query in seen]


def test_the_list_is_paged_and_the_fragment_is_only_the_results(ada):
    """LST-7: 50 a page."""
    create_contacts(actor=actor(ada), drafts=[Draft(last=f"N{i:03d}") for i in range(60)], at=AT)
    client = signed_in(ada)

    page = text_of(client.get("/contacts/?page=2"))
    fragment = client.get("/contacts/", headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()

    assert "51–60 of 60 contacts" in page
    assert "N059" in page
    assert fragment.strip().startswith("<section")
    assert "<header" not in fragment


def test_search_says_why_and_offers_to_create(ada, ben):
    """SRC-5, SRC-6: where allowed."""
    create(last="Ng", email="kiwi@example.com")
    client = signed_in(ada)

    assert "found in E-mail: kiwi@example.com" in text_of(client.get("/search/?q=kiwi"))
    assert "Create contact “Nobody”" in text_of(client.get("/search/?q=Nobody"))
    assert "Create contact" not in text_of(signed_in(ben).get("/search/?q=Nobody"))
