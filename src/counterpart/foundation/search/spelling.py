"""One typing error is forgiven (SRC-2): the words that are there and that a word may have been meant as."""

from collections.abc import Iterator
from typing import Final

from django.db import connections

from counterpart.foundation.conflicts.matching import one_error
from counterpart.foundation.search.conditions import Texts, holding
from counterpart.foundation.search.subjects import Subject
from counterpart.foundation.search.words import INDEXED_MIN, Asked, needle

WORD_MIN: Final = 4
"""Shorter words differ by one letter from too many others."""
WORD_MAX: Final = 24
READ_MAX: Final = 500
"""So many entries are looked through for words that are spelt alike."""
MEANT_MAX: Final = 12


def other_spellings(subject: Subject, asked: Asked) -> list[Texts]:
    """What to look for instead, nothing if no word of the text can be meant otherwise.

    Words the records do have stand as they are typed; each other one is exchanged for those that differ by one wrong,
    missing, surplus or one pair of exchanged letters: whole words, or else the beginnings of words.
    """
    instead: list[list[str]] = []
    for word in asked.words:
        texts = [needle(word)]
        if WORD_MIN <= len(word) <= WORD_MAX and not any(character.isdigit() for character in word):
            texts += [f" {meant}" for meant in _meant(subject, word)]
        instead.append(texts)
    return [instead] if any(len(texts) > 1 for texts in instead) else []


def _meant(subject: Subject, word: str) -> list[str]:
    there = {one for text in _texts(subject, word) for one in text.split() if len(one) >= len(word) - 1}
    there.discard(word)
    whole = sorted(one for one in there if one_error(word, one))
    if whole:
        return [f"{one} " for one in whole[:MEANT_MAX]]
    return sorted({start for one in there for start in _starts(word, one)})[:MEANT_MAX]


def _texts(subject: Subject, word: str) -> Iterator[str]:
    """Texts in which the word may be meant; of many, some for each place where the error can be."""
    texts = subject.entry._default_manager.order_by().values_list("text", flat=True)  # noqa: SLF001 - Django's public door
    ways = list(_kept_by(word))
    if connections[texts.db].vendor == "sqlite":
        yield from texts.filter(holding(subject, *ways))[:READ_MAX]
        return
    # PostgreSQL expects so many rows of all the ways together that it would rather read the whole table.
    some = [texts.filter(holding(subject, way))[: READ_MAX // 5] for way in ways]
    if some:
        yield from some[0].union(*some[1:], all=True)


def _starts(word: str, longer: str) -> Iterator[str]:
    """The beginning of a longer word that the word may be meant as; it is still being typed."""
    for count in (len(word), len(word) + 1, len(word) - 1):
        if count < len(longer) and one_error(word, longer[:count]):
            yield longer[:count]
            return


def _kept_by(word: str) -> Iterator[Texts]:
    """What a text with the word has, wherever the error is: what stands before and what stands after it.

    The space before the word belongs to it; the one behind it only where the rest alone is too short for the index,
    so of a short word that is still being typed some errors are not forgiven yet.
    """
    padded = f" {word}"
    seen: set[tuple[str, ...]] = set()
    for at in range(1, len(padded)):
        for after in (padded[at + 1 :], padded[at:], padded[at + 2 :]):
            rest = f"{after} " if len(after) < INDEXED_MIN else after
            pieces = tuple(piece for piece in (padded[:at], rest) if piece.strip())
            if max(map(len, pieces)) >= INDEXED_MIN and pieces not in seen:
                seen.add(pieces)
                yield [[piece] for piece in pieces]
