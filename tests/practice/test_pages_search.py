"""The search box's answers, the page of results, and the same for programs (SRC-1, SRC-5 to SRC-8)."""

import json
import re

import pytest
from django.test import Client
from tests.practice.conftest import AT, actor, create, person, signed_in, text_of, token_for
from tests.practice.matters import open_matter

from counterpart.practice.contacts.operations import close_contact, edit_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(db):
    return person("Reader", "contact.read", "matter.read")


def test_the_box_groups_what_is_found_and_says_why(ada, reader):
    """SRC-5, SRC-4: five each, the reason, the status in words, all of them behind a link; nothing hidden (SRC-7)."""
    for number in range(6):
        create(first=f"P{number}", last="Heron", email=f"p{number}@example.com")
    client = create(last="Quill", alias="The Heron", email="q@example.com")
    close_contact(actor=actor(ada), contact_id=client.pk, at=AT)
    open_matter(ada, client, name="Sale")
    open_matter(ada, client, name="Heron’s secret", restricted=True, access=[ada.pk])
    browser = signed_in(reader)

    box = browser.get("/search/box/", {"q": "heron"})
    quill = text_of(browser.get("/search/box/", {"q": "quill"}))

    assert box.content.count(b'role="option"') == 5 + 1
    assert "See all 7 contacts" in text_of(box)
    assert "secret" not in text_of(box)
    assert re.search(r"Quill Closed .* Sale Quill Not in sync", quill)
    assert "found in Alias: The Heron" in text_of(browser.get("/search/box/", {"q": "the heron"}))


def test_an_empty_box_shows_what_changed_last_and_one_that_finds_nothing_offers_to_create(ada, reader):
    """SRC-5, SRC-6: where allowed, with what was typed carried over."""
    create(last="Ng")
    maker = person("Maker", "contact.read", "contact.create")

    assert "Recently changed contacts Ng" in text_of(signed_in(reader).get("/search/box/"))
    offered = signed_in(maker).get("/search/box/", {"q": "Una Heron"})
    assert "Create contact “Una Heron”" in text_of(offered)
    assert b"first=Una&amp;last=Heron" in offered.content
    assert "Create" not in text_of(signed_in(reader).get("/search/box/", {"q": "Una Heron"}))


def test_results_are_narrowed_by_facets_with_counts(ada, reader):
    """SRC-8."""
    closed = create(last="Heron", first="Old")
    create(kind="company", company="Heron Ltd")
    close_contact(actor=actor(ada), contact_id=closed.pk, at=AT)
    browser = signed_in(reader)

    page = text_of(browser.get("/search/?q=heron&only=contacts"))
    narrowed = text_of(browser.get("/search/?q=heron&only=contacts&status=closed"))
    recent = text_of(browser.get("/search/?q=heron&only=contacts&changed=30"))

    assert "Active (1) Closed (1)" in page
    assert "Contacts 2" in page
    assert "Contacts 1 Old Heron Closed" in narrowed
    assert "Contacts 0" in recent


def test_what_a_contact_was_called_is_said(ada, reader):
    """SRC-5, CNF-1."""
    contact = create(last="Ng", first="Una")
    edit_contact(actor=actor(ada), contact_id=contact.pk, changes={"last": "Heron"}, at=AT)
    found = text_of(signed_in(reader).get("/search/box/", {"q": "ng"}))

    assert "Una Heron Individual · found in former name or number: Ng" in found
    assert "found in a similar spelling" in text_of(signed_in(reader).get("/search/box/", {"q": "herom"}))


def test_programs_find_the_same(reader):
    """API-5: by the same policy as the pages; what is not known is refused."""
    create(last="Heron")
    headers = {"Authorization": f"Bearer {token_for(reader)}"}

    found = Client().get("/api/v1/search", {"q": "heron", "limit": 1}, headers=headers)
    refused = Client().get("/api/v1/search", {"wrong": "1"}, headers=headers)

    groups = json.loads(found.content)["groups"]
    assert [(one["kind"], one["count"], [hit["name"] for hit in one["items"]]) for one in groups] == [
        ("contacts", 1, ["Heron"]),
        ("matters", 0, []),
    ]
    assert refused.status_code == 400
