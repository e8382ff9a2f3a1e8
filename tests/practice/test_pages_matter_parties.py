"""The Parties tab: two views, and every act with its question or its refusal (PTY-1 to PTY-6)."""

import re
from typing import Any

import pytest
from django.test import Client
from tests.practice.conftest import connected, create, person, signed_in, text_of
from tests.practice.matters import MATTER_WORK, line_up, now, open_matter, parties, party_ids, people, role

from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.drafts import PartyDraft
from counterpart.practice.tokens import new_token

pytestmark = pytest.mark.django_db
QUESTION = "The primary client receives 100 % of new bills until the split is changed in Legal Accounting."
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


@pytest.fixture
def client(ada) -> Client:
    return signed_in(ada)


@pytest.fixture
def matter(ada):
    """Ng and Rewi are clients in this order; a judge and a bank."""
    ng, rewi = people("Ng", "Rewi")
    judge, bank = create(last="Strict", email="court@example.com"), create(kind="company", company="Acme Bank")
    return open_matter(ada, ng, rewi, parties=parties(Judge=judge, Bank=bank))


def names(matter) -> list[str]:
    return [name for role_name, name, _ in line_up(matter) if role_name == "Client"]


def act(client: Client, matter, which: str, what: str, **sent: Any) -> Any:
    """An act on a client of this name."""
    party = party_ids(matter)["Client", which]
    return client.post(f"/matters/{matter.pk}/parties/{party}/{what}/", sent)


def test_the_two_views_and_the_choice_is_remembered(client, matter):
    """PTY-5: by role, by party; name, reference, phone, e-mail and link of each."""
    url = f"/matters/{matter.pk}/parties/"

    by_role = text_of(client.get(url))
    by_party = text_of(client.get(f"{url}?view=party"))
    again = client.get(url)

    assert re.search(r"Client \* \(primary role\) 2 .* Ng Primary client .* Rewi", by_role)
    assert "Roles nobody has" in by_role
    assert "court@example.com" in by_role
    assert "Not in sync" in by_role
    assert re.search(r"Acme Bank Bank .* Ng Client Primary client .* Rewi Client .* Strict Judge", by_party)
    assert text_of(again) == by_party
    assert '?view=party" aria-current="true"' in again.content.decode()


def test_everything_is_a_button(client, matter):
    """PTY-3, 2.5.7: the first has no *up*, the last no *down*; labelled with the name."""
    page = client.get(f"/matters/{matter.pk}/parties/").content.decode()
    ids = party_ids(matter)
    first, second = (
        re.search(rf'<tr id="party-{ids["Client", name]}">.*?</tr>', page, re.DOTALL)[0] for name in ("Ng", "Rewi")
    )

    assert re.findall(r'name="where" value="(\w+)"', first) == ["down", "down"]  # a button and a menu item
    assert re.findall(r'name="where" value="(\w+)"', second) == ["first", "up", "first", "up"]
    assert 'aria-label="Make Rewi primary"' in second
    assert 'aria-label="Actions for Ng, Client"' in first
    assert "Change party…" in first
    assert "Remove…" in first


def test_who_may_not_edit_sees_the_parties_and_no_act(ada, matter):
    reader = signed_in(person("Reader", "matter.read", "contact.read"))

    page = reader.get(f"/matters/{matter.pk}/parties/")

    assert "Rewi" in text_of(page)
    assert "Add party" not in text_of(page)
    assert "Actions for" not in page.content.decode()
    party = party_ids(matter)["Client", "Ng"]
    for path in ("new/", f"{party}/change/", f"{party}/place/", f"{party}/removal/"):
        assert reader.post(f"/matters/{matter.pk}/parties/{path}").status_code == 403
    assert names(matter) == ["Ng", "Rewi"]


def test_a_party_is_moved_and_the_focus_goes_with_it(client, matter):
    """PTY-3, GRP-10: without a connection nobody is asked."""
    response = act(client, matter, "Rewi", "place", where="up")

    party = party_ids(matter)["Client", "Rewi"]
    assert response.status_code == 302
    assert response.url == f"/matters/{matter.pk}/parties/?at={party}"
    assert names(matter) == ["Rewi", "Ng"]
    page = client.get(response.url).content.decode()
    assert re.search(r'aria-label="Actions for Rewi, Client" title="Actions" autofocus', page)
    assert act(client, matter, "Rewi", "place", where="down").status_code == 302
    assert names(matter) == ["Ng", "Rewi"]


