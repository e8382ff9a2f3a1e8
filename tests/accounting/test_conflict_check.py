"""The conflict check in Legal Accounting: our own hits, the other product's, and what stays hidden (CNF-1, CNF-2)."""

from datetime import date

import pytest
from django.test import Client
from tests.accounting.conftest import AT, actor, connected, create, open_file, person, signed_in, token_for

from counterpart.accounting.conflict_check.operations import conflict_check
from counterpart.accounting.contacts.operations import edit_contact
from counterpart.accounting.files.operations import edit_file
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.sync.messages import ProbeAnswer, encode, read_probe
from counterpart.sync.models import Record
from counterpart.sync.probing import use_transport
from counterpart.sync.transports import TransportFailed

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


class Practice:
    """Practice Management at the other end of the line: answers what it was told to, or not at all."""

    def __init__(self, answer=None):
        self.answer, self.asked = answer, []

    def send(self, path, body, *, timeout_s):
        if self.answer is None:
            raise TransportFailed("no answer")
        probe = read_probe(body)
        self.asked.append((path, probe.question, probe.fields))
        return encode(ProbeAnswer("urn:suite:pm:test", "epoch-pm", 1, "live", {}, self.answer))


@pytest.fixture
def ada(db):
    return person("Ada", "conflict.run", "contact.read", "file.read")


@pytest.fixture
def line():
    peer = Practice()
    use_transport(peer)
    yield peer
    use_transport(None)


def estate(*clients, **given):
    return open_file(*clients, **{"description": "Estate", "opened_on": "2026-01-02", **given})


def run(user, *names, exact=False):
    return conflict_check.run(actor=actor(user), names=names, exact=exact, at=AT)


def told(findings):
    """Contacts with their files and roles, files found by their own name, hidden records."""
    people = [
        (p.first.name, p.first.number, p.same, p.whys, [(line.first.name, line.roles) for line in p.lines.values()])
        for p in findings.people.values()
    ]
    return people, [(line.first.name, line.whys) for line in findings.lines.values()], findings.hidden


def test_contacts_are_found_with_their_files_and_what_they_are_on_them(ada, line):
    """CNF-1: names as they are, similar ones marked, with role, file, status and date."""
    smith = create(first="John", last="Smith", number="25")
    jane = create(first="Jane", last="Smyth", number="26")
    create(first="Zoe", last="Brown")
    file = estate(smith, jane)

    (findings,) = run(ada, "john smith").findings
    (alone,) = run(ada, "Smith").findings

    assert told(findings) == ([("John Smith", "25", True, [], [("Estate", ["Primary payer"])])], [], {})
    (person_found,) = findings.people.values()
    record = next(iter(person_found.lines.values())).first
    assert (record.number, record.status, record.opened) == (file.number, "Open", "2026-01-02")
    assert record.url.endswith(f"/files/{file.pk}/")
    assert told(alone)[0] == [
        ("John Smith", "25", True, [], [("Estate", ["Primary payer"])]),
        ("Jane Smyth", "26", False, [], [("Estate", ["Payer"])]),
    ]


def test_aliases_companies_numbers_and_file_names_are_sources(ada, line):
    """CNF-1: sources."""
    create(first="Ann", last="Lee", alias="Nightingale", company="Harbour Ltd", number="31")
    create(first="Bo", last="Ray", number="32", email="bo@example.com")
    estate(create(first="Cy", last="Day"), description="Lighthouse sale")

    found = run(ada, "Nightingale", "Harbour LLC", "31", "bo@example.com", "Light house", "nobody").findings

    assert [told(one)[:2] for one in found] == [
        ([("Ann Lee", "31", True, ["Alias: Nightingale"], [])], []),
        ([("Ann Lee", "31", True, ["Company: Harbour Ltd"], [])], []),
        ([("Ann Lee", "31", True, ["Number: 31"], [])], []),
        ([("Bo Ray", "32", True, ["E-mail: bo@example.com"], [])], []),
        ([], []),
        ([], []),
    ]
    (keyword,) = run(ada, "lighthouse").findings
    assert told(keyword)[:2] == ([], [("Lighthouse sale", [])])
    assert [one.is_clear for one in found] == [False, False, False, False, True, True]


