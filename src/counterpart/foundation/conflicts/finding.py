"""From names to records: which rows to read, which of those are meant, and what the person is told of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby, islice
from operator import and_, or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from counterpart.foundation.conflicts.hits import Answer, Hit, Record
from counterpart.foundation.conflicts.matching import Likeness, Term, likeness, pieces

SHOWN_MAX: Final = 200
"""Contacts, and matters, that one check tells of a term; more means that the name is too common to tell anything."""

Named = Sequence[tuple[str, str]]
"""Everything a record is or was called: (what that is, the text), the name of today first."""
OnMatters = Mapping[UUID, Mapping[UUID, list[str]]]
"""By contact, the matters it is on with its roles there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that a term can mean, and by what it was found."""

    term: int
    id: UUID
    why: str
    same: bool


@dataclass(slots=True)
class _Told:
    """What is told of the hits, so far."""

    visible: Mapping[UUID, Record]
    hits: list[Hit] = field(default_factory=list)
    hidden: dict[tuple[int, UUID], None] = field(default_factory=dict)
    lines: dict[int, int] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)

    def matter(self, found: Found, matter_id: UUID, contact: Record | None, roles: list[str], why: str) -> bool:
        """Tell of a matter if the person may see it; say whether they may."""
        record = self.visible.get(matter_id)
        if record is None:
            self.hidden[found.term, matter_id] = None
            return False
        self.lines[found.term] = self.lines.get(found.term, 0) + 1
        if self.lines[found.term] > SHOWN_MAX:
            self.cut.add(found.term)
        else:
            self.hits.append(Hit(found.term, "", found.same, why, contact, record, roles))
        return True


def candidates(terms: Sequence[Term], column: str) -> Q:
    """The rows worth comparing, by a column of folded text."""
    return reduce(or_, (_worth_comparing(term, column) for term in terms), Q(pk__in=[]))


def compared(terms: Sequence[Term], entries: Iterable[tuple[UUID, Named]]) -> list[Found]:
    """What each term can mean, the likeliest first; of too many, one more than can be told."""
    found = [one for key, names in entries for one in _meant(terms, key, names)]
    found.sort(key=lambda one: (one.term, not one.same))
    return [one for _, some in groupby(found, key=lambda one: one.term) for one in islice(some, SHOWN_MAX + 1)]


def contact_names(
    values: Mapping[str, Any], *, is_company: bool, number: str, former: Iterable[Mapping[str, Any]]
) -> Named:
    """What a contact is called, and was; both products name these columns alike but for the number's."""
    now = list(_contact_names(values, is_company=is_company, number=number))
    return [*now, *_former(now, (_contact_names(then, is_company=is_company, number=number) for then in former))]


def matter_names(labels: Mapping[str, str], values: Mapping[str, Any], former: Iterable[Mapping[str, Any]]) -> Named:
    """What a matter is called, and was; ``labels`` says what each column is, the name's first."""
    now = [(label, values[column]) for column, label in labels.items()]
    return [*now, *_former(now, ([(label, then[column]) for column, label in labels.items()] for then in former))]


def told(
    contacts: Sequence[Found],
    people: Mapping[UUID, Record],
    on_matters: OnMatters,
    matters: Sequence[Found],
    visible: Mapping[UUID, Record],
    identities: Mapping[UUID, UUID],
) -> Answer:
    """Tell what was found: visible records in full, of the others only that they are there (CNF-2).

    ``people`` and ``visible`` hold the contacts and matters that the person may see, ``identities`` the sync identities
    of all that have one. A contact on hidden matters alone is told without a matter, and each hidden matter once a
    term, tied to nobody.
    """
    telling = _Told(visible)
    for found in _at_most(contacts, telling.cut):
        person = people.get(found.id)
        if person is None:
            telling.hits.append(Hit(found.term, "contact", token=identities.get(found.id, found.id)))
        why = found.why if person else "A contact on it"
        rows = on_matters.get(found.id, {}).items()
        seen = [telling.matter(found, key, person, roles if person else [], why) for key, roles in rows]
        if person is not None and not any(seen):
            telling.hits.append(Hit(found.term, "", found.same, found.why, person))
    for found in _at_most(matters, telling.cut):
        telling.matter(found, found.id, None, [], found.why)
    telling.hits.extend(Hit(term, "matter", token=identities.get(key, key)) for term, key in telling.hidden)
    return Answer(telling.hits, cut=sorted(telling.cut))


def _worth_comparing(term: Term, column: str) -> Q:
    groups = (reduce(or_, (Q(**{f"{column}__contains": piece}) for piece in group)) for group in pieces(term))
    return reduce(and_, groups)


def _meant(terms: Sequence[Term], key: UUID, names: Named) -> Iterator[Found]:
    for number, term in enumerate(terms):
        best, why = Likeness.NONE, ""
        for label, text in names:
            if text and (found := likeness(term, text)) > best:
                best, why = found, "" if label == "Name" else f"{label}: {text}"
        if best:
            yield Found(number, key, why, best is Likeness.SAME)


def _contact_names(values: Mapping[str, Any], *, is_company: bool, number: str) -> Iterator[tuple[str, str]]:
    person = " ".join(part for name in ("first", "middle", "last") if (part := values[name]))
    yield ("Name", values["company"] if is_company else person)
    yield ("Attention", person) if is_company else ("Company", values["company"])
    yield ("Alias", values["alias"])
    yield ("E-mail", values["email"])
    yield ("Number", values[number])


def _former(now: Sequence[tuple[str, str]], then: Iterable[Iterable[tuple[str, str]]]) -> list[tuple[str, str]]:
    known = set(now)
    return [
        (f"Former {label[0].lower()}{label[1:]}", text)
        for names in then
        for label, text in names
        if text and (label, text) not in known
    ]


def _at_most(found: Sequence[Found], cut: set[int]) -> Iterator[Found]:
    counts: dict[int, int] = {}
    for one in found:
        counts[one.term] = counts.get(one.term, 0) + 1
        if counts[one.term] > SHOWN_MAX:
            cut.add(one.term)
        else:
            yield one
