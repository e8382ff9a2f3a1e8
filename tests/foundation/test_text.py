"""Text is cleaned on the way in and folded for searching, always to the same spelling (SRC-3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.foundation.text import digits, fold, normalise, normalise_lines


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada   Moreau ", "Ada Moreau"),
        ("Zoe\u0308", "Zoë"),
        ("a\x00b\u2028c", "abc"),
        ("a\tb\nc", "a b c"),
        ("", ""),
        ("O’Neill-\u200dX", "O’Neill-\u200dX"),
    ],
)
def test_normalise_keeps_one_spelling(typed: str, kept: str) -> None:
    assert normalise(typed) == kept


def test_normalise_lines_keeps_line_breaks() -> None:
    assert normalise_lines(" a  b \r\n\x00 c \r") == "a b\nc"


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Zoë  Ångström", "zoe angstrom"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("𝐒mith", "smith"),
        ("ÉCOLE", "ecole"),
        ("Łukasz", "łukasz"),
    ],
)
def test_fold_forgets_case_and_accents(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_digits_forget_the_layout_of_a_phone_number() -> None:
    assert digits("+64 (4) 555-0134 ext. 2") == "6445550134" + "2"
    assert digits("٠٤ - none") == digits("٠٤")


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = normalise(typed)

    assert normalise(once) == once
    assert "\x00" not in once
    assert fold(fold(typed)) == fold(typed)
    assert digits(typed).isascii() or typed
