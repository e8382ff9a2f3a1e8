"""What was asked for as a condition on entries, in SQL for the engine at hand.

Columns are named without their table, so a condition stands where entries are the only table. It is SQL rather than
Django's Q because a search is asked with every letter, and putting Qs together took longer than what they ask for.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from django.db import connections, router
from django.db.models import BooleanField, Field, IntegerField
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
ANY: Final = "?"
"""In a text to be held: one letter, whichever it is. Words never have this sign in them."""


LIKE: Final = "LIKE %s ESCAPE '\\'"


class Sql(NamedTuple):
    """A piece of SQL; what was typed is among its parameters, never in the text."""

    text: str
    params: list[Any]


def holding(subject: Subject, *ways: Texts) -> RawSQL:
    """Entries whose text holds everything of one of these ways."""
    narrowed, verified = _narrowed(subject, ways), _verified_in(ways)
    if narrowed is None:
        return _raw(verified, BooleanField())
    return _raw(_joined(" AND ", [Sql(f"id IN ({narrowed.text})", narrowed.params), verified]), BooleanField())


def entries_holding(subject: Subject, *ways: Texts) -> Sql:
    """The same as what stands behind FROM: entries come one after the other, and none is looked at once enough came."""
    narrowed, verified = _narrowed(subject, ways), _verified_in(ways)
    if narrowed is None:
        return Sql(f"{subject.entries} WHERE ({verified.text})", verified.params)
    tables = f"({narrowed.text}) AS narrowed CROSS JOIN {subject.entries} ON id = narrowed.at"
    return Sql(f"{tables} WHERE ({verified.text})", [*narrowed.params, *verified.params])


def _narrowed(subject: Subject, ways: Sequence[Texts]) -> Sql | None:
    """The entries to look at, as SQLite's full text and what it does not know yet tell; PostgreSQL does so by itself.

    None where something is too short for the index: the narrow entries are read one after the other.
    """
    if vendor_of(subject) != "sqlite":
        return None
    expressions = [_expression(way) for way in ways]
    if not all(expressions):
        return None
    index = full_text(subject)
    narrowed = f"SELECT rowid AS at FROM {index} WHERE {index} MATCH %s UNION ALL SELECT id FROM {late(subject)}"  # noqa: S608 - constants of ours
    return Sql(narrowed, [" OR ".join(f"({one})" for one in expressions)])


def vendor_of(subject: Subject) -> str:
    """The engine that keeps the entries."""
    return connections[router.db_for_read(subject.entry)].vendor


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


def tier(asked: Asked, *, misspelt: bool) -> Sql:
    """How well an entry matches: exact number, whole words, their beginnings, within words, otherwise spelt (SRC-2)."""
    whens = [_when(_numbered(asked), EXACT)] if asked.number else []
    whens += [_when(_verified(way), WHOLE) for way in whole_words(asked)]
    whens += [_when(_verified(way), BEGINNING) for way in beginnings(asked)]
    if misspelt:
        whens.append(_when(_verified_in(ways_of(asked)), INNER))
    return _case(whens, MISSPELT if misspelt else INNER)


def place(asked: Asked) -> Sql:
    """Closed ones come last (SRC-4), but for one whose number was asked for exactly."""
    return _case([_when(_numbered(asked), 0)] if asked.number else [], "place")


def number_of(sql: Sql) -> RawSQL:
    """The value of the SQL for Django."""
    return _raw(sql, IntegerField())


def _raw(sql: Sql, kind: "Field[Any, Any]") -> RawSQL:
    return RawSQL(sql.text, sql.params, output_field=kind)  # noqa: S611 - constants of ours; what was typed is a parameter


def _case(whens: Sequence[Sql], otherwise: int | str) -> Sql:
    said = _joined(" ", whens)
    return Sql(f"CASE {said.text} ELSE {otherwise} END" if whens else str(otherwise), said.params)


def _when(sql: Sql, value: int) -> Sql:
    return Sql(f"WHEN {sql.text} THEN {value}", sql.params)


def _numbered(asked: Asked) -> Sql:
    return Sql(f"numbers {LIKE}", [_pattern(f" {asked.number} ")])


def _verified_in(ways: Sequence[Texts]) -> Sql:
    return _joined(" OR ", [_verified(way) for way in ways])


def _verified(way: Texts) -> Sql:
    return _joined(
        " AND ",
        [_joined(" OR ", [Sql(f"text {LIKE}", [_pattern(text).replace(ANY, "_")]) for text in texts]) for texts in way],
    )


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def _joined(word: str, pieces: Sequence[Sql]) -> Sql:
    texts = [piece.text for piece in pieces]
    joined = word.join(texts) if word == " " or len(texts) == 1 else word.join(f"({text})" for text in texts)
    return Sql(joined, [one for piece in pieces for one in piece.params])


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
    if len(text) == INDEXED_MIN - 1 and text.isascii() and ANY not in text:
        return " OR ".join(f'"{_quoted(text)}{follower}"' for follower in FOLLOWERS)
    count = min(len(text) - INDEXED_MIN + 1, TRIGRAMS_MAX)
    found = dict.fromkeys(text[at : at + INDEXED_MIN] for at in range(count))
    return " AND ".join(f'"{_quoted(one)}"' for one in found if ANY not in one)


def _quoted(text: str) -> str:
    """The text within the quotes of the full text's language."""
    return text.replace('"', '""')
