"""Words of records and words of a search: folded alike, so that one finds the other (SRC-2, SRC-3)."""

import re
from dataclasses import dataclass
from typing import Final

from counterpart.foundation.text import digits, fold
from counterpart.protocol.numbers import number_key

FORM: Final = 1
"""Raise it whenever ``findable`` gives another result: all records are then folded anew after the next migration."""
TEXT_MAX: Final = 200
WORDS_MAX: Final = 10
INDEXED_MIN: Final = 3
"""The index knows three characters in a row."""
PHONE_MIN: Final = 3
PHONE_TAIL: Final = 8
"""Digits that must agree at the end: +64 21 555 1234 and 021 555 1234 are one number (SRC-3)."""
COUNTRY_MAX: Final = 3

_INSIDE: Final = re.compile(r"['’‘`´]")
"""Signs inside a word: O'Brien is OBrien."""
_BETWEEN: Final = re.compile(r"[,;:!?\"“”„«»()\[\]{}<>|=~…·•]+")
_PARTS: Final = re.compile(r"[-/–—&]+")
_INITIALS: Final = re.compile(r"(?:\w\.){2,}\w?")
_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that put no space between words: any of their characters may begin one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search asks for."""

    words: tuple[str, ...]
    """All of them have to be found, in any order."""
    phones: tuple[str, ...]
    """Or one of these rows of digits, if the text can be a phone number."""
    number: str
    """The whole text as a number."""

    def __bool__(self) -> bool:
        return bool(self.words or self.phones)


def findable(text: str) -> str:
    """A record's texts as they are kept: folded words after one space each.

    Parts of a double name begin words of their own, and initials are also found written together.
    """
    plain = plain_words(text)
    more: list[str] = []
    for word in plain:
        if "@" in word:
            continue
        more += [part for part in _PARTS.split(word)[1:] if part.isalpha()]
        if _INITIALS.fullmatch(word):
            more.append(word.replace(".", ""))
    return "".join(f" {word}" for word in (*plain, *more))


def plain_words(text: str) -> list[str]:
    """The folded words of a text, without what stands between words."""
    folded = fold(text)
    if not folded.isalnum():
        folded = _BETWEEN.sub(" ", _INSIDE.sub("", folded))
    return folded.split()


def asked(text: str) -> Asked:
    """Read what somebody typed; of a longer text, the beginning."""
    cut = text[:TEXT_MAX].strip()
    return Asked(tuple(dict.fromkeys(plain_words(cut)))[:WORDS_MAX], tuple(_phones(cut)), number_key(cut))


def needle(word: str) -> str:
    """What a text has to hold to have the word: it stands anywhere, but a single letter begins a word of the text."""
    return word if len(word) > 1 or _UNSPACED.match(word) else f" {word}"


def _phones(text: str) -> list[str]:
    found = digits(text)
    if len(found) < PHONE_MIN or any(character.isalpha() for character in text):
        return []
    bare = found.lstrip("0")
    ways = [found, bare]
    if len(found) > PHONE_TAIL:
        ways.append(found[-PHONE_TAIL:])
    elif text.startswith(("+", "00")):
        # As somebody types: the country's code is not in the number as it is kept, and how long it is nobody says.
        ways += [bare[count:] for count in range(1, COUNTRY_MAX + 1)]
    return list(dict.fromkeys(way for way in ways if len(way) >= PHONE_MIN))
