"""What a check finds: hits of each product, as they travel, and put together for the reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec


class Record(msgspec.Struct, frozen=True):
    """A contact or a matter as the person may see it in one product."""

    url: str
    name: str
    sync_id: str = ""
    number: str = ""
    status: str = ""
    opened: str = ""


class Hit(msgspec.Struct, frozen=True):
    """A term found in one product: a contact, a contact on a matter, or a matter.

    Where ``hidden`` says "contact" or "matter", the person may not see it, and the hit holds nothing else (CNF-2).
    """

    term: int
    hidden: str = ""
    same: bool = False
    why: str = ""
    contact: Record | None = None
    matter: Record | None = None
    roles: list[str] = []


class Answer(msgspec.Struct, frozen=True):
    """What one product found: its hits, whether it knows the person, and the terms of which only some are shown."""

    hits: list[Hit]
    knows_you: bool = True
    cut: list[int] = []


@dataclass(slots=True)
class Line:
    """A matter, with its records in both products and the roles held there."""

    records: list[tuple[str, Record]] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)

    @property
    def first(self) -> Record:
        """The record whose words stand for the matter: the one of this product where there is one."""
        return self.records[0][1]


@dataclass(slots=True)
class Person:
    """A contact, with its records in both products and the matters it is on."""

    same: bool
    records: list[tuple[str, Record]] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)
    lines: dict[str, Line] = field(default_factory=dict)

    @property
    def first(self) -> Record:
        """The record whose words stand for the contact."""
        return self.records[0][1]


@dataclass(slots=True)
class Findings:
    """All that one term can mean."""

    term: str
    people: dict[str, Person] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    hidden: dict[tuple[str, str], int] = field(default_factory=dict)
    """How many records of a kind (in a product) there are that the person may not see."""
    cut: list[str] = field(default_factory=list)
    """The products in which there are more hits than are shown."""

    @property
    def is_clear(self) -> bool:
        """Nothing was found at all."""
        return not (self.people or self.lines or self.hidden)


def read_answer(given: dict[str, Any]) -> Answer | None:
    """The other product's answer, or None if it is of another shape."""
    try:
        return msgspec.convert(given, Answer)
    except msgspec.ValidationError:
        return None


def put_together(terms: Sequence[str], answers: Iterable[tuple[str, Answer]]) -> list[Findings]:
    """By term, the hits of all products: what is one record in both stands there once (IMP-16)."""
    found = [Findings(term) for term in terms]
    for product, answer in answers:
        for hit in answer.hits:
            if 0 <= hit.term < len(found):
                _add(found[hit.term], product, hit)
        for number in answer.cut:
            if 0 <= number < len(found):
                found[number].cut.append(product)
    return found


def _add(findings: Findings, product: str, hit: Hit) -> None:
    if hit.hidden:
        key = (product, hit.hidden)
        findings.hidden[key] = findings.hidden.get(key, 0) + 1
        return
    lines = findings.lines
    if hit.contact is not None:
        person = findings.people.setdefault(_key(hit.contact), Person(hit.same))
        person.same = person.same or hit.same
        _note(person.records, product, hit.contact)
        _note(person.whys, hit.why)
        lines = person.lines
    if hit.matter is not None:
        line = lines.setdefault(_key(hit.matter), Line())
        _note(line.records, product, hit.matter)
        for role in hit.roles:
            _note(line.roles, role)
        if hit.contact is None:
            _note(line.whys, hit.why)


def _key(record: Record) -> str:
    return record.sync_id or record.url


def _note(known: list[Any], *new: Any) -> None:
    value = new if len(new) > 1 else new[0]
    if value and value not in known:
        known.append(value)
