"""Matters that arrive from Practice Management, and what it is told (MAT-1 to MAT-28, GRP-1 to GRP-11)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.accounting.conftest import AT, by_firm, connected, create, open_file, person, split_of

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.files.models import File, FilePayer, SplitReview
from counterpart.accounting.files.operations import (
    add_client,
    change_file_number,
    change_file_options,
    close_file,
    edit_file,
    set_split,
)
from counterpart.accounting.numbering.models import FileNumberLedger, NumberLedger
from counterpart.accounting.sync_handlers.answers import answer_file_number, policy_block
from counterpart.accounting.sync_handlers.matters import MADE_HERE, MatterHandler
from counterpart.contracts.matter import KIND, REGISTERS
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id
from counterpart.foundation.users.models import Role
from counterpart.sync import api as sync
from counterpart.sync.api import Amendment, Author, Newcomer, Refusal, Stored
from counterpart.sync.models import Record

pytestmark = pytest.mark.django_db
HANDLER = MatterHandler()
CLEO = Author("Cleo Tan", "cleo@example.com", 1_700_000_000_000)
SYSTEM = Actor.system("Test")


@pytest.fixture(autouse=True)
def _link(db):
    connected()


def client(last: str, number: str = "") -> Contact:
    return create(number, last=last, keep_sequence=True)


def identity(contact: Contact) -> str:
    return str(sync.sync_ids("contact", [contact.pk])[contact.pk])


def newcomer(*clients: Contact, number=None, keep=False, author=CLEO, **values) -> Newcomer:
    values = {"title": "Rewi v Quay", "clients": [identity(one) for one in clients], "opened": "2026-02-01"} | values
    if number:
        values["requested_number"] = {"number": number, "keep_sequence": keep}
    return Newcomer(new_id(), new_id(), values, {}, author)


def admit(*newcomers: Newcomer) -> list:
    outcomes = HANDLER.admit(newcomers, AT)
    return [outcomes[one.sync_id] for one in newcomers]


def arrived(*clients: Contact, **values) -> File:
    one = newcomer(*clients, **values)
    (outcome,) = admit(one)
    assert isinstance(outcome, Stored)
    return File.objects.get(pk=one.local_id)


def amend(file: File, author=CLEO, **changed):
    one = Amendment(new_id(), file.pk, HANDLER.read([file.pk])[file.pk], changed, {}, author)
    outcome = HANDLER.amend([one], AT)[one.sync_id]
    file.refresh_from_db()
    return outcome


def amend_clients(file: File, *clients: Contact):
    return amend(file, clients=[identity(one) for one in clients])


def test_new_matter_becomes_a_file_numbered_by_its_primary_contact():
    """MAT-6, MAT-8, MAT-10, scenario 17: contact 25 gets 25-001, then 25-002; contact 26 begins anew."""
    ada, bo = client("Ada", "25"), client("Bo", "26")

    outcomes = admit(newcomer(ada), newcomer(ada, bo), newcomer(bo, ada))

    assert outcomes == [Stored(own={"number": number}) for number in ("25-001", "25-002", "26-001")]


def test_by_firm_one_counter_for_all():
    """MAT-11, scenario 17: after 12345 comes 12346, whoever the client is."""
    by_firm()
    ada, bo = client("Ada"), client("Bo")

    outcomes = admit(newcomer(ada, number="12345"), newcomer(bo), newcomer(ada))

    assert outcomes == [Stored(own={"number": number}) for number in ("12345", "12346", "12347")]


def test_first_client_pays_all_and_the_others_nothing():
    """GRP-2, GRP-4, LA-SPL-1, scenario 21."""
    ada, bo, cy = client("Ada"), client("Bo"), client("Cy")

    file = arrived(ada, bo, cy)

    assert split_of(file) == [("Ada", "100.0000"), ("Bo", "0.0000"), ("Cy", "0.0000")]
    assert not SplitReview.objects.exists()


def test_hidden_group_takes_no_contact_and_no_number():
    """GRP-3: there is nothing that a list, a picker, a number sequence or a count could show."""
    clients = [client(name) for name in ("Ada", "Bo", "Cy")]
    contacts, numbers, records = Contact.objects.count(), NumberLedger.objects.count(), Record.objects.count()

    arrived(*clients)

    assert Contact.objects.count() == contacts
    assert NumberLedger.objects.count() == numbers
    assert Record.objects.count() == records
    assert set(contacts_visible_to(SYSTEM)) == set(clients)


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


def test_typed_reference_is_used_or_refuses_the_new_matter():
    """MAT-8, MAT-9, MAT-13, MAT-14, MAT-16."""
    ada = client("Ada", "25")
    taken = newcomer(ada, number="25-007")
    assert admit(taken) == [Stored(own={"number": "25-007"})]

    outcomes = admit(
        newcomer(ada, number="25-007"),
        newcomer(ada, number="26-001"),
        newcomer(ada, number="25-"),
        newcomer(ada, number="25-0*1"),
        newcomer(ada),
        newcomer(ada, number="25-099", keep=True),
        newcomer(ada),
    )

    assert [getattr(one, "code", None) for one in outcomes[:4]] == [
        "number_in_use", "number_prefix", "number_prefix", "number_invalid",
    ]  # fmt: skip
    assert [one.own["number"] for one in outcomes[4:]] == ["25-008", "25-099", "25-009"]
    assert outcomes[0].register == "requested_number"
    assert File.objects.count() == 4


def test_holder_of_a_taken_number_is_named_by_its_sync_identity():
    """MAT-9, protocol 8."""
    ada = client("Ada", "25")
    file = arrived(ada, number="25-007")
    sync.born(kind=KIND, items=[(file.pk, HANDLER.read([file.pk])[file.pk])], actor=SYSTEM, at=AT)
    holder = str(sync.sync_ids(KIND, [file.pk])[file.pk])

    (outcome,) = admit(newcomer(ada, number="25-007"))

    assert outcome.detail == {"number": "25-007", "holder": holder}


def test_number_once_given_is_never_given_again():
    """LA-NUM-7, LA-NUM-10: neither by the counter set back nor typed."""
    ada = client("Ada", "25")
    file = arrived(ada)
    change_file_number(file_id=file.pk, number="25-050", keep_sequence=False, actor=SYSTEM, at=AT)
    outcomes = admit(newcomer(ada, number="25-001"), newcomer(ada, number="25-049"), newcomer(ada), newcomer(ada))

    assert outcomes[0].code == "number_in_use"
    assert [one.own["number"] for one in outcomes[1:]] == ["25-049", "25-051", "25-052"]


def test_changed_contact_number_keeps_files_and_counter():
    """LA-NUM-9, MAT-17: what exists keeps its number, what comes begins with the new one and goes on counting."""
    ada, bo = client("Ada", "25"), client("Bo", "26")
    file = arrived(ada, bo)
    Contact.objects.filter(pk=ada.pk).update(number="30", number_key="30")
    amend_clients(file, bo, ada)
    assert file.number == "25-001"

    assert admit(newcomer(ada)) == [Stored(own={"number": "30-002"})]


def test_counter_widens_and_never_wraps():
    """MAT-15, LA-NUM-3."""
    ada = client("Ada", "25")

    outcomes = admit(newcomer(ada, number="25-999"), newcomer(ada))

    assert [one.own["number"] for one in outcomes] == ["25-999", "25-1000"]


def test_new_reference_renumbers_or_is_refused_while_the_rest_applies():
    """MAT-18, protocol 8."""
    ada = client("Ada", "25")
    file, other = arrived(ada), arrived(ada)

    assert amend(file, requested_number={"number": "25-100"}) == Stored(own={"number": "25-100"})
    outcome = amend(other, requested_number={"number": "25-100"}, title="Rewi v Pier")

    assert (outcome.own, outcome.refusal.code) == ({}, "number_in_use")
    assert (other.number, other.description) == ("25-002", "Rewi v Pier")


def test_restriction_of_file_numbers_binds_who_asked():
    """MAT-19, NUM-17: not the numbers given by themselves, and not contacts'."""
    person("Bound")
    Role.objects.filter(name="Role of Bound").update(restrict_file_number_changes=True)
    bound = Author("Bound", "Bound@example.com", 1)
    ada = client("Ada", "25")

    refused, free = admit(newcomer(ada, number="25-009", author=bound), newcomer(ada, author=bound))

    assert refused.code == "number_restricted"
    assert free == Stored(own={"number": "25-001"})
    assert policy_block()["file_number_locked_emails"] == ["bound@example.com"]
    file = File.objects.get()
    outcome = amend(file, author=bound, requested_number={"number": "25-009"}, title="Rewi v Pier")
    assert (outcome.refusal.code, file.number, file.description) == ("number_restricted", "25-001", "Rewi v Pier")


