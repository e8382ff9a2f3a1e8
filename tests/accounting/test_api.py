"""/api/v1 of Legal Accounting: shapes, filters, versions, repeats, refusals (API-3 to API-8)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.accounting.conftest import AT, WORK, connected, create, person, sequence_at, token_for

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.numbering.models import FirmNumbering
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id

pytestmark = pytest.mark.django_db
NO_ADDRESS = dict.fromkeys(("line1", "line2", "city", "state", "postcode", "country"))


class Caller:
    """A program with the token of a person."""

    def __init__(self, user, *scopes):
        self.headers = {"Authorization": f"Bearer {token_for(user, *scopes)}"}

    def __call__(self, method, path, body=None, **headers):
        send = getattr(Client(), method.lower())
        more = {} if method in ("GET", "DELETE") else {"data": body or "", "content_type": "application/json"}
        return send(f"/api/v1{path}", headers=self.headers | headers, **more)


@pytest.fixture
def call(ada):
    return Caller(ada)


def test_create_answers_with_the_whole_contact(call):
    sequence_at("client", 1041)

    answer = call("POST", "/contacts", {"last": "Ngata", "first": "Marama", "main_address": {"city": "Wellington"}})

    contact = Contact.objects.get()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/contacts/{contact.pk}"
    assert answer.headers["ETag"] == '"1"'
    body = answer.json()
    assert (body.pop("created_at"), body.pop("updated_at")) == (
        body_time(contact.created_at),
        body_time(contact.updated_at),
    )
    assert body == {
        "id": str(contact.pk), "display_as": "individual", "contact_type": "client", "is_group": False,
        "number": "1041", "title": None,
        "first": "Marama", "middle": None, "last": "Ngata", "suffix": None, "company": None, "alias": None,
        "email": None, "work_phone": None, "mobile_phone": None, "home_phone": None, "other_phone": None, "fax": None,
        "external_reference": None,
        "main_address": NO_ADDRESS | {"city": "Wellington"}, "additional_addresses": [], "additional_methods": [],
        "status": "active",
        "version": 1, "created_by": "Ada", "updated_by": "Ada",
        "sync": {
            "status": "unsynchronized", "colour": "gray", "detail": body["sync"]["detail"], "since": None,
            "counterpart_url": None,
        },
    }  # fmt: skip


def body_time(moment) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def test_refused_input_is_a_problem_with_the_fields(call):
    """RFC 9457, 422."""
    answer = call("POST", "/contacts", {"first": "Only", "email": "odd"})

    body = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert [(one["field"], one["code"]) for one in body["errors"]] == [
        ("last", "contact.name_required"), ("email", "email.invalid"),
    ]  # fmt: skip


def test_taken_number_is_refused(call):
    create("40", last="Price")

    answer = call("POST", "/contacts", {"last": "X", "number": "40"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "number", "message": "Number 40 is already used by Price.", "code": "number_in_use"}
    ]


def test_number_can_be_typed_and_the_sequence_kept(call):
    assert call("POST", "/contacts", {"last": "A", "number": "900", "keep_sequence": True}).json()["number"] == "900"
    assert call("POST", "/contacts", {"last": "B"}).json()["number"] == "1"


def test_change_touches_only_what_is_given(call):
    contact = create("40", last="Price", email="old@example.nz", work_phone="1")

    answer = call("PATCH", f"/contacts/{contact.pk}", {"email": None, "alias": "Io"}, **{"If-Match": '"1"'})

    body = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (body["email"], body["alias"], body["work_phone"], body["version"]) == (None, "Io", "1", 2)


def test_an_external_reference_is_written_once(call):
    """Unique if set, letter case aside; null empties it."""
    made = call("POST", "/contacts", {"last": "Price", "external_reference": " CL-1 "}).json()
    other = create("41", last="Vane")

    refused = call("PATCH", f"/contacts/{other.pk}", {"external_reference": "cl-1"})

    assert (made["external_reference"], refused.status_code) == ("CL-1", 422)
    assert refused.json()["errors"] == [{
        "field": "external_reference", "message": "Another contact has the external reference cl-1.",
        "code": "external_reference.taken",
    }]  # fmt: skip
    emptied = call("PATCH", f"/contacts/{made['id']}", {"external_reference": None}).json()
    assert emptied["external_reference"] is None


def test_what_was_read_can_be_sent_back(call):
    contact = create("40", last="Price", main_address={"line1": "1"})
    body = call("GET", f"/contacts/{contact.pk}").json()

    answer = call("PATCH", f"/contacts/{contact.pk}", body)

    assert (answer.status_code, answer.json()["version"]) == (200, 1)


def test_change_of_another_version_is_refused(call):
    """If-Match: 412 with the current version; * is accepted."""
    contact = create(last="Price")

    stale = call("PATCH", f"/contacts/{contact.pk}", {"alias": "x"}, **{"If-Match": '"7"'})
    star = call("PATCH", f"/contacts/{contact.pk}", {"alias": "y"}, **{"If-Match": "*"})

    assert (stale.status_code, stale.json()["current_version"]) == (412, 1)
    assert (star.status_code, Contact.objects.get().alias) == (200, "y")


def test_number_is_changed_and_the_sequence_follows(call):
    """NUM-13."""
    contact = create("40", last="Price")

    answer = call("PATCH", f"/contacts/{contact.pk}", {"number": "900"})
    following = call("PATCH", f"/contacts/{contact.pk}", {"number": ""})

    assert (answer.json()["number"], following.json()["number"]) == ("900", "901")


def test_restriction_binds_programs_too():
    """NUM-16, LA-PRM-1."""
    call = Caller(person("Bound", *WORK, restricted=True))
    contact = create("40", last="Price")

    assert call("PATCH", f"/contacts/{contact.pk}", {"number": "41"}).status_code == 403
    assert call("POST", "/contacts", {"last": "X", "number": "41"}).status_code == 403
    assert call("PATCH", f"/contacts/{contact.pk}", {"alias": "P"}).status_code == 200


def test_status_closes_and_reopens(call):
    contact = create(last="Price")

    closed = call("PATCH", f"/contacts/{contact.pk}", {"status": "closed", "alias": "P"}, **{"If-Match": '"1"'})
    opened = call("PATCH", f"/contacts/{contact.pk}", {"status": "active"})

    assert (closed.status_code, closed.json()["status"], closed.json()["alias"]) == (200, "closed", "P")
    assert opened.json()["status"] == "active"


def test_delete(call):
    contact = create("40", last="Price")

    assert call("DELETE", f"/contacts/{contact.pk}", **{"If-Match": '"9"'}).status_code == 412
    assert call("DELETE", f"/contacts/{contact.pk}").status_code == 204
    assert call("GET", f"/contacts/{contact.pk}").status_code == 404
    assert call("POST", "/contacts", {"last": "X", "number": "40"}).status_code == 422


def test_batch_answers_each_item(call):
    """Up to 1,000, a result per item; one malformed item does not stop the others."""
    items = [
        {"last": "A"},
        {"last": "B", "number": "500"},
        {"last": "C", "number": "500"},
        {"lasst": "D"},
        {"last": "E"},
    ]

    body = call("POST", "/contacts/batch", {"items": items}).json()

    assert [(one["index"], one["status"]) for one in body["items"]] == [
        (0, 201),
        (1, 201),
        (2, 422),
        (3, 422),
        (4, 201),
    ]
    assert [one["contact"]["number"] for one in body["items"] if one["contact"]] == ["1", "500", "501"]
    assert [one["errors"][0]["field"] for one in body["items"] if one["errors"]] == ["number", "lasst"]
    assert (body["created"], body["failed"]) == (3, 2)


def test_batch_may_be_a_bare_list(call):
    """What most programs have at hand."""
    answer = call("POST", "/contacts/batch", [{"last": "A"}, {"last": ""}])

    assert [one["status"] for one in answer.json()["items"]] == [201, 422]


def test_batch_is_bounded(call):
    assert call("POST", "/contacts/batch", {"items": [{"last": "A"}] * 1001}).status_code == 422


def test_repeated_post_creates_once(call):
    """Idempotency-Key."""
    first, second = (call("POST", "/contacts", {"last": "A"}, **{"Idempotency-Key": "k1"}) for _ in range(2))

    assert first.json() == second.json()
    assert Contact.objects.count() == 1


def test_list_filters(call):
    connected()
    price = create("40", last="Price", contact_type="vendor")
    create("41", last="Rewi")
    Contact.objects.filter(pk=price.pk).update(updated_at=AT + timedelta(days=1))

    def numbers(query):
        return [one["number"] for one in call("GET", f"/contacts?{query}").json()["items"]]

    assert numbers("") == ["40", "41"]
    assert numbers("number=40") == ["40"]
    assert numbers("number=4") == []
    assert numbers("q=rew") == ["41"]
    assert numbers("contact_type=vendor") == ["40"]
    assert numbers("status=closed") == []
    assert numbers("sync_status=pending") == numbers("sync_status=lightblue") == ["40", "41"]
    assert numbers("sync_status=synchronized") == []
    assert numbers("updated_since=2026-03-04T10:00:00Z") == ["40"]
    assert numbers("updated=from:2026-03-05&name=contains:RIC") == ["40"]
    assert numbers("sort=-updated,name") == ["40", "41"]
    assert numbers("sort=-name") == ["41", "40"]


def test_paging_walks_through_all(call):
    for i in range(5):
        create(last=f"P{i}")

    seen, cursor = [], ""
    while cursor is not None:
        body = call("GET", f"/contacts?limit=2{cursor and f'&cursor={cursor}'}").json()
        seen += [one["last"] for one in body["items"]]
        cursor = body["next"]

    assert seen == ["P0", "P1", "P2", "P3", "P4"]


def test_list_costs_the_same_for_few_and_many(call):
    create(last="One")
    call("GET", "/contacts")
    with CaptureQueriesContext(connection) as few:
        call("GET", "/contacts")
    for i in range(40):
        create(last=f"P{i}")
    with CaptureQueriesContext(connection) as many:
        call("GET", "/contacts")

    assert len(many) == len(few)


def test_unknown_parameters_fields_and_bad_values_are_refused(call):
    assert call("GET", "/contacts?nmber=40").status_code == 400
    assert call("GET", "/contacts?sync_status=purple").status_code == 422
    assert call("GET", "/contacts?updated_since=yesterday").status_code == 422
    assert call("POST", "/contacts", {"last": "A", "sirname": "B"}).status_code == 422
    assert call("GET", f"/contacts/{new_id()}").status_code == 404


def test_sync_now(admin):
    """IMP-5."""
    contact = create(last="Price")
    connected()

    answer = Caller(admin)("POST", f"/contacts/{contact.pk}/sync")

    assert (answer.status_code, answer.json()["sync"]["status"]) == (202, "pending")


def test_numbering_is_read_and_changed_and_logged(call, admin):
    sequence_at("client", 30)
    everything = call("GET", "/settings/file-numbering").json()
    change = {"separate_numbering_sequences": True, "sequences": {"vendor": {"prefix": "L-", "next": 7}}}

    refused = call("PATCH", "/settings/file-numbering", change)
    answer = Caller(admin)("PATCH", "/settings/file-numbering", change)

    assert everything == {
        "separate_numbering_sequences": False, "manual_number_resets_sequence": True,
        "sequences": {
            "client": {"prefix": "", "next": 30},
            "vendor": {"prefix": "V~", "next": 1}, "other": {"prefix": "O~", "next": 1},
        },
        "files": {"scheme": "contact", "width": 3, "separator": "-", "next": 1},
        "peer_separate_numbering_sequences": None,
    }  # fmt: skip
    assert refused.status_code == 403
    assert answer.json()["sequences"]["vendor"] == {"prefix": "L-", "next": 7}
    assert FirmNumbering.objects.get().separate_numbering_sequences is True
    assert Event.objects.get(verb="setting_changed").changes["vendor.next"] == [1, 7]


def test_file_numbering_is_changed(call, admin):
    """MAT-10, MAT-11, MAT-12."""
    change = {"files": {"scheme": "firm", "next": 12345}}

    refused = call("PATCH", "/settings/file-numbering", change)
    answer = Caller(admin)("PATCH", "/settings/file-numbering", change)

    assert refused.status_code == 403
    assert answer.json()["files"] == {"scheme": "firm", "width": 3, "separator": "-", "next": 12345}
    assert Event.objects.get(verb="setting_changed").changes["file.next"] == [1, 12345]


def test_summary(call):
    create(last="Gray")
    connected()
    create(last="Blue")

    body = call("GET", "/sync/summary").json()

    assert body["counts"] == {"green": 0, "gray": 1, "lightblue": 1, "yellow": 0, "red": 0}
    assert body["oldest_pending_s"] >= 0
    assert body["since_contact_s"] >= 0


def test_rights_and_scopes(ada, ben):
    """LA-PRM-1: the API checks as the pages do."""
    contact = create(last="Price")
    reader, narrow = Caller(ben), Caller(ada, "read")

    assert reader("GET", f"/contacts/{contact.pk}").status_code == 200
    assert reader("POST", "/contacts", {"last": "X"}).status_code == 403
    assert reader("PATCH", f"/contacts/{contact.pk}", {"alias": "x"}).status_code == 403
    assert reader("DELETE", f"/contacts/{contact.pk}").status_code == 403
    assert reader("POST", f"/contacts/{contact.pk}/sync").status_code == 403
    assert narrow("POST", "/contacts", {"last": "X"}).status_code == 403
    assert Client().get("/api/v1/contacts").status_code == 401
    assert Caller(person("Nobody"))("GET", f"/contacts/{contact.pk}").status_code == 403


def test_document_and_docs_page(client, db):
    """OpenAPI 3.1 at its place, and a page made of it."""
    document = client.get("/api/v1/openapi.json").json()

    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/contacts", "/api/v1/contacts/batch", "/api/v1/contacts/{contact_id}",
        "/api/v1/contacts/check-duplicates", "/api/v1/contacts/{contact_id}/merge",
        "/api/v1/contact-merges/{merge_id}",
        "/api/v1/contacts/{contact_id}/sync", "/api/v1/contacts/groups", "/api/v1/contacts/{contact_id}/members",
        "/api/v1/contacts/{contact_id}/members/{member_id}", "/api/v1/files", "/api/v1/files/{file_id}",
        "/api/v1/files/{file_id}/sync", "/api/v1/files/{file_id}/clients",
        "/api/v1/files/{file_id}/clients/{contact_id}", "/api/v1/files/{file_id}/primary",
        "/api/v1/files/{file_id}/split", "/api/v1/files/{file_id}/split/preview",
        "/api/v1/settings/file-numbering", "/api/v1/sync/summary", "/api/v1/conflict-checks", "/api/v1/search",
        "/api/v1/contacts/export", "/api/v1/files/export", "/api/v1/sync/go-live",
    }  # fmt: skip
    assert client.get("/api/v1/docs").status_code in (200, 302)
