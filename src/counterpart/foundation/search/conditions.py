"""What was asked for as a condition on entries, for the engine at hand."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_
from typing import Final, TypeAlias

from django.db import connections, router
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL

from counterpart.foundation.search.statements import full_text, late
from counterpart.foundation.search.subjects import Subject
from counterpart.foundation.search.words import INDEXED_MIN, Asked, needle

Texts: TypeAlias = Sequence[Sequence[str]]
"""Of each of these, one has to stand in the text."""

EXACT, WHOLE, BEGINNING, INNER, MISSPELT = range(5)
TRIGRAMS_MAX: Final = 32
FOLLOWERS: Final = " abcdefghijklmnopqrstuvwxyz0123456789.-@/&_+#*'æøœđðłħıþ"
"""What stands behind two letters of a folded Latin text. Two letters of other scripts are not in the index."""


def holding(subject: Subject, *ways: Texts) -> Q:
    """Entries whose text holds everything of one of these ways."""
    verified = reduce(or_, (_verified(way) for way in ways))
    if connections[router.db_for_read(subject.entry)].vendor != "sqlite":
        return verified
    expressions = [_expression(way) for way in ways]
    if not all(expressions):
        return verified  # something is too short for the index: the narrow entries are read one after the other
    index = full_text(subject)
    narrowed = RawSQL(  # noqa: S611 - the name of our table; what was typed is a parameter
        f"SELECT rowid FROM {index} WHERE {index} MATCH %s UNION ALL SELECT id FROM {late(subject)}",  # noqa: S608 - as above
        [" OR ".join(f"({one})" for one in expressions)],
    )
    return Q(pk__in=narrowed) & verified


def ways_of(asked: Asked) -> list[Texts]:
    """All the words, or the digits of a phone."""
    ways: list[Texts] = []
    if asked.words:
        ways.append([[needle(word)] for word in asked.words])
    if asked.phones:
        ways.append([asked.phones])
    return ways


def whole_words(asked: Asked) -> list[Texts]:
    """All the words, each of them whole."""
    return [[[f" {word} "] for word in asked.words]] if asked.words else []


def beginnings(asked: Asked) -> list[Texts]:
    """All the words, each of them at the beginning of a word."""
    return [[[f" {word}"] for word in asked.words]] if asked.words else []


def tier(asked: Asked, *, misspelt: bool) -> Case:
    """How well an entry matches: exact number, whole words, their beginnings, within words, otherwise spelt (SRC-2)."""
    whens = [When(numbers__contains=f" {asked.number} ", then=Value(EXACT))] if asked.number else []
    if asked.words:
        whens.append(When(_all(f" {word} " for word in asked.words), then=Value(WHOLE)))
        whens.append(When(_all(f" {word}" for word in asked.words), then=Value(BEGINNING)))
    if not misspelt:
        return Case(*whens, default=Value(INNER), output_field=IntegerField())
    exact = reduce(or_, (_verified(way) for way in ways_of(asked)))
    whens.append(When(exact, then=Value(INNER)))
    return Case(*whens, default=Value(MISSPELT), output_field=IntegerField())


def place(asked: Asked) -> Case:
    """Closed ones come last (SRC-4), but for one whose number was asked for exactly."""
    numbered = When(numbers__contains=f" {asked.number} ", then=Value(0))
    return Case(numbered, default="place", output_field=IntegerField())


def _verified(way: Texts) -> Q:
    return reduce(and_, (reduce(or_, (Q(text__contains=text) for text in texts)) for texts in way))


def _all(texts: Iterable[str]) -> Q:
    return reduce(and_, (Q(text__contains=text) for text in texts))


def _expression(way: Texts) -> str:
    """The way in the language of the full text: three letters in a row, each of them quoted.

    What is too short for it is left to be verified; '' if all of it is.
    """
    said = []
    for texts in way:
        either = [_trigrams(text) for text in texts]
        if all(either):
            said.append("(" + " OR ".join(f"({one})" for one in either) + ")")
    return " AND ".join(said)


def _trigrams(text: str) -> str:
    """All of them up to a number: more of a long text narrow no further."""
    if len(text) == INDEXED_MIN - 1 and text.isascii():
        return " OR ".join(f'"{_quoted(text)}{follower}"' for follower in FOLLOWERS)
    count = min(len(text) - INDEXED_MIN + 1, TRIGRAMS_MAX)
    found = dict.fromkeys(_quoted(text[at : at + INDEXED_MIN]) for at in range(count))
    return " AND ".join(f'"{one}"' for one in found)


def _quoted(text: str) -> str:
    """The text within the quotes of the full text's language."""
    return text.replace('"', '""')
