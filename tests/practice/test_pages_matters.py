"""The list, the page and what can be done from it; the search and the home page with matters among contacts."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, actor, connected, create, person, signed_in, text_of
from tests.practice.matters import MATTER_WORK, draft, matter_type, now, open_matter, parties, people, role

from counterpart.foundation import history
from counterpart.practice.contacts.operations import edit_contact
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.operations import (
    RoleDraft,
    create_matters,
    edit_matter,
    edit_matter_type,
)

pytestmark = pytest.mark.django_db

LIST_QUERIES = 24
"""Session, person, rights, types, staff, count, rows, clients, links, settings, badge … however many matters."""


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


@pytest.fixture
def client(ada) -> Client:
    return signed_in(ada)


@pytest.fixture
def matter(ada) -> Matter:
    ng = create(last="Ng", email="ng@example.com", phones=[{"label": "business", "number": "555 0101"}])
    return open_matter(ada, ng, reference="A-1", external_reference="cv-588")


def paths(matter: Matter) -> list[str]:
    own = f"/matters/{matter.pk}/"
    party = matter.parties.get().pk
    return [
        own, *(own + tail for tail in (
            "history/", "edit/", "parties/", "parties/new/", f"parties/{party}/change/", f"parties/{party}/removal/",
            "closure/", "deletion/", "access/", "reference/",
        )),
    ]  # fmt: skip


def rows(client: Client, query: str = "") -> list[str]:
    return re.findall(r'class="row-name"[^>]*>([^<]*)<', client.get(f"/matters/{query}").content.decode())


def test_strangers_are_sent_to_the_sign_in(matter):
    """PRM-6: every page, and from there back."""
    others = ["/matters/", "/matters/new/", "/settings/matter-types/", "/matters/find-contact/?key=a"]
    for path in [*paths(matter), *others, "/matters/reference-check/"]:
        response = Client().get(path)
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/?next=")


def test_every_page_opens_for_who_may(client, admin, matter):
    everything = signed_in(admin)

    assert {path: client.get(path).status_code for path in paths(matter)} == dict.fromkeys(paths(matter), 200)
    assert {path: everything.get(path).status_code for path in paths(matter)} == dict.fromkeys(paths(matter), 200)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_may_not_see_matters_sees_none(ben, nobody, matter, method):
    """CON-11: hidden and missing look the same."""
    for user in (ben, nobody):
        for path in paths(matter):
            response = getattr(signed_in(user), method)(path)
            assert response.status_code in (404, 405), path
            assert b"Ng v Acme" not in response.content
        assert signed_in(user).get("/matters/").status_code == 403


# --- the restricted matter, on every surface of the pages ----------------------------------------------------------


@pytest.fixture
def secret(ada) -> Matter:
    """Everybody here sees matters; this one only Ada, who is listed."""
    return open_matter(ada, create(last="Ng"), name="Secret merger", restricted=True, access=[ada.pk])


SURFACES = (
    "/", "/matters/?status=all", "/matters/?restricted=yes", "/matters/?q=secret", "/search/?q=secret", "/search/?q=ng",
    "/search/?q=ng&only=matters", "/contacts/{ng}/", "/contacts/{ng}/matters/", "/contacts/{ng}/deletion/",
    "/matters/new/", "/matters/{id}/", "/matters/{id}/history/", "/matters/{id}/parties/", "/matters/{id}/edit/",
    "/matters/{id}/access/", "/matters/{id}/closure/", "/matters/{id}/deletion/",
    "/matters/reference-check/?file_reference=S-1",
)  # fmt: skip


@pytest.mark.parametrize("surface", SURFACES)
def test_a_restricted_matter_shows_nowhere_to_who_is_not_listed(ada, secret, surface):
    """PRM-4, SRC-7: lists, search, counts, panels, pages, checks; the listed person sees it."""
    edit_matter(actor=actor(ada), matter_id=secret.pk, changes={"file_reference": "S-1"}, at=AT)
    outsider = person("Outsider", *MATTER_WORK, "contact.delete")
    path = surface.format(id=secret.pk, ng=secret.parties.get().contact_id)

    outside, listed = signed_in(outsider).get(path), signed_in(ada).get(path)

    assert b"Secret merger" not in outside.content
    assert outside.status_code == (404 if "/matters/{id}/" in surface else 200)
    seen = ("matters" in surface and "new" not in surface) or surface == "/search/?q=secret"
    if seen and "restricted" not in surface:
        assert b"Secret merger" in listed.content


def test_nothing_hidden_is_counted(ada, secret):
    """SRC-7, PAG-5: only who may know that much is told how many are hidden."""
    ng = secret.parties.get().contact_id
    outsider = signed_in(person("Outsider", "matter.read", "contact.read"))
    counter = signed_in(person("Counter", "matter.read", "contact.read", "matter.see_restricted_count"))

    assert "0 matters" in text_of(outsider.get("/matters/"))
    assert "not shown" not in text_of(outsider.get(f"/contacts/{ng}/"))
    assert "1 matter is not shown" in text_of(counter.get(f"/contacts/{ng}/"))
    assert "1 matter is not shown" in text_of(counter.get(f"/contacts/{ng}/matters/"))


def test_who_may_see_every_restricted_matter_need_not_be_listed(secret):
    chief = signed_in(person("Chief", "matter.read", "matter.see_restricted"))

    page = chief.get(f"/matters/{secret.pk}/")

    assert "Restricted matter." in text_of(page)
    assert rows(chief, "?restricted=yes") == ["Secret merger"]


def test_no_act_reaches_a_restricted_matter(secret):
    """PRM-4: the same by POST, whatever the right."""
    outsider = signed_in(person("Outsider", *MATTER_WORK))
    own = f"/matters/{secret.pk}/"
    party = secret.parties.get().pk

    for tail in ("edit/", "closure/", "reopening/", "deletion/", "access/", "reference/", "reference/withdrawal/",
                 "parties/new/", f"parties/{party}/place/", f"parties/{party}/removal/"):  # fmt: skip
        assert outsider.post(own + tail, {"name": "Mine"}).status_code == 404, tail
    other = person("Other", "matter.read")
    for sent in ({}, {"confirmed": "1", "assigned_to": str(other.pk)}):
        answer = outsider.post("/matters/bulk/", {"act": "assign", "id": str(secret.pk), **sent}, follow=True)
        assert "There are no matters left to change." in text_of(answer)
    assert (now(secret).name, now(secret).assigned_to_id) == ("Secret merger", secret.assigned_to_id)


# --- list and search -----------------------------------------------------------------------------------------------


def test_the_list_shows_what_the_filters_leave(client, ada, ben):
    """LST-3, LST-4: text, type, status, person, link, restriction and order stand in the address."""
    ng = create(last="Ng", reference="77")
    matter_type("Estate", [RoleDraft("Client", is_primary=True)])
    open_matter(ada, ng, name="Alpha", reference="F-1")
    open_matter(ben, name="Beta", matter_type="Estate", status="inactive")
    open_matter(ada, name="Gamma", restricted=True, access=[ada.pk])
    estate = matter_type("Estate").pk

    assert rows(client) == ["Alpha", "Gamma"]
    assert rows(client, "?status=all&sort=-name") == ["Gamma", "Beta", "Alpha"]
    assert rows(client, "?status=inactive") == ["Beta"]
    assert rows(client, f"?status=all&type={estate}") == ["Beta"]
    assert rows(client, "?status=all&assigned=me") == ["Alpha", "Gamma"]
    assert rows(client, f"?status=all&assigned={ben.pk}") == ["Beta"]
    assert rows(client, "?restricted=yes") == ["Gamma"]
    assert rows(client, "?restricted=no") == ["Alpha"]
    assert rows(client, "?link=unsynchronized") == ["Alpha", "Gamma"]
    assert rows(client, "?link=synchronized") == []
    assert rows(client, "?q=beta") == ["Beta"]
    assert rows(client, "?q=f-1") == ["Alpha"]
    assert rows(client, "?q=ng") == ["Alpha"]
    assert rows(client, "?q=2") == ["Beta"]
    assert "No matter matches" in text_of(client.get("/matters/?q=zzz"))
    assert "Clear all filters" in text_of(client.get("/matters/?q=zzz"))


def test_the_list_costs_the_same_for_few_and_many(client, ada):
    """7: the query count is pinned."""
    connected()
    clients = people("Ng", "Rewi", "Acme")
    client.get("/matters/")
    counts = []
    for size in (1, 30):
        drafts = [draft(ada, name=f"M{n}", parties=parties(Client=clients)) for n in range(size)]
        create_matters(actor=actor(ada), drafts=drafts, at=AT)
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/matters/").status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= LIST_QUERIES, [query["sql"] for query in seen]


def test_the_fragment_is_only_the_results(client, matter):
    fragment = client.get("/matters/", headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()

    assert fragment.strip().startswith("<section")
    assert "<header" not in fragment


def test_one_search_finds_contacts_and_matters_and_says_why(client, matter):
    """SRC-2 to SRC-6: by name, Matter ID, references, the client's name; closed ones are shown and marked."""
    found = text_of(client.get("/search/?q=ng"))
    assert re.search(r"Contacts 1 Ng .* Matters 1 1 Ng v Acme", found)
    assert "found in File Reference: A-1" in text_of(client.get("/search/?q=a-1"))
    assert "found in External reference: cv-588" in text_of(client.get("/search/?q=588"))
    assert "1 Ng v Acme" in text_of(client.get("/search/?q=1"))
    client.post(f"/matters/{matter.pk}/closure/", {})
    assert re.search(r"Ng v Acme Closed", text_of(client.get("/search/?q=acme")))
    nothing = text_of(client.get("/search/?q=zzz"))
    assert "Create contact “zzz”" in nothing
    assert "Create matter “zzz”" in nothing


