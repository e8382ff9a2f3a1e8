"""The contact as both products exchange it: normal forms, limits, and that problems are complete (section 2)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.contracts.contact import (
    ADDRESS_PARTS,
    LIMITS,
    NAME_PARTS,
    PHONE_REGISTERS,
    REGISTERS,
    address_value,
    name_value,
    problems,
    request_value,
    tidy,
)
from counterpart.protocol.canonical import canonical_json

ADA = {"display": "individual", "last": "Moreau"}
any_text = st.text(st.characters(exclude_categories=()), max_size=40)
"""Every code point, control characters and lone surrogates included."""


def found(**values):
    return [(p.register, p.part, p.code) for p in problems({"name": ADA, **values})]


@given(any_text)
def test_tidy_is_idempotent(text):
    """Section 2: the normal form of a normal form is itself, or the sites would disagree on digests."""
    assert tidy(tidy(text)) == tidy(text)


@given(any_text)
def test_tidy_gives_what_both_databases_can_store(text):
    """Section 2: NFC, trimmed, single spaces, no control characters, empty is None."""
    tidied = tidy(text)

    if tidied is not None:
        assert tidied == tidied.strip() == unicodedata.normalize("NFC", tidied)
        assert tidied != ""
        assert "  " not in tidied
        assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in tidied)
        assert tidied.encode().decode() == tidied


@given(any_text, any_text)
def test_equal_texts_have_one_normal_form(left, right):
    """Section 2: how an accent was typed, and how often the space bar was hit, is no difference."""
    spaced = f" {left} \t {right}\n"

    assert tidy(spaced) == tidy(f"{left} {right}")
    assert tidy(unicodedata.normalize("NFD", left)) == tidy(left)


@given(st.dictionaries(st.sampled_from([*NAME_PARTS, "email", "alias", "phone.work"]), any_text))
def test_tidied_values_have_only_problems_of_length_or_form(parts):
    """What a form tidies is never refused for its white space (CON-1 to CON-8: no unexplained refusals)."""
    values = {"name": name_value("individual", parts), **{n: tidy(parts.get(n)) for n in ("alias", "phone.work")}}

    assert {p.code for p in problems(values)} <= {"too_long", "contact.name_required"}


@given(any_text)
def test_untidy_text_is_always_a_problem(text):
    """S9, section 18: the receiver checks again; what is not in normal form is refused, never repaired."""
    wrong = text != tidy(text) or len(text) > LIMITS["alias"]

    assert bool(found(alias=text)) == wrong


@given(st.dictionaries(st.sampled_from(ADDRESS_PARTS), st.text(max_size=300)))
def test_accepted_values_fit_their_limits(parts):
    """Section 2: nothing is ever shortened, so what fits nowhere must be refused here."""
    value = address_value(parts)

    if value is not None and not found(**{"address.main": value}):
        assert all(len(text) <= LIMITS[part] for part, text in value.items())
        assert canonical_json(value).decode()


@pytest.mark.parametrize("register", ["alias", *PHONE_REGISTERS])
def test_longest_text_is_accepted_and_one_more_is_not(register):
    """Section 2: limits are inclusive and the same on both sites."""
    longest = LIMITS["phone" if register in PHONE_REGISTERS else register]

    assert found(**{register: "x" * longest}) == []
    assert found(**{register: "x" * (longest + 1)}) == [(register, "", "too_long")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": {"display": "individual", "first": "Ada"}}, []),
        ({"name": {"display": "individual", "company": "Moreau LLC"}}, [("name", "last", "contact.name_required")]),
        ({"name": {"display": "company", "last": "Moreau"}}, [("name", "company", "contact.name_required")]),
        ({"name": {"display": "firm", "last": "Moreau"}}, [("name", "display", "name.display")]),
        ({"name": None}, [("name", "display", "name.display")]),
        ({"email": "ada"}, [("email", "", "email.invalid")]),
        ({"email": "ada@example.com"}, []),
        ({"email": 7}, [("email", "email", "not_representable")]),
        ({"scheme": "partner"}, [("scheme", "", "scheme.invalid")]),
        ({"number": "7*"}, [("number", "", "number.invalid")]),
        ({"number": 7}, [("number", "", "number.invalid")]),
        ({"requested_number": {"number": "A B"}}, [("requested_number", "number", "reference.invalid_characters")]),
        ({"requested_number": "7"}, [("requested_number", "number", "reference.invalid_characters")]),
        ({"presence_pm": "asleep"}, [("presence_pm", "", "presence.invalid")]),
        (
            {"address.main": {"line1": "1 High Street", "country": "usa"}},
            [("address.main", "country", "too_long"), ("address.main", "country", "country.invalid")],
        ),
        ({"address.main": "1 High Street"}, [("address.main", "", "not_representable")]),
        ({"alias": None, "email": None, "number": None}, []),
    ],
)
def test_problem_is_named(values, expected):
    """4.1, LA-CON-1: each refusal names its register, its part and a stable code."""
    assert [(p.register, p.part, p.code) for p in problems({"name": ADA, **values})] == expected


def test_every_register_has_a_check_that_refuses_something():
    """S9: no register accepts just anything; a newcomer to the table can't be forgotten here."""
    nonsense = {"name": [], "scheme": [], "requested_number": [], "presence_pm": [], "presence_la": []}

    for name in REGISTERS:
        assert problems({"name": ADA, name: nonsense.get(name, 7)}), name


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2),
                 st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.none()), max_size=3)),
       st.sampled_from(sorted(REGISTERS)))  # fmt: skip
def test_problems_never_fail_on_what_a_stranger_sends(value, name):
    """S9, S11: fuzzed messages are refused with a sentence, not with an exception."""
    for problem in problems({"name": ADA, name: value}):
        assert problem.text.endswith(".")
        assert problem.code


def test_values_are_built_without_their_empty_parts():
    assert name_value("individual", {"first": " Ada ", "middle": "", "last": None}) == {
        "display": "individual",
        "first": "Ada",
    }
    assert address_value({"line1": " ", "county": "Kent"}) is None
    assert address_value(None) is None
    assert request_value(None) is None
    assert request_value("40", keep_sequence=True) == {"number": "40", "keep_sequence": True}
