"""The API: contacts, batch, settings, summary; who may, what is refused, what repeats do (section 10)."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import (
    AT,
    actor,
    admit,
    again,
    connected,
    create,
    history_of,
    receive,
    record_of,
    separate,
    token_for,
)

from counterpart.foundation.users.models import User
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import close_contact

pytestmark = pytest.mark.django_db
NOWHERE = dict.fromkeys(("line1", "line2", "city", "county", "state", "postcode", "country"))
LIST_QUERIES = 6
"""Token, page, link, records, conflicts, rows … however many contacts."""


class Api:
    """A program with a token of this person."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token_for(user, *scopes)}"})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, f"/api/v1{path}", data, "application/json", headers=given)


def problems(response: Any) -> dict[str, str]:
    """Field to code of a refusal."""
    assert response.headers["Content-Type"] == "application/problem+json"
    return {error["field"]: error["code"] for error in response.json().get("errors", [])}


@pytest.fixture
def api(ada: User) -> Api:
    return Api(ada)


def test_creating_answers_with_the_whole_contact(api):
    """API-3: empty text is null, an address always has all its parts; pending at once (WIN-12)."""
    connected()
    body = {
        "kind": "individual", "first": "Zoé", "last": "Ng", "email": "z@example.com",
        "phones": [{"label": "business", "number": "1"}, {"label": "sms", "number": "2"}],
        "physical_address": {"line1": "1 Road", "country": "GB"}, "reference": "A-12",
    }  # fmt: skip

    response = api("POST", "/contacts", body)

    made, contact = response.json(), Contact.objects.get()
    link = made.pop("sync")
    created_at, updated_at = made.pop("created_at"), made.pop("updated_at")
    assert response.status_code == 201
    assert (response.headers["ETag"], response.headers["Location"]) == ('"1"', f"/api/v1/contacts/{contact.pk}")
    assert made == {
        "id": str(contact.pk), "kind": "individual", "title": None, "first": "Zoé", "middle": None, "last": "Ng",
        "suffix": None, "company": None, "alias": None, "email": "z@example.com", "emails": [],
        "phones": body["phones"],
        "physical_address": {**NOWHERE, "line1": "1 Road", "country": "GB"}, "mailing_address": NOWHERE,
        "reference": "A-12", "requested_reference": "A-12", "external_reference": None,
        "website": None, "occupation": None, "date_of_birth": None, "tax_number": None,
        "numbering_sequence": "client", "status": "active",
        "version": 1, "created_by": "Ada", "updated_by": "Ada",
    }  # fmt: skip
    assert created_at == updated_at
    assert (link["status"], link["colour"], link["counterpart_url"]) == ("pending", "lightblue", None)
    assert api("GET", f"/contacts/{contact.pk}").json()["first"] == "Zoé"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"last": "contact.name_required"}),
        ({"last": "x", "reference": "A 12"}, {"reference": "reference.invalid_characters"}),
        ({"last": "x", "refrence": "A12"}, {"refrence": "extra_forbidden"}),
        ({"last": 7}, {"last": "string_type"}),
        ({"last": "x", "kind": "robot"}, {"kind": "literal_error"}),
        ({"last": "x", "status": "closed"}, {"status": "literal_error"}),
        ({"last": "x", "phones": [{"label": "home", "number": "1" * 51}]}, {"phones.0.number": "too_long"}),
        (
            {"last": "x", "mailing_address": {"country": "g", "city": "B"}},
            {"mailing_address.country": "country.invalid"},
        ),
    ],
)
def test_refused_input_is_422_with_the_fields(api, body, expected):
    """API-8."""
    response = api("POST", "/contacts", body)

    assert response.status_code == 422
    assert problems(response) == expected
    assert not Contact.objects.exists()


def test_who_may_not_is_403_and_sees_nothing(ben, nobody, ada):
    """PRM-6, CON-11: one policy for pages and API; a token without write can't write."""
    contact = create(last="Ng")

    assert Api(ben)("POST", "/contacts", {"last": "x"}).status_code == 403
    assert Api(ben)("POST", "/contacts/batch", {"items": [{"last": "x"}]}).status_code == 403
    assert Api(ben)("PATCH", f"/contacts/{contact.pk}", {"last": "x"}).status_code == 403
    assert Api(ben)("DELETE", f"/contacts/{contact.pk}").status_code == 403
    assert Api(ben)("POST", f"/contacts/{contact.pk}/sync").status_code == 403
    assert Api(ben)("PATCH", "/settings/contacts", {"sync_addresses": True}).status_code == 403
    assert Api(ada, "read")("POST", "/contacts", {"last": "x"}).status_code == 403
    for path in ("/contacts", f"/contacts/{contact.pk}", "/settings/contacts", "/sync/summary"):
        assert Api(nobody)("GET", path).status_code == 403
    assert Client().get("/api/v1/contacts").status_code == 401
    assert Contact.objects.count() == 1


