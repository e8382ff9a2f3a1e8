"""Whether a name can mean another (CNF-1): vectors, and that the search never loses what the comparison would find."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.foundation.conflicts.matching import Likeness, Term, likeness, one_error, pieces, term_problem
from counterpart.foundation.text import fold

SAME, SIMILAR, NONE = Likeness.SAME, Likeness.SIMILAR, Likeness.NONE


@pytest.mark.parametrize(
    ("term", "name", "expected"),
    [
        ("Ada Smith", "Ada Smith", SAME),
        ("ada SMITH", "Ada Smith", SAME),
        ("Smith", "Ada Smith", SAME),
        ("Smith Ada", "Ada Smith", SAME),
        ("Smith, Ada", "Ada Smith", SAME),
        ("Müller", "Muller", SAME),
        ("Jose Nunez", "José Núñez", SAME),
        ("OBrien", "O'Brien", SAME),
        ("Mary-Ann Lee", "Mary Ann Lee", SAME),
        ("Dr. Ada Smith Jr.", "Ada Smith", SAME),
        ("Acme Holdings, Inc.", "Acme Holdings LLC", SAME),
        ("Smith & Sons", "Smith and Sons", SAME),
        ("J. Smith", "John Smith", SIMILAR),
        ("John Smith", "J Smith", SIMILAR),
        ("Bob Smith", "Robert Smith", SIMILAR),
        ("Robert Smith", "Bobby Smith", SIMILAR),
        ("Jonson", "Johnson", SIMILAR),
        ("Jhon Smith", "John Smith", SIMILAR),
        ("Smithe", "Smith", SIMILAR),
        ("Smyth", "Smith", SIMILAR),
        ("John Paul Smith", "John Smith", SIMILAR),
        ("Mac Donald", "MacDonald", SIMILAR),
        ("Vanderberg", "van der Berg", SIMILAR),
        ("I.B.M.", "IBM Corp", SAME),
        ("25-001", "25-001", SAME),
        ("V~12", "v~12", SAME),
        ("ada@example.com", "ada@example.com", SAME),
        ("John Smith", "Smith", NONE),
        ("J. Smith", "Ada Smith", NONE),
        ("J. S.", "John Smith", NONE),
        ("Ada", "Ida", NONE),
        ("Smith Jones", "Smith Brown", NONE),
        ("Johnson", "Jonsen", NONE),
        ("Inc.", "Acme, Inc.", NONE),
        ("Ann Ann", "Ann Lee", NONE),
    ],
)
def test_looking_flexibly(term, name, expected):
    """CNF-1: case, accents, order, initials, short forms, one typing error, titles and company words."""
    assert likeness(Term(term), name) is expected


@pytest.mark.parametrize(
    ("term", "name", "expected"),
    [
        ("Ada Smith", "Ada Smith", SAME),
        ("ada smith", "Dr. Ada Smith, Jr.", SAME),
        ("Smith", "Ada Smith-Jones", SAME),
        ("Ada Smith", "Smith Ada", NONE),
        ("Ada Smith", "Ada May Smith", NONE),
        ("Muller", "Müller", NONE),
        ("Müller", "MÜLLER", SAME),
        ("Smith", "Smithe", NONE),
        ("Bob", "Robert", NONE),
        ("25-001", "25-001", SAME),
    ],
)
def test_looking_exactly(term, name, expected):
    """CNF-1: these words, next to one another, in this order."""
    assert likeness(Term(term, exact=True), name) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("smith", "smith", False), ("smith", "smyth", True), ("smith", "smit", True), ("smith", "smiths", True),
        ("smith", "msith", True), ("smith", "smiht", True), ("smith", "mith", True), ("smith", "smythe", False),
        ("smith", "htims", False), ("ab", "ba", True), ("abcd", "badc", False),
    ],
)  # fmt: skip
def test_one_typing_error(one, other, expected):
    assert one_error(one, other) is expected
    assert one_error(other, one) is expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("J. S.", "“J. S.” has no whole word; type at least two letters or digits together."),
        ("—", "“—” has no whole word; type at least two letters or digits together."),
        ("x" * 201, "A name can have at most 200 characters; this one has 201."),
        (
            "a b c d e f g h i j k l mn",
            "“a b c d e f g h i j k l mn” has more than 12 words; put each name on a line of its own.",
        ),
        ("Li", ""),
        ("李", ""),
    ],
)
def test_names_that_cannot_be_looked_for_say_why(text, sentence):
    assert term_problem(text) == sentence


LETTERS = st.sampled_from("abehnorst")
words = st.text(LETTERS, min_size=2, max_size=8)
names = st.lists(words | LETTERS, min_size=1, max_size=4).map(" ".join)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """A name and one much like it: words exchanged, shortened, mistyped or left out."""
    parts = draw(st.lists(words, min_size=1, max_size=4))
    other = list(parts)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(other) - 1))
        word, letter = other[place], draw(LETTERS)
        cut = draw(st.integers(0, len(word) - 1))
        mistakes = [
            word[:cut] + letter + word[cut + 1 :], word[:cut] + word[cut + 1 :], word[:cut] + letter + word[cut:],
            word[:cut] + word[cut : cut + 2][::-1] + word[cut + 2 :], word[0],
        ]  # fmt: skip
        other[place] = draw(st.sampled_from(mistakes)) or word
    return " ".join(parts), " ".join(draw(st.permutations(other)))


@given(pairs() | st.tuples(names, names), st.booleans())
def test_the_search_reads_every_row_that_the_comparison_would_find(pair, exact):
    """What is alike holds at least one piece of every group; otherwise a conflict would stay unseen (CNF-2)."""
    term, name = Term(pair[0], exact), pair[1]
    if term_problem(term.text) or likeness(term, name) is NONE:
        return

    assert all(any(piece in fold(name) for piece in group) for group in pieces(term))


@given(names, names)
def test_a_name_is_always_like_itself_and_strangers_look_alike_from_both_sides(one, other):
    if not term_problem(one):
        assert likeness(Term(one), one) is SAME
    if {likeness(Term(one), other), likeness(Term(other), one)} == {SAME}:
        assert sorted(one.split()) == sorted(other.split())