def test_a_search_shows_five_of_each_and_all_of_one(client, ada):
    """SRC-5."""
    drafts = [draft(ada, name=f"Heron {n}") for n in range(7)]
    create_matters(actor=actor(ada), drafts=drafts, at=AT)

    both, matters = client.get("/search/?q=heron"), client.get("/search/?q=heron&only=matters")

    assert both.content.count(b'class="row-name"') == 5
    assert "See all 7 matters" in text_of(both)
    assert matters.content.count(b'class="row-name"') == 7
    assert "Contacts" not in text_of(matters).split("Matters 7")[1]


def test_the_home_page_shows_my_matters(client, ada, ben, matter):
    """UI-3."""
    open_matter(ben, name="Not mine")

    page = text_of(client.get("/"))

    assert "My matters" in page
    assert "Ng v Acme" in page
    assert "Not mine" not in page


def test_the_page_of_a_contact_has_its_matters(client, ada, matter):
    """PAG-3, PAG-5: with the roles held; who may not see matters sees no panel and no tab."""
    ng = matter.parties.get().contact

    panel, tab = text_of(client.get(f"/contacts/{ng.pk}/")), text_of(client.get(f"/contacts/{ng.pk}/matters/"))
    without = signed_in(person("Clerk", "contact.read"))

    for page in (panel, tab):
        assert re.search(r"1 Ng v Acme A-1 Client Primary client Ada Active", page)
    assert f"/matters/new/?contact={ng.pk}" in client.get(f"/contacts/{ng.pk}/").content.decode()
    assert "Matters" not in text_of(without.get(f"/contacts/{ng.pk}/"))
    assert without.get(f"/contacts/{ng.pk}/matters/").status_code == 403