def test_an_external_reference_is_written_once_and_found(api):
    """4.1: unique if set, letter case aside; null empties it; with history."""
    made = api("POST", "/contacts", {"last": "Ng", "external_reference": " CL-1 "}).json()
    other = create(last="Vo")

    refused = api("PATCH", f"/contacts/{other.pk}", {"external_reference": "cl-1"})
    assert (made["external_reference"], refused.status_code) == ("CL-1", 422)
    assert refused.json()["errors"] == [{
        "field": "external_reference", "message": "Another contact has the external reference cl-1.",
        "code": "external_reference.taken",
    }]  # fmt: skip
    assert [one["id"] for one in api("GET", "/contacts?external_reference=CL-1").json()["items"]] == [made["id"]]
    long = api("PATCH", f"/contacts/{other.pk}", {"external_reference": "x" * 201})
    assert problems(long) == {"external_reference": "too_long"}
    assert api("PATCH", f"/contacts/{made['id']}", {"external_reference": None}).json()["external_reference"] is None
    assert history_of(Contact.objects.get(last="Ng").pk)[-1] == (
        "edited", "Ada", {"external_reference": ["CL-1", None]},
    )  # fmt: skip


def test_patching_changes_only_what_is_sent(api):
    """null empties; what was read may be sent back; the answer is the contact as it is now."""
    contact = create(last="Ng", alias="N", email="n@example.com", phones=[{"label": "home", "number": "1"}])

    response = api("PATCH", f"/contacts/{contact.pk}", {"alias": None, "email": "m@example.com", "id": "x", "sync": 1})

    changed = again(contact)
    assert response.json()["version"] == 2
    assert response.headers["ETag"] == '"2"'
    assert (changed.last, changed.alias, changed.email) == ("Ng", "", "m@example.com")
    assert changed.phones == [{"label": "home", "number": "1"}]


def test_if_match_guards_a_change(api):
    """API-6: another version is 412 with the current one; * is any."""
    contact = create(last="Ng")
    path = f"/contacts/{contact.pk}"

    stale = api("PATCH", path, {"last": "x"}, If_Match='"7"')
    assert (stale.status_code, stale.json()["current_version"]) == (412, 1)
    assert api("DELETE", path, If_Match='"7"').status_code == 412
    assert api("PATCH", path, {"status": "closed"}, If_Match='"7"').status_code == 412
    assert (again(contact).version, again(contact).deleted_at) == (1, None)
    assert api("PATCH", path, {"last": "x"}, If_Match='"1"').status_code == 200
    assert api("PATCH", path, {"last": "y"}, If_Match="*").status_code == 200
    assert api("DELETE", path, If_Match='"3"').status_code == 204


def test_a_status_closes_and_reopens(api):
    """API-3: everything the form can do."""
    contact = create(last="Ng")

    closed = api("PATCH", f"/contacts/{contact.pk}", {"status": "closed", "alias": "N"}).json()
    assert (closed["status"], closed["alias"]) == ("closed", "N")
    api("PATCH", f"/contacts/{contact.pk}", {"status": "active"})

    assert again(contact).status == "active"


def test_deleting_is_204_and_then_404(api):
    """DEL-2; and what blocks it is 409 with the blockers."""
    contact = create(last="Ng", company="Acme")
    company = create(kind="company", company="Acme")

    blocked = api("DELETE", f"/contacts/{company.pk}")
    assert (blocked.status_code, blocked.json()["code"]) == (409, "contact.delete_blocked")
    assert blocked.json()["blockers"][0]["count"] == 1
    assert api("DELETE", f"/contacts/{contact.pk}").status_code == 204
    assert api("GET", f"/contacts/{contact.pk}").status_code == 404
    assert api("DELETE", f"/contacts/{contact.pk}").status_code == 404


