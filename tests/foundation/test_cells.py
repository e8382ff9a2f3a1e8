"""Cells of exported files: nothing is run by a spreadsheet, nothing is changed by a round trip (EXP-2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.foundation.cells import neutral, plain


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-x", "'-x"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("'=1", "''=1"), ("＝1", "'＝1"),
        ("+64 21 555 1234", "+64 21 555 1234"), ("+1 (555) 010-4477", "+1 (555) 010-4477"), ("-12.50", "-12.50"),
        ("O'Neill", "O'Neill"), ("'quoted'", "'quoted'"), ("", ""), (None, ""), (12, "12"), (-3, "-3"),
    ],
)  # fmt: skip
def test_a_cell_that_would_be_run_gets_an_apostrophe_and_no_other(text: object, cell: str) -> None:
    """EXP-2: neutralised, except plain phone numbers and negative numbers."""
    assert neutral(text) == cell


@given(st.text(alphabet=st.sampled_from("'=+-@1 (a\t\r\n")) | st.text())
def test_a_round_trip_changes_nothing(text: str) -> None:
    """EXP-2: import removes exactly what export added."""
    assert plain(neutral(text)) == text
