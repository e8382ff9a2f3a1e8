"""The matter as the engine sees it: columns, clients and registers, both ways (integration 3.3, MAT-21 to MAT-29)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, BEHIND_THE_ENGINE, actor, connected, history_of, person
from tests.practice.matters import MATTER_WORK, SYSTEM, draft, now, open_matter, parties, people

from counterpart.contracts.matter import REGISTERS
from counterpart.foundation.ids import new_id
from counterpart.practice.matters import operations
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.operations import create_matters
from counterpart.practice.matters.registers import REGISTER_LABELS
from counterpart.practice.matters.remedies import remedies
from counterpart.sync import api as sync
from counterpart.sync.handler import Amendment, Author, Newcomer
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
CLEO = Author("Cleo Tan", "cleo@example.com", 1_772_600_767_000)


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


@pytest.fixture
def handler():
    return sync.handler_for("matter")


def receive(matter: Matter, **changed: Any) -> Any:
    """Legal Accounting changed these registers. Returns the outcome."""
    handler, sync_id = sync.handler_for("matter"), new_id()
    BEHIND_THE_ENGINE.add(matter.pk)
    before = handler.read([matter.pk]).get(matter.pk, {})
    amendment = Amendment(sync_id, matter.pk, before, changed, dict.fromkeys(changed, CLEO), CLEO)
    return handler.amend([amendment], AT)[sync_id]


def test_every_register_of_the_contract_has_a_label_and_a_reading(ada, handler):
    """A register nobody maps would be lost in silence."""
    matter = open_matter(ada)
    kept = {name for name, rule in REGISTERS.items() if rule.kept}

    assert set(REGISTER_LABELS) == set(REGISTERS)
    assert set(handler.read([matter.pk])[matter.pk]) == set(REGISTERS) - kept


def test_what_legal_accounting_changes_arrives(ada, handler):
    """3.3: name, assigned, number; in the name of the person there (CON-13); nothing else is touched (GEN-6)."""
    person("Ben")
    matter = open_matter(ada, *people("Ng"), priority="high", reference="A-7")

    outcome = receive(matter, title="Theirs", assigned="ben@example.com", number="25-001")
    receive(matter, title="Theirs")

    changed = now(matter)
    assert outcome == sync.Stored()
    assert (changed.name, str(changed.assigned_to), changed.file_reference) == ("Theirs", "Ben", "25-001")
    assert (changed.requested_reference, changed.priority, changed.version) == ("", "high", 2)
    assert (changed.updated_by, changed.file_reference_key) == ("Cleo Tan", "25-001")
    assert history_of(matter.pk, "matter")[1:] == [
        (
            "edited",
            "Cleo Tan",
            {
                "name": ["Ng v Acme", "Theirs"], "file_reference": [None, "25-001"],
                "requested_reference": ["A-7", None], "assigned_to": ["Ada", "Ben"],
            },
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("held", "requested", "given", "left"),
    [("", "900", "900", ""), ("", "900", "31", ""), ("25", "A9", "a9", ""), ("25", "900", "50", "900")],
)
def test_a_number_answers_the_request_it_is_about(ada, held, requested, given, left):
    """A new matter's first number answers; a later one only if it is what was asked for."""
    matter = open_matter(ada, reference=requested)
    Matter.objects.update(file_reference=held, file_reference_key=held)

    receive(matter, number=given)

    assert (now(matter).file_reference, now(matter).requested_reference) == (given, left)


def test_an_unknown_person_is_refused_and_the_rest_stored(ada):
    """MAT-23: the matter keeps its person, and the refusal names the e-mail address."""
    matter = open_matter(ada, *people("Ng"))

    outcome = receive(matter, assigned="zed@example.com", title="Theirs")

    assert outcome.refusal.code == "unknown_staff"
    assert outcome.refusal.register == "assigned"
    assert "zed@example.com" in outcome.refusal.text
    assert (now(matter).assigned_to, now(matter).name) == (ada, "Theirs")
    assert receive(matter, assigned=None).refusal.code == "unknown_staff"


def test_staff_is_shown_as_received(ada, handler):
    """IMP-11, MAT-28: Responsible and Lead stay Legal Accounting's."""
    matter = open_matter(ada)
    staff = {"responsible": "b@example.com", "lead": "c@example.com"}

    receive(matter, staff=staff)
    assert (now(matter).responsible_email, now(matter).lead_email) == ("b@example.com", "c@example.com")
    assert handler.read([matter.pk])[matter.pk]["staff"] == staff
    receive(matter, staff=None)

    assert handler.read([matter.pk])[matter.pk]["staff"] is None


def test_matters_are_created_here_only(handler):
    """MAT-1: a record that was born there is refused whole."""
    sync_id = new_id()
    newcomer = Newcomer(sync_id, new_id(), {"title": "x"}, {"title": CLEO}, CLEO)

    assert handler.admit([newcomer], AT)[sync_id].code == "authority"
    assert not Matter.objects.exists()


