"""What a check finds: hits of each product, as they travel, and put together for the reader."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from msgspec import structs


class Record(msgspec.Struct, frozen=True):
    """A contact or a matter as the person may see it in one product."""

    url: str
    name: str
    sync_id: UUID | None = None
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
    token: UUID | None = None
    """Which record is hidden, to count it once; never leaves the process."""


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
    veiled: dict[tuple[str, str], list[UUID | None]] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    """The products in which there are more hits than are shown."""

    @property
    def hidden(self) -> dict[tuple[str, str], int]:
        """How many records of a kind (in a product) there are that the person may not see."""
        return {key: len(tokens) for key, tokens in self.veiled.items()}

    @property
    def is_clear(self) -> bool:
        """Nothing was found at all."""
        return not (self.people or self.lines or self.veiled)


def read_answer(given: dict[str, Any]) -> Answer | None:
    """The other product's answer, or None if it is of another shape."""
    try:
        return msgspec.convert(given, Answer)
    except msgspec.ValidationError:
        return None


def without_tokens(answer: Answer) -> Answer:
    """The answer as it may leave the process."""
    return structs.replace(answer, hits=[structs.replace(hit, token=None) for hit in answer.hits])


def masked(hits: Iterable[Hit], veiled: Collection[UUID]) -> Iterator[tuple[bool, Hit]]:
    """The other product's hits as the person may see them *here*, each with whether it now speaks of a hidden record.

    The other product may have no wall where we have one: what is hidden here is not named because it is open there.
    """
    for hit in hits:
        contact, matter = hit.contact, hit.matter
        if matter is not None and matter.sync_id in veiled:
            yield True, Hit(hit.term, "matter", token=matter.sync_id)
            matter = None
        if contact is not None and contact.sync_id in veiled:
            yield True, Hit(hit.term, "contact", token=contact.sync_id)
            contact = None
        if hit.hidden or contact is not None or matter is not None:
            yield False, structs.replace(hit, contact=contact, matter=matter, token=None)


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
    for findings in found:
        _told_once(findings)
    return found


def _told_once(findings: Findings) -> None:
    """A matter that stands with one of its contacts does not stand there again for its own name."""
    shown: dict[str, list[Line]] = {}
    for person in findings.people.values():
        for key, line in person.lines.items():
            shown.setdefault(key, []).append(line)
    for key in findings.lines.keys() & shown.keys():
        alone = findings.lines.pop(key)
        for line in shown[key]:
            for product, record in alone.records:
                _note(line.records, product, record)


def _add(findings: Findings, product: str, hit: Hit) -> None:
    if hit.hidden:
        tokens = findings.veiled.setdefault((product, hit.hidden), [])
        if hit.token is None or hit.token not in tokens:
            tokens.append(hit.token)
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
    return str(record.sync_id or record.url)


def _note(known: list[Any], *new: Any) -> None:
    value = new if len(new) > 1 else new[0]
    if value and value not in known:
        known.append(value)
