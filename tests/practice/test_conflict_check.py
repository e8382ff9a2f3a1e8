"""The conflict check in Practice Management: matters with their roles, and restricted ones (CNF-1, CNF-2, PRM-4)."""

import pytest
from django.test import Client
from tests.practice.conftest import AT, actor, connected, create, person, signed_in, text_of, token_for
from tests.practice.matters import MATTER_WORK, SYSTEM, now, open_matter, parties

from counterpart.foundation.history.models import Event
from counterpart.practice.conflict_check.operations import conflict_check
from counterpart.practice.contacts.operations import edit_contact
from counterpart.practice.matters.operations import close_matter, edit_matter, restrict_matter
from counterpart.sync.messages import ProbeAnswer, encode
from counterpart.sync.probing import use_transport
from counterpart.sync.transports import TransportFailed

pytestmark = pytest.mark.django_db
RIGHTS = (*MATTER_WORK, "conflict.run")


class Accounting:
    """Legal Accounting at the other end of the line."""

    def __init__(self):
        self.answer = None

    def send(self, path, body, *, timeout_s):
        if self.answer is None:
            raise TransportFailed("no answer")
        return encode(ProbeAnswer("urn:suite:la:test", "epoch-la", 1, "live", {}, self.answer))


@pytest.fixture
def line():
    peer = Accounting()
    use_transport(peer)
    yield peer
    use_transport(None)


@pytest.fixture
def ada(db):
    return person("Ada", *RIGHTS)


@pytest.fixture
def ben(db):
    return person("Ben", *RIGHTS)


def run(user, *names, exact=False):
    return conflict_check.run(actor=actor(user), names=names, exact=exact, at=AT)


def told(findings):
    """Contacts with their matters and roles, matters found by their own name, hidden records."""
    found = [
        (p.first.name, p.same, p.whys, [(line.first.name.split(" ", 1)[1], line.roles) for line in p.lines.values()])
        for p in findings.people.values()
    ]
    own = [(line.first.name.split(" ", 1)[1], line.whys) for line in findings.lines.values()]
    return found, own, findings.hidden


def test_parties_of_every_matter_and_every_role_are_found(ada, line):
    """CNF-1, CNF-2: closed matters too, with role, status and date."""
    ng, acme = create(first="Li", last="Ng"), create(kind="company", company="Acme Ltd")
    dispute = open_matter(ada, ng, name="Dispute of Ng", parties=parties(Opposing_party=acme))
    sale = open_matter(ada, acme, name="Sale")
    close_matter(actor=SYSTEM, matter_id=sale.pk, at=AT)

    (findings,) = run(ada, "ACME Inc.").findings
    (by_name,) = run(ada, "dispute").findings

    assert told(findings) == (
        [("Acme Ltd", True, [], [("Sale", ["Client"]), ("Dispute of Ng", ["Opposing party"])])], [], {},
    )  # fmt: skip
    (acme_found,) = findings.people.values()
    assert {line.first.status for line in acme_found.lines.values()} == {"Active", "Closed"}
    assert {line.first.opened for line in acme_found.lines.values()} == {now(dispute).date.isoformat()}
    assert told(by_name) == ([], [("Dispute of Ng", [])], {})


def test_several_roles_on_one_matter_are_one_line(ada, line):
    """CNF-1: a contact that is client and opposing party stands there once, with both."""
    ng = create(first="Li", last="Ng")
    open_matter(ada, ng, name="Strange", parties=parties(Opposing_party=ng))

    (findings,) = run(ada, "Ng, Li").findings

    assert told(findings)[0] == [("Li Ng", True, [], [("Strange", ["Client", "Opposing party"])])]


