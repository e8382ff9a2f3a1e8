"""Who is the same in two filled products: proposals, never guesses (sync-protocol section 11, GOL-7)."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from counterpart.contracts.matching import company_name, compatible, contact_keys, phone_key, plain, postcode_key
from counterpart.protocol.matching import Grade, Keys, Matching, Reason, match

POPULATIONS = 10_000


def person(key: str, first: str, last: str, **more: str) -> Keys:
    values = {"name": {"display": "individual", "first": first, "last": last}}
    values |= {"number": more.get("number"), "email": more.get("email"), "phone.work": more.get("phone")}
    return contact_keys(key, values | {"address.main": {"postcode": more.get("postcode")}})


def matter(key: str, number: str = "", name: str = "", owner: str = "c1", **more: bool) -> Keys:
    return Keys(key, number=number, name=name, owners=(owner,), **more)


def proposed(matching: Matching) -> set[tuple[str, str, str]]:
    return {(one.left, one.right, one.grade.value) for one in matching.matches}


def doubted(matching: Matching) -> set[tuple[str, tuple[str, ...], str]]:
    return {(one.left, one.rights, one.reason.value) for one in matching.doubts}


ADA = person("l", "Ada", "Moreau", number="40", email="ada@x.com", phone="+1 555 0100 200", postcode="10001")


@pytest.mark.parametrize(
    ("rights", "pairs", "doubts"),
    [
        ([person("r", "A.", "MOREAU", number="40")], {("l", "r", "A")}, set()),
        ([person("r", "Ben", "Stone", number="40")], set(), {("l", ("r",), "number_other_name")}),
        ([person("r", "Ada", "Moreau", email="ADA@x.com")], {("l", "r", "B")}, set()),
        (
            [person("r", "Ada", "Moreau", email="ada@x.com"), person("s", "Ada", "Moreau", email="ada@x.com")],
            set(),
            {("l", ("r", "s"), "email_shared")},
        ),
        ([person("r", "Tom", "Moreau", email="ada@x.com")], set(), {("l", ("r",), "email_other_name")}),
        ([person("r", "Ada", "Moreau", phone="0100 200 (555) 0100200")], {("l", "r", "C")}, set()),
        ([person("r", "Ada", "Moreau", postcode="10001")], {("l", "r", "C")}, set()),
        ([person("r", "Ada", "Moreau")], set(), {("l", ("r",), "name_only")}),
        ([person("r", "Ben", "Stone", phone="+1 555 0100 200", postcode="10001")], set(), set()),
        (  # the number says one, the address another: any tie is a person's
            [person("r", "Ada", "Moreau", number="40"), person("s", "Ada", "Moreau", email="ada@x.com")],
            set(),
            {("l", ("r", "s"), "several")},
        ),
        (  # a namesake without any evidence does not stand in the way of the number
            [person("r", "Ada", "Moreau", number="40"), person("s", "Ada", "Moreau", number="41")],
            {("l", "r", "A")},
            set(),
        ),
    ],
    ids=[
        "number",
        "number, other name",
        "email",
        "email of two",
        "email, other name",
        "phone",
        "postcode",
        "name alone",
        "phone of another",
        "number and email disagree",
        "namesake",
    ],
)
def test_the_classes_and_what_is_left_to_a_person(rights, pairs, doubts):
    """Section 11, step 3: A, B and C exactly as they are defined, everything else for review."""
    found = match([ADA], rights, compatible)

    assert (proposed(found), doubted(found)) == (pairs, doubts)


def test_two_that_claim_one_are_both_left_to_a_person():
    twin = replace(ADA, id="l2")

    found = match([ADA, twin], [person("r", "Ada", "Moreau", number="40")], compatible)

    assert not found.matches
    assert doubted(found) == {("l", ("r",), "several"), ("l2", ("r",), "several")}


@pytest.mark.parametrize(
    ("left", "pairs", "reasons"),
    [
        (matter("m", number="40-001"), {("m", "f", "A")}, set()),
        (matter("m", number="40-001", owner="other"), set(), {Reason.OTHER_OWNER}),
        (matter("m", number="40-001", owner="", is_loose=True), set(), {Reason.LOOSE}),
        (matter("m", name="sale of the house"), {("m", "f", "C")}, set()),
        (matter("m", name="sale of the house", owner="other"), set(), set()),
    ],
    ids=["number", "other client", "client not paired", "name", "name, other client"],
)
def test_matters_only_between_paired_clients(left, pairs, reasons):
    """GOL-7: File Number = File Reference, and the client is the same."""
    files = [matter("f", number="40-001", name="sale of the house"), matter("g", number="41-001", owner="c2")]

    found = match([left], files, compatible)

    assert proposed(found) == pairs
    assert {one.reason for one in found.doubts} == reasons


def test_what_people_said_goes_before_everything():
    """*Same* makes a pair whatever speaks against it, *different* is never proposed again."""
    rights = [person("r", "Ada", "Moreau", number="40"), person("s", "Somebody", "Else")]

    assert proposed(match([ADA], rights, compatible, said={("l", "s"): True})) == {("l", "s", "S")}
    assert proposed(match([ADA], rights, compatible, said={("l", "r"): False})) == set()


def test_no_population_is_ever_paired_two_to_one_or_by_a_tie():
    """Ten thousand random populations: one to one, the same from either side, no tie, nobody proposed and doubted."""
    chance = random.Random(20261123)
    counted: Counter[str] = Counter()
    for _ in range(POPULATIONS):
        lefts, rights = _side(chance, "l"), _side(chance, "r")
        found = match(lefts, rights, compatible)
        turned = match(rights, lefts, compatible)
        pairs = [(one.left, one.right) for one in found.matches]
        assert len({left for left, _ in pairs}) == len({right for _, right in pairs}) == len(pairs)
        assert {(one.right, one.left, one.grade) for one in turned.matches} == set(map(tuple, found.matches))
        assert not {one.left for one in found.doubts} & {left for left, _ in pairs}
        for one in found.matches:
            _check_alone(one.left, one.right, lefts, rights)
            counted[one.grade] += 1
        counted["doubts"] += len(found.doubts)
    assert min(counted[grade] for grade in (*"ABC", "doubts")) > POPULATIONS // 100, counted


def _check_alone(left: str, right: str, lefts: list[Keys], rights: list[Keys]) -> None:
    """Nobody else shares a number with either end, and nobody else who fits has an address of its own or a witness."""
    mine, theirs = next(k for k in lefts if k.id == left), next(k for k in rights if k.id == right)
    for keys, others in ((mine, [k for k in rights if k.id != right]), (theirs, [k for k in lefts if k.id != left])):
        for other in others:
            assert not (keys.number and keys.number == other.number)
            if compatible(keys, other) and keys.name and keys.name == other.name:
                assert not set(keys.phones) & set(other.phones)
                assert not (keys.postcode and keys.postcode == other.postcode)


def _side(chance: random.Random, prefix: str) -> list[Keys]:
    pick = chance.choice
    return [
        person(
            f"{prefix}{n}", pick(("Ada", "A.", "Ben")), pick(("Moreau", "Stone")), number=pick(("", "", "1", "2", "3")),
            email=pick(("", "", "a@x.com", "b@x.com", "c@x.com")), phone=pick(("", "", "5550100200", "5550100201")),
            postcode=pick(("", "", "1", "2")),
        )
        for n in range(chance.randint(1, 4))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        (("José", "Muñoz-Ortega"), ("Jose", "MUNOZ ORTEGA"), True),
        (("J.", "Stone"), ("Jana", "Stone"), True),
        (("Jana Maria", "Stone"), ("Jana", "Stone"), True),
        (("", "Stone"), ("Jana", "Stone"), True),
        (("Jana", "Stone"), ("Hana", "Stone"), False),
        (("Jana", "Stone"), ("Jana", "Stein"), False),
        (("Seán", "O’Byrne"), ("Sean", "O'Byrne"), True),
    ],
)
def test_names_that_can_be_one_persons(one, other, fits):
    """Compatible names: accents, case, initials and a missing first name; symmetric."""
    left, right = person("l", *one), person("r", *other)

    assert compatible(left, right) is compatible(right, left) is fits


def test_another_generation_and_another_sort_do_not_fit():
    junior = contact_keys("l", {"name": {"display": "individual", "first": "A", "last": "B", "suffix": "Jr."}})
    senior = contact_keys("r", {"name": {"display": "individual", "first": "A", "last": "B", "suffix": "Sr"}})
    company = contact_keys("c", {"name": {"display": "company", "company": "B"}})

    assert not compatible(junior, senior)
    assert not compatible(junior, company)


def test_normal_forms():
    """Both products come to the same form, whatever was typed."""
    assert company_name("The Smith & Jones Co., Ltd.") == company_name("Smith and Jones") == "smith and jones"
    assert phone_key("+49 (171) 234-5678") == phone_key("0171 2345678") == "712345678"
    assert phone_key("12345") == ""
    assert postcode_key("10001-1234") == "10001"
    assert postcode_key("sw1a 1aa") == "sw1a1aa"
    assert plain("  Łódź—Straße ") == "lodz strasse"
    assert Grade.SAID.value == "S"
