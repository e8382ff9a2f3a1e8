"""Whether a name can mean another: exactly, or flexibly (CNF-1). Pure text, no database."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from counterpart.foundation.conflicts.words import COMPANY_WORDS, PARTICLES, SHORT_FORMS, TITLES
from counterpart.foundation.text import fold, normalise
from counterpart.protocol.numbers import number_key

TERM_MAX: Final = 200
TERMS_MAX: Final = 50
WORDS_MAX: Final = 12
TYPING_ERROR_MIN: Final = 4
"""Shorter words differ by one letter from too many others."""
JOINED_MIN: Final = 6

_INSIDE = re.compile(r"['’‘`´.]")
"""Signs inside a word: O'Brien is OBrien, I.B.M. is IBM."""
_BETWEEN = re.compile(r"[^\w@+]+")


class Likeness(IntEnum):
    """How a name was found."""

    NONE = 0
    SIMILAR = 1
    SAME = 2


@dataclass(frozen=True, slots=True)
class Term:
    """One name to look for."""

    text: str
    exact: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return words_of(self.text)


def term_problem(text: str) -> str:
    """Say in one sentence why a name can't be looked for, or ''."""
    if len(text) > TERM_MAX:
        return f"A name can have at most {TERM_MAX} characters; this one has {len(text)}."
    words = words_of(text)
    if not any(len(word) > 1 or not word.isascii() for word in words):
        return f"“{text}” has no whole word; type at least two letters or digits together."
    if len(words) > WORDS_MAX:
        return f"“{text}” has more than {WORDS_MAX} words; put each name on a line of its own."
    return ""


def likeness(term: Term, name: str) -> Likeness:
    """How far the name can be the one looked for.

    Exactly: the words of the term stand in the name, next to one another and in this order; letter case and
    punctuation do not count. Flexibly: see ``_flexibly``.
    """
    if number_key(term.text) == number_key(name):
        return Likeness.SAME
    if term.exact:
        return Likeness.SAME if _stands_in(_plain_words(term.text), _plain_words(name)) else Likeness.NONE
    return _flexibly(core_of(term.text), core_of(name))


def pieces(term: Term) -> list[list[str]]:
    """What a folded text must contain to be worth comparing: of every group at least one piece.

    A word with one typing error keeps its first or its second half, or has its two middle letters exchanged.
    """
    words = [word for word in term.words if len(word) > 1 or not word.isascii()]
    if term.exact:
        return [[word] for word in words]
    telling = [word for word in words if word not in PARTICLES | COMPANY_WORDS | TITLES] or words
    return [[piece for word in telling for piece in _pieces_of(word)]]


def _pieces_of(word: str) -> list[str]:
    others = sorted(SHORT_FORMS.get(word, ()))
    if len(word) < TYPING_ERROR_MIN:
        return [word, *others]
    middle = len(word) // 2
    exchanged = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
    return [word[:middle], word[middle:], exchanged, *others]


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words without case, accents and punctuation."""
    return tuple(_BETWEEN.sub(" ", _INSIDE.sub("", fold(text))).split())


def _plain_words(text: str) -> list[str]:
    """The words with their accents: looking exactly, Muller is not Müller."""
    return _BETWEEN.sub(" ", _INSIDE.sub("", normalise(text).casefold())).split()


def _stands_in(words: Sequence[str], name: Sequence[str]) -> bool:
    count = len(words)
    return any(list(name[start : start + count]) == list(words) for start in range(len(name) - count + 1))


@lru_cache(maxsize=4096)
def core_of(text: str) -> tuple[str, ...]:
    """The words without company forms and titles, unless nothing else is there."""
    words = words_of(text)
    return tuple(word for word in words if word not in COMPANY_WORDS and word not in TITLES) or words


def _flexibly(term: tuple[str, ...], name: tuple[str, ...]) -> Likeness:
    """Words in any order; a word may be an initial, a short form of a first name, or have one typing error.

    Every word of the term is found in the name, or, where the name has two words at least, every word of the name in
    the term: John Paul Smith can be John Smith. An initial alone proves nothing. Written together counts as well.
    """
    if not term or not name:
        return Likeness.NONE
    if Counter(term) == Counter(name):
        return Likeness.SAME
    if found := _paired(term, name):
        return found
    if len(name) > 1 and _paired(name, term):
        return Likeness.SIMILAR
    together, other = "".join(term), "".join(name)
    if min(len(together), len(other)) >= JOINED_MIN and (together == other or one_error(together, other)):
        return Likeness.SIMILAR
    return Likeness.NONE


def _paired(words: Sequence[str], name: Sequence[str]) -> Likeness:
    """Find each word in the name, every word of the name at most once."""
    left, worst, whole = list(name), Likeness.SAME, False
    for word in sorted(words, key=len, reverse=True):
        partner = _partner(word, left)
        if partner is None:
            return Likeness.NONE
        left.remove(partner)
        whole = whole or len(word) > 1 < len(partner) or not word.isascii()
        if partner != word:
            worst = Likeness.SIMILAR
    return worst if whole else Likeness.NONE


def _partner(word: str, left: Sequence[str]) -> str | None:
    """The word of the name that can mean this one; the surest first."""
    if word in left:
        return word
    others = SHORT_FORMS.get(word, frozenset())
    for kin in (
        lambda other: other in others,
        lambda other: min(len(word), len(other)) >= TYPING_ERROR_MIN and one_error(word, other),
        lambda other: _initial(word, other) or _initial(other, word),
    ):
        if found := next(filter(kin, left), None):
            return found
    return None


def _initial(short: str, word: str) -> bool:
    return len(short) == 1 and short.isascii() and short.isalpha() and word.startswith(short)


def one_error(one: str, other: str) -> bool:
    """Whether the words differ by one wrong, missing, surplus or one pair of exchanged letters."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return start < len(one)
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
