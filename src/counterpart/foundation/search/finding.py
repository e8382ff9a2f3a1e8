"""Finding records: for lists and pickers as a condition, for the box in the header the best few (SRC-1 to SRC-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BooleanField, F, Func, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from counterpart.foundation.search.conditions import (
    Texts,
    beginnings,
    entries_holding,
    holding,
    number_of,
    place,
    tier,
    vendor_of,
    ways_of,
    whole_words,
)
from counterpart.foundation.search.spelling import other_spellings
from counterpart.foundation.search.subjects import Subject, subject_of
from counterpart.foundation.search.words import INDEXED_MIN, Asked, asked, plain_words

FEW: Final = 3
"""With fewer hits than these, other spellings are looked for as well."""
COUNTED_MAX: Final = 500
"""So many hits are looked at for the best few; of more, one says that there are more."""

Found = TypeVar("Found", bound=Model)


@dataclass(frozen=True, slots=True)
class Best:
    """The best hits of one kind, and how many there are."""

    records: Sequence[UUID]
    count: int
    is_cut: bool
    """Whether there are more than were counted."""


def matching(records: QuerySet[Found], text: str) -> QuerySet[Found]:
    """Those of the records that a text finds; all of them if it is empty, none if it is nothing but signs.

    All words in any order, from the third letter anywhere in a word; or the digits of a phone number however they are
    written. If there is next to nothing, one typing error in a word is forgiven.
    """
    what = asked(text)
    if not what:
        return records.none() if text.strip() else records
    return _matching(records, what)[0]


def ranked(records: QuerySet[Found], text: str) -> QuerySet[Found]:
    """Like ``matching``, the best first: an exact number; then active before closed ones; whole words, beginnings,
    within words, otherwise spelt ones; by name.
    """
    what = asked(text)
    if not what:
        return matching(records, text)
    subject = subject_of(records.model)
    found, misspelt = _matching(records, what)
    entry = subject.entry._default_manager.filter(record=OuterRef("pk"))  # noqa: SLF001 - Django's public door
    hits: QuerySet[Any] = found.annotate(
        found_place=Subquery(entry.annotate(found=number_of(place(what))).values("found")),
        found_tier=Subquery(entry.annotate(found=number_of(tier(what, misspelt=misspelt))).values("found")),
        found_sort=Subquery(entry.values("sort")),
    )
    return hits.order_by("found_place", "found_tier", "found_sort", "pk")


def best(records: QuerySet[Any], text: str, limit: int) -> Best:
    """The best of the records and how many there are, quick enough to be asked with every letter (SRC-1).

    Of more than COUNTED_MAX hits, those with the words as whole words are looked for by themselves, then those in which
    words begin so; where there are as many of these, the others are not looked at.
    """
    what = asked(text)
    if not what:
        return Best([], 0, is_cut=False)
    subject = subject_of(records.model)
    ways = ways_of(what)
    hits, total = _best(subject, records, what, ways, limit)
    if total > COUNTED_MAX:
        for fewer in (whole_words(what), beginnings(what)):
            better, _ = _best(subject, records, what, fewer, limit)
            hits = sorted({*hits, *better})[:limit]
            if len(better) == limit and better[-1].place == 0:
                break
    if total < FEW and (others := other_spellings(subject, what)):
        hits, total = _best(subject, records, what, [*ways, *others], limit, misspelt=True)
    return Best([hit.record for hit in hits], min(total, COUNTED_MAX), is_cut=total > COUNTED_MAX)


def best_page(records: QuerySet[Any], text: str, start: int, count: int, most: int) -> tuple[list[UUID], int] | None:
    """One page of ``ranked``, as identities, and how many there are in all; one statement.

    None if there are more than ``most``: they have to be put in order by ``ranked``.
    """
    what = asked(text)
    if not what:
        return None
    subject = subject_of(records.model)
    ways, is_misspelt = _ways(subject, records, what)
    rows = _ordered(subject, records, what, ways, misspelt=is_misspelt, looked_at=most + 1, limit=count, start=start)
    total = rows[0][4] if rows else 0
    return ([row[3] for row in rows], total) if total <= most and (rows or not start) else None


def narrowed(records: QuerySet[Found], text: str, within: Sequence[str], most: int) -> QuerySet[Found] | None:
    """Those of the records that a text finds and that can have the texts of ``within`` in columns whose words the index
    has; it still has to be looked whether they do. None where the index leaves more than ``most``, or all.
    """
    subject = subject_of(records.model)
    pieces: Texts = [[word] for one in within for word in plain_words(one) if len(word) >= INDEXED_MIN]
    ways = [pieces] if pieces else []
    if what := asked(text):
        ways = [[*way, *pieces] for way in _ways(subject, records, what)[0]]
    if not ways:
        return None
    held = entries_holding(subject, *ways)
    with connections[records.db].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {held.text} LIMIT {most + 1}) AS held", held.params)  # noqa: S608 - constants of ours
        if cursor.fetchone()[0] > most:
            return None
    chosen = RawSQL(f"SELECT record FROM {held.text}", held.params)  # noqa: S608, S611 - as above
    return records.filter(Q(pk__in=chosen) if vendor_of(subject) == "sqlite" else _AnyOf(F("pk"), chosen))


class _AnyOf(Func):
    """PostgreSQL reads these few by their keys; of IN it expects what the index expects, and reads all records."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY(ARRAY"
    output_field = BooleanField()


