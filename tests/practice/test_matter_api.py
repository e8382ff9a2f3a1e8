"""The API of matters: create, change, parties, types, staff; who may (section 10)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, connected, person
from tests.practice.matters import (
    MATTER_WORK,
    SYSTEM,
    clients,
    draft,
    line_up,
    matter_type,
    now,
    open_matter,
    parties,
    party_ids,
    people,
)
from tests.practice.test_api import Api, problems

from counterpart.foundation.ids import new_id
from counterpart.practice.matters.models import Matter, MatterType
from counterpart.practice.matters.operations import create_matters
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
LIST_QUERIES = 11
"""Token, page, link, records, what they wait for, conflicts, exclusions, rows, parties, access … however many."""


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


@pytest.fixture
def api(ada):
    return Api(ada)


def test_creating_answers_with_the_whole_matter(api, ada):
    """API-3: what the page can do; pending at once."""
    connected()
    ng, acme = people("Ng", "Acme")
    matter_type()
    body = {
        "name": "Ng v Acme", "matter_type": "Dispute", "date": "2026-01-31", "file_reference": "A-7",
        "priority": "high", "external_reference": "x 1",
        "parties": [
            {"role": "Opposing party", "contact_id": str(acme.pk)}, {"role": "client", "contact_id": str(ng.pk)},
        ],
    }  # fmt: skip

    response = api("POST", "/matters", body)

    made, matter = response.json(), Matter.objects.get()
    ids = party_ids(matter)
    link = made.pop("sync")
    assert made.pop("created_at") == made.pop("updated_at")
    assert response.status_code == 201
    assert (response.headers["ETag"], response.headers["Location"]) == ('"1"', f"/api/v1/matters/{matter.pk}")
    assert made == {
        "id": str(matter.pk), "matter_number": matter.matter_number, "name": "Ng v Acme", "file_reference": "A-7",
        "requested_reference": "A-7", "external_reference": "x 1", "matter_type": "Dispute",
        "matter_type_id": str(matter.matter_type_id), "assigned_to": "ada@example.com", "assigned_to_name": "Ada",
        "status": "active", "priority": "high", "date": "2026-01-31", "restricted": False, "access": [],
        "responsible": None, "lead": None, "version": 1, "created_by": "Ada", "updated_by": "Ada",
        "parties": [
            {
                "id": str(ids["Client", "Ng"]), "role": "Client", "role_id": made["parties"][0]["role_id"],
                "contact_id": str(ng.pk), "contact_name": "Ng", "position": 1, "is_primary_client": True,
                "represents": [],
            },
            {
                "id": str(ids["Opposing party", "Acme"]), "role": "Opposing party",
                "role_id": made["parties"][1]["role_id"], "contact_id": str(acme.pk), "contact_name": "Acme",
                "position": 1, "is_primary_client": False, "represents": [],
            },
        ],
    }  # fmt: skip
    assert (link["status"], link["colour"]) == ("pending", "lightblue")
    assert api("GET", f"/matters/{matter.pk}").json()["parties"] == made["parties"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"name": "matter.name_required"}),
        ({"name": "x", "file_reference": "A 7"}, {"file_reference": "reference.invalid_characters"}),
        ({"name": "x", "nme": "y"}, {"nme": "extra_forbidden"}),
        ({"name": "x", "assigned_to": "z@example.com"}, {"assigned_to": "assigned_to.unknown"}),
        ({"name": "x", "matter_type": "Nonsense"}, {"matter_type": "matter_type.unknown"}),
        ({"name": "x", "status": "closed"}, {"status": "literal_error"}),
        ({"name": "x", "date": "soon"}, {"date": "date_from_datetime_parsing"}),
        ({"name": "x", "restricted": True, "access": ["z@example.com"]}, {"access": "access.unknown"}),
        (
            {"name": "x", "parties": [{"role": "Client", "contact_id": str(new_id())}]},
            {"parties.0.contact_id": "contact.unknown"},
        ),
    ],
)
def test_refused_input_is_422_with_the_fields(api, body, expected):
    """API-8."""
    response = api("POST", "/matters", body)

    assert response.status_code == 422
    assert problems(response) == expected
    assert not Matter.objects.exists()


def test_a_matter_that_was_read_can_be_sent_back(api, ada):
    """Nothing changes by it, but that an exchange is forced (STA-5)."""
    ng, acme = people("Ng", "Acme")
    connected()
    matter = open_matter(ada, ng, parties=parties(Opposing_party=acme))
    read = api("GET", f"/matters/{matter.pk}").json()
    before = Record.objects.get(kind="matter").force

    response = api("PATCH", f"/matters/{matter.pk}", read)

    assert response.status_code == 200, response.json()
    assert {name: value for name, value in response.json().items() if name != "sync"} == {
        name: value for name, value in read.items() if name != "sync"
    }
    assert Record.objects.get(kind="matter").force > before


def test_patching_changes_only_what_is_sent_all_of_it_or_nothing(api, ada):
    """Several operations, one transaction, one version of the answer."""
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng, external_reference="x")
    path = f"/matters/{matter.pk}"

    clown = [{"role": "Clown", "contact_id": str(ng.pk)}]
    refused = api("PATCH", path, {"name": "New", "priority": "low", "parties": clown})
    assert problems(refused) == {"parties.0.role": "role.unknown"}
    assert (now(matter).name, now(matter).version) == ("Ng v Acme", 1)
    changed = api(
        "PATCH", path,
        {"name": "New", "external_reference": None, "parties": [{"role": "Client", "contact_id": str(acme.pk)}]},
    ).json()  # fmt: skip

    assert (changed["name"], changed["external_reference"], changed["priority"]) == ("New", None, "normal")
    assert [party["contact_name"] for party in changed["parties"]] == ["Acme"]


def test_if_match_guards_every_change(api, ada):
    """API-6: another version is 412 with the current one."""
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng, acme)
    party = party_ids(matter)["Client", "Acme"]
    path = f"/matters/{matter.pk}"
    stale = {"If_Match": '"7"'}

    for method, where, body in (
        ("PATCH", path, {"name": "x"}), ("PATCH", path, {"status": "closed"}), ("DELETE", path, None),
        ("PUT", f"{path}/parties", []), ("DELETE", f"{path}/parties/{party}", None),
        ("PATCH", f"{path}/parties/{party}", {"contact_id": str(ng.pk)}),
    ):  # fmt: skip
        answer = api(method, where, body, **stale)
        assert (answer.status_code, answer.json()["current_version"]) == (412, 1), (method, where)
    assert (now(matter).version, len(clients(matter))) == (1, 2)
    assert api("PATCH", path, {"name": "x"}, If_Match='"1"').status_code == 200


def test_a_status_closes_and_reopens(api, ada):
    """MAT-5: any other status than closed reopens."""
    matter = open_matter(ada, *people("Ng"))
    path = f"/matters/{matter.pk}"

    assert api("PATCH", path, {"status": "closed"}).json()["status"] == "closed"
    assert api("PATCH", path, {"status": "inactive"}).json()["status"] == "inactive"
    assert api("PATCH", path, {"status": "active"}).json()["status"] == "active"


def test_the_type_stays(api, ada):
    matter = open_matter(ada)

    response = api("PATCH", f"/matters/{matter.pk}", {"matter_type": "General"})

    assert problems(response) == {"matter_type": "matter_type.fixed"}


def test_parties_one_by_one(api, ada):
    """PTY-1 to PTY-6; nothing asks a program for confirmation."""
    connected()
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter = open_matter(ada, ng)
    path = f"/matters/{matter.pk}/parties"

    added = api("POST", path, {"role": "Client", "contact_id": str(acme.pk)})
    assert (added.status_code, added.json()["position"], added.headers["ETag"]) == (201, 2, '"2"')
    party = added.json()["id"]
    first = api("POST", f"{path}/{party}/make-primary").json()["items"]
    assert [one["contact_name"] for one in first] == ["Acme", "Ng"]
    moved = api("POST", f"{path}/{party}/move", {"direction": "down"}).json()["items"]
    assert [(one["contact_name"], one["is_primary_client"]) for one in moved] == [("Ng", True), ("Acme", False)]
    changed = api("PATCH", f"{path}/{party}", {"contact_id": str(zed.pk)}).json()["items"]
    assert [one["contact_name"] for one in changed] == ["Ng", "Zed"]
    assert api("DELETE", f"{path}/{party}").status_code == 204
    last = api("GET", path).json()["items"]

    assert clients(matter) == [ng.pk]
    refused = api("DELETE", f"{path}/{last[0]['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "matter.last_client")


def test_the_whole_list_of_parties_at_once(api, ada):
    """By positions, or as it stands; a bare list will do; all or none."""
    ng, acme, zed = people("Ng", "Acme", "Zed")
    matter = open_matter(ada, ng)
    path = f"/matters/{matter.pk}/parties"

    def party(contact, role="Client", **more):
        return {"role": role, "contact_id": str(contact.pk), **more}

    api("PUT", path, [party(zed), party(ng), party(acme, "Judge")])
    assert line_up(matter) == [("Client", "Zed", 0), ("Client", "Ng", 1), ("Judge", "Acme", 0)]
    api("PUT", path, {"items": [party(zed, position=2), party(ng, position=1), party(acme)]})
    assert line_up(matter) == [("Client", "Ng", 0), ("Client", "Zed", 1), ("Client", "Acme", 2)]
    refused = api("PUT", path, [party(zed), party(zed)])

    assert problems(refused) == {"parties.1.contact_id": "party.twice"}
    assert len(line_up(matter)) == 3


def test_the_list_filters_and_sorts(api, ada):
    """API-5: each filter; unknown ones refused."""
    connected()
    ben = person("Ben")
    ng, acme = people("Ng", "Acme")
    one = open_matter(ada, ng, name="Alpha", reference="A-7", external_reference="cacd 1")
    two = open_matter(ben, name="Beta", status="inactive", parties=parties(Opposing_party=ng))
    three = open_matter(ada, acme, name="Gamma", restricted=True, access=[ada.pk])

    def found(query: str) -> list[Matter]:
        ids = [item["id"] for item in api("GET", f"/matters?{query}").json()["items"]]
        known = {str(matter.pk): matter for matter in (one, two, three)}
        return [known[matter_id] for matter_id in ids]

    assert found("") == [one, two, three]
    assert found("sort=-name") == [three, two, one]
    assert found("q=ng") == [one]
    assert found("file_reference=a-7") == [one]
    assert found("external_reference=CACD+1") == [one]
    assert found("matter_type=dispute") == [one, two, three]
    assert found("matter_type=General") == []
    assert found("assigned_to=Ben@example.com") == [two]
    assert found("status=inactive") == [two]
    assert found("restricted=true") == [three]
    assert found(f"contact_id={ng.pk}") == [one, two]
    assert found(f"client_id={ng.pk}") == [one]
    assert found("sync_status=unsynchronized") == [two]
    assert found("sync_status=lightblue") == [one, three]
    assert found("updated_since=2026-03-04T05:06:08Z") == []
    assert api("GET", "/matters?nonsense=1").status_code == 400
    assert api("GET", "/matters?sort=colour").status_code == 422


@pytest.mark.parametrize("sort", ["created", "-updated", "name", "-date", "reference", "number", "status"])
def test_the_list_is_paged_by_cursor_in_any_order(api, ada, sort):
    """API-4: every matter once."""
    made = {str(open_matter(ada, name=f"N{place}").pk) for place in range(5)}
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = api("GET", f"/matters?limit=2&sort={sort}{cursor}").json()
        seen += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next']}"

    assert len(seen) == 5
    assert set(seen) == made
    assert page["next"] is None


def test_the_list_costs_the_same_for_few_and_many(api, ada):
    connected()
    api("GET", "/staff")  # notes the use of the token
    counts = []
    for size in (1, 30):
        held = people(*(f"N{place}" for place in range(size)))
        drafts = [draft(ada, parties=parties(Client=one), restricted=True, access=[ada.pk]) for one in held]
        create_matters(actor=SYSTEM, drafts=drafts, at=AT)
        with CaptureQueriesContext(connection) as seen:
            api("GET", "/matters")
        counts.append(len(seen))

    assert counts[0] == counts[1] <= LIST_QUERIES, [query["sql"] for query in seen]


def test_reassigning_many(api, ada):
    """MAT-9."""
    ben = person("Ben")
    one, two = open_matter(ada), open_matter(ben)

    body = {"matter_ids": [str(one.pk), str(two.pk)], "assigned_to": "ben@example.com"}
    done = api("POST", "/matters/reassign", body)

    assert done.json() == {"changed": [str(one.pk)], "unchanged": [str(two.pk)]}
    assert now(one).assigned_to == ben


def test_types_and_staff(api, ada, admin):
    """PTY-2, API-9: everybody reads, an administrator writes."""
    boss = Api(admin)
    roles = [{"name": "Client", "is_primary": True, "required": True}, {"name": "Bank", "limited_to": "company"}]

    assert api("POST", "/matter-types", {"name": "Estate", "roles": roles}).status_code == 403
    made = boss("POST", "/matter-types", {"name": "Estate", "roles": roles})
    assert made.status_code == 201
    shown = made.json()
    path = f"/matter-types/{shown['id']}"
    assert api("GET", path).json() == shown
    assert [(one["name"], one["required"], one["many"], one["limited_to"]) for one in shown["roles"]] == [
        ("Client", True, True, None), ("Bank", False, True, "company"),
    ]  # fmt: skip
    form = api("GET", f"{path}/create-form").json()
    assert [one["name"] for one in form["fields"] if one["required"]] == ["name", "assigned_to"]
    assert form["roles"] == shown["roles"]
    assert "Estate" in [one["name"] for one in api("GET", "/matter-types").json()["items"]]
    changed = boss("PATCH", path, {"name": "Estates", "roles": shown["roles"][:1]}).json()
    assert (changed["name"], len(changed["roles"]), changed["version"]) == ("Estates", 1, 2)
    assert boss("PATCH", path, {"name": "x"}, If_Match='"1"').status_code == 412
    assert boss("DELETE", path).status_code == 204
    assert not MatterType.objects.filter(pk=shown["id"]).exists()

    assert api("GET", "/staff").json() == {
        "items": [
            {"id": str(ada.uuid), "name": "Ada", "email": "ada@example.com"},
            {"id": str(admin.uuid), "name": "Admin", "email": "admin@example.com"},
        ]
    }


def test_who_may_not_is_403(ben, nobody, ada):
    """PRM-6: Ben may see contacts only; one policy for pages and API."""
    (ng,) = people("Ng")
    matter = open_matter(ada, ng)
    party = party_ids(matter)["Client", "Ng"]
    reader = person("Reader", "matter.read")
    path = f"/matters/{matter.pk}"
    reading = ("/matters", path, f"{path}/parties", "/matter-types", "/staff", "/settings/matters")
    writing = (
        ("POST", "/matters", {"name": "x"}), ("PATCH", path, {"name": "x"}), ("PATCH", path, {"status": "closed"}),
        ("PATCH", path, {"restricted": True}), ("DELETE", path, None), ("POST", f"{path}/sync", None),
        ("POST", f"{path}/parties", {"role": "Judge", "contact_id": str(ng.pk)}), ("PUT", f"{path}/parties", []),
        ("DELETE", f"{path}/parties/{party}", None), ("POST", f"{path}/parties/{party}/make-primary", None),
        ("POST", f"{path}/parties/{party}/move", {"direction": "up"}),
        ("PATCH", f"{path}/parties/{party}", {"contact_id": str(ng.pk)}),
        ("POST", "/matters/reassign", {"matter_ids": [str(matter.pk)], "assigned_to": "ben@example.com"}),
        ("PATCH", "/settings/matters", {"close_in_step": True}),
    )  # fmt: skip

    for where in reading:
        assert Api(ben)("GET", where).status_code == 403, where
        assert Api(reader)("GET", where).status_code == 200, where
    for method, where, body in writing:
        assert Api(reader)(method, where, body).status_code == 403, (method, where)
    assert (now(matter).version, len(clients(matter))) == (1, 1)


def test_the_settings_of_matters(admin):
    """IMP-10: off unless the firm wants it."""
    api = Api(admin)

    assert api("GET", "/settings/matters").json() == {"close_in_step": False, "version": 1}
    assert api("PATCH", "/settings/matters", {"close_in_step": True}).json() == {"close_in_step": True, "version": 2}
    assert api("PATCH", "/settings/matters", {"close_in_step": False}, If_Match='"1"').status_code == 412


def test_sync_now_forces_an_exchange(api, ada):
    connected()
    matter = open_matter(ada, *people("Ng"))
    before = Record.objects.get(kind="matter").force

    assert api("POST", f"/matters/{matter.pk}/sync").status_code == 202
    assert Record.objects.get(kind="matter").force > before
