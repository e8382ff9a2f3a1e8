"""Numbers: what comes next, what may be typed, what is never given twice (LA-NUM-1 to LA-NUM-9, SEQ-7)."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.accounting.conftest import AT, separate, sequence_at

from counterpart.accounting.numbering.book import NotGiven
from counterpart.accounting.numbering.models import FirmNumbering, NumberLedger, NumberSequence
from counterpart.accounting.numbering.operations import SequenceChange, Wish, change_numbering, give_numbers
from counterpart.accounting.numbering.queries import next_numbers, preview
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden, Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.ids import new_id

pytestmark = pytest.mark.django_db


def give(*wishes: Wish) -> list[str | NotGiven]:
    with transaction.atomic():
        return give_numbers(wishes, at=AT)


def auto(scheme: str = "client") -> Wish:
    return Wish(new_id(), scheme)


def typed(number: str, scheme: str = "client", *, keep: bool = False) -> Wish:
    return Wish(new_id(), scheme, number, keep_sequence=keep)


def codes(answers: list[str | NotGiven]) -> list[str]:
    return [answer.code if isinstance(answer, NotGiven) else answer for answer in answers]


def test_vectors_of_the_specification():
    """LA-NUM-2, LA-NUM-4, LA-NUM-5: the published test vectors, in one batch and in order."""
    sequence_at("client", 26)
    separate()

    answers = give(
        auto(), typed("100"), auto(), typed("A B"), typed("7*"), typed("26"), auto("vendor"), auto("other"), auto()
    )

    assert codes(answers) == [
        "26", "100", "101", "number_invalid", "number_invalid", "number_in_use", "V~1", "O~1", "102",
    ]  # fmt: skip


def test_one_sequence_for_all_types_while_the_switch_is_off():
    """LA-NUM-1, SEQ-5."""
    sequence_at("client", 26)

    assert give(auto("vendor"), auto("other"), auto()) == ["26", "27", "28"]


def test_typed_number_sets_the_sequence_back_and_used_numbers_are_skipped():
    """LA-NUM-5: typing 40 while 41 to 60 exist gives 61 next."""
    sequence_at("client", 41)
    give(*(auto() for _ in range(20)))

    assert give(typed("40"), auto()) == ["40", "61"]


def test_sequence_set_back_far_steps_over_a_long_run():
    """LA-NUM-7: however long the run of used numbers, the next free one is found."""
    give(*(auto() for _ in range(700)))
    sequence_at("client", 1)

    with CaptureQueriesContext(connection) as queries:
        answers = give(auto(), auto())

    assert answers == ["701", "702"]
    assert len(queries) < 16


@pytest.mark.parametrize(("number", "following"), [("500", "501"), ("SMITH", "1"), ("V~9", "1"), ("007", "008")])
def test_typed_number_moves_the_sequence_only_if_it_fits(number, following):
    """LA-NUM-5, NUM-9: another shape leaves the sequence alone; zeros set the padding."""
    assert give(typed(number), auto()) == [number, following]


def test_typed_number_can_keep_the_sequence():
    """IMP-3: use this number and keep the sequence."""
    sequence_at("client", 30)

    assert give(typed("900", keep=True), auto(), typed("800"), auto()) == ["900", "30", "800", "801"]


def test_manual_number_does_not_move_the_sequence_when_the_firm_says_so():
    FirmNumbering.objects.update(manual_number_resets_sequence=False)
    sequence_at("client", 30)

    assert give(typed("900"), auto()) == ["900", "30"]


def test_numbers_are_unique_across_sequences_and_letter_case():
    """LA-NUM-4, SEQ-7: comparison ignores case; the text is kept as typed."""
    separate()
    give(typed("Abc"), typed("V~1"))

    answers = give(typed("aBC", "other"), typed("v~1", "vendor"), auto("vendor"))

    assert codes(answers) == ["number_in_use", "number_in_use", "V~2"]
    assert NumberLedger.objects.get(key="abc").number == "Abc"


def test_contact_may_take_its_own_former_number_again_but_nobody_else():
    """LA-NUM-7: never given to another record."""
    mine, other = new_id(), new_id()
    give(Wish(mine, "client", "40"), Wish(mine, "client", "41"))

    answers = give(Wish(mine, "client", "40"), Wish(other, "client", "41"))

    assert codes(answers) == ["40", "number_in_use"]
    assert answers[1].owner == mine
    assert NumberLedger.objects.filter(contact_id=mine).count() == 2


def test_refused_wish_uses_nothing_up():
    sequence_at("client", 5)
    give(typed("4", keep=True))

    assert codes(give(typed("4"), auto())) == ["number_in_use", "5"]


def test_exhausted_sequence_says_so():
    """LA-NUM-4: at most 15 characters."""
    sequence_at("client", 999_999_999_999_999)

    answers = give(auto(), auto())

    assert codes(answers) == ["999999999999999", "number_exhausted"]


def test_cost_does_not_grow_with_the_batch():
    """Set-based: as many statements for a thousand as for ten."""
    with CaptureQueriesContext(connection) as few:
        give(*(auto() for _ in range(10)))
    with CaptureQueriesContext(connection) as many:
        give(*(auto() for _ in range(1000)))

    assert len(many) == len(few)


@pytest.mark.parametrize("change", [lambda rows: rows.update(number="9"), lambda rows: rows.delete()])
def test_ledger_refuses_change_and_removal(change):
    """LA-NUM-7: the database itself keeps every number ever given."""
    give(auto())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(NumberLedger.objects.all())

    assert NumberLedger.objects.count() == 1


def test_preview_says_what_would_come_next():
    """LA-NUM-5, IMP-3: before anything is saved."""
    sequence_at("client", 30)
    give(typed("900", keep=True))

    free, taken, odd = (preview(n, scheme="client") for n in ("899", "900", "a b"))

    assert (free.is_free, free.next, free.next_after, free.moves) == (True, "30", "901", True)
    assert (taken.is_free, taken.moves) == (False, False)
    assert taken.owner is not None
    assert odd.problem == "A number can't contain spaces or *."
    assert next_numbers() == {"client": "30", "vendor": "30", "other": "30"}


def test_next_numbers_per_sequence_when_separate():
    separate()
    sequence_at("vendor", 212)

    assert next_numbers() == {"client": "1", "vendor": "V~212", "other": "O~1"}


def test_administrator_changes_the_numbering_and_it_is_logged(admin):
    """LA-NUM-6, LA-AUD-1."""
    change_numbering(
        actor=Actor.of(admin, "screen"), at=AT, separate=True, sequences={"vendor": SequenceChange("L-", 211)}
    )

    assert give(auto("vendor"), auto()) == ["L-211", "1"]
    event = Event.objects.get(object_type="settings", verb="setting_changed")
    assert event.changes == {
        "separate_numbering_sequences": [False, True], "vendor.prefix": ["V~", "L-"], "vendor.next": [1, 211],
    }  # fmt: skip
    assert event.actor_name == "Admin"


def test_numbering_is_not_changed_without_the_right(ada):
    with pytest.raises(Forbidden):
        change_numbering(actor=Actor.of(ada, "screen"), at=AT, separate=True)

    assert FirmNumbering.objects.get().separate_numbering_sequences is False


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"vendor": SequenceChange(prefix="")}, "sequences.vendor.prefix"),
        ({"vendor": SequenceChange(prefix="V 1")}, "sequences.vendor.prefix"),
        ({"vendor": SequenceChange(prefix="V1")}, "sequences.vendor.prefix"),
        ({"vendor": SequenceChange(prefix="LONGER")}, "sequences.vendor.prefix"),
        ({"client": SequenceChange(next=0)}, "sequences.client.next"),
        ({"vendor": SequenceChange(next=10**14)}, "sequences.vendor.next"),
    ],
)
def test_numbering_that_can_not_work_is_refused(change, field):
    with pytest.raises(Refused) as refusal:
        change_numbering(actor=Actor.system("Test"), at=AT, sequences=change)

    assert refusal.value.errors[0].field == field
    assert NumberSequence.objects.get(code="vendor").prefix == "V~"
