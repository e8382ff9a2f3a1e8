"""How alike two contacts are, and that those which are share a key (DUP-1, DUP-2)."""

import pytest

from counterpart.foundation.alike.faces import Face, features_of
from counterpart.foundation.alike.keys import keys_of
from counterpart.foundation.alike.scoring import Weights, Words, compared


def person(first: str = "", last: str = "", **more: object) -> Face:
    return Face("individual", first=first, last=last, **more)  # type: ignore[arg-type]


def company(name: str, **more: object) -> Face:
    return Face("company", company=name, **more)  # type: ignore[arg-type]


JOHN = person("John", "Smith", emails=("john@smith.example",), phones=("+1 (212) 555-0142",))
BORN = {"emails": ("a@b.example",), "born": "1980-02-29"}

ALIKE = [
    # one, the other, points, the weightiest reason
    (JOHN, person("Jon", "Smyth", emails=("JOHN@smith.example",)), 89, "Same e-mail"),
    (JOHN, person("Mary", "Poppins", phones=("0212 5550142",)), 40, "Same phone number"),
    (person("John", "Smith"), person("Smith", "John"), 40, "Same name"),
    (person("John", "Smith"), person("Jon", "Smith"), 36, "Similar name"),
    (person("Jörg", "Müller"), person("JORG", "MULLER"), 40, "Same name"),
    (person("John", "Smith", middle="P."), person("John", "Smith", middle="Paul"), 40, "Same name"),
    (person("Ann", "Lee", alias="Annie Chapman"), person("Annie", "Chapman"), 40, "Same alias"),
    (company("Smith & Sons, Ltd."), company("SMITH AND SONS LLC"), 40, "Same name"),
    (company("Main Street Dental"), company("Main St. Dental Inc"), 40, "Same name"),
    (company("Blue Sky"), company("BlueSky Pty"), 37, "Similar name"),
    (
        person("John", "Smith", addresses=({"line1": "12 High Street", "postcode": "AB1 2CD"},)),
        person("John", "Smith", addresses=({"line1": "12 High St", "postcode": "ab12cd"},)),
        60,
        "Same name",
    ),
    (person("Ann", "Lee", tax_number="12-3456"), person("Bob", "Ray", tax_number="123456"), 60, "Same tax number"),
    (person("Ann", "Lee", **BORN), person("Bob", "Ray", **BORN), 85, "Same e-mail"),
    (person("Ann", "Lee", **BORN), person("Bob", "Ray", **{**BORN, "born": "1981-02-28"}), 20, "Same e-mail"),
    (JOHN, company("Smith", emails=("john@smith.example",)), 0, ""),
    (person("Ann", "Lee", number="a12"), company("Acme", number="A12"), 100, "Same Reference"),
    (person("Mary", "Smith"), person("Mark", "Jones"), 0, ""),
]


@pytest.mark.parametrize(("one", "other", "points", "reason"), ALIKE)
def test_points_and_reasons(one: Face, other: Face, points: int, reason: str) -> None:
    """DUP-1: every thing in common is worth its points, either way round; companies are not compared with people,
    except on the number."""
    for first, second in ((one, other), (other, one)):
        score = compared(features_of(first), features_of(second), Weights(), Words())
        assert (score.points, score.reasons[:1]) == (points, (reason,) if reason else ()), score


@pytest.mark.parametrize(("one", "other"), [(one, other) for one, other, points, _ in ALIKE if points >= 35])
def test_the_alike_share_a_key(one: Face, other: Face) -> None:
    """Whoever is alike enough to be shown is found by the index; the number has an index of its own."""
    shared = keys_of(features_of(one)) & keys_of(features_of(other))
    assert shared or (one.number and one.number.lower() == other.number.lower())


def test_weights_are_the_firms() -> None:
    """DUP-1: weights and thresholds are settings."""
    one, other = features_of(JOHN), features_of(person("Jon", "Smyth", emails=("john@smith.example",)))
    assert compared(one, other, Weights(email=5, name=0), Words()).points == 5
