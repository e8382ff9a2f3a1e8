"""Editing matters: merging, requests for numbers, reassigning, the other value of a conflict (EDT-1, MAT-2, MAT-9)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.practice.conftest import AT, actor, connected, errors_of, history_of, person
from tests.practice.matters import MATTER_WORK, clients, now, open_matter, parties, people

from counterpart.foundation.errors import Blocked, Forbidden, Missing, Refused, Stale
from counterpart.foundation.ids import new_id
from counterpart.practice.matters import operations
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.operations import EditClash
from counterpart.sync import api as sync
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
BASE = {"name": "Ng v Acme", "priority": "normal", "external_reference": ""}


@pytest.fixture
def ada(db):
    return person("Ada", *MATTER_WORK)


@pytest.fixture
def edit(ada):
    """Edit as Ada."""

    def run(matter, changes, **given):
        return operations.edit_matter(actor=actor(ada), matter_id=matter.pk, changes=changes, at=AT, **given)

    return run


def record_of(matter):
    return Record.objects.get(kind="matter", local_id=matter.pk)


def test_an_edit_is_stored_told_and_in_history(ada, edit):
    connected()
    ben = person("Ben")
    matter = open_matter(ada, *people("Ng"))
    before = record_of(matter).regs

    edit(matter, {"name": " Ng  v  Zed ", "assigned_to": ben.pk, "date": date(2026, 1, 2), "priority": "low"})

    changed = now(matter)
    assert (changed.name, changed.assigned_to, changed.date) == ("Ng v Zed", ben, date(2026, 1, 2))
    assert (changed.version, changed.updated_by, changed.sort_name) == (2, "Ada", "ng v zed")
    assert record_of(matter).regs != before
    assert history_of(matter.pk, "matter")[1:] == [
        (
            "edited",
            "Ada",
            {
                "name": ["Ng v Acme", "Ng v Zed"], "assigned_to": ["Ada", "Ben"],
                "date": ["2026-03-04", "2026-01-02"], "priority": ["normal", "low"],
            },
        )
    ]  # fmt: skip


def test_a_save_without_a_change_forces_an_exchange(ada, edit):
    """STA-5: without history and without a version."""
    connected()
    matter = open_matter(ada, *people("Ng"))
    before = record_of(matter).force

    edit(matter, {"name": "Ng v Acme"})

    assert record_of(matter).force > before
    assert (now(matter).version, len(history_of(matter.pk, "matter"))) == (1, 1)


def test_what_two_people_changed_apart_merges_and_what_both_changed_clashes(ada, edit):
    """EDT-1."""
    matter = open_matter(ada)
    edit(matter, {"priority": "high"})

    edit(matter, {**BASE, "name": "Mine"}, base=BASE)
    assert (now(matter).name, now(matter).priority) == ("Mine", "high")
    with pytest.raises(EditClash) as clash:
        edit(matter, {**BASE, "priority": "low"}, base=BASE)

    (one,) = clash.value.clashes
    assert (one.field, one.yours, one.theirs, one.before) == ("priority", "low", "high", "normal")
    assert (clash.value.by, clash.value.current_version) == ("Ada", 3)


def test_another_version_is_stale(ada, edit):
    matter = open_matter(ada)

    with pytest.raises(Stale):
        edit(matter, {"name": "x"}, version=7)

    assert now(matter).name == "Ng v Acme"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": ""}, {"name": "matter.name_required"}),
        ({"assigned_to": "z@example.com"}, {"assigned_to": "assigned_to.unknown"}),
        ({"assigned_to": None}, {"assigned_to": "assigned_to.unknown"}),
        ({"status": "closed"}, {"status": "status.not_here"}),
        ({"status": "open"}, {"status": "status.invalid"}),
        ({"file_reference": "A*7"}, {"file_reference": "reference.invalid_characters"}),
    ],
)
def test_bad_input_is_refused_with_its_field(ada, edit, changes, expected):
    matter = open_matter(ada)

    with pytest.raises(Refused) as refusal:
        edit(matter, changes)

    assert errors_of(refusal.value) == expected
    assert now(matter).version == 1


def test_a_typed_reference_is_a_request(ada, edit):
    """MAT-8, MAT-18: the number stands until Legal Accounting grants another."""
    connected()
    matter = open_matter(ada, *people("Ng"))
    Matter.objects.update(file_reference="25-001", file_reference_key="25-001")
    matter = now(matter)

    edit(matter, {"file_reference": "A-7"}, keep_sequence=True)

    changed = now(matter)
    assert (changed.file_reference, changed.requested_reference, changed.shown_reference) == ("25-001", "A-7", "25-001")
    assert record_of(matter).held["requested_number"] == {"number": "A-7", "keep_sequence": True}
    operations.withdraw_reference(actor=actor(ada), matter_id=matter.pk, at=AT)
    assert now(matter).requested_reference == ""
    assert record_of(matter).held.get("requested_number") is None


def test_a_number_is_kept_and_not_emptied(ada, edit):
    matter = open_matter(ada)
    Matter.objects.update(file_reference="25-001", file_reference_key="25-001")

    with pytest.raises(Refused) as refusal:
        edit(matter, {"file_reference": ""})

    assert errors_of(refusal.value) == {"file_reference": "reference.required"}


def test_a_reference_another_matter_has_is_refused(ada, edit):
    """MAT-2: its own it may have; a hidden holder is not named (PRM-4)."""
    open_matter(person("Cleo"), name="Secret", reference="A-7", restricted=True)
    matter = open_matter(ada, reference="B-1")

    edit(matter, {"file_reference": "b-1"})
    with pytest.raises(Refused) as refusal:
        edit(matter, {"file_reference": "a-7"})

    assert errors_of(refusal.value) == {"file_reference": "reference.taken"}
    assert "Secret" not in str(refusal.value)


def test_who_may_not_number_keeps_off_the_reference(ada, edit):
    """Integration MAT-19; and withdrawing a request stays allowed."""
    connected({"file_number_locked_emails": ["ada@example.com"]})
    matter = open_matter(ada, reference="A-7")

    with pytest.raises(Forbidden):
        edit(matter, {"file_reference": "A-8"})
    edit(matter, {"name": "Other", "file_reference": "A-7"})
    operations.withdraw_reference(actor=actor(ada), matter_id=matter.pk, at=AT)

    assert (now(matter).name, now(matter).requested_reference) == ("Other", "")


def test_a_matter_legal_accounting_knows_becomes_no_template(ada, edit):
    """GRP-12; one that stayed here may, and a template becomes a matter and is told."""
    connected()
    known = open_matter(ada, *people("Ng"))
    with pytest.raises(Blocked):
        edit(known, {"status": "template"})
    template = open_matter(ada, *people("Zed"), status="template")
    assert not Record.objects.filter(local_id=template.pk).exists()

    edit(template, {"status": "active"})

    assert record_of(template).due


def test_reassigning_many_at_once(ada):
    """MAT-9: who has the person already is left alone; the cost does not grow."""
    connected()
    ben = person("Ben")
    (ng,) = people("Ng")
    held = [open_matter(ada, ng) for _ in range(12)]
    other = open_matter(ben, ng)
    counts = []
    for some in ([held[0]], held[1:11]):
        with CaptureQueriesContext(connection) as seen:
            ids = [matter.pk for matter in some]
            done = operations.reassign_matters(actor=actor(ada), matter_ids=ids, assigned_to=ben.pk, at=AT)
        assert done.changed == ids
        counts.append(len(seen))

    last = operations.reassign_matters(
        actor=actor(ada), matter_ids=[held[11].pk, other.pk], assigned_to="ben@example.com", at=AT
    )

    assert counts[0] == counts[1]
    assert (last.changed, last.unchanged) == ([held[11].pk], [other.pk])
    assert not Matter.objects.exclude(assigned_to=ben).exists()
    assert history_of(held[0].pk, "matter")[1:] == [("reassigned", "Ada", {"assigned_to": ["Ada", "Ben"]})]


def test_reassigning_is_all_or_nothing(ada):
    """A hidden matter among them is missing, whether it exists or not (PRM-4)."""
    cleo = person("Cleo")
    mine, secret = open_matter(ada), open_matter(cleo, restricted=True)

    for ids in ([mine.pk, secret.pk], [mine.pk, new_id()]):
        with pytest.raises(Missing):
            operations.reassign_matters(actor=actor(ada), matter_ids=ids, assigned_to=cleo.pk, at=AT)

    assert now(mine).assigned_to == ada


@pytest.mark.parametrize(
    ("register", "value", "field", "stored"),
    [
        ("title", "Theirs", "name", "Theirs"),
        ("opened", "2026-01-02", "date", date(2026, 1, 2)),
        ("number", "A-9", "requested_reference", "A-9"),
        ("requested_number", {"number": "A-9", "keep_sequence": False}, "requested_reference", "A-9"),
    ],
)
def test_the_other_value_of_a_conflict_is_an_ordinary_edit(ada, register, value, field, stored):
    connected()
    matter = open_matter(ada, *people("Ng"))

    operations.set_register(actor=actor(ada), matter_id=matter.pk, register=register, value=value, at=AT)

    assert getattr(now(matter), field) == stored
    assert history_of(matter.pk, "matter")[1][:2] == ("edited", "Ada")


def test_the_other_list_of_clients_is_taken_over_whole(ada):
    """What Legal Accounting had while the integration was off; the other parties stay."""
    connected()
    ng, acme, hale = people("Ng", "Acme", "Hale")
    matter = open_matter(ada, ng, parties=parties(Judge=hale))
    sync.identify("contact", [acme.pk], actor=actor(ada), at=AT)
    there = sync.sync_ids("contact", [ng.pk, acme.pk])
    wanted = [str(there[acme.pk]), str(there[ng.pk])]

    operations.set_register(actor=actor(ada), matter_id=matter.pk, register="clients", value=wanted, at=AT)
    with pytest.raises(Refused):
        operations.set_register(
            actor=actor(ada), matter_id=matter.pk, register="clients", value=[*wanted, str(new_id())], at=AT
        )

    assert clients(matter) == [acme.pk, ng.pk]
    assert len(parties_now(matter)) == 3


def parties_now(matter):
    from counterpart.practice.matters.queries import parties_of

    return parties_of(matter.pk)


def test_what_only_legal_accounting_changes_is_refused(ada):
    matter = open_matter(ada)

    with pytest.raises(Refused):
        operations.set_register(actor=actor(ada), matter_id=matter.pk, register="staff", value={}, at=AT)


def test_who_may_not_edit_is_refused(ada, ben):
    """PRM-6."""
    matter = open_matter(ada)

    for run in (
        lambda: operations.edit_matter(actor=actor(ben), matter_id=matter.pk, changes={"name": "x"}, at=AT),
        lambda: operations.withdraw_reference(actor=actor(ben), matter_id=matter.pk, at=AT),
        lambda: operations.reassign_matters(actor=actor(ben), matter_ids=[matter.pk], assigned_to=ben.pk, at=AT),
    ):
        with pytest.raises(Forbidden):
            run()
    assert now(matter).version == 1
