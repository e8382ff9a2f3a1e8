"""Lists: what an address asks for, what people keep of lists, and many records at once (section 8)."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.practice.conftest import AT, actor, create, person, signed_in, text_of

from counterpart.foundation import clock
from counterpart.foundation.errors import Forbidden, Missing, Refusal
from counterpart.foundation.jobs import runner
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.lists import bulk, presenting, views_kept
from counterpart.foundation.lists.asking import read
from counterpart.foundation.lists.models import SavedView
from counterpart.foundation.lists.neighbours import around
from counterpart.foundation.users.models import Role
from counterpart.practice.contacts.drafts import Draft
from counterpart.practice.contacts.enums import Status
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import close_contact, create_contacts
from counterpart.practice.contacts.views.listing import CONTACTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(ada: Any) -> dict[str, Contact]:
    """Four contacts that differ in everything the list filters by."""
    found = {
        "abel": create(last="Abel", email="abel@one.example", physical_address={"city": "Oslo"}),
        "beta": create(kind="company", company="Beta Ltd", email="BETA@two.example"),
        "cole": create(last="Cole", company="Beta Ltd", phones=[{"label": "mobile", "number": "+64 21 555 0199"}]),
        "dora": create(last="Dora", first="Zoë"),
    }
    close_contact(actor=actor(ada), contact_id=found["dora"].pk, at=AT)
    Contact.objects.filter(pk=found["abel"].pk).update(updated_at=clock.now())
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abel beta cole"),
        ("status=all", "abel beta cole dora"),
        ("status=none:active", "dora"),
        ("status=active,closed&kind=individual", "abel cole dora"),
        ("email=two.EXAMPLE", "beta"),
        ("email=empty:", "cole"),
        ("email=filled:", "abel beta"),
        ("company=is:beta ltd", "beta cole"),
        ("status=all&name=starts:dora", "dora"),
        ("status.how=any&name=starts:dora", "dora"),
        ("phone=555-0199", "cole"),
        ("city=oslo", "abel"),
        ("city=empty:", "beta cole"),
        ("city=filled:", "abel"),
        ("name=starts:be", "beta"),
        ("updated=last:1", "abel"),
        ("updated=month:", "abel"),
        ("updated=between:2026-03-04..2026-03-03", "beta cole"),
        ("updated=until:2026-03-03", ""),
        ("link=none:synchronized", "abel beta cole"),
        ("link=error,pending", ""),
        ("kind.how=none&kind=company&email.how=empty&email=", "cole"),
        ("sort=-kind,-name", "cole beta abel"),
        ("sort=-updated,-name", "abel cole beta"),
        ("q=beta&sort=name", "beta cole"),
    ],
)
def test_an_address_asks_for_a_list(ada: Any, people: dict[str, Contact], query: str, expected: str) -> None:
    """LST-3, LST-4: every kind of filter, sort keys, and the canonical query asks for the same again."""
    listing = read(CONTACTS, query, actor(ada))

    assert listing.problems == ()
    names = {contact.pk: key for key, contact in people.items()}
    assert " ".join(names[pk] for pk in listing.queryset().values_list("pk", flat=True)) == expected
    again = read(CONTACTS, listing.query(), actor(ada))
    assert (again.filters, again.order, again.q, again.query()) == (
        listing.filters, listing.order, listing.q, listing.query(),
    )  # fmt: skip


def test_the_panel_ticks_what_the_list_begins_with(ada: Any, people: dict[str, Contact]) -> None:
    """LST-3: the panel, the chips and the count tell the same; unticked and shown, it is left out."""
    client = signed_in(ada)
    active = '<input class="form-check-input" type="checkbox" name="status" value="active"{}> Active'

    assert active.format(" checked") in client.get("/contacts/").content.decode()
    assert active.format("") in client.get("/contacts/?status.how=any", follow=True).content.decode()


def test_a_filter_without_sense_is_said_and_left_out(ada: Any, people: dict[str, Contact]) -> None:
    page = text_of(signed_in(ada).get("/contacts/?updated=last:ages&status=purple&colour=red"))

    assert "Updated: type a number of days. This filter was left out." in page
    assert "Status: there is no “purple”. This filter was left out." in page
    assert "3 contacts" in page


def test_chips_sorting_and_the_state_are_said_in_words(ada: Any, people: dict[str, Contact]) -> None:
    """LST-3: each filter can be taken away alone or all together; the order is said."""
    html = signed_in(ada).get("/contacts/?kind=individual&sort=name,-updated").content.decode()

    assert "Kind is Individual: remove this filter" in html
    assert 'href="/contacts/?sort=name,-updated"' in html  # the chip: the same without the filter
    assert "sorted by Name, A to Z, then by Updated, newest first" in html
    assert re.search(r'aria-sort="descending"><a id="sort-updated"[^>]*data-then="[^"]*sort=name,updated"', html)
    assert "Clear all" in html


@pytest.mark.parametrize("most", [10_000, 1])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("company=contains:brien%20%26%20c&sort=-name", "O'Brien & Co, Cole"),
        ("company=is:o'brien%20%26%20co&kind=company", "O'Brien & Co"),
        ("company=starts:o'b", "Cole, O'Brien & Co"), ("company='&sort=name", "Cole, O'Brien & Co"),
        ("name=%C3%A5ngstr", "Ångström"), ("name=gstrom&email=NGSTR", "Ångström"), ("email=ngstr&name=cole", ""),
        ("city=w%20york", "Cole"), ("city=york%20new", ""),
        ("q=brien&sort=email", "Cole, O'Brien & Co"), ("q=obrian&sort=-email", "O'Brien & Co, Cole"),
        ("q=brien&company=o'brien%20%26", "Cole, O'Brien & Co"), ("q=brien", "Cole, O'Brien & Co"),
        ("email=ngstr&page=7", "Ångström"), ("q=angs&page=7", "Ångström"),
    ],
)  # fmt: skip
def test_what_the_search_index_narrows_is_what_the_columns_say(
    ada: Any, monkeypatch: Any, query: str, expected: str, most: int
) -> None:
    """LST-3, LST-7: signs, accents and order count as in the column, however many there are."""
    monkeypatch.setattr(presenting, "TOTAL_MAX", most)
    create(kind="company", company="O'Brien & Co", email="z@quay.example")
    create(last="Cole", company="O'Brien & Co", physical_address={"city": "New York"}, email="a@quay.example")
    create(last="Ångström", email="j.angstrom@quay.example")

    shown = presenting.Shown(read(CONTACTS, query, actor(ada)))

    names = [line.name for line in shown.lines]
    assert ", ".join(names) == expected
    assert shown.total == min(len(names), most + 1)


def test_more_than_is_counted_is_told_so(ada: Any, people: dict[str, Contact], monkeypatch: Any) -> None:
    """LST-7: exact up to a limit, then "and more"; a page far behind the end shows the last one."""
    monkeypatch.setattr(presenting, "TOTAL_MAX", 2)
    monkeypatch.setattr(presenting, "FEW", 1)
    many = presenting.Shown(read(CONTACTS, "", actor(ada))).total_words
    monkeypatch.undo()
    exact = presenting.Shown(read(CONTACTS, "page=900", actor(ada)))

    assert many == "2+ contacts"
    assert (exact.total_words, exact.listing.page, len(exact.lines)) == ("3 contacts", 1, 3)


def test_a_list_is_found_again_as_it_was_left(ada: Any, ben: Any, people: dict[str, Contact]) -> None:
    """LST-5: filters, sort, columns and size, not the words; for this person alone; and reset."""
    client = signed_in(ada)
    client.get("/contacts/?status=all&sort=-name&columns=email&size=25&page=1")
    client.get("/contacts/?q=abel")

    back = client.get("/contacts/")
    reset = client.get("/contacts/?reset=1", follow=True)

    assert back.headers["Location"] == "/contacts/?status=all&sort=-name&columns=name,email&size=25"
    assert (reset.status_code, reset.request["QUERY_STRING"]) == (200, "")
    assert signed_in(ben).get("/contacts/").status_code == 200


def test_columns_are_chosen_and_moved_by_buttons(ada: Any, people: dict[str, Contact]) -> None:
    """LST-1, 2.5.7: no dragging; the name stays first."""
    client = signed_in(ada)
    form = {"query": "status=all", "order": ["name", "email", "city", "alias"], "column": ["email", "city"]}

    moved = client.post("/contacts/columns/", form | {"move": "city:earlier"})
    done = client.post("/contacts/columns/", form | {"order": ["name", "city", "email", "alias"]})

    assert re.findall(r'name="order" value="(\w+)"', moved.content.decode())[:3] == ["name", "city", "email"]
    assert done.headers["Location"] == "/contacts/?status=all&columns=name,city,email"
    shown = client.get(done.headers["Location"]).content.decode()
    assert re.findall(r'data-label="([^"]+)"', shown)[:2] == ["City", "E-mail"]


def test_views_are_private_shared_or_the_firms(ada: Any, ben: Any, people: dict[str, Contact]) -> None:
    """LST-6: a view is its owner's; sharing takes a right; the firm's is where everybody begins."""
    boss = person("Boss", "contact.read", "view.share")
    bens_role = Role.objects.create(name="Readers", rights=["contact.read"])
    ben.roles.add(bens_role)
    keep: dict[str, Any] = {"spec": CONTACTS, "query": "status=all&kind=company", "at": AT}
    private = views_kept.save_view(actor=actor(ada), name="Mine", **keep)
    shared = views_kept.save_view(actor=actor(boss), name="Firms", sharing=views_kept.Sharing([bens_role.pk]), **keep)

    assert list(views_kept.visible_views(CONTACTS, actor(ada))) == [private]
    assert list(views_kept.visible_views(CONTACTS, actor(ben))) == [shared]
    with pytest.raises(Forbidden):
        views_kept.save_view(actor=actor(ada), name="Ours", sharing=views_kept.Sharing(is_default=True), **keep)
    with pytest.raises(Missing):
        views_kept.delete_view(spec=CONTACTS, actor=actor(ben), view_id=private.pk)

    views_kept.save_view(
        actor=actor(boss), view_id=shared.pk, name="Firms", sharing=views_kept.Sharing(is_default=True), **keep
    )
    opened = signed_in(ben).get("/contacts/", follow=True)
    named = signed_in(ada).get(f"/contacts/?view={private.pk}")
    assert "1 contact" in text_of(opened)
    assert opened.request["QUERY_STRING"] == "status=all&kind=company"
    assert "Mine" in text_of(named)
    assert "1 contact" in text_of(named)


def test_a_view_is_kept_and_deleted_at_the_page(ada: Any, people: dict[str, Contact]) -> None:
    client = signed_in(ada)

    nameless = client.post("/contacts/views/new/", {"query": "kind=company", "name": " "})
    client.post("/contacts/views/new/", {"query": "kind=company&q=x&page=3", "name": "Companies"})
    twice = client.post("/contacts/views/new/", {"query": "", "name": "companies"})
    view = SavedView.objects.get()
    listed = text_of(client.get("/contacts/views/"))
    client.post(f"/contacts/views/{view.pk}/deletion/")

    assert (nameless.status_code, twice.status_code) == (422, 422)
    assert "You have a view of this name already." in text_of(twice)
    assert (view.name, view.query) == ("Companies", "kind=company&status=all")
    assert "Kind is Company" in listed
    assert not SavedView.objects.exists()


def test_the_empty_states_differ(ada: Any) -> None:
    """LST-9: nothing yet, nothing matches, no permission."""
    none_yet = text_of(signed_in(ada).get("/contacts/"))
    no_match = text_of(signed_in(ada).get("/contacts/?kind=company"))
    not_allowed = signed_in(person("Nobody")).get("/contacts/")

    assert "No contacts yet" in none_yet
    assert "New contact" in none_yet
    assert "No contact matches" in no_match
    assert "Clear all filters" in no_match
    assert not_allowed.status_code == 403
    assert "Your role does not include: See contacts." in text_of(not_allowed)


@pytest.mark.parametrize("sort", ["name", "-name", "-kind,name", "-updated,name", "email,-updated"])
def test_from_one_record_to_the_next(ada: Any, people: dict[str, Contact], sort: str) -> None:
    """11.3: forwards and backwards through the list in its order, whatever it is; equal values included."""
    listing = read(CONTACTS, f"status=all&sort={sort}", actor(ada))
    ids = list(listing.queryset().values_list("pk", flat=True))

    met = [around(listing, pk) for pk in ids]

    assert met == [(before, after, True) for before, after in zip([None, *ids], [*ids[1:], None], strict=False)]


def test_a_record_leads_to_its_neighbours_in_the_list_one_came_from(ada: Any, people: dict[str, Contact]) -> None:
    """11.3: nothing is said of another list, and nothing on the page of a record that is not in it."""
    client: Client = signed_in(ada)
    client.get("/contacts/?q=beta")

    inside = client.get(f"/contacts/{people['beta'].pk}/").content.decode()
    outside = client.get(f"/contacts/{people['abel'].pk}/").content.decode()

    assert f'href="/contacts/{people["cole"].pk}/" data-keys="]"' in inside
    assert 'href="/contacts/?q=beta"' in inside
    assert 'data-keys="]"' not in outside


def test_everything_in_a_list_is_changed_once_and_nothing_else(ada: Any, people: dict[str, Contact]) -> None:
    """LST-8: all results, though the act itself takes them out of the list; what came later is not meant."""
    client = signed_in(ada)
    ask = {"act": "close", "all": "1", "query": "kind=individual", "confirmed": "1", "reason": "Moved"}
    page = client.post("/contacts/bulk/", ask, follow=True)

    job = Job.objects.get()
    assert (job.title, job.done, job.skipped, job.failed) == ("Close 2 contacts", 2, 0, 0)
    assert "Done 2 Skipped 0 Failed 0" in text_of(page)
    closed = Contact.objects.filter(status=Status.CLOSED)
    assert {one.pk for one in closed} == {people[key].pk for key in ("abel", "cole", "dora")}


def test_a_filter_that_is_gone_lets_nothing_more_be_changed(ada: Any, people: dict[str, Contact]) -> None:
    """LST-8: a filter that can't be read when the work goes on stops it; else everything would be meant."""
    last = Contact.objects.order_by("-pk").values_list("pk", flat=True)[0]
    options = {"query": "status=active", "today": "2026-01-31", "last": str(last)}
    assert bulk._next_ids(CONTACTS, options, {}, actor(ada), 10)
    with pytest.raises(Refusal):
        bulk._next_ids(CONTACTS, {**options, "query": "status=purple"}, {}, actor(ada), 10)