def test_former_names_and_numbers_are_sources(ada, line):
    """CNF-1: a contact is found by every name it had, put together as it was then; a file too."""
    contact = create(first="Ada", last="Miller", number="40")
    change = {"actor": SYSTEM, "at": AT}
    edit_contact(contact_id=contact.pk, given={"last": "Potter"}, **change)
    edit_contact(contact_id=contact.pk, given={"first": "Eve"}, **change)
    edit_contact(contact_id=contact.pk, given={}, number="41", **change)
    made = estate(contact, description="Old quarry")
    edit_file(file_id=made.pk, given={"description": "New harbour"}, **change)

    found = [
        run(ada, name, exact=True).findings[0]
        for name in ("Ada Miller", "Ada Potter", "Eve Miller", "40", "Old quarry")
    ]

    files = [("New harbour", ["Primary payer"])]
    assert [told(one)[0] for one in found] == [
        [("Eve Potter", "41", True, ["Former name: Ada Miller"], files)],
        [("Eve Potter", "41", True, ["Former name: Ada Potter"], files)],
        [],
        [("Eve Potter", "41", True, ["Former number: 40"], files)],
        [],
    ]
    assert told(found[4])[1] == [("New harbour", ["Former name: Old quarry"])]


def test_who_may_not_see_files_learns_that_they_are_there_and_nothing_else(ada, line):
    """CNF-2: never omitted, never named. The same set-up shows them to Ada."""
    create(first="John", last="Smith", number="25")
    estate(create(first="Miriam", last="Smith", number="26"), description="Secret")
    blind, contacts_only = person("Blind", "conflict.run"), person("Dora", "conflict.run", "contact.read")

    assert [person[0] for person in told(run(ada, "Miriam Smith").findings[0])[0]] == ["Miriam Smith"]
    assert told(run(contacts_only, "Miriam Smith", "Secret").findings[0]) == (
        [("Miriam Smith", "26", True, [], [])], [], {("Legal Accounting", "matter"): 1},
    )  # fmt: skip
    assert told(run(blind, "Smith").findings[0]) == (
        [], [], {("Legal Accounting", "contact"): 2, ("Legal Accounting", "matter"): 1},
    )  # fmt: skip
    assert told(run(blind, "Secret").findings[0]) == ([], [], {("Legal Accounting", "matter"): 1})


def test_closed_contacts_and_deleted_ones(ada, line):
    """CNF-1: closed ones are found with their status; deleted ones are gone."""
    from counterpart.accounting.contacts.models import Contact

    create(first="John", last="Smith", number="25")
    create(first="Jack", last="Smith", number="26")
    Contact.objects.filter(number="25").update(status="closed", closed_at=AT)
    Contact.objects.filter(number="26").update(deleted_at=AT)

    (findings,) = run(ada, "Smith").findings

    assert [person.first.status for person in findings.people.values()] == ["Closed"]


def test_both_products_are_one_result(ada, line):
    """IMP-16: Practice Management is asked as Ada; a record of both stands there once; hidden ones are counted."""
    smith = create(first="John", last="Smith", number="25")
    estate(smith)
    connected()
    record = {"url": "http://pm/contacts/1/", "name": "John Smith", "number": "25", "status": "Active"}
    matter = {"url": "http://pm/matters/1/", "name": "1042 Estate", "status": "Active", "opened": "2026-01-01"}
    line.answer = {
        "hits": [
            {"term": 0, "same": True, "contact": record, "matter": matter, "roles": ["Client", "Witness"]},
            {"term": 0, "hidden": "matter"},
            {"term": 0, "hidden": "matter"},
            {"term": 9, "hidden": "matter"},
        ],
        "cut": [0],
    }

    outcome = run(ada, "John Smith")

    assert line.asked == [
        ("probe", "conflict_check", {"names": ["John Smith"], "exact": False, "viewer": "ada@example.com"})
    ]
    assert (outcome.other_answered, outcome.other_knows_you) == (True, True)
    (findings,) = outcome.findings
    assert [p.first.url for p in findings.people.values()] == [
        f"http://127.0.0.1:8702/contacts/{smith.pk}/",
        "http://pm/contacts/1/",
    ]
    assert findings.hidden == {("Practice Management", "matter"): 2}
    assert findings.cut == ["Practice Management"]