def test_changes_of_clients_move_shares_and_ask_for_a_review():
    """GRP-7 to GRP-11, LA-SPL-3, IMP-12, scenario 23."""
    ada, bo, cy = client("Ada"), client("Bo"), client("Cy")
    file = arrived(ada, bo)
    set_split(file_id=file.pk, shares={bo.pk: 300_000}, actor=SYSTEM, at=AT)

    amend_clients(file, ada, bo, cy)
    assert split_of(file) == [("Ada", "70.0000"), ("Bo", "30.0000"), ("Cy", "0.0000")]
    amend_clients(file, cy, ada, bo)
    assert split_of(file) == [("Cy", "0.0000"), ("Ada", "70.0000"), ("Bo", "30.0000")]
    amend_clients(file, ada, bo)
    assert split_of(file) == [("Ada", "70.0000"), ("Bo", "30.0000")]
    amend_clients(file, bo)

    assert split_of(file) == [("Bo", "100.0000")]
    review = SplitReview.objects.get()
    assert review.reason.splitlines() == [
        "Cy is a client now, at 0.0000 %.",
        "Cy is the primary contact now.",
        "Cy is no client any more; 0.0000 % went to Ada. Ada is the primary contact now.",
        "Ada is no client any more; 70.0000 % went to Bo. Bo is the primary contact now.",
    ]
    former = FilePayer.objects.filter(ended_at__isnull=False).order_by("contact__last")
    assert [(one.contact.last, one.share) for one in former] == [("Ada", 0), ("Cy", 0)]