# --- the page ------------------------------------------------------------------------------------------------------


def test_the_heading_answers_at_a_glance(client, matter):
    """MAT-4, MAT-6, IND-1: type, ID, name, reference, status, person, primary client with phone and e-mail, the
    indicator first among the actions, and no tab that is empty talk.
    """
    page = client.get(f"/matters/{matter.pk}/")
    read = text_of(page)

    assert "1 Ng v Acme Dispute · File Reference A-1 (requested) · Active · Assigned to Ada" in read
    assert "Primary client Ng · 555 0101 · ng@example.com" in read
    assert re.search(r'class="page-actions">\s*<[^>]*data-link-indicator', page.content.decode())
    tabs = re.findall(r'class="nav-link"[^>]*>([^<]+)<', page.content.decode())
    assert tabs == ["Overview", "Parties", "History"]


def test_a_matter_without_client_says_why_it_stays(client, ada):
    """MAT-3: gray, with the sentence."""
    connected()
    matter = open_matter(ada)

    page = text_of(client.get(f"/matters/{matter.pk}/"))

    assert "This matter won't reach Legal Accounting until it has a client." in page.replace("&#x27;", "'")
    assert "No client yet" in page
    assert "Add a client" in page
    assert "Sync now" not in page


def test_history_speaks_this_products_words(client, ada, matter):
    """HIS-1, HIS-2."""
    rewi = create(last="Rewi")
    key = role("Client").pk
    client.post(f"/matters/{matter.pk}/parties/new/", {"role": key, "act": f"pick:{key}:{rewi.pk}"})
    edit_matter(actor=actor(ada), matter_id=matter.pk, changes={"priority": "high", "status": "inactive"}, at=AT)

    page = text_of(client.get(f"/matters/{matter.pk}/history/"))

    assert re.search(r"Party added Client Ng → Ng, Rewi", page)
    assert re.search(r"Edited Status Active → Inactive Priority Normal → High", page)
    assert "Date 4 Mar 2026" in page or re.search(r"Date \d+ \w+ \d{4}", page)
    only = text_of(client.get(f"/matters/{matter.pk}/history/?field=priority"))
    assert "Party added" not in only


