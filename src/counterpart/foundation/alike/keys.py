"""What contacts are looked up by before they are compared: only those that share a key are worth comparing.

A key is a whole number that the database indexes. Every pair that can reach *possible* by the firm's usual weights
shares one: equal e-mail, phone or place has a key of its own, and names that are alike enough to count by themselves
agree in the sound of one word and in the beginning of the other.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from counterpart.foundation.alike.faces import PHONE_TAIL, Features, Name, without_particles

LASTS_MAX: Final = 2
"""Words of a double last name that are keys by themselves."""

_SPELLINGS: Final = (("sch", "s"), ("ph", "f"), ("ck", "k"), ("th", "t"), ("dt", "t"))
_SOUNDS: Final = str.maketrans({"c": "k", "q": "k", "z": "s", "v": "f"})
_SILENT: Final = frozenset("aeiouyhw")


def keys_of(features: Features) -> set[int]:
    """The keys of a contact."""
    return {_hashed(text) for text in _texts(features)}


@lru_cache(4096)
def skeleton(word: str) -> str:
    """How a word sounds, roughly: its first letter and the consonants, each once in a row. Smith and Smyth are smt."""
    for written, sound in _SPELLINGS:
        word = word.replace(written, sound)
    word = word.translate(_SOUNDS)
    kept = word[:1]
    for letter in word[1:]:
        if letter not in _SILENT and (letter != kept[-1] or letter.isdigit()):
            kept += letter
    return kept


def _texts(features: Features) -> Iterator[str]:
    kind = "c" if features.is_company else "p"
    names = (features.name, *features.others) if features.name else features.others
    for name in names:
        for key in _name_keys(name, is_company=features.is_company):
            yield f"{kind}{key}"
    for email in features.emails:
        yield f"e{kind}{email}"
    for phone in features.phones:
        yield f"t{kind}{phone[-PHONE_TAIL:]}"
    for code, house in features.places:
        yield f"a{kind}{code}/{house}"
    if features.tax_number:
        yield f"x{kind}{features.tax_number}"


def _name_keys(name: Name, *, is_company: bool) -> Iterator[str]:
    if is_company:
        sounds = [skeleton(word) for word in name.last]
        yield f"={skeleton(''.join(name.last))}"
        yield from _paired(sounds[0], sounds[1]) if len(sounds) > 1 else ()
        return
    firsts = [skeleton(word) for word in name.first[:1]]
    lasts = [skeleton(word) for word in without_particles(name.last)[-LASTS_MAX:]]
    if not firsts or not lasts:
        yield f"={(firsts or lasts)[0]}"
        return
    for last in lasts:
        yield from _paired(firsts[0], last)


def _paired(one: str, other: str) -> Sequence[str]:
    """Either word whole with the beginning of the other: a slip in one of them leaves one key, and so does exchanging
    them.
    """
    return f"{one}.{other[:2]}", f"{other}.{one[:2]}"


def _hashed(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
