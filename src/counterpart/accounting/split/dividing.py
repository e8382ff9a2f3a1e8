"""The split arithmetic: the parts add up to the whole, to the cent, for every line and for the bill (4.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WHOLE: Final = 1_000_000
"""100 %, in ten-thousandths of a percent (LA-SPL-1)."""


class SharesInvalid(ValueError):
    """The shares are not whole ten-thousandths of a percent, none below 0, totalling 100 %; the text says which."""


@dataclass(frozen=True, slots=True)
class Divided:
    """What each payer has of each line (``per_line[line][payer]``) and of them all (``totals[payer]``), in cents."""

    per_line: tuple[tuple[int, ...], ...]
    totals: tuple[int, ...]

    def reversal(self) -> "Divided":
        """The shares of a reversal or credit note: these with the sign changed, never computed anew (P4)."""
        return Divided(
            tuple(tuple(-cents for cents in line) for line in self.per_line), tuple(-cents for cents in self.totals)
        )


def divide(lines: Sequence[int], shares: Sequence[int]) -> Divided:
    """Divide amounts in cents over payers, carrying each payer's rounding error from line to line (P1 to P6).

    ``lines`` are in printed order, taxes last and already computed on the whole bill; ``shares`` are
    ten-thousandths of a percent in payer order, the primary first. Raises SharesInvalid.

    Every figure is a whole number of millionths of a cent, so that nothing is rounded on the way.
    """
    _check(shares)
    errors = [0] * len(shares)
    per_line = tuple(tuple(_divide_line(cents, shares, errors)) for cents in lines)
    totals = tuple(map(sum, zip(*per_line, strict=True))) if per_line else (0,) * len(shares)
    return Divided(per_line, totals)


def _check(shares: Sequence[int]) -> None:
    if any(share < 0 for share in shares):
        raise SharesInvalid("A share can't be below 0 %.")
    if sum(shares) != WHOLE:
        raise SharesInvalid("The shares must total exactly 100 %.")


def _divide_line(cents: int, shares: Sequence[int], errors: list[int]) -> list[int]:
    """Divide one line and bring the errors up to date: what each payer should have had so far, less what it got."""
    sign, amount = (-1, -cents) if cents < 0 else (1, cents)
    due = [sign * error + amount * share for error, share in zip(errors, shares, strict=True)]
    given = [max(0, millionths // WHOLE) for millionths in due]
    short = amount - sum(given)
    if short > 0:
        _give(short, due, given)
    elif short < 0:
        _take(-short, due, given)
    divided = [sign * part for part in given]
    for payer, share in enumerate(shares):
        errors[payer] += cents * share - divided[payer] * WHOLE
    return divided


def _give(short: int, due: Sequence[int], given: list[int]) -> None:
    """Give one cent each to those who lack most; of equals, the earlier payer.

    One round is enough: what everyone is due adds up to the line, and nobody lacks a whole cent, so more
    payers lack something than there are cents to give. For the same reason nobody at 0 % is ever reached.
    """
    lacking = sorted(range(len(due)), key=lambda payer: given[payer] * WHOLE - due[payer])
    for payer in lacking[:short]:
        given[payer] += 1


def _take(over: int, due: Sequence[int], given: list[int]) -> None:
    """Take one cent each from those who lack least, in rounds; of equals, the later payer.

    A payer from whom a cent was taken lacks a whole one more than anyone else, so its turn comes again only after
    all others'. A round that is not the last takes at least one cent, and there are more cents given than to take.
    """
    while over > 0:
        holding = [payer for payer in range(len(due)) if given[payer] > 0]
        holding.sort(key=lambda payer: (due[payer] - given[payer] * WHOLE, -payer))
        for payer in holding[:over]:
            given[payer] -= 1
        over -= len(holding[:over])