def test_the_matter_id_name_number_and_page_label_it(ada, handler):
    """MAT-4: the Matter ID stands next to the name everywhere."""
    matter = open_matter(ada, reference="A-7")

    label = handler.labels([matter.pk])[matter.pk]

    assert (label.name, label.number) == (f"{matter.matter_number} Ng v Acme", "A-7")
    assert label.url == f"/matters/{matter.pk}/"


def test_clients_are_prepared_before_they_are_named(ada, handler):
    """MAT-4: a matter made before the products were connected is offered with its clients."""
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng, acme)
    connected()

    handler.prepare([matter.pk], actor=actor(ada), at=AT)

    there = sync.sync_ids("contact", [ng.pk, acme.pk])
    assert handler.read([matter.pk])[matter.pk]["clients"] == [str(there[ng.pk]), str(there[acme.pk])]
    operations.sync_now(actor=actor(ada), matter_ids=[matter.pk], at=AT)
    assert Record.objects.filter(kind="matter", local_id=matter.pk).exists()


def test_a_client_list_is_told_whole_or_not_at_all(ada, handler):
    """GRP-2, S8: as long as one client has no identity, none is named."""
    ng, acme = people("Ng", "Acme")
    matter = open_matter(ada, ng, acme)
    connected()
    sync.identify("contact", [ng.pk], actor=actor(ada), at=AT)

    assert handler.read([matter.pk])[matter.pk]["clients"] is None


def test_what_is_not_exchanged_says_why(ada, handler):
    """MAT-3, MAT-25."""
    (ng,) = people("Ng")
    exchanged, without, template = open_matter(ada, ng), open_matter(ada), open_matter(ada, ng, status="template")

    assert handler.excluded([exchanged.pk, without.pk, template.pk]) == {
        without.pk: "This matter won't reach Legal Accounting until it has a client.",
        template.pk: "Templates are not synchronised.",
    }


def test_forcing_skips_what_is_not_exchanged(ada):
    connected()
    without = open_matter(ada)

    operations.sync_now(actor=actor(ada), matter_ids=[without.pk], at=AT)

    assert not Record.objects.filter(kind="matter").exists()


def test_deleted_matters_are_not_read(ada, handler):
    matter = open_matter(ada)
    Matter.objects.update(deleted_at=AT)

    assert handler.read([matter.pk]) == {}
    assert list(handler.everything()) == []


def test_what_breaks_the_contract_is_refused(handler):
    """Protocol 2: never shortened, never repaired."""
    assert handler.check({"title": "x" * 251}).code == "too_long"
    assert handler.check({"title": "x"}) is None


def test_a_batch_costs_as_much_as_one(ada, handler):
    """Reading and amending: a constant number of statements."""
    person("Ben")
    connected()
    drafts = [draft(ada, parties=parties(Client=people("Ng"))) for _ in range(21)]
    ids = [made.id for made in create_matters(actor=SYSTEM, drafts=drafts, at=AT)]
    BEHIND_THE_ENGINE.update(ids)
    counts: list[tuple[int, int]] = []
    for some in (ids[:1], ids[1:]):
        with CaptureQueriesContext(connection) as reading:
            values = handler.read(some)
        changed = {"title": "T", "assigned": "ben@example.com", "number": "1"}
        with CaptureQueriesContext(connection) as writing:
            handler.amend([Amendment(new_id(), one, values[one], changed, {}, CLEO) for one in some], AT)
        counts.append((len(reading), len(writing)))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("code", "register", "labels"),
    [
        ("number_in_use", "requested_number", ["Choose another", "Let Legal Accounting number it"]),
        ("number_prefix", "requested_number", ["Choose another", "Let Legal Accounting number it"]),
        ("unknown_staff", "assigned", ["Assign to somebody else"]),
        ("not_representable", "title", ["Correct it"]),
        ("dependency_missing", "clients", ["Look at the clients"]),
    ],
)
def test_ways_out_of_an_error(ada, ben, code, register, labels):
    """STA-4, NUM-11, MAT-22: pages of this product; nothing for those who may not edit."""
    connected()
    matter = open_matter(ada, *people("Ng"), reference="A-7")
    Record.objects.filter(kind="matter").update(error_code=code, error_text="No.", error_register=register)
    state = sync.link_state("matter", matter.pk)

    found = remedies(matter.pk, state, actor(ada))

    assert [one.label for one in found] == labels
    assert all(f"/matters/{matter.pk}/" in one.url for one in found)
    assert remedies(matter.pk, state, actor(ben)) == []


@pytest.mark.parametrize(
    ("clients", "given", "labels"), [(0, {}, ["Add a client"]), (1, {}, []), (0, {"status": "template"}, [])]
)
def test_a_matter_without_a_client_is_led_to_one(ada, ben, clients, given, labels):
    """MAT-3, IND-3: an exchange could do nothing for it."""
    connected()
    matter = open_matter(ada, *people(*["Ng"] * clients), **given)
    state = sync.link_state("matter", matter.pk)

    assert [one.label for one in remedies(matter.pk, state, actor(ada))] == labels
    assert remedies(matter.pk, state, actor(ben)) == []