def test_former_names_of_contacts_and_matters(ada, line):
    """CNF-1: former names."""
    ng = create(first="Li", last="Ng")
    edit_contact(actor=SYSTEM, contact_id=ng.pk, changes={"last": "Tan"}, at=AT)
    matter = open_matter(ada, ng, name="Quarry")
    edit_matter(actor=SYSTEM, matter_id=matter.pk, changes={"name": "Harbour"}, at=AT)

    found = run(ada, "Li Ng", "Quarry", exact=True).findings

    assert told(found[0])[0] == [("Li Tan", True, ["Former name: Li Ng"], [("Harbour", ["Client"])])]
    assert told(found[1])[1] == [("Harbour", ["Former name: Quarry"])]


def test_a_restricted_matter_is_there_for_everyone_and_shown_to_those_listed(ada, ben, line):
    """CNF-2, PRM-4: Ada is listed, Ben is not; the same matter, found by party and by its own name."""
    ng, tan = create(first="Li", last="Ng"), create(first="Bo", last="Tan")
    secret = open_matter(ada, ng, name="Merger", parties=parties(Opposing_party=tan))
    open_matter(ada, ng, name="Will")
    restrict_matter(actor=SYSTEM, matter_id=secret.pk, user_ids=[ada.pk], at=AT)
    hidden = {("Practice Management", "matter"): 1}

    by_party, by_name = run(ben, "Li Ng", "Merger").findings
    (only_there,) = run(ben, "Bo Tan").findings
    listed_party, listed_name = run(ada, "Li Ng", "Merger").findings

    assert told(by_party) == ([("Li Ng", True, [], [("Will", ["Client"])])], [], hidden)
    assert told(by_name) == ([], [], hidden)
    assert told(only_there) == ([("Bo Tan", True, [], [])], [], hidden)
    assert {name for name, _ in told(listed_party)[0][0][3]} == {"Will", "Merger"}
    assert told(listed_name) == ([], [("Merger", [])], {})


def test_no_surface_lets_a_fact_of_a_restricted_matter_through(ada, ben, line):
    """CNF-2: page, API and the answer to the other product name nothing but that it is there."""
    ng = create(first="Li", last="Ng")
    secret = open_matter(ada, ng, name="Merger")
    restrict_matter(actor=SYSTEM, matter_id=secret.pk, user_ids=[ada.pk], at=AT)

    page = signed_in(ben).post("/conflict-check/", {"names": "Li Ng\nmerger"})
    api = Client().post(
        "/api/v1/conflict-checks", {"names": ["Li Ng", "merger"]}, content_type="application/json",
        headers={"Authorization": f"Bearer {token_for(ben)}"},
    )  # fmt: skip
    answer = conflict_check.answer({"names": ["Li Ng", "merger"], "viewer": "ben@example.com"})
    strangers = conflict_check.answer({"names": ["Li Ng"], "viewer": "cleo@example.com"})

    assert text_of(page).count("A matter you can’t view") == 2
    hidden = {"product": "Practice Management", "kind": "matter", "count": 1}
    assert [findings["hidden"] for findings in api.json()["findings"]] == [[hidden], [hidden]]
    assert [hit["hidden"] for hit in answer["hits"]] == ["", "matter", "matter"]
    for told_there in (page.content.decode().replace("merger", ""), str(api.json()["findings"]), str(answer)):
        assert "Merger" not in told_there
        assert str(secret.pk) not in told_there
    assert strangers == {
        "hits": [
            {
                "term": 0, "hidden": kind, "same": False, "why": "", "contact": None, "matter": None, "roles": [],
                "token": None,
            }
            for kind in ("contact", "matter")
        ],
        "knows_you": False,
        "cut": [],
    }  # fmt: skip