@pytest.mark.parametrize(
    ("what", "who", "sent"),
    [
        ("place", "Rewi", {"where": "first"}), ("place", "Rewi", {"where": "up"}), ("place", "Ng", {"where": "down"}),
        ("removal", "Ng", {}), ("change", "Ng", {"act": "pick"}),
    ],
)  # fmt: skip
def test_a_change_of_the_primary_client_is_confirmed_first(client, matter, what, who, sent):
    """PTY-3: the exact sentence, who it was and who it would be; the same form again does it."""
    connected()
    other = create(last="Other")
    if "act" in sent:
        sent = {"act": f"pick:{role('Client').pk}:{other.pk}"}

    asked = act(client, matter, who, what, version=matter.version, **sent)

    read = text_of(asked)
    assert asked.status_code == 409
    assert QUESTION in read
    assert re.search(r"Primary client now Ng Primary client then (Rewi|Other)", read)
    assert names(matter) == ["Ng", "Rewi"]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.content.decode()))
    assert fields["confirmed"] == "1"
    fields.pop("csrfmiddlewaretoken", None)
    assert act(client, matter, who, what, **fields).status_code == 302
    assert names(matter)[0] in ("Rewi", "Other")


def test_in_a_dialog_the_question_takes_its_place(client, matter):
    """UI-5: the dialog asks, and the whole page moves on when it is done."""
    connected()
    url = f"/matters/{matter.pk}/parties/{party_ids(matter)['Client', 'Rewi']}/place/"

    asked = client.post(url, {"where": "first"}, headers=IN_DIALOG)
    done = client.post(url, {"where": "first", "confirmed": "1"}, headers=IN_DIALOG)

    assert asked.status_code == 409
    assert '<h2 id="dialog-title"' in asked.content.decode()
    assert QUESTION in text_of(asked)
    assert done.headers["HX-Redirect"].startswith(f"/matters/{matter.pk}/parties/?at=")


def test_a_party_is_removed_after_a_word(client, matter):
    """GRP-8: what it means stands there before."""
    url = f"/matters/{matter.pk}/parties/{party_ids(matter)['Client', 'Rewi']}/removal/"

    before = text_of(client.get(url))
    response = client.post(url)

    assert "the share of a removed client goes to the primary client" in before
    assert response.url == f"/matters/{matter.pk}/parties/"
    assert names(matter) == ["Ng"]
    assert "Rewi is no longer Client." in text_of(client.get(response.url))


def test_the_last_client_of_a_matter_that_is_known_there_stays(client, ada):
    """PTY-4, GRP-12: warned before, refused if sent all the same, with the way out."""
    connected()
    (ng,) = people("Ng")
    matter = open_matter(ada, ng)
    url = f"/matters/{matter.pk}/parties/{party_ids(matter)['Client', 'Ng']}/removal/"

    before, refused = client.get(url), client.post(url)

    assert "Ng is the last client and stays." in text_of(before)
    assert "Change party" in text_of(before)
    assert "btn-danger" not in before.content.decode()
    assert refused.status_code == 409
    assert "keeps at least one client" in text_of(refused)
    assert names(matter) == ["Ng"]


def test_the_last_client_of_a_matter_that_never_left_can_go(client, ada):
    (ng,) = people("Ng")
    matter = open_matter(ada, ng)
    url = f"/matters/{matter.pk}/parties/{party_ids(matter)['Client', 'Ng']}/removal/"

    assert "won’t reach Legal Accounting until it has a client" in text_of(client.get(url))
    assert client.post(url).status_code == 302
    assert names(matter) == []


@pytest.mark.parametrize("headers", [{}, IN_DIALOG])
def test_a_party_is_added_by_finding_somebody(client, matter, headers):
    """PTY-5, GRP-7: role, search, pick; last in the role."""
    heron = create(last="Heron")
    key = role("Client").pk
    url = f"/matters/{matter.pk}/parties/new/"

    form = client.get(f"{url}?role={key}", headers=headers)
    found = client.post(url, {"role": key, f"find_{key}": "heron", "act": f"find:{key}"}, headers=headers)
    pick = re.search(r'value="(pick:[^"]+)"', found.content.decode())[1]
    done = client.post(url, {"role": key, "act": pick}, headers=headers)

    assert f'<option value="{key}" selected>' in form.content.decode()
    assert pick == f"pick:{key}:{heron.pk}"
    assert done.headers.get("HX-Redirect") or done.status_code == 302
    assert names(matter) == ["Ng", "Rewi", "Heron"]


