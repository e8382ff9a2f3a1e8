"""What a bill would come to for each payer: the arithmetic of 4.6 put into rows and columns for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from counterpart.accounting.files.queries import Payer
from counterpart.accounting.files.shares import percent
from counterpart.accounting.split import Line, divide, written

COLUMNS_MAX: Final = 12
"""Up to so many payers have a column line by line, whatever they pay."""


@dataclass(frozen=True, slots=True)
class PayerTotal:
    """What one payer would be billed."""

    payer: Payer
    share: int
    cents: int

    @property
    def percent(self) -> str:
        """The share as a percentage."""
        return percent(self.share)

    @property
    def amount(self) -> str:
        """The total, to the cent."""
        return written(self.cents)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line of the bill and every payer's part of it, in the order of the totals."""

    number: int
    description: str
    amount: str
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SplitPreview:
    """A bill divided: who gets an invoice, over how much, and line by line."""

    totals: tuple[PayerTotal, ...]
    """Every payer, also those at 0 %."""
    columns: tuple[PayerTotal, ...]
    """The payers of ``rows``: all of them, or where they are many, those who pay."""
    rows: tuple[PreviewRow, ...]
    total: str
    line_count: int

    @property
    def paying(self) -> list[PayerTotal]:
        """Those who would get an invoice."""
        return [one for one in self.totals if one.share]

    @property
    def without(self) -> list[str]:
        """The names of those at 0 %: they get no invoice (LA-SPL-7)."""
        return [one.payer.name for one in self.totals if not one.share]

    @property
    def is_cut(self) -> bool:
        """Whether only the first lines are in ``rows``; the totals count them all."""
        return len(self.rows) < self.line_count


def preview_split(
    payers: Sequence[Payer], shares: Sequence[int], lines: Sequence[Line], *, cells_max: int | None = None
) -> SplitPreview:
    """Divide the lines over the payers. ``cells_max`` bounds how many figures ``rows`` hold, not what is counted."""
    divided = divide([line.cents for line in lines], shares)
    totals = tuple(map(PayerTotal, payers, shares, divided.totals))
    places = [i for i, share in enumerate(shares) if share or len(payers) <= COLUMNS_MAX]
    shown = len(lines) if cells_max is None else max(1, cells_max // len(places))
    rows = tuple(
        PreviewRow(number, line.description, written(line.cents), tuple(written(cents[place]) for place in places))
        for number, (line, cents) in enumerate(zip(lines[:shown], divided.per_line, strict=False), start=1)
    )
    total = written(sum(line.cents for line in lines))
    return SplitPreview(totals, tuple(totals[i] for i in places), rows, total, len(lines))
