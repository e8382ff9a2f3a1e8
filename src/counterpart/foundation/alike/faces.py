"""A contact as it is compared: what both products know of one, brought into a form in which layout does not matter.

Nothing of this is ever stored as the contact's own name or address (DUP-2).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from counterpart.foundation.conflicts.matching import core_of, words_of
from counterpart.foundation.conflicts.words import PARTICLES, TITLES
from counterpart.foundation.text import digits, fold
from counterpart.protocol.numbers import number_key

PHONE_TAIL: Final = 8
"""Digits at the end that two numbers share if they are the same, whatever stands before."""
PHONE_MIN: Final = 7
ZIP_LONG: Final = 9
ZIP: Final = 5

_SAME_WORD: Final = {
    "street": "st", "saint": "st", "avenue": "ave", "road": "rd", "brothers": "bros", "associates": "assoc",
    "international": "intl", "services": "service",
}  # fmt: skip
_DIGITS = re.compile(r"\d+")
_NOT_WORD = re.compile(r"\W+")


@dataclass(slots=True)
class Face:
    """What is compared of a contact, as it was typed; everything but the name may be absent."""

    kind: str
    first: str = ""
    middle: str = ""
    last: str = ""
    company: str = ""
    alias: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[Mapping[str, str], ...] = ()
    number: str = ""
    tax_number: str = ""
    born: str = ""
    """Day of birth as ISO text."""

    @property
    def is_company(self) -> bool:
        """Whether it is compared with companies, else with people."""
        return self.kind == "company"


@dataclass(slots=True)
class Name:
    """A name in words. ``middle`` stands apart: one contact may have it where the other has not."""

    first: tuple[str, ...]
    middle: tuple[str, ...]
    last: tuple[str, ...]

    @property
    def bare(self) -> str:
        return " ".join((*self.first, *self.last))

    @property
    def swapped(self) -> str:
        return " ".join((*self.last, *self.first))

    @property
    def full(self) -> str:
        return " ".join((*self.first, *self.middle, *self.last))


@dataclass(slots=True)
class Features:
    """A face in the form in which it is compared."""

    is_company: bool
    name: Name | None
    others: tuple[Name, ...]
    """The names of the alias."""
    emails: frozenset[str]
    phones: frozenset[str]
    places: frozenset[tuple[str, str]]
    """Post code and house number."""
    number: str
    tax_number: str
    born: str


def features_of(face: Face) -> Features:
    """Bring a face into the form in which it is compared (DUP-2)."""
    return Features(
        is_company=face.is_company,
        name=_name(face),
        others=(_alias(face),) if face.alias and core_of(face.alias) else (),
        emails=frozenset(fold(email) for email in face.emails if email),
        phones=frozenset(found for phone in face.phones if (found := phone_digits(phone))),
        places=frozenset(place for address in face.addresses if (place := _place(address))),
        number=number_key(face.number),
        tax_number=_NOT_WORD.sub("", fold(face.tax_number)),
        born=face.born,
    )


def phone_digits(phone: str) -> str:
    """The digits of a number without the zeros it begins with; '' for what is too short to be one."""
    found = digits(phone).lstrip("0")
    return found if len(found) >= PHONE_MIN else ""


def same_phone(one: str, other: str) -> bool:
    """Whether digits mean one number: country code and trunk zero may stand before it or not (DUP-1)."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= PHONE_TAIL and long.endswith(short))


@lru_cache(maxsize=4096)
def telling(text: str) -> tuple[str, ...]:
    """The words that tell something: no company forms, no titles, one spelling of common short forms."""
    return tuple(_SAME_WORD.get(word, word) for word in core_of(text))


def _name(face: Face) -> Name | None:
    if face.is_company:
        words = telling(face.company)
        return Name((), (), words) if words else None
    first, last = _person(face.first), _person(face.last)
    return Name(first, _person(face.middle), last) if first or last else None


def _alias(face: Face) -> Name:
    words = telling(face.alias)
    return (
        Name((), (), words) if face.is_company else Name(words[:1], words[1:-1], words[-1:] if len(words) > 1 else ())
    )


def _person(text: str) -> tuple[str, ...]:
    words = words_of(text)
    return tuple(word for word in words if word not in TITLES) or words


def _place(address: Mapping[str, str]) -> tuple[str, str] | None:
    code = _NOT_WORD.sub("", fold(address.get("postcode") or ""))
    house = _DIGITS.search(address.get("line1") or "") or _DIGITS.search(address.get("line2") or "")
    if not code or house is None:
        return None
    return code[:ZIP] if len(code) == ZIP_LONG and code.isdigit() else code, house.group().lstrip("0")


def without_particles(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a last name without *van*, *de la* and their like, unless nothing else is there."""
    every = tuple(words)
    return tuple(word for word in every if word not in PARTICLES) or every
