"""Lines pasted into Preview split: what is read, and what is said about rows that can't be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.accounting.split import LINES_MAX, Line, LineProblem, Pasted, parse_lines, written


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("1,234.56", Line("", 123456)),
        ("1234.5", Line("", 123450)),
        ("1234", Line("", 123400)),
        (".07", Line("", 7)),
        ("12.", Line("", 1200)),
        ("(12.00)", Line("", -1200)),
        ("-5", Line("", -500)),
        ("5.00-", Line("", -500)),
        ("−5.25", Line("", -525)),
        ("$1,000.00", Line("", 100000)),
        ("-$5", Line("", -500)),
        ("($5.00)", Line("", -500)),
        ("0.00", Line("", 0)),
        ("Drafting the reply 320.00", Line("Drafting the reply", 32000)),
        ("320.00 Drafting the reply", Line("Drafting the reply", 32000)),
        ("Drafting the reply\t320.00", Line("Drafting the reply", 32000)),
        ("320.00\tDrafting the reply", Line("Drafting the reply", 32000)),
        ("2026-03-04\tCourt fee\t(75.50)", Line("2026-03-04 Court fee", -7550)),
        ("17\t250.00", Line("17", 25000)),
        ("Exhibits 1 to 3  12.30", Line("Exhibits 1 to 3", 1230)),
        ("\t 12.30 \t", Line("", 1230)),
    ],
)
def test_a_row_is_read(row, line):
    assert parse_lines(row) == Pasted((line,), ())


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Drafting", "There is no amount such as 1,234.56 at the end or the beginning of this line."),
        ("12.345", "“12.345” has parts of a cent; amounts have two decimals."),
        ("1,23", "“1,23” is not an amount such as 1,234.56, (12.00) or -5."),
        ("1.234,56", "“1.234,56” is not an amount such as 1,234.56, (12.00) or -5."),
        ("(5", "“(5” is not an amount such as 1,234.56, (12.00) or -5."),
        ("-(5)", "“-(5)” has more than one sign; write -5 or (5.00)."),
        ("2026-03-04", "“2026-03-04” is not an amount such as 1,234.56, (12.00) or -5."),
        ("1 234.56", "“1 234.56” is not an amount such as 1,234.56, (12.00) or -5."),
        (
            "1234567890123.00",
            "“1234567890123.00” is too large; amounts have at most 12 digits before the point.",
        ),
        ("x" * 201 + "\t1.00", "A description can have at most 200 characters; this one has 201."),
    ],
)
def test_a_row_that_is_not_read_says_why(row, reason):
    assert parse_lines(row) == Pasted((), (LineProblem(1, row, reason),))


def test_rows_keep_their_numbers_and_good_ones_are_read_beside_bad_ones():
    pasted = parse_lines("Fees\t100.00\r\n\r\n  \nnothing\n-5\n")

    assert pasted.lines == (Line("Fees", 10000), Line("", -500))
    assert [(problem.row, problem.text) for problem in pasted.problems] == [(4, "nothing")]


def test_too_many_lines_are_refused_whole():
    pasted = parse_lines("\n".join(["1.00"] * (LINES_MAX + 1)))

    assert pasted == Pasted(
        (), (LineProblem(1001, "1.00", "There are 1,001 lines; at most 1,000 can be split at once."),)
    )


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text):
    parse_lines(text)


@given(st.integers(-(10**14) + 1, 10**14 - 1))
def test_what_is_written_is_read(cents):
    assert parse_lines(written(cents)).lines == (Line("", cents),)


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (7, "0.07"), (-7, "-0.07"), (123456, "1,234.56"), (-100000000, "-1,000,000.00")]
)
def test_amounts_are_written_as_people_write_them(cents, text):
    assert written(cents) == text