def test_a_linked_record_stands_there_once(ada, line):
    """IMP-16: what both products know by one sync identity is one contact with a link to each."""
    connected()
    smith = create(first="John", last="Smith", number="25")
    own = conflict_check.answer({"names": ["Smith"], "viewer": "ada@example.com"})["hits"][0]["contact"]
    line.answer = {"hits": [{"term": 0, "same": True, "contact": own | {"url": "http://pm/c/", "name": "Smith, John"}}]}

    (findings,) = run(ada, "John Smith").findings

    assert own["sync_id"]
    (found,) = findings.people.values()
    assert [(product, record.name) for product, record in found.records] == [
        ("Legal Accounting", smith.name),
        ("Practice Management", "Smith, John"),
    ]


def test_what_is_hidden_here_is_not_named_by_the_other_product(ada, line):
    """IMP-16: who may see no files here learns from Practice Management only that its matter is there."""
    smith = create(first="John", last="Smith", number="25")
    connected()
    dora = person("Dora", "conflict.run", "contact.read")
    sync_id = new_id()
    Record.objects.create(sync_id=sync_id, kind="matter", local_id=new_id(), regs="{}", digest="")
    theirs = {"url": "http://pm/m/", "name": "Merger", "sync_id": str(sync_id)}
    person_there = {"url": "http://pm/c/", "name": smith.name, "number": "25"}
    line.answer = {"hits": [{"term": 0, "contact": person_there, "matter": theirs, "roles": ["Client"]}]}

    (findings,) = run(dora, "John Smith").findings

    assert findings.hidden == {("Legal Accounting", "matter"): 1}
    assert [list(found.lines) for found in findings.people.values()] == [[], []]


@pytest.mark.parametrize("answer", [None, {}, {"hits": "none"}, {"hits": [{"term": "first"}]}])
def test_a_silent_peer_is_said_and_own_hits_are_shown(ada, line, answer):
    """IMP-16: down, or answering in another shape, is not 'nothing found'."""
    connected()
    create(first="John", last="Smith")
    line.answer = answer

    outcome = run(ada, "John Smith")
    page = signed_in(ada).post("/conflict-check/", {"names": "John Smith", "mode": "flexible"})

    assert not outcome.other_answered
    assert len(outcome.findings[0].people) == 1
    assert "Practice Management did not answer, so its records were not searched." in page.content.decode()
    assert "John Smith" in page.content.decode()


def test_a_pause_asks_nobody(ada, line):
    connected(mode="paused")
    line.answer = {"hits": []}

    assert not run(ada, "Smith").other_answered
    assert line.asked == []


def test_answering_tells_each_person_what_she_may_see_here(ada):
    """IMP-16: filtered by the person with that e-mail address; a stranger learns that there are hits."""
    create(first="John", last="Smith", number="25")
    gone = person("Gone", "contact.read")
    gone.is_active = False
    gone.save()

    def ask(viewer):
        return conflict_check.answer({"names": ["Smith"], "exact": False, "viewer": viewer})

    assert [hit["contact"]["name"] for hit in ask("Ada@Example.com")["hits"]] == ["John Smith"]
    hidden = {
        "term": 0, "hidden": "contact", "same": False, "why": "", "contact": None, "matter": None, "roles": [],
        "token": None,
    }  # fmt: skip
    for stranger in ("cleo@example.com", "gone@example.com", ""):
        assert ask(stranger) == {"hits": [hidden], "knows_you": False, "cut": []}
    assert conflict_check.answer({"names": ["J. S."], "viewer": "ada@example.com"}) == {}
    assert conflict_check.answer({}) == {}


def test_every_run_is_recorded(ada, line):
    """CNF-1: who looked for what, whether both products were searched; not what was found."""
    create(first="John", last="Smith")

    run(ada, " John  Smith", "Nobody", "John Smith")

    event = Event.objects.get(object_type="conflict_check")
    assert (event.verb, event.actor_name, event.object_label) == ("ran", "Ada", "John Smith, Nobody")
    assert event.changes == {
        "names": [None, ["John Smith", "Nobody"]], "exact": [None, False], "both_products": [None, False],
        "names_found": [None, 1],
    }  # fmt: skip