class _Hit(NamedTuple):
    """In the order in which hits are shown."""

    place: int
    tier: int
    sort: str
    record: UUID


def _best(
    subject: Subject, records: QuerySet[Any], what: Asked, ways: Sequence[Texts], limit: int, *, misspelt: bool = False
) -> tuple[list[_Hit], int]:
    """The best of what is found in these ways, and how many there are, counted to one more than COUNTED_MAX."""
    if not ways:
        return [], 0
    found = _ordered(subject, records, what, ways, misspelt=misspelt, looked_at=COUNTED_MAX + 1, limit=limit)
    return [_Hit(*row[:4]) for row in found], found[0][4] if found else 0


def _ordered(
    subject: Subject, records: QuerySet[Any], what: Asked, ways: Sequence[Texts], *, misspelt: bool, looked_at: int,
    limit: int, start: int = 0,
) -> list[tuple[int, int, str, UUID, int]]:  # fmt: skip
    """What is found in these ways in its order, each with how many there are; one pass over at most ``looked_at``."""
    by, how_well, held = place(what), tier(what, misspelt=misspelt), entries_holding(subject, *ways)
    seen = records.order_by().filter(pk=RawSQL(f"{subject.entries}.record", []))  # noqa: S611 - a constant of ours
    try:
        visible, rights = seen.values("pk").query.get_compiler(records.db).as_sql()
    except EmptyResultSet:
        return []
    columns = f"({by.text}) AS found_place, ({how_well.text}) AS found_tier, sort, record"
    some = f"SELECT {columns} FROM {held.text} AND EXISTS ({visible}) LIMIT {looked_at}"  # noqa: S608 - constants of ours
    with connections[records.db].cursor() as cursor:
        cursor.execute(
            f"SELECT found_place, found_tier, sort, record, count(*) OVER () FROM ({some}) AS found "  # noqa: S608 - as above
            f"ORDER BY found_place, found_tier, sort, record LIMIT {limit} OFFSET {start}",
            [*by.params, *how_well.params, *held.params, *rights],
        )
        rows = cursor.fetchall()
    to_id = subject.entry._meta.get_field("record").to_python  # noqa: SLF001 - Django's public door
    return [(*row[:3], to_id(row[3]), row[4]) for row in rows]


def _matching(records: QuerySet[Found], what: Asked) -> tuple[QuerySet[Found], bool]:
    """What is found, and whether other spellings are among it."""
    subject = subject_of(records.model)
    ways, is_misspelt = _ways(subject, records, what)
    within = subject.entry._default_manager.filter(holding(subject, *ways)).values("record")  # noqa: SLF001 - as above
    return records.filter(pk__in=within), is_misspelt


def _ways(subject: Subject, records: QuerySet[Any], what: Asked) -> tuple[Sequence[Texts], bool]:
    """In which ways the text is looked for, and whether other spellings are among them, as there is next to nothing."""
    ways = ways_of(what)
    few = _ordered(subject, records, what, ways, misspelt=False, looked_at=FEW, limit=FEW)
    if len(few) < FEW and (others := other_spellings(subject, what)):
        return [*ways, *others], True
    return ways, False