def form_of(client: Client, matter: Matter) -> dict[str, str]:
    """The edit form as the page filled it."""
    page = client.get(f"/matters/{matter.pk}/edit/").content.decode()
    fields = dict(re.findall(r'<input type="(?:text|hidden|date)" name="(\w+)" value="([^"]*)"', page))
    chosen = dict(re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected', page, re.DOTALL))
    return {**fields, **chosen, "base": fields["base"].replace("&quot;", '"')}


def test_an_edit_saves_only_what_was_changed(client, ada, matter):
    """EDT-1, MAT-7: what somebody else changed meanwhile is kept, and that is said."""
    sent = form_of(client, matter) | {"name": "Ng v Acme Ltd"}
    edit_matter(actor=actor(ada), matter_id=matter.pk, changes={"priority": "high"}, at=AT)

    response = client.post(f"/matters/{matter.pk}/edit/", sent, follow=True)

    after = now(matter)
    assert (after.name, after.priority, after.requested_reference) == ("Ng v Acme Ltd", "high", "A-1")
    assert "Matter saved. What others changed meanwhile was kept." in text_of(response)
    assert "Assigned only" in text_of(client.get(f"/matters/{matter.pk}/edit/"))


def test_a_clash_shows_all_three_values_and_keeps_what_was_typed(client, ada, ben, matter):
    """EDT-1: nothing is written; saving again is a decision, *keep theirs* takes the other value."""
    sent = form_of(client, matter) | {"name": "Mine", "assigned_to": str(ben.pk)}
    cleo = person("Cleo", "matter.read")
    edit_matter(actor=actor(ada), matter_id=matter.pk, changes={"name": "Theirs", "assigned_to": cleo.pk}, at=AT)

    clash = client.post(f"/matters/{matter.pk}/edit/", sent)

    read = text_of(clash)
    assert clash.status_code == 409
    assert "Matter name Mine Theirs Ng v Acme" in read
    assert "Assigned to Ben Cleo Ada" in read
    assert now(matter).name == "Theirs"
    page = clash.content.decode()
    base = re.search(r'name="base" value="([^"]*)"', page)[1].replace("&quot;", '"')
    assert json.loads(base)["name"] == "Theirs"
    again = client.post(f"/matters/{matter.pk}/edit/", sent | {"base": base, "take": "assigned_to"})
    assert again.status_code == 302
    assert (now(matter).name, now(matter).assigned_to) == ("Mine", cleo)


def test_a_refused_edit_is_said_beside_the_field(client, ada, matter):
    open_matter(ada, name="Holder", reference="A-9")
    url, sent = f"/matters/{matter.pk}/edit/", form_of(client, matter)

    empty = client.post(url, sent | {"name": " "})
    taken = client.post(url, sent | {"file_reference": "A-9"})
    dateless = client.post(url, sent | {"date": ""})

    assert (empty.status_code, taken.status_code, dateless.status_code) == (422, 422, 422)
    assert "Enter the name of the matter." in text_of(empty)
    assert "Holder has this file reference already." in text_of(taken)
    assert "Enter the date." in text_of(dateless)


def test_who_may_only_read_is_told_so(matter):
    """PRM-6: no button on the page, and 403 where somebody types the address."""
    reader = signed_in(person("Reader", "matter.read", "contact.read"))

    page = text_of(reader.get(f"/matters/{matter.pk}/"))

    for word in ("Edit", "Close…", "Delete…", "Restrict…", "Add party…"):
        assert f" {word} " not in page
    for tail in ("edit/", "closure/", "deletion/", "access/", "reference/"):
        assert reader.get(f"/matters/{matter.pk}/{tail}").status_code == 403
    assert rows(reader) == ["Ng v Acme"]
    assert "Reassign" not in text_of(reader.get("/matters/"))


# --- closing, deleting, restricting, numbering ---------------------------------------------------------------------


def test_closing_and_reopening(client, matter):
    """MAT-5: it leaves the default list, not the search."""
    closed = client.post(f"/matters/{matter.pk}/closure/", {}, follow=True)

    assert "This matter is closed." in text_of(closed)
    assert rows(client) == []
    assert rows(client, "?status=closed") == ["Ng v Acme"]
    assert "reopen the matter to change it" in text_of(client.get(f"/matters/{matter.pk}/edit/"))
    client.post(f"/matters/{matter.pk}/reopening/")
    assert now(matter).status == "active"


def test_what_is_open_is_named_and_who_may_closes_all_the_same(client, admin, ada):
    """MAT-5: each blocker with where to settle it; a reason is asked for and kept."""
    found = matter_type()
    roles = [
        RoleDraft(one.name, one.pk, one.name == "Judge", one.is_many, one.limited_to, one.is_primary)
        for one in found.roles.all()
    ]
    matter = open_matter(ada)
    edit_matter_type(actor=actor(admin), type_id=found.pk, changes={}, roles=roles, at=AT)
    url = f"/matters/{matter.pk}/closure/"

    page, refused = client.get(url), client.post(url, {})
    forced = signed_in(admin).post(url, {"force": "1", "reason": ""})

    assert "This type of matter needs: Judge." in text_of(page)
    assert f"/matters/{matter.pk}/parties/" in page.content.decode()
    assert "Close all the same" not in text_of(page)
    assert refused.status_code == 409
    assert client.post(url, {"force": "1", "reason": "Settled"}).status_code == 403
    assert forced.status_code == 422
    assert "Say why it is closed although something is open." in text_of(forced)
    assert signed_in(admin).post(url, {"force": "1", "reason": "Settled"}).status_code == 302
    assert history.events_for("matter", matter.pk).first().reason == "Settled"


def test_deleting_and_restoring(client, matter):
    url = f"/matters/{matter.pk}/deletion/"

    said = text_of(client.get(url))
    client.post(url)

    assert "its Matter ID is never used again" in said
    assert client.get(f"/matters/{matter.pk}/").status_code == 404
    assert rows(client, "?status=deleted") == ["Ng v Acme"]
    shown = client.get("/matters/?status=deleted").content.decode()
    assert f'form="restoring" formaction="/matters/{matter.pk}/restoration/">Restore' in shown
    assert '<form id="restoring" method="post"><input type="hidden" name="csrfmiddlewaretoken"' in shown
    client.post(f"/matters/{matter.pk}/restoration/")
    assert rows(client) == ["Ng v Acme"]


def test_a_matter_is_restricted_and_opened_again(client, ada, ben, matter):
    """PRM-4: who sees it, said on the page."""
    url = f"/matters/{matter.pk}/access/"

    assert "Its file in Legal Accounting stays open" in text_of(client.get(url))
    client.post(url, {"access": [str(ben.pk)]})
    page = text_of(client.get(f"/matters/{matter.pk}/"))
    ticked = client.get(url).content.decode()

    assert "Restricted matter." in page
    assert "Who may see it Ada, Ben" in page
    assert re.search(rf'value="{ben.pk}"[^>]* checked', ticked)
    assert client.post(url, {"access": ["999999"]}).status_code == 422
    client.post(url, {"lift": "1"})
    assert not now(matter).restricted


def test_another_reference_is_chosen_or_the_request_withdrawn(client, ada, matter):
    """MAT-9, MAT-18, NUM-11."""
    open_matter(ada, name="Holder", reference="A-9")
    url = f"/matters/{matter.pk}/reference/"

    taken = client.post(url, {"file_reference": "A-9"})
    client.post(url, {"file_reference": "A-2", "keep_sequence": "on"})

    assert taken.status_code == 422
    assert "Holder has this file reference already." in text_of(taken)
    assert (now(matter).requested_reference, now(matter).requested_keep_sequence) == ("A-2", True)
    assert "Let Legal Accounting number it" in text_of(client.get(url))
    client.post(f"{url}withdrawal/")
    assert now(matter).requested_reference == ""


def test_whoever_is_locked_chooses_no_number(ada, matter):
    """MAT-19: the server refuses, not only the screen."""
    connected({"file_number_locked_emails": ["ada@example.com"]})
    client = signed_in(ada)

    assert client.get(f"/matters/{matter.pk}/reference/").status_code == 403
    assert client.post(f"/matters/{matter.pk}/reference/", {"file_reference": "Z-1"}).status_code == 403
    assert re.search(r'name="file_reference"[^>]*disabled', client.get(f"/matters/{matter.pk}/edit/").content.decode())


# --- many at once --------------------------------------------------------------------------------------------------


def test_many_matters_go_to_somebody_else(client, ada, ben, matter):
    """MAT-9, LST-8: what will change, and what has changed; done, skipped and failed with the reasons."""
    other = open_matter(ben, name="Bens already")
    sent = {"act": "assign", "id": [str(matter.pk), str(other.pk)], "query": "status=all"}

    before = client.post("/matters/bulk/", sent)
    nobody = client.post("/matters/bulk/", sent | {"confirmed": "1", "assigned_to": ""})
    after = client.post("/matters/bulk/", sent | {"confirmed": "1", "assigned_to": str(ben.pk)}, follow=True)

    assert "Reassign 2 matters" in text_of(before)
    assert "Ng v Acme" in text_of(before)
    assert nobody.status_code == 422
    assert "Choose to whom they go." in text_of(nobody)
    assert "Reassign 2 matters to Ben" in text_of(after)
    assert "Done 1 Skipped 1 Failed 0" in text_of(after)
    assert "It is assigned to Ben already." in text_of(after)
    assert now(matter).assigned_to == ben
    assert 'href="/matters/?status=all"' in after.content.decode()


def test_nothing_ticked_is_said(client, matter):
    response = client.post("/matters/bulk/", {"act": "assign"}, follow=True)

    assert "Tick the matters first" in text_of(response)
    assert response.request["PATH_INFO"] == "/matters/"


def test_who_may_not_edit_reassigns_nothing(ben, matter):
    reader = signed_in(person("Reader", "matter.read"))

    sent = {"act": "assign", "id": str(matter.pk), "confirmed": "1", "assigned_to": str(ben.pk)}
    assert reader.post("/matters/bulk/", sent).status_code == 403
    assert "With the selected" not in text_of(reader.get("/matters/"))


def test_a_renamed_client_is_found_by_the_new_name(client, ada, matter):
    """SRC-2: clients are looked up where they are."""
    edit_contact(actor=actor(ada), contact_id=matter.parties.get().contact_id, changes={"last": "Ngata"}, at=AT)

    assert rows(client, "?q=ngata") == ["Ng v Acme"]
