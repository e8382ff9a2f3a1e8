"""The API of files, splits and groups (API-1 to API-8, LA-SPL-1, LA-SPL-2, GRP-15, scenarios 22, 24, 25)."""

import json

import pytest
from tests.accounting.conftest import (
    AT,
    WORK,
    connected,
    create,
    create_group_of,
    open_file,
    person,
    split_of,
    token_for,
)

from counterpart.accounting.files.models import File
from counterpart.foundation.actor import Actor
from counterpart.sync import api as sync

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


class Program:
    """A program with a token."""

    def __init__(self, client, user, *scopes):
        self._client, self._headers = client, {"Authorization": f"Bearer {token_for(user, *scopes)}"}

    def __call__(self, method, path, body=None, **headers):
        return self._client.generic(
            method, f"/api/v1{path}", json.dumps(body) if body is not None else b"",
            content_type="application/json", headers={**self._headers, **headers},
        )  # fmt: skip


@pytest.fixture
def ada_program(client, ada):
    return Program(client, ada)


@pytest.fixture
def ben_program(client, ben):
    return Program(client, ben)


def two_clients():
    return create(last="Ada"), create(last="Bo")


def file_id_of(response):
    return response.json()["id"]


def test_file_is_opened_read_changed_and_closed(ada_program):
    """LA-FIL-1, MAT-10, LA-FIL-2."""
    one, two = two_clients()

    made = ada_program("POST", "/files", {
        "description": "Rewi v Quay", "responsible": "ada@example.com",
        "payers": [{"contact_id": str(one.pk)}, {"contact_id": str(two.pk), "percent": "30"}],
    })  # fmt: skip

    assert made.status_code == 201, made.content
    shape = made.json()
    assert made.headers["Location"] == f"/api/v1/files/{shape['id']}"
    assert (shape["number"], shape["description"], shape["status"]) == ("1-001", "Rewi v Quay", "open")
    assert shape["payers"] == [
        {"contact_id": str(one.pk), "name": "Ada", "number": "1", "percent": "70.0000", "is_primary": True},
        {"contact_id": str(two.pk), "name": "Bo", "number": "2", "percent": "30.0000", "is_primary": False},
    ]
    assert shape["area_of_practice"] == "GEN"
    assert shape["sync"]["colour"] == "gray"

    changed = ada_program(
        "PATCH", f"/files/{shape['id']}", {**shape, "description": "Rewi v Pier", "lead": "ada@example.com"}
    )
    assert changed.status_code == 200, changed.content
    assert (changed.json()["description"], changed.json()["lead"]) == ("Rewi v Pier", "ada@example.com")
    closed = ada_program("PATCH", f"/files/{shape['id']}", {"status": "closed"})
    assert (closed.json()["status"], closed.json()["description"]) == ("closed", "Rewi v Pier")
    assert ada_program("PATCH", f"/files/{shape['id']}", {"status": "open"}).json()["closed_on"] is None


def test_list_finds_and_filters(ada_program):
    """API-4, API-5, LA-NUM-7."""
    one, two = two_clients()
    first, second = open_file(one, two), open_file(two, description="Tane v Pier")

    def found(query):
        return [item["id"] for item in ada_program("GET", f"/files{query}").json()["items"]]

    assert found("") == [str(first.pk), str(second.pk)]
    assert found(f"?number={second.number}") == [str(second.pk)]
    assert found("?q=tane") == [str(second.pk)]
    assert found(f"?contact_id={one.pk}") == [str(first.pk)]
    assert found("?status=closed") == []
    assert found("?responsible=clerk@example.com&limit=1") == [str(first.pk)]
    assert found("?description=contains:pier&hold=no&sort=-opened") == [str(second.pk)]
    assert found("?sync_status=gray") == [str(first.pk), str(second.pk)]
    assert ada_program("GET", "/files?colour=red").status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"description": ""}, "description"),
        ({"responsible": "zoe@example.com"}, "responsible"),
        ({"area_of_practice": "XXX"}, "area_of_practice"),
        ({"opened_on": "yesterday"}, "opened_on"),
        ({"lead_allocation": "50"}, "lead_allocation"),
        ({"billing_hold": True}, "hold_reason"),
        ({"number": "9-001"}, "number"),
        ({"payers": [{"contact_id": "0192aaaa-0000-7000-8000-000000000000"}]}, "clients"),
    ],
)
def test_bad_values_name_their_field(ada_program, body, field):
    """API-8."""
    file = open_file(create(last="Ada"))

    refused = ada_program("PATCH", f"/files/{file.pk}", body)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_split_is_read_and_set(ada_program):
    """LA-SPL-1, LA-SPL-2, GRP-6, scenario 22."""
    one, two = two_clients()
    file = open_file(one, two)

    done = ada_program("PUT", f"/files/{file.pk}/split", {"payers": [{"contact_id": str(two.pk), "percent": 33.3333}]})

    assert done.status_code == 200, done.content
    assert [payer["percent"] for payer in done.json()["payers"]] == ["66.6667", "33.3333"]
    again = ada_program("PUT", f"/files/{file.pk}/split", done.json())
    assert again.json() == done.json()
    assert ada_program("GET", f"/files/{file.pk}/split").json() == done.json()


