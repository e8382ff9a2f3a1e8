"""Numbers: S5, and the published rules LA-NUM-1 to LA-NUM-7 and NUM-4 to NUM-9."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from counterpart.protocol.numbers import (
    CONTACT_NUMBER_MAX,
    Sequence,
    SequenceExhausted,
    after_typed,
    allocate,
    number_key,
    number_problem,
)

CLIENT = Sequence()
printable = st.text(st.characters(codec="utf-8"), max_size=20)


def used(*numbers: str):
    return {number_key(number) for number in numbers}.__contains__


def test_vectors_of_the_specification():
    """LA-NUM test vectors: 25 → 26; typed 100 → 101; 'A B', '7*' and a used 26 are refused; vendors count alone."""
    number, sequence = allocate(Sequence(next=26), used("25"))
    assert number == "26"
    sequence = after_typed(sequence, "100")
    assert allocate(sequence, used("25", "26", "100"))[0] == "101"
    assert number_problem("A B") != ""
    assert number_problem("7*") != ""
    assert allocate(Sequence("V~"), used("25", "26", "100"))[0] == "V~1"
    assert allocate(sequence, used("100", "V~1"))[0] == "101"


def test_sequence_set_back_steps_over_used_numbers():
    """LA-NUM-5, NUM-9: typing 40 while 41 to 60 exist gives 61."""
    taken = used(*(str(n) for n in range(41, 61)), "40")

    assert allocate(after_typed(Sequence(next=61), "40"), taken)[0] == "61"


@pytest.mark.parametrize(
    ("sequence", "typed", "after"),
    [
        (CLIENT, "500", Sequence("", 501)),
        (Sequence(next=900), "7", Sequence("", 8)),  # downward too (NUM-7)
        (CLIENT, "SMITH", CLIENT),
        (CLIENT, "SMITH7", CLIENT),  # another prefix
        (CLIENT, "007", Sequence("", 8, 3)),  # padding is kept (NUM-9)
        (Sequence("", 8, 3), "9", Sequence("", 10, 0)),
        (Sequence("V~"), "v~12", Sequence("V~", 13)),  # letter case does not matter
        (Sequence("V~"), "12", Sequence("V~")),
        (Sequence("V~"), "V~", Sequence("V~")),
        (CLIENT, "٣", CLIENT),  # digits of another script are letters here
        (CLIENT, "9" * 15, CLIENT),  # no number could follow
        (CLIENT, "9" * 14, Sequence("", 10**14)),
    ],
)
def test_typed_number_moves_its_sequence(sequence, typed, after):
    """LA-NUM-5, NUM-6, NUM-9."""
    assert after_typed(sequence, typed) == after


@pytest.mark.parametrize(
    "number", ["", "a b", "a\tb", "7*", "a|b", "[a", "a]", "a\x00", "a\u200b", "a\ud800", "x" * 16, "a\u2028b"]
)
def test_number_that_is_not_acceptable(number):
    """LA-NUM-4, NUM-4: each with a sentence."""
    assert number_problem(number).endswith((".", "characters; this one has 16."))


@given(printable)
def test_acceptable_numbers_are_short_and_visible(number):
    """LA-NUM-4: what passes can be printed, typed and compared."""
    if number_problem(number) == "":
        assert 1 <= len(number) <= CONTACT_NUMBER_MAX
        assert number.isprintable()
        assert not set(number) & set("*|[] ")


@given(printable)
def test_key_is_blind_to_case_and_to_how_accents_are_encoded(number):
    """LA-NUM-4: 'É' and 'e' + accent are one number, and keys of keys are keys."""
    key = number_key(number)

    assert number_key(key) == key
    assert number_key(unicodedata.normalize("NFD", number)) == number_key(unicodedata.normalize("NFC", number)) == key


def test_exhausted_sequence_says_so():
    """LA-NUM-4: no number longer than the limit is ever given."""
    with pytest.raises(SequenceExhausted):
        allocate(Sequence("", 10**15 - 1), used(str(10**15 - 1)))


class Firm(RuleBasedStateMachine):
    """LA's counter over a firm's life: people type numbers, sequences are set back, prefixes differ."""

    @initialize(separate=st.booleans())
    def begin(self, separate):
        self.sequences = (
            {"client": Sequence(), "vendor": Sequence("V~"), "other": Sequence("O~")}
            if separate
            else {"client": Sequence()}
        )
        self.ledger: dict[str, str] = {}
        self.given: list[str] = []

    def give(self, number):
        assert number_problem(number) == ""
        assert number_key(number) not in self.ledger, "a number was given twice"
        self.ledger[number_key(number)] = number
        self.given.append(number)

    @rule(data=st.data())
    def create(self, data):
        scheme = data.draw(st.sampled_from(sorted(self.sequences)))
        before = self.sequences[scheme]
        number, after = allocate(before, self.ledger.__contains__)
        assert number.startswith(before.prefix)
        assert int(number[len(before.prefix) :]) >= before.next
        assert after.next == int(number[len(before.prefix) :]) + 1
        assert (after.prefix, after.width) == (before.prefix, before.width)
        self.sequences[scheme] = after
        self.give(number)

    @rule(data=st.data(), keep=st.booleans())
    def type_a_number(self, data, keep):
        scheme = data.draw(st.sampled_from(sorted(self.sequences)))
        prefix = data.draw(st.sampled_from(["", "V~", "v~", "O~", "X"]))
        digits = data.draw(st.sampled_from(["0", "1", "2", "03", "009", "40", "SMITH"]))
        number = prefix + digits
        if number_key(number) in self.ledger:
            return  # refused: number_in_use
        if not keep:
            self.sequences[scheme] = after_typed(self.sequences[scheme], number)
        self.give(number)

    @rule(data=st.data(), value=st.integers(1, 50))
    def set_the_sequence(self, data, value):
        scheme = data.draw(st.sampled_from(sorted(self.sequences)))
        self.sequences[scheme] = Sequence(self.sequences[scheme].prefix, value, self.sequences[scheme].width)

    @invariant()
    def every_number_is_unique_for_ever(self):
        assert len({number_key(number) for number in self.given}) == len(self.given)


TestFirm = Firm.TestCase
TestFirm.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestFirm.__doc__ = "S5: over any life of a firm no number is given twice, and none is unacceptable."
