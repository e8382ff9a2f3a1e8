"""Split arithmetic: the vectors and the properties P1 to P6 of legal-accounting 4.6."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.accounting.split import WHOLE, SharesInvalid, divide

PAYERS_MAX = 20

cents = st.integers(-2_000_000, 2_000_000) | st.integers(-3, 3)
bills = st.lists(cents, max_size=40)


@st.composite
def sharings(draw: st.DrawFn, most: int = PAYERS_MAX) -> list[int]:
    """Shares that total 100 %: even ones, lopsided ones, and ones with payers at 0 %."""
    weights = draw(st.lists(st.sampled_from([0, 1, 1, 2, 7, 1000]) | st.integers(0, WHOLE), min_size=1, max_size=most))
    total = sum(weights)
    shares = [weight * WHOLE // total if total else 0 for weight in weights]
    shares[draw(st.integers(0, len(shares) - 1))] += WHOLE - sum(shares)
    return shares


def percent(*texts: str) -> list[int]:
    return [int(Decimal(text) * 10_000) for text in texts]


def by_the_letter(lines: list[int], shares: list[int]) -> list[list[int]]:
    """The algorithm of 4.6 word for word, in fractions and one cent at a time."""
    payers = range(len(shares))
    p = [Fraction(share, WHOLE) for share in shares]
    r = [Fraction(0) for _ in payers]
    result = []
    for a in lines:
        g = (a > 0) - (a < 0)
        amount = abs(a)
        t = [g * r[i] + amount * p[i] for i in payers]
        s = [max(0, t[i].__floor__()) for i in payers]
        while sum(s) < amount:
            s[max(payers, key=lambda i: (t[i] - s[i], -i))] += 1
        while sum(s) > amount:
            s[min((i for i in payers if s[i] > 0), key=lambda i: (t[i] - s[i], -i))] -= 1
        for i in payers:
            r[i] += a * p[i] - g * s[i]
        result.append([g * s[i] for i in payers])
    return result


def errors_after_each_line(lines: list[int], shares: list[int]) -> list[Fraction]:
    """After every line, the largest difference between what a payer should have had and what it got, in cents."""
    running = [Fraction(0)] * len(shares)
    worst = []
    for line, parts in zip(lines, divide(lines, shares).per_line, strict=True):
        running = [r + Fraction(line * p, WHOLE) - part for r, p, part in zip(running, shares, parts, strict=True)]
        worst.append(max(map(abs, running)))
    return worst


@pytest.mark.parametrize(
    ("lines", "shares", "per_line", "totals"),
    [
        ([10000], percent("33.3333", "33.3333", "33.3334"), [(3333, 3333, 3334)], (3333, 3333, 3334)),
        ([1], percent("50", "50"), [(1, 0)], (1, 0)),
        ([100001], percent("50", "50"), [(50001, 50000)], (50001, 50000)),
        ([1] * 4, percent("50", "50"), [(1, 0), (0, 1), (1, 0), (0, 1)], (2, 2)),
        ([9999], percent("45.5", "30.25", "24.25"), [(4549, 3025, 2425)], (4549, 3025, 2425)),
        ([-10001], percent("50", "50"), [(-5001, -5000)], (-5001, -5000)),
        ([33333], percent("70", "20", "10"), [(23333, 6667, 3333)], (23333, 6667, 3333)),
        (
            [33335, 12345, 777, 1],
            percent("60", "25", "15"),
            [(20001, 8334, 5000), (7407, 3086, 1852), (466, 194, 117), (1, 0, 0)],
            (27875, 11614, 6969),
        ),
        (
            [10000, -10000],
            percent("33.3333", "33.3333", "33.3334"),
            [(3333, 3333, 3334), (-3333, -3333, -3334)],
            (0, 0, 0),
        ),
    ],
)
def test_the_vectors_of_the_specification(lines, shares, per_line, totals):
    """Legal-accounting 4.6, test vectors."""
    divided = divide(lines, shares)

    assert divided.per_line == tuple(per_line)
    assert divided.totals == totals


@given(bills, sharings())
def test_it_is_the_algorithm_of_the_specification(lines, shares):
    """Sorting once a line gives what the specification's loops give cent by cent."""
    assert [list(line) for line in divide(lines, shares).per_line] == by_the_letter(lines, shares)


@given(st.lists(st.integers(-40, 40), max_size=12), sharings(most=60))
def test_it_is_the_algorithm_of_the_specification_when_cents_are_fewer_than_payers(lines, shares):
    assert [list(line) for line in divide(lines, shares).per_line] == by_the_letter(lines, shares)


def test_taking_back_goes_round_more_than_once():
    """A payer with most of the share hands back as many cents as others had too many, and ends no lower than 0."""
    shares = [WHOLE - 149 * 33, *[33] * 149]
    lines = [150, *[1, -1] * 60, -149, 2, -1, 100_000, -99_999, 3]

    assert [list(line) for line in divide(lines, shares).per_line] == by_the_letter(lines, shares)


@given(bills, sharings())
def test_every_line_adds_up(lines, shares):
    """P1: the shares of every line are the line, and so the totals are the bill."""
    divided = divide(lines, shares)

    assert [sum(line) for line in divided.per_line] == lines
    assert sum(divided.totals) == sum(lines)
    assert list(divided.totals) == [sum(line[i] for line in divided.per_line) for i in range(len(shares))]