def test_the_list_filters(api, ada):
    """API-5: each filter, together, and unknown ones refused."""
    connected()
    first = create(last="Alpha", email="a@example.com")
    second = create(kind="company", company="Beta", reference="B-7")
    closed = create(last="Gamma")
    close_contact(actor=actor(ada), contact_id=closed.pk, at=AT)
    receive(first, number="25")

    def found(query: str) -> list[str]:
        return [one["id"] for one in api("GET", f"/contacts?{query}").json()["items"]]

    one, two, three = str(first.pk), str(second.pk), str(closed.pk)
    assert found("") == [one, two, three]
    assert found("reference=25") == [one]
    assert found("reference=b-7") == [two]
    assert found("q=a@exam") == [one]
    assert found("status=closed") == [three]
    assert found("kind=company") == [two]
    assert found("sync_status=pending&kind=company") == [two]
    assert found("sync_status=lightblue&kind=company") == [two]
    assert found("sync_status=error") == []
    assert found("sync_status=red") == []
    assert found("updated_since=2026-03-04T05:06:08Z") == []
    assert found("updated_since=2026-03-04T05:06:07Z") == [one, two, three]
    assert found("updated_since=0235-10-20T09:25:19.9-18:01") == [one, two, three]
    assert found("email=filled:") == [one]
    assert found("type=none:vendor&name=starts:ga") == [three]
    assert found("sort=-name") == [three, two, one]
    assert found("sort=kind,reference") == [two, three, one]  # what can't be sorted by is left out
    assert api("GET", "/contacts?updated=last:many").json()["errors"][0]["field"] == "updated"
    assert api("GET", "/contacts?nonsense=1").status_code == 400
    assert api("GET", "/contacts?limit=201").status_code == 422


