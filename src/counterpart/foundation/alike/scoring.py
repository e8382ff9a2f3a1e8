"""How alike two contacts are, from 0 to 100, and why (DUP-1). Pure: no database."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from rapidfuzz.distance import JaroWinkler

from counterpart.foundation.alike.faces import Features, Name, same_phone

NOTHING_BELOW: Final = 0.7
"""Any two names are a little alike: below this it counts nothing, from here on in proportion."""
FULL: Final = 100


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing in common is worth, and from where on a pair is shown and asked about."""

    email: int = 60
    phone: int = 40
    tax_number: int = 60
    number: int = 100
    name: int = 40
    place: int = 20
    born: int = 25
    other_birth: int = 40
    possible: int = 35
    strong: int = 70

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


WEIGHT_NAMES: Final = tuple(one.name for one in fields(Weights))


@dataclass(frozen=True, slots=True)
class Score:
    """The points of a pair and the reasons for them, the weightiest first."""

    points: int
    reasons: tuple[str, ...]


NONE: Final = Score(0, ())


def compared(one: Features, other: Features, weights: Weights, words: "Words") -> Score:
    """Compare two contacts. A company is compared with companies and a person with people, except on the number."""
    found = list(_in_common(one, other, weights, words))
    points = min(FULL, max(0, sum(value for value, _ in found)))
    ranked = sorted((pair for pair in found if pair[0]), key=lambda pair: -abs(pair[0]))
    return Score(points, tuple(reason for _, reason in ranked)) if points else NONE


@dataclass(frozen=True, slots=True)
class Words:
    """What the product calls the number of a contact."""

    number: str = "Reference"


def _in_common(one: Features, other: Features, weights: Weights, words: Words) -> Iterator[tuple[int, str]]:
    if one.number and one.number == other.number:
        yield weights.number, f"Same {words.number}"
    if one.is_company != other.is_company:
        return
    if one.emails & other.emails:
        yield weights.email, "Same e-mail"
    if any(same_phone(mine, theirs) for mine in one.phones for theirs in other.phones):
        yield weights.phone, "Same phone number"
    if one.tax_number and one.tax_number == other.tax_number:
        yield weights.tax_number, "Same tax number"
    likeness, reason = _names(one, other)
    if likeness > NOTHING_BELOW:
        yield round(weights.name * (likeness - NOTHING_BELOW) / (1 - NOTHING_BELOW)), reason
    if one.places & other.places:
        yield weights.place, "Same post code and house number"
    if one.born and other.born:
        same = one.born == other.born
        yield (weights.born, "Same date of birth") if same else (-weights.other_birth, "Different date of birth")


def _names(one: Features, other: Features) -> tuple[float, str]:
    best = 0.0
    if one.name and other.name:
        best = likeness_of(one.name, other.name)
    reason = "Same name" if best == 1 else "Similar name"
    if one.others or other.others:
        mine, theirs = _every(one), _every(other)
        alias = max((likeness_of(a, b) for a in mine for b in theirs), default=0.0)
        if alias > best:
            return alias, "Same alias" if alias == 1 else "Similar alias"
    return best, reason


def _every(features: Features) -> Sequence[Name]:
    return (features.name, *features.others) if features.name else features.others


def likeness_of(one: Name, other: Name) -> float:
    """Jaro-Winkler of the whole names, first and last also the other way round; a middle name counts where both have
    one, and an initial stands for every name that begins with it.
    """
    whole = bool(one.middle and other.middle) and not _initials_agree(one.middle, other.middle)
    mine, theirs = (one.full, other.full) if whole else (one.bare, other.bare)
    straight = float(JaroWinkler.similarity(mine, theirs))
    if straight == 1 or not (one.first and one.last and other.first and other.last):
        return straight
    return max(straight, float(JaroWinkler.similarity(one.bare, other.swapped)))


def _initials_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    short, long = sorted((one[0], other[0]), key=len)
    return len(short) == 1 and long.startswith(short)


def weights_from(stored: dict[str, Any]) -> Weights:
    """The firm's weights; what it never changed is as it comes."""
    return Weights(**{name: int(stored[name]) for name in WEIGHT_NAMES if name in stored})
