"""Numbers: what may be typed and what comes next (LA-NUM-2 to LA-NUM-7, NUM-4 to NUM-9, sync-protocol section 8).

Both products check with the same rules; only Legal Accounting allocates.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from unicodedata import normalize

CONTACT_NUMBER_MAX = 15
"""So that contact number, separator and file counter fit the 20 characters of LEDES (LA-NUM-4)."""
FILE_NUMBER_MAX = 20
SKIP_MAX = 1_000_000
"""Bound on how many used numbers one allocation may step over."""

_FORBIDDEN = re.compile(r"[*|\[\]\s\x00-\x1f\x7f-\x9f]")


class SequenceExhausted(Exception):
    """No free number of acceptable length is left in a sequence."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A numbering sequence: fixed prefix, the next value, and the least digits to print (padding)."""

    prefix: str = ""
    next: int = 1
    width: int = 0

    def text(self, value: int | None = None) -> str:
        """The number with this value (default: the next one) as people see it."""
        return f"{self.prefix}{self.next if value is None else value:0{self.width}d}"


def number_key(number: str) -> str:
    """The form in which numbers are compared: letter case does not matter (LA-NUM-4), nor how an accent is encoded.

    A key can be up to three times as long as its number.
    """
    if number.isascii():
        return number.lower()
    return normalize("NFC", normalize("NFD", number).casefold())


def number_problem(number: str, *, longest: int = CONTACT_NUMBER_MAX, noun: str = "reference") -> str:
    """Say in one sentence why a typed number is not acceptable, or '' (CON-1, NUM-4, LA-NUM-4)."""
    if _FORBIDDEN.search(number) or not number.isprintable():
        if re.search(r"[*\s]", number):
            return f"A {noun} can't contain spaces or *."
        return f"A {noun} can't contain |, [, ] or control characters."
    if not number:
        return f"Type a {noun}, or leave it empty to number automatically."
    if len(number) > longest:
        return f"A {noun} can have at most {longest} characters; this one has {len(number)}."
    return ""


def after_typed(sequence: Sequence, number: str, *, longest: int = CONTACT_NUMBER_MAX) -> Sequence:
    """The sequence after a number was typed: it continues from there, upward or downward (NUM-6, LA-NUM-5).

    A number of another shape (other prefix, or no trailing digits only) leaves the sequence alone, and so does one
    after which no number of acceptable length could follow. Leading zeros set the padding (NUM-9).
    """
    prefix = sequence.prefix
    if not number.casefold().startswith(prefix.casefold()):
        return sequence
    digits = number[len(prefix) :]
    if not (digits.isascii() and digits.isdigit()):
        return sequence
    width = len(digits) if digits.startswith("0") else 0
    moved = replace(sequence, next=int(digits) + 1, width=width)
    return moved if len(moved.text()) <= longest else sequence


def allocate(
    sequence: Sequence, is_used: Callable[[str], bool], *, longest: int = CONTACT_NUMBER_MAX
) -> tuple[str, Sequence]:
    """Take the next free number and return it with the advanced sequence (LA-NUM-2).

    Numbers ever used are stepped over, so that a sequence set back can never give one twice (LA-NUM-7).
    ``is_used`` receives the key of a number (see ``number_key``). Raises SequenceExhausted.
    """
    for value in range(sequence.next, sequence.next + SKIP_MAX):
        number = sequence.text(value)
        if len(number) > longest:
            break
        if not is_used(number_key(number)):
            return number, Sequence(sequence.prefix, value + 1, sequence.width)
    raise SequenceExhausted(sequence.text())