def test_the_list_is_paged_by_cursor(api):
    """API-4: every contact once."""
    made = [str(create(last=f"N{number}").pk) for number in range(5)]
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = api("GET", f"/contacts?limit=2{cursor}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next']}"

    assert seen == made
    assert page["next"] is None


def test_the_list_costs_the_same_for_few_and_many(api):
    connected()
    counts = []
    for size in (1, 30):
        api("POST", "/contacts/batch", {"items": [{"last": f"N{number}"} for number in range(size)]})
        with CaptureQueriesContext(connection) as seen:
            api("GET", "/contacts")
        counts.append(len(seen))

    assert counts[0] == counts[1] <= LIST_QUERIES, [query["sql"] for query in seen]


def test_a_batch_has_a_result_per_item(api):
    """API-7: at its place; the good ones are created."""
    items = [{"last": "One"}, {"last": "Two", "reference": "a b"}, {"lst": "x"}, {"kind": "company", "company": "Four"}]

    answer = api("POST", "/contacts/batch", {"items": items}).json()

    assert (answer["created"], answer["failed"]) == (2, 2)
    assert [(one["index"], one["status"]) for one in answer["items"]] == [(0, 201), (1, 422), (2, 422), (3, 201)]
    assert answer["items"][0]["contact"]["last"] == "One"
    assert answer["items"][1]["errors"][0]["code"] == "reference.invalid_characters"
    assert {one["field"] for one in answer["items"][2]["errors"]} == {"lst"}
    assert Contact.objects.count() == 2


def test_a_batch_may_be_a_bare_list(api):
    """What most programs have at hand."""
    answer = api("POST", "/contacts/batch", [{"last": "A"}, {"last": ""}])

    assert [one["status"] for one in answer.json()["items"]] == [201, 422]


def test_a_batch_has_at_most_a_thousand_items(api):
    assert api("POST", "/contacts/batch", {"items": [{"last": "x"}] * 1001}).status_code == 422
    assert not Contact.objects.exists()


def test_a_repeated_post_returns_the_first_answer(api):
    """API-6: Idempotency-Key."""
    first = api("POST", "/contacts", {"last": "Ng"}, Idempotency_Key="k1")
    second = api("POST", "/contacts", {"last": "Ng"}, Idempotency_Key="k1")
    other = api("POST", "/contacts", {"last": "Other"}, Idempotency_Key="k1")

    assert first.json() == second.json()
    assert other.status_code == 422
    assert Contact.objects.count() == 1


def test_sync_now_forces_an_exchange(api):
    """IMP-5."""
    connected()
    contact = create(last="Ng")
    before = record_of(contact).force

    response = api("POST", f"/contacts/{contact.pk}/sync")

    assert (response.status_code, response.json()["id"]) == (202, str(contact.pk))
    assert record_of(contact).force > before


def test_the_summary_counts_per_colour(api):
    connected()
    create(last="Ng")

    summary = api("GET", "/sync/summary").json()

    assert summary["counts"] == {"green": 0, "gray": 0, "lightblue": 1, "yellow": 0, "red": 0}
    api("DELETE", f"/contacts/{Contact.objects.get().pk}")
    assert not any(api("GET", "/sync/summary").json()["counts"].values()), "what is deleted is not counted"
    assert summary["oldest_pending_s"] > 0
    assert summary["since_contact_s"] < 60


def test_the_settings_can_be_read_and_changed(admin):
    """With the other side's switch beside ours."""
    connected({"separate_numbering_sequences": False})
    api = Api(admin)

    changed = api("PATCH", "/settings/contacts", {"separate_numbering_sequences": True, "sync_addresses": True})

    assert changed.json() == api("GET", "/settings/contacts").json()
    assert changed.json() == {
        "separate_numbering_sequences": True, "sync_addresses": True, "share_methods": False,
        "name_order": "first_last", "show_title": True, "show_middle": True, "show_suffix": True,
        "default_country": "US", "version": 2,
        "peer_separate_numbering_sequences": False,
    }  # fmt: skip
    assert api("PATCH", "/settings/contacts", {"sync_addresses": False}, If_Match='"1"').status_code == 412
    assert api("PATCH", "/settings/contacts", {"colour": "red"}).status_code == 422


def test_the_names_behind_a_company_are_not_this_products(api):
    """PER-5."""
    contact = admit({"name": {"display": "company", "company": "Acme", "first": "Jo", "last": "Ng"}, "number": "1"})

    shown = api("GET", f"/contacts/{contact.pk}").json()

    assert (shown["company"], shown["first"], shown["last"]) == ("Acme", None, None)


@pytest.mark.parametrize(("separate_on", "stored"), [(True, "vendor"), (False, "client")])
def test_the_sequence_of_a_new_contact(api, separate_on, stored):
    """SEQ-5, scenario 9: off, a vendor takes a client number."""
    separate(separate_on)

    assert (
        api("POST", "/contacts", {"last": "Ng", "numbering_sequence": "vendor"}).json()["numbering_sequence"] == stored
    )


def test_locked_people_can_not_number_over_the_api_either(ada):
    """NUM-17: the server enforces it everywhere."""
    connected({"number_locked_emails": ["ada@example.com"]})
    contact = create(last="Ng")
    api = Api(ada)

    assert problems(api("POST", "/contacts", {"last": "x", "reference": "9"})) == {"reference": "reference.locked"}
    assert api("PATCH", f"/contacts/{contact.pk}", {"reference": "9"}).status_code == 403
    assert Contact.objects.count() == 1


def test_the_document_names_every_operation(api):
    """OpenAPI 3.1, with the problems of each."""
    document = Client().get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == {
        ("/api/v1/contacts", "get"), ("/api/v1/contacts", "post"), ("/api/v1/contacts/batch", "post"),
        ("/api/v1/contacts/{contact_id}", "get"), ("/api/v1/contacts/{contact_id}", "patch"),
        ("/api/v1/contacts/{contact_id}", "delete"), ("/api/v1/contacts/{contact_id}/sync", "post"),
        ("/api/v1/contacts/export", "get"), ("/api/v1/matters/export", "get"), ("/api/v1/search", "get"),
        ("/api/v1/sync/go-live", "get"), ("/api/v1/contacts/check-duplicates", "post"),
        ("/api/v1/contacts/{contact_id}/merge", "post"),
        ("/api/v1/contact-merges/{merge_id}", "get"), ("/api/v1/contact-merges/{merge_id}", "delete"),
        ("/api/v1/matters", "get"), ("/api/v1/matters", "post"), ("/api/v1/matters/reassign", "post"),
        ("/api/v1/matters/{matter_id}", "get"), ("/api/v1/matters/{matter_id}", "patch"),
        ("/api/v1/matters/{matter_id}", "delete"), ("/api/v1/matters/{matter_id}/sync", "post"),
        ("/api/v1/matters/{matter_id}/parties", "get"), ("/api/v1/matters/{matter_id}/parties", "post"),
        ("/api/v1/matters/{matter_id}/parties", "put"),
        ("/api/v1/matters/{matter_id}/parties/{party_id}", "patch"),
        ("/api/v1/matters/{matter_id}/parties/{party_id}", "delete"),
        ("/api/v1/matters/{matter_id}/parties/{party_id}/make-primary", "post"),
        ("/api/v1/matters/{matter_id}/parties/{party_id}/move", "post"),
        ("/api/v1/matter-types", "get"), ("/api/v1/matter-types", "post"),
        ("/api/v1/matter-types/{type_id}", "get"), ("/api/v1/matter-types/{type_id}", "patch"),
        ("/api/v1/matter-types/{type_id}", "delete"), ("/api/v1/matter-types/{type_id}/create-form", "get"),
        ("/api/v1/staff", "get"), ("/api/v1/settings/matters", "get"), ("/api/v1/settings/matters", "patch"),
        ("/api/v1/conflict-checks", "post"),
        ("/api/v1/settings/contacts", "get"), ("/api/v1/settings/contacts", "patch"), ("/api/v1/sync/summary", "get"),
    }  # fmt: skip