def test_without_the_right_nothing_is_searched(ben, line):
    """PRM-1: page, operation and API refuse alike."""
    with pytest.raises(Forbidden):
        run(ben, "Smith")
    page = signed_in(ben).get("/conflict-check/")
    api = Client().post(
        "/api/v1/conflict-checks", {"names": ["Smith"]}, content_type="application/json",
        headers={"Authorization": f"Bearer {token_for(ben)}"},
    )  # fmt: skip

    assert (page.status_code, api.status_code, api.json()["status"]) == (403, 403, 403)
    assert not Event.objects.filter(object_type="conflict_check").exists()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("", "Type at least one name."),
        ("  \n ", "Type at least one name."),
        ("J.\nSmith", "“J.” has no whole word; type at least two letters or digits together."),
        ("\n".join(f"Name {n}" for n in range(51)), "Look for at most 50 names at once; these are 51."),
    ],
)
def test_bad_names_are_refused_beside_the_box_and_stay_typed(ada, line, names, sentence):
    with pytest.raises(Refused) as refusal:
        run(ada, *names.splitlines())
    page = signed_in(ada).post("/conflict-check/", {"names": names, "mode": "exact"})

    assert [(error.field, error.message) for error in refusal.value.errors] == [("names", sentence)]
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert names.strip().split("\n")[-1] in page.content.decode()


def test_the_page_shows_what_was_found(ada, line):
    """CNF-2: the words for hidden records; no trace of what they are."""
    create(first="John", last="Smith", number="25")
    estate(create(first="Miriam", last="Smith", number="26"), description="Secret")
    dora = person("Dora", "conflict.run", "contact.read")

    page = signed_in(dora).post("/conflict-check/", {"names": "Miriam Smith\nQuux"}).content.decode()

    assert "A matter you can’t view" in page
    assert "Secret" not in page
    assert "26-001" not in page
    assert "Nothing found" in page


def test_the_api_answers_the_same(ada, line):
    """CNF-1 for programs."""
    smith = create(first="John", last="Smith", number="25")
    file = estate(smith)

    response = Client().post(
        "/api/v1/conflict-checks", {"names": ["Jon Smith"]}, content_type="application/json",
        headers={"Authorization": f"Bearer {token_for(ada)}"},
    )  # fmt: skip

    record = {
        "product": "Legal Accounting", "url": f"http://127.0.0.1:8702/contacts/{smith.pk}/", "name": "John Smith",
        "number": "25", "status": "Active", "opened": "",
    }  # fmt: skip
    on_file = {
        "product": "Legal Accounting", "url": f"http://127.0.0.1:8702/files/{file.pk}/", "name": "Estate",
        "number": "25-001", "status": "Open", "opened": str(date(2026, 1, 2)),
    }  # fmt: skip
    matter = {"name": "Estate", "roles": ["Primary payer"], "why": [], "records": [on_file]}
    assert response.json() == {
        "mode": "flexible", "other_product": "Practice Management", "other_product_answered": False,
        "other_product_knows_you": True,
        "findings": [
            {
                "name": "Jon Smith", "hidden": [], "more_in": [], "matters": [],
                "contacts": [
                    {"name": "John Smith", "similar": True, "why": [], "records": [record], "matters": [matter]}
                ],
            }
        ],
    }  # fmt: skip


def test_too_many_hits_are_said(ada, line):
    """CNF-2: what is not listed is not passed over in silence."""
    from counterpart.accounting.contacts.operations import Draft as ContactDraft
    from counterpart.accounting.contacts.operations import create_contacts

    create_contacts([ContactDraft({"first": "Jo", "last": "Smith"}) for _ in range(201)], actor=SYSTEM, at=AT)

    (findings,) = run(ada, "Smith").findings

    assert len(findings.people) == 200
    assert findings.cut == ["Legal Accounting"]


def test_the_number_of_statements_does_not_grow(ada, line, django_assert_num_queries):
    """Constant number of statements, however many names and hits."""
    for number in range(12):
        estate(create(first=f"Jo{number}x", last="Smith"), description=f"Smith matter {number}")

    with django_assert_num_queries(12):
        answered = conflict_check.answer({"names": ["Smith", "Jo3x Smith"], "viewer": "ada@example.com"})

    assert len(answered["hits"]) == 34