@pytest.mark.parametrize(
    ("percents", "field"),
    [
        ((None, "100.0001"), "payers.1.percent"),
        ((None, "-1"), "payers.1.percent"),
        ((None, "x"), "payers.1.percent"),
        (("50", "30"), "payers"),
    ],
)
def test_shares_that_can_not_be_are_refused(ada_program, percents, field):
    """LA-SPL-1, LA-SPL-2."""
    one, two = two_clients()
    file = open_file(one, two)
    payers = [{"contact_id": str(c.pk), "percent": p} for c, p in zip((one, two), percents, strict=True)]

    refused = ada_program("PUT", f"/files/{file.pk}/split", {"payers": payers})

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert split_of(file) == [("Ada", "100.0000"), ("Bo", "0.0000")]


def test_preview_divides_to_the_cent(ada_program):
    """LA-SPL-7, 4.6, scenario 22: 1,000.00 at 70/30 is 700.00 and 300.00."""
    one, two = two_clients()
    file = open_file(one, two)
    body = {
        "lines": [{"description": "Fees", "amount": "999.99"}, {"amount": 0.01}],
        "payers": [{"contact_id": str(two.pk), "percent": "30"}],
    }

    shown = ada_program("POST", f"/files/{file.pk}/split/preview", body).json()

    assert shown["total"] == "1000.00"
    assert [(payer["percent"], payer["amount"]) for payer in shown["payers"]] == [
        ("70.0000", "700.00"),
        ("30.0000", "300.00"),
    ]
    assert shown["lines"][0]["description"] == "Fees"
    assert split_of(file)[1] == ("Bo", "0.0000")
    bad = ada_program("POST", f"/files/{file.pk}/split/preview", {"lines": [{"amount": "1.234"}]})
    assert [error["field"] for error in bad.json()["errors"]] == ["lines.0.amount"]


def test_clients_and_group_members_stand_alone(ada_program):
    """GRP-17, LA-SPL-4, scenario 25."""
    one, two = two_clients()
    three = create(last="Cy")
    file = open_file(one)

    added = ada_program("POST", f"/files/{file.pk}/clients", {"contact_id": str(two.pk)})
    assert added.status_code == 201
    primary = ada_program("PUT", f"/files/{file.pk}/primary", {"contact_id": str(two.pk)})
    assert [payer["name"] for payer in primary.json()["payers"]] == ["Bo", "Ada"]
    reordered = ada_program("PATCH", f"/files/{file.pk}", {"payers": [{"contact_id": str(c.pk)} for c in (three, one)]})
    assert [(p["name"], p["percent"]) for p in reordered.json()["payers"]] == [("Cy", "100.0000"), ("Ada", "0.0000")]
    removed = ada_program("DELETE", f"/files/{file.pk}/clients/{three.pk}")
    assert [payer["name"] for payer in removed.json()["payers"]] == ["Ada"]

    group = ada_program("POST", "/contacts/groups", {"name": "The Quay owners", "members": [str(one.pk)]})
    assert (group.status_code, group.json()["is_group"], group.json()["company"]) == (201, True, "The Quay owners")
    members = f"/contacts/{group.json()['id']}/members"
    assert ada_program("POST", members, {"contact_ids": [str(two.pk)]}).status_code == 201
    assert [one["name"] for one in ada_program("GET", members).json()["items"]] == ["Ada", "Bo"]
    assert [one["name"] for one in ada_program("DELETE", f"{members}/{one.pk}").json()["items"]] == ["Bo"]