def test_what_can_not_be_changed_is_listed_with_the_reason(ada: Any, people: dict[str, Contact]) -> None:
    """LST-8: counts and a file of reasons; the others are done."""
    client = signed_in(ada)
    ids = [str(people[key].pk) for key in ("abel", "beta", "cole")]
    asked = client.post("/contacts/bulk/", {"act": "delete", "id": ids})
    client.post("/contacts/bulk/", {"act": "delete", "id": ids, "confirmed": "1"})

    job = Job.objects.get()
    reasons = b"".join(client.get(reverse("jobs:reasons", args=[job.pk]))).decode()
    assert "Delete 3 contacts" in text_of(asked)
    assert (job.done, job.failed) == (2, 1)
    assert "Beta Ltd,Failed,The contact can't be deleted now. 1 person names this company as employer." in reasons
    assert not Contact.objects.get(pk=people["beta"].pk).is_deleted


def test_a_large_change_goes_on_in_the_background_and_is_stopped(ada: Any, monkeypatch: Any) -> None:
    """LST-8: progress, stop, and what was done stays done."""
    create_contacts(actor=actor(ada), drafts=[Draft(last=f"N{n:03d}") for n in range(250)], at=AT)
    monkeypatch.setattr("counterpart.foundation.lists.bulk_views.AT_ONCE_S", 0.0)
    client = signed_in(ada)
    ask = {"act": "close", "all": "1", "query": "", "confirmed": "1"}

    begun = client.post("/contacts/bulk/", ask, follow=True)
    job = Job.objects.get()
    create(last="Later")
    client.post(reverse("jobs:stop", args=[job.pk]))
    runner.run(clock.now, threading.Event(), idle_s=0)

    job.refresh_from_db()
    assert "Under way" in text_of(begun)
    assert "100 of 250 (40 %)" in text_of(begun)
    assert (job.done, job.is_stopped) == (100, True)
    assert Contact.objects.filter(status=Status.CLOSED).count() == 100