def test_another_role_keeps_what_was_typed(client, matter):
    url, judge, key = f"/matters/{matter.pk}/parties/new/", role("Judge").pk, role("Client").pk

    page = client.post(url, {"role": judge, f"find_{key}": "hero", "act": "role"}).content.decode()

    assert f'name="find_{judge}" id="find-{judge}" value="hero"' in page


def test_a_party_that_does_not_fit_is_refused_with_the_reason(client, matter):
    """PTY-1, PTY-2: once per role, one judge only, companies only."""
    url = f"/matters/{matter.pk}/parties/new/"
    ng = Contact.objects.get(last="Ng")

    def said(name: str, contact: Any) -> str:
        key = role(name).pk
        response = client.post(url, {"role": key, "act": f"pick:{key}:{contact}"})
        assert response.status_code == 422
        return text_of(response)

    assert "A contact can be Client on a matter only once." in said("Client", ng.pk)
    assert "Only one contact can be Judge." in said("Judge", ng.pk)
    assert "Bank can be only companies." in said("Bank", ng.pk)
    assert "There is no such contact" in said("Opposing party", matter.pk)


def test_a_contact_is_created_while_adding_a_party(client, matter):
    """WIN-2, PTY-5: the mistake beside its field first, then the contact and the party."""
    url, key = f"/matters/{matter.pk}/parties/new/", role("Client").pk
    opened = client.post(url, {"role": key, f"find_{key}": "Iona Heron", "act": f"new:{key}"}).content.decode()
    sent = {"role": key, "new_role": key, "new-token": new_token(), "new-kind": "individual", "act": f"make:{key}"}

    nameless = client.post(url, sent)
    done = client.post(url, sent | {"new-first": "Iona", "new-last": "Heron"})

    assert 'name="new-last" value="Heron"' in opened
    assert nameless.status_code == 422
    assert done.status_code == 302
    assert names(matter) == ["Ng", "Rewi", "Iona Heron"]


def test_a_new_contact_must_fit_its_role(client, ada):
    """PTY-2: a bank is a company."""
    matter = open_matter(ada)
    url, key = f"/matters/{matter.pk}/parties/new/", role("Bank").pk

    sent = {"role": key, "new_role": key, "new-token": new_token(), "new-kind": "individual", "new-last": "Heron"}
    response = client.post(url, sent | {"act": f"make:{key}"})

    assert response.status_code == 422
    assert "Whoever is in this role must be a company." in text_of(response)
    assert not Contact.objects.filter(last="Heron").exists()


def test_changing_a_party_keeps_its_place(client, matter):
    """PTY-6."""
    party, heron = party_ids(matter)["Client", "Rewi"], create(last="Heron")
    url, key = f"/matters/{matter.pk}/parties/{party}/change/", role("Client").pk

    assert "Rewi stays a contact." in text_of(client.get(url))
    response = client.post(url, {"act": f"pick:{key}:{heron.pk}"})

    assert response.url == f"/matters/{matter.pk}/parties/?at={party}"
    assert names(matter) == ["Ng", "Heron"]


def test_a_list_that_was_changed_meanwhile_is_not_overwritten(client, matter):
    """UI-12: the version that was read is sent along."""
    old = matter.version
    act(client, matter, "Rewi", "place", where="up")

    response = act(client, matter, "Ng", "place", where="up", version=old)

    assert now(matter).version > old
    assert response.status_code == 409
    assert "changed meanwhile" in text_of(response)
    assert names(matter) == ["Rewi", "Ng"]


def test_a_party_of_another_matter_is_not_here(client, ada, matter):
    other = open_matter(ada, *people("Else"), name="Other")
    party = party_ids(other)["Client", "Else"]

    for what in ("change", "removal"):
        assert client.get(f"/matters/{matter.pk}/parties/{party}/{what}/").status_code == 404
    assert client.post(f"/matters/{matter.pk}/parties/{party}/place/", {"where": "up"}).status_code == 404


def test_whom_an_attorney_stands_for_is_said(client, ada):
    """The people represented, as long as they are on the matter."""
    (ng,) = people("Ng")
    lawyer = create(last="Advocate")
    matter = open_matter(ada, ng, parties=[PartyDraft("Opposing party", lawyer.pk, [str(ng.pk)])])

    assert "Advocate for Ng" in text_of(client.get(f"/matters/{matter.pk}/parties/"))
