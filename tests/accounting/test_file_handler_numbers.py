"""Numbers asked for in Practice Management, and what it is told (MAT-8 to MAT-19, LA-NUM-7, protocol 8)."""

import pytest
from tests.accounting.conftest import AT, by_firm, connected, person
from tests.accounting.matter_world import (
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

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations import (
    change_file_number,
)
from counterpart.accounting.sync_handlers.answers import answer_file_number, policy_block
from counterpart.contracts.matter import KIND
from counterpart.foundation.users.models import Role
from counterpart.sync import api as sync
from counterpart.sync.api import Author, Stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _link(db):
    connected()


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