@given(bills, sharings())
def test_no_share_has_the_other_sign_and_nobody_at_nothing_gets_a_cent(lines, shares):
    """P2."""
    for line, parts in zip(lines, divide(lines, shares).per_line, strict=True):
        assert all(part * line >= 0 for part in parts)
        assert all(part == 0 for part, share in zip(parts, shares, strict=True) if share == 0)


@given(bills, sharings(most=3))
def test_up_to_three_payers_are_never_a_cent_away(lines, shares):
    """P3."""
    assert all(error < 1 for error in errors_after_each_line(lines, shares))


@given(bills, sharings(most=PAYERS_MAX))
def test_up_to_twenty_payers_are_never_two_cents_away(lines, shares):
    """P3."""
    assert all(error < 2 for error in errors_after_each_line(lines, shares))


def test_four_payers_can_be_a_little_over_a_cent_away():
    """P3 says below one cent for four payers; a bill made for the purpose reaches 1.03, and the next lines mend it."""
    shares = [470_048, 528_959, 954, 39]
    hostile = [
        478, -1, -2, 176, 1, 1, -424, 1, -1, 6361, 1, 1, -1, 5913, 3838, -278, 478, -1436, 1, -1, -3775, -340, 1, -3,
        -1, -470, 1, 6438, -7, -3556, -312, 1, -1830, -8757, -1, -1, -1024, 7200, 309, 1,
    ]  # fmt: skip

    worst = errors_after_each_line(hostile, shares)

    assert 1 < max(worst) < Fraction(11, 10)
    assert errors_after_each_line([*hostile, 100_000], shares)[-1] < 1


def test_odd_cents_do_not_add_up_against_the_first_payer():
    """P3: rounding line by line would cost the first of two equal payers 25 cents on fifty odd lines."""
    assert divide([101] * 50, percent("50", "50")).totals == (2525, 2525)


@given(bills, sharings())
def test_a_reversal_copies_the_shares_with_the_sign_changed(lines, shares):
    """P4: bill and credit note together leave every payer with nothing on every line."""
    divided = divide(lines, shares)
    credit = divided.reversal()

    assert [sum(line) for line in credit.per_line] == [-line for line in lines]
    for billed, credited in zip(divided.per_line, credit.per_line, strict=True):
        assert [a + b for a, b in zip(billed, credited, strict=True)] == [0] * len(shares)
    assert credit.reversal() == divided


@given(bills, sharings())
def test_only_the_order_of_lines_and_payers_counts(lines, shares):
    """P5: the same answer every time and from any kind of sequence; a line is untouched by those after it."""
    divided = divide(lines, shares)

    assert divide(tuple(lines), tuple(shares)) == divided
    for length in range(len(lines)):
        assert divide(lines[:length], shares).per_line == divided.per_line[:length]


@given(bills, sharings(), st.integers(0, PAYERS_MAX))
def test_a_payer_at_nothing_changes_nothing_for_the_others(lines, shares, place):
    """P2, P5: wherever a co-client at 0 % stands, the others' shares are the same (LA-SPL-1)."""
    place = min(place, len(shares))

    with_one_more = divide(lines, [*shares[:place], 0, *shares[place:]]).per_line

    assert [line[:place] + line[place + 1 :] for line in with_one_more] == list(divide(lines, shares).per_line)


@given(bills, sharings(), st.sampled_from(["0.05", "0.13", "0.14975", "0.2"]))
def test_tax_is_computed_on_the_bill_and_split_as_a_line(lines, shares, rate):
    """P6: the payers' taxes add up to the bill's, and the lines above are what they were without it."""
    tax = int((sum(lines) * Decimal(rate)).quantize(Decimal(1), ROUND_HALF_UP))

    divided = divide([*lines, tax], shares)

    assert sum(divided.per_line[-1]) == tax
    assert divided.per_line[:-1] == divide(lines, shares).per_line


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ([], "The shares must total exactly 100 %."),
        ([WHOLE - 1], "The shares must total exactly 100 %."),
        ([WHOLE, 1], "The shares must total exactly 100 %."),
        ([WHOLE + 1, -1], "A share can't be below 0 %."),
    ],
)
def test_shares_that_are_no_shares_are_refused(shares, sentence):
    """LA-SPL-1: percentages are at least 0 and total exactly 100.0000."""
    with pytest.raises(SharesInvalid) as refusal:
        divide([100], shares)

    assert str(refusal.value) == sentence


def test_no_lines_are_nothing_for_everyone():
    divided = divide([], percent("60", "40"))

    assert (divided.per_line, divided.totals) == ((), (0, 0))


def test_one_payer_has_everything():
    assert divide([5, -7, 0], [WHOLE]).per_line == ((5,), (-7,), (0,))


def test_a_docket_with_many_payers_adds_up():
    """LA-SPL-1: no upper limit; 150 payers at nearly equal shares over 200 lines, each line to the cent."""
    shares = [WHOLE - 149 * 6_666, *[6_666] * 149]
    lines = [(number * 7_919) % 90_001 - 9_000 for number in range(200)]

    divided = divide(lines, shares)

    assert [sum(line) for line in divided.per_line] == lines
    assert all(earlier - later <= 4 for earlier, later in pairwise(sorted(divided.totals[1:], reverse=True)))
