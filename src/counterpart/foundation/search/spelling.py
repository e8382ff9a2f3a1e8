"""One typing error is forgiven (SRC-2): the words that are there and that a word may have been meant as."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.db import connections, router

from counterpart.foundation.conflicts.matching import one_error
from counterpart.foundation.search.conditions import ANY, Texts, entries_holding
from counterpart.foundation.search.subjects import Subject
from counterpart.foundation.search.words import INDEXED_MIN, Asked, needle

WORD_MIN: Final = 4
"""Shorter words differ by one letter from too many others."""
WORD_MAX: Final = 24
READ_MAX: Final = 50
"""So many entries are looked through for each place and kind of error."""
MEANT_MAX: Final = 12


def other_spellings(subject: Subject, asked: Asked) -> list[Texts]:
    """What to look for instead, nothing if no word of the text can be meant otherwise.

    Words that begin a word of some record stand as they are typed; each other one (all of them, if there is no other
    one) may also be one that differs by one wrong, missing, surplus or one pair of exchanged letters: a whole word, or
    else the beginning of one.
    """
    wrong = _unknown(subject, asked.words) or set(asked.words)
    instead: list[list[str]] = []
    for word in asked.words:
        texts = [needle(word)]
        is_word = WORD_MIN <= len(word) <= WORD_MAX and not any(character.isdigit() for character in word)
        if word in wrong and is_word:
            texts += [f" {meant}" for meant in _meant(subject, word)]
        instead.append(texts)
    return [instead] if any(len(texts) > 1 for texts in instead) else []


def _unknown(subject: Subject, words: Sequence[str]) -> set[str]:
    """Those of the words that no record has."""
    if len(words) < 2:  # noqa: PLR2004 - which of them is wrong is no question
        return set(words)
    some, params = [], []
    for word in words:
        found = entries_holding(subject, [[f" {word}"]])
        some.append(f"EXISTS (SELECT 1 FROM {found.text})")  # noqa: S608 - constants of ours
        params += found.params
    with connections[router.db_for_read(subject.entry)].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(some)}", params)
        known = cursor.fetchone()
    return {word for word, is_known in zip(words, known, strict=True) if not is_known}


def _meant(subject: Subject, word: str) -> list[str]:
    there = {one for text in _texts(subject, word) for one in text.split() if len(one) >= len(word) - 1}
    there.discard(word)
    whole = sorted(one for one in there if one_error(word, one))
    if whole:
        return [f"{one} " for one in whole[:MEANT_MAX]]
    return sorted({start for one in there for start in _starts(word, one)})[:MEANT_MAX]


def _texts(subject: Subject, word: str) -> list[str]:
    """Texts in which the word may be meant; of many, some for each place where the error can be."""
    some, params = [], []
    for kept in _kept_by(word):
        found = entries_holding(subject, [[kept]])
        some.append(f"SELECT text FROM (SELECT text FROM {found.text} LIMIT {READ_MAX}) AS few")  # noqa: S608 - constants of ours
        params += found.params
    with connections[router.db_for_read(subject.entry)].cursor() as cursor:
        cursor.execute(" UNION ALL ".join(some), params)
        return [text for (text,) in cursor.fetchall()]


def _starts(word: str, longer: str) -> Iterator[str]:
    """The beginning of a longer word that the word may be meant as; it is still being typed."""
    for count in (len(word), len(word) + 1, len(word) - 1):
        if count < len(longer) and one_error(word, longer[:count]):
            yield longer[:count]
            return


def _kept_by(word: str) -> list[str]:
    """What a text with the word has, wherever the error is and whichever: a wrong, surplus, missing letter, or two
    exchanged ones.

    It begins a word of the text; where what is kept has no three letters in a row it is a whole word, so of a short
    word that is still being typed some errors are not forgiven yet.
    """
    typed = f" {word}"
    kept = []
    for at in range(1, len(typed)):
        before, after = typed[:at], typed[at + 1 :]
        kept += [f"{before}{ANY}{after}", f"{before}{after}", f"{before}{ANY}{typed[at:]}"]
        if after:
            kept.append(f"{before}{after[0]}{typed[at]}{after[1:]}")
    indexed = (one if max(map(len, one.split(ANY))) >= INDEXED_MIN else f"{one} " for one in kept)
    return [one for one in dict.fromkeys(indexed) if max(map(len, one.split(ANY))) >= INDEXED_MIN]
