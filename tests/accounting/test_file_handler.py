"""Matters that arrive from Practice Management, and what it is told (MAT-1 to MAT-28, GRP-1 to GRP-11)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.accounting.conftest import AT, connected, open_file, person
from tests.accounting.matter_world import (
    CLEO,
    HANDLER,
    SYSTEM,
    admit,
    amend,
    amend_clients,
    arrived,
    client,
    identity,
    newcomer,
)

from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations import (
    change_file_options,
    close_file,
    edit_file,
)
from counterpart.accounting.numbering.models import FileNumberLedger
from counterpart.accounting.sync_handlers.matters import MADE_HERE
from counterpart.contracts.matter import KIND, REGISTERS
from counterpart.foundation.errors import Blocked, Refused
from counterpart.foundation.history.models import Event
from counterpart.sync import api as sync
from counterpart.sync.api import Amendment, Newcomer, Refusal, Stored
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _link(db):
    connected()


def test_person_assigned_is_also_responsible_and_lead_on_creation_only():
    """MAT table, MAT-22, MAT-28, scenario 18."""
    ben, cora = person("Ben"), person("Cora")
    file = arrived(client("Ada"), assigned="ben@example.com")
    assert (file.assigned, file.responsible, file.lead) == (ben, ben, ben)

    outcome = amend(file, assigned="cora@example.com")

    assert outcome == Stored()
    assert (file.assigned, file.responsible, file.lead) == (cora, ben, ben)


def test_person_unknown_here_refuses_that_register_only():
    """MAT-22, MAT-23, protocol 2: the file is made, numbered, and has nobody assigned."""
    person("Ben")
    ada = client("Ada", "25")
    refusal = Refusal(
        "unknown_staff",
        "zoe@example.com is not a user of Legal Accounting who may sign in.",
        "assigned",
        {"email": "zoe@example.com"},
    )
    one = newcomer(ada, assigned="zoe@example.com")

    assert admit(one) == [Stored(own={"number": "25-001"}, refusal=refusal)]

    file = File.objects.get(pk=one.local_id)
    assert (file.assigned, file.responsible, file.lead) == (None, None, None)
    amend(file, assigned="ben@example.com")
    assert amend(file, assigned="zoe@example.com", title="Rewi v Pier") == Stored(refusal=refusal)
    assert (file.assigned.email, file.description) == ("ben@example.com", "Rewi v Pier")


def test_first_person_known_here_answers_for_the_file_as_on_creation():
    """MAT table, MAT-22, LA-FIL-1: assigned, responsible and lead; a responsible lawyer named here meanwhile stays."""
    ben, cora = person("Ben"), person("Cora")
    change_file_options(publishes_staff=True, actor=SYSTEM, at=AT)
    ada = client("Ada", "25")
    plain, named = arrived(ada, assigned="zoe@example.com"), arrived(ada, assigned="zoe@example.com")
    edit_file(file_id=named.pk, given={"responsible": cora.pk}, actor=SYSTEM, at=AT)

    outcomes = [amend(file, assigned="ben@example.com") for file in (plain, named)]

    assert (plain.assigned, plain.responsible, plain.lead) == (ben, ben, ben)
    assert (named.assigned, named.responsible, named.lead) == (ben, cora, ben)
    assert outcomes == [
        Stored(own={"staff": {"responsible": "ben@example.com", "lead": "ben@example.com"}}),
        Stored(own={"staff": {"responsible": "cora@example.com", "lead": "ben@example.com"}}),
    ]
    amend(plain, assigned="cora@example.com")
    assert (plain.assigned, plain.responsible, plain.lead) == (cora, ben, ben)


def test_person_who_may_not_sign_in_counts_as_unknown():
    """MAT-22."""
    gone = person("Gone")
    gone.is_active = False
    gone.save()

    (outcome,) = admit(newcomer(client("Ada"), assigned="gone@example.com"))

    assert outcome.refusal.code == "unknown_staff"


def test_what_the_other_product_knows_nothing_of_takes_the_firms_defaults():
    """MAT-7, LA-FIL-1."""
    file = arrived(client("Ada"))

    assert all(getattr(file, name).is_default for name in ("area_of_practice", "rate_group", "default_task"))
    assert (file.opened_on, file.opened_received) == (date(2026, 2, 1), date(2026, 2, 1))
    assert (file.from_pm, file.status, file.created_by) == (True, "open", "Cleo Tan")


def test_open_date_changed_here_stays_here_and_a_later_one_from_there_is_taken():
    """MAT table, scenario 19."""
    file = arrived(client("Ada"))
    edit_file(file_id=file.pk, given={"opened_on": "2026-03-01"}, actor=SYSTEM, at=AT)
    assert HANDLER.read([file.pk])[file.pk]["opened"] == "2026-02-01"

    amend(file, opened="2026-02-15")

    assert (file.opened_on, file.opened_received) == (date(2026, 2, 15), date(2026, 2, 15))


def test_read_tells_what_is_here_in_the_order_of_the_payers():
    """Protocol 2; the staff is not told unless the firm switched it on (IMP-11)."""
    person("Ben")
    ada, bo = client("Ada", "25"), client("Bo")
    file = arrived(bo, ada, assigned="ben@example.com", title="Rewi v Quay")
    amend_clients(file, ada, bo)

    values = HANDLER.read([file.pk])[file.pk]

    assert values == {
        "title": "Rewi v Quay", "clients": [identity(ada), identity(bo)], "assigned": "ben@example.com",
        "opened": "2026-02-01", "number": file.number, "staff": None,
    }  # fmt: skip
    assert {name for name in REGISTERS if not REGISTERS[name].kept} == set(values)


def test_staff_is_told_once_the_firm_wants_it():
    """IMP-11: known files at once, new ones as they arrive."""
    person("Ben")
    old = arrived(client("Ada"), assigned="ben@example.com")
    both = {"responsible": "ben@example.com", "lead": "ben@example.com"}
    sync.born(kind=KIND, items=[(old.pk, HANDLER.read([old.pk])[old.pk])], actor=SYSTEM, at=AT)
    before = Record.objects.get(kind=KIND).regs

    change_file_options(publishes_staff=True, actor=SYSTEM, at=AT)

    assert HANDLER.read([old.pk])[old.pk]["staff"] == both
    assert Record.objects.get(kind=KIND).regs != before
    (outcome,) = admit(newcomer(client("Bo"), assigned="ben@example.com"))
    assert outcome.own["staff"] == both


def test_file_of_a_matter_keeps_somebody_assigned():
    """MAT-5, MAT-23: what the other product would refuse is refused here at once, beside the field."""
    person("Ben")
    file, free = arrived(client("Ada"), assigned="ben@example.com"), arrived(client("Bo"))

    with pytest.raises(Refused) as refusal:
        edit_file(file_id=file.pk, given={"assigned": None}, actor=SYSTEM, at=AT)
    edit_file(file_id=free.pk, given={"description": "Else"}, actor=SYSTEM, at=AT)

    assert [error.field for error in refusal.value.errors] == ["assigned"]


def test_file_made_here_is_never_exchanged():
    """MAT-1, protocol 9."""
    sync.switch_off(SYSTEM, AT)
    file = open_file(client("Ada"))
    edit_file(file_id=file.pk, given={"description": "Else"}, actor=SYSTEM, at=AT)

    assert HANDLER.excluded([file.pk]) == {file.pk: MADE_HERE}
    assert not Record.objects.filter(kind=KIND).exists()


def test_closed_file_takes_changes_and_stays_closed():
    """MAT-24, scenario 20."""
    file = arrived(client("Ada"))
    close_file(file_id=file.pk, closed_on=AT.date(), actor=SYSTEM, at=AT)

    amend(file, title="Rewi v Pier")

    assert (file.status, file.description) == ("closed", "Rewi v Pier")


def test_history_names_who_did_what_at_the_origin():
    """HIS-1, CON-13."""
    ada, bo = client("Ada", "25"), client("Bo")
    file = arrived(ada)

    amend_clients(file, ada, bo)

    events = list(Event.objects.filter(object_id=file.pk).order_by("id"))
    assert [(one.verb, one.actor_name, one.origin, one.site) for one in events] == [
        ("created", "Cleo Tan", "sync", "pm"),
        ("edited", "Cleo Tan", "sync", "pm"),
        ("split_review_asked", "Cleo Tan", "sync", "pm"),
    ]
    assert events[0].changes["number"] == [None, "25-001"]
    assert events[1].changes == {"shares": [[], ["Bo: 0.0000 %"]]}
    amend_clients(file, bo, ada)
    event = Event.objects.filter(object_id=file.pk, verb="edited").latest("id")
    assert event.changes == {
        "shares": [["Ada: 100.0000 %", "Bo: 0.0000 %"], ["Bo: 100.0000 %", "Ada: 0.0000 %"]],
        "primary": ["Ada", "Bo"],
    }


def test_conflict_is_decided_as_an_ordinary_edit_and_clients_are_not_decided_here():
    """GRP table 4.2, protocol 15."""
    ben = person("Ben")
    file = arrived(client("Ada"))

    HANDLER.overwrite(local_id=file.pk, register="title", value="Rewi v Pier", actor=SYSTEM, at=AT)
    HANDLER.overwrite(local_id=file.pk, register="assigned", value="ben@example.com", actor=SYSTEM, at=AT)
    with pytest.raises(Blocked):
        HANDLER.overwrite(local_id=file.pk, register="clients", value=[], actor=SYSTEM, at=AT)

    file.refresh_from_db()
    assert (file.description, file.assigned) == ("Rewi v Pier", ben)


@pytest.mark.parametrize("values", [{"title": None}, {"clients": []}])
def test_matter_without_name_or_client_is_refused(values):
    """MAT-3."""
    one = newcomer(client("Ada"))

    (outcome,) = admit(Newcomer(one.sync_id, one.local_id, one.values | values, {}, CLEO))

    assert isinstance(outcome, Refusal)
    assert not FileNumberLedger.objects.exists()


def test_batches_cost_the_same_number_of_statements():
    """Speed: what a batch costs does not grow with it."""
    person("Ben")
    contacts = [client(f"C{n}") for n in range(12)]

    def statements(count: int, start: int) -> tuple[int, int]:
        group = contacts[start : start + count]
        newcomers = [newcomer(one, contacts[0], assigned="ben@example.com") for one in group]
        with CaptureQueriesContext(
            connection,
        ) as admitted:
            HANDLER.admit(newcomers, AT)
        before = HANDLER.read([one.local_id for one in newcomers])
        changes = {"clients": [identity(contacts[0]), identity(contacts[11])], "title": "Else", "opened": "2026-03-01"}
        amendments = [
            Amendment(one.sync_id, one.local_id, before[one.local_id], changes, {}, CLEO) for one in newcomers
        ]
        with CaptureQueriesContext(connection) as amended:
            HANDLER.amend(amendments, AT)
        return len(admitted), len(amended)

    assert statements(2, 1) == statements(8, 3)