def test_restricted_functions_answer_with_their_own_problem(ada_program):
    """GRP-15, MAT-2, scenarios 24 and 25: each one of the table, with the place to do it."""
    one, two = two_clients()
    file, group = open_file(one, two), create_group_of(one, two)
    asked = [
        (
            "POST",
            "/files",
            {"description": "X", "responsible": "ada@example.com", "payers": [{"contact_id": str(one.pk)}]},
        ),
        ("POST", f"/files/{file.pk}/clients", {"contact_id": str(two.pk)}),
        ("DELETE", f"/files/{file.pk}/clients/{two.pk}", None),
        ("PUT", f"/files/{file.pk}/primary", {"contact_id": str(two.pk)}),
        ("PATCH", f"/files/{file.pk}", {"payers": [{"contact_id": str(two.pk)}]}),
        ("POST", "/contacts/groups", {"name": "G", "members": [str(one.pk)]}),
        ("POST", f"/contacts/{group.pk}/members", {"contact_ids": [str(create(last="Cy").pk)]}),
        ("DELETE", f"/contacts/{group.pk}/members/{one.pk}", None),
    ]
    connected()

    for method, path, body in asked:
        refused = ada_program(method, path, body)
        problem = refused.json()
        assert refused.status_code == 409, (method, path, problem)
        assert (problem["type"], problem["code"]) == ("restricted-by-integration", "restricted-by-integration")
        assert problem["pm_url"].startswith("http://127.0.0.1:8701")
        assert refused.headers["Content-Type"] == "application/problem+json"
    assert File.objects.count() == 1
    assert split_of(file) == [("Ada", "100.0000"), ("Bo", "0.0000")]
    split = ada_program("PATCH", f"/files/{file.pk}", {"payers": [
        {"contact_id": str(one.pk), "percent": "70"}, {"contact_id": str(two.pk), "percent": "30"}]})  # fmt: skip
    assert split.status_code == 200, split.content
    assert split_of(file) == [("Ada", "70.0000"), ("Bo", "30.0000")]

    sync.switch_off(SYSTEM, AT)
    assert [ada_program(*one).status_code for one in asked] == [201, 422, 200, 404, 200, 201, 201, 200]


def test_rights_are_asked_for_each_function(ben_program, client):
    """LA-PRM-1: Ben sees contacts only; a person who sees files changes none."""
    one, two = two_clients()
    file = open_file(one, two)
    assert ben_program("GET", "/files").status_code == 403
    assert ben_program("GET", f"/files/{file.pk}").status_code == 403
    reader = Program(client, person("Reader", "contact.read", "file.read"))

    refused = [
        reader("POST", "/files", {"description": "X", "payers": [{"contact_id": str(one.pk)}]}),
        reader("PATCH", f"/files/{file.pk}", {"description": "X"}),
        reader("PATCH", f"/files/{file.pk}", {"number": "1-009"}),
        reader("PATCH", f"/files/{file.pk}", {"status": "closed"}),
        reader("DELETE", f"/files/{file.pk}"),
        reader("POST", f"/files/{file.pk}/clients", {"contact_id": str(two.pk)}),
        reader("PUT", f"/files/{file.pk}/split", {"payers": [{"contact_id": str(two.pk), "percent": "1"}]}),
        reader("POST", "/contacts/groups", {"name": "G", "members": [str(one.pk)]}),
    ]

    assert [one.status_code for one in refused] == [403] * 8
    assert reader("GET", f"/files/{file.pk}").status_code == 200


def test_version_guards_every_change(ada_program):
    """API-6."""
    one, two = two_clients()
    file = open_file(one, two)
    stale = {"If-Match": '"7"'}

    refused = [
        ada_program("PATCH", f"/files/{file.pk}", {"description": "X"}, **stale),
        ada_program(
            "PUT", f"/files/{file.pk}/split", {"payers": [{"contact_id": str(two.pk), "percent": "1"}]}, **stale
        ),
        ada_program("DELETE", f"/files/{file.pk}/clients/{two.pk}", **stale),
        ada_program("DELETE", f"/files/{file.pk}", **stale),
    ]

    assert [one.status_code for one in refused] == [412] * 4
    assert ada_program("PATCH", f"/files/{file.pk}", {"description": "X"}, **{"If-Match": '"1"'}).status_code == 200


def test_deleted_file_is_gone_and_its_number_stays_used(ada_program):
    """LA-NUM-7."""
    one = create(last="Ada")
    file = open_file(one)

    assert ada_program("DELETE", f"/files/{file.pk}").status_code == 204

    assert ada_program("GET", f"/files/{file.pk}").status_code == 404
    assert ada_program("GET", f"/files/{file.pk}/split").status_code == 404
    assert open_file(one).number == "1-002"


def test_person_is_named_by_right_only(ada_program, client):
    """MAT-9: whose number it is is told to those who may see files."""
    one = create(last="Ada")
    open_file(one, number="1-005", description="Secret")
    numbers = Program(client, person("Numbers", *(right for right in WORK if right != "file.read"), "file.edit"))
    body = {
        "description": "X",
        "responsible": "ada@example.com",
        "payers": [{"contact_id": str(one.pk)}],
        "number": "1-005",
    }

    named = ada_program("POST", "/files", body).json()["errors"][0]["message"]
    unnamed = numbers("POST", "/files", body).json()["errors"][0]["message"]

    assert named == "Number 1-005 is already used for Secret."
    assert unnamed == "Number 1-005 is already used."