def test_a_wall_here_holds_for_what_the_other_product_shows(ada, ben, line):
    """CNF-2, IMP-16: Legal Accounting has no walls. Its hit on the file of a restricted matter is, for those who may
    not see the matter, the one hidden matter and nothing more; for those listed it is one line with ours.
    """
    connected()
    ng = create(first="Li", last="Ng")
    secret = open_matter(ada, ng, name="Merger")
    restrict_matter(actor=SYSTEM, matter_id=secret.pk, user_ids=[ada.pk], at=AT)
    (own,) = conflict_check.answer({"names": ["Li Ng"], "viewer": "ada@example.com"})["hits"]
    on_file = own | {"matter": own["matter"] | {"url": "http://la/files/1/", "name": "Merger"}, "roles": ["Payer"]}
    by_its_name = on_file | {"contact": None, "roles": [], "why": "Former name: Li Ng affair"}
    line.answer = {"hits": [on_file, by_its_name], "knows_you": True, "cut": []}

    (hidden,) = run(ben, "Li Ng").findings
    page = signed_in(ben).post("/conflict-check/", {"names": "Li Ng"}).content.decode()
    (shown,) = run(ada, "Li Ng").findings

    assert told(hidden) == ([("Li Ng", True, [], [])], [], {("Practice Management", "matter"): 1})
    for fact in ("Merger", "affair", "http://la/files/1/", str(own["matter"]["sync_id"])):
        assert fact not in page
    assert told(shown)[0] == [("Li Ng", True, [], [("Merger", ["Client", "Payer"])])]
    assert shown.hidden == {}


def test_deleted_matters_and_contacts_are_gone(ada, line):
    """CNF-2: what was deleted is nobody's any more; what is left is found."""
    from counterpart.practice.matters.operations import delete_matter

    ng = create(first="Li", last="Ng")
    gone = open_matter(ada, ng, name="Merger")
    delete_matter(actor=SYSTEM, matter_id=gone.pk, at=AT)

    party, name = run(ada, "Li Ng", "Merger").findings

    assert told(party) == ([("Li Ng", True, [], [])], [], {})
    assert name.is_clear


def test_what_both_products_hold_is_one_line(ada, line):
    """IMP-16: roles and links of both; the status of each."""
    connected()
    ng = create(first="Li", last="Ng")
    matter = open_matter(ada, ng, name="Will")
    own = conflict_check.answer({"names": ["Li Ng"], "viewer": "ada@example.com"})["hits"][0]
    there = own | {"roles": ["Primary payer"]}
    there["matter"] = own["matter"] | {"url": "http://la/files/1/", "name": "Will", "status": "Open"}
    line.answer = {"hits": [there], "knows_you": True, "cut": []}

    outcome = run(ada, "Li Ng")
    page = text_of(signed_in(ada).post("/conflict-check/", {"names": "Li Ng"}))

    (found,) = outcome.findings[0].people.values()
    (merged,) = found.lines.values()
    assert own["matter"]["sync_id"]
    assert merged.roles == ["Client", "Primary payer"]
    assert [product for product, _ in merged.records] == ["Practice Management", "Legal Accounting"]
    assert merged.first.url.endswith(f"/matters/{matter.pk}/")
    assert "Client, Primary payer" in page
    assert "Active · Open" in page


def test_somebody_unknown_in_the_other_product_is_told(ada, line):
    """IMP-16: hits there are counted, and the page says why they have no names."""
    connected()
    line.answer = {"hits": [{"term": 0, "hidden": "matter"}], "knows_you": False, "cut": []}

    page = text_of(signed_in(ada).post("/conflict-check/", {"names": "Li Ng"}))

    assert "You have no account in Legal Accounting" in page
    assert "A matter you can’t view — ask an administrator of Legal Accounting." in page


def test_the_run_is_in_the_audit_log(ada, line):
    """CNF-1: who and what for; shown to those who read the log."""
    auditor = person("Audrey", "audit.read")

    run(ada, "Li Ng")
    log = text_of(signed_in(auditor).get("/audit/"))

    assert Event.objects.get(object_type="conflict_check").actor_email == "ada@example.com"
    assert "Li Ng" in log


def test_the_number_of_statements_does_not_grow(ada, line, django_assert_num_queries):
    """Constant number of statements, however many names and hits."""
    for number in range(12):
        open_matter(ada, create(first=f"Jo{number}x", last="Smith"), name=f"Smith matter {number}")

    with django_assert_num_queries(12):
        answered = conflict_check.answer({"names": ["Smith", "Jo3x Smith"], "viewer": "ada@example.com"})

    assert len(answered["hits"]) == 34