def test_a_field_of_many_is_changed_through_the_ordinary_edit(ada: Any, people: dict[str, Contact]) -> None:
    """LST-8: checked like typed values; history and version as for one."""
    client = signed_in(ada)
    ids = [str(people[key].pk) for key in ("abel", "cole")]
    edit = {"act": "edit", "id": ids, "confirmed": "1", "value": "Norway"}
    client.post("/contacts/bulk/", edit | {"field": "physical_address.state"})
    client.post("/contacts/bulk/", edit | {"field": "physical_address.country"})

    first, second = Job.objects.order_by("created_at")
    assert (first.done, second.done, second.failed) == (2, 0, 2)
    abel = Contact.objects.get(pk=people["abel"].pk)
    assert abel.physical_address == {"city": "Oslo", "state": "Norway"}
    assert abel.version == people["abel"].version + 1
    assert abel.updated_at > AT + timedelta(days=1)


def test_who_may_not_is_not_offered_and_refused(ben: Any, people: dict[str, Contact]) -> None:
    """PRM-6: the acts are absent, and the server refuses them all the same."""
    reader = signed_in(person("Reader", "contact.read"))

    assert "With the selected" not in text_of(reader.get("/contacts/"))
    assert reader.post("/contacts/bulk/", {"act": "delete", "id": str(people["abel"].pk)}).status_code == 403