def test_client_who_comes_back_is_no_former_payer():
    """LA-SPL-3, GRP-7."""
    ada, bo = client("Ada"), client("Bo")
    file = arrived(ada, bo)
    amend_clients(file, ada)

    amend_clients(file, ada, bo)

    assert split_of(file) == [("Ada", "100.0000"), ("Bo", "0.0000")]
    assert not FilePayer.objects.filter(ended_at__isnull=False).exists()


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


def test_client_added_while_off_shows_as_a_difference_even_without_an_identity():
    """Protocol 15, GRP-17: otherwise the list of Practice Management would never be put back."""
    ada = client("Ada", "25")
    file = arrived(ada)
    stranger = client("Stranger")
    Record.objects.filter(local_id=stranger.pk).delete()  # as if from before the two were connected
    sync.switch_off(SYSTEM, AT)

    add_client(file_id=file.pk, contact_id=stranger.pk, actor=SYSTEM, at=AT)

    assert HANDLER.read([file.pk])[file.pk]["clients"] == [identity(ada), str(stranger.pk)]


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


def test_history_names_no_more_payers_than_a_person_reads():
    """HIS-1, LA-SPL-1: of hundreds the first twenty; of a change those it concerns."""
    clients = [client(f"C{n}") for n in range(30)]
    file = arrived(*clients[:25])

    amend_clients(file, *clients[:23], clients[24], clients[23])
    amend_clients(file, *clients)

    created, ordered, _, added, _ = Event.objects.filter(object_id=file.pk).order_by("id")
    assert created.changes["shares"][1][19:] == ["C19: 0.0000 %", "and 5 more"]
    assert ordered.changes["order"][0][-1] == "and 4 more"
    assert [one.split(":")[0] for one in added.changes["shares"][1]] == ["C25", "C26", "C27", "C28", "C29"]


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


def test_question_about_a_number_is_answered_for_the_primary_client():
    """MAT-9, MAT-13, IMP-3, IMP-4: nobody is named."""
    ada = client("Ada", "25")
    file = arrived(ada)
    sync.born(kind=KIND, items=[(file.pk, HANDLER.read([file.pk])[file.pk])], actor=SYSTEM, at=AT)
    holder = str(sync.sync_ids(KIND, [file.pk])[file.pk])
    question = {"client": identity(ada), "sync_id": ""}

    assert answer_file_number({**question, "number": "25-040"}) == {
        "free": True, "holder": "", "problem": "", "next": "25-002", "next_after": "25-041", "prefix": "25-",
    }  # fmt: skip
    taken = answer_file_number({**question, "number": "25-001"})
    assert (taken["free"], taken["holder"], taken["problem"]) == (False, holder, "Number 25-001 is already used.")
    assert answer_file_number({**question, "number": "25-001", "sync_id": holder})["free"] is True
    assert "25-" in answer_file_number({**question, "number": "7"})["problem"]
    assert answer_file_number({"number": "25-040"})["next"] == ""
    by_firm()
    assert answer_file_number({"number": ""}) == {
        "free": True, "holder": "", "problem": "", "next": "1", "next_after": "1", "prefix": "",
    }  # fmt: skip
