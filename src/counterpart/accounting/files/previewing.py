"""What a bill would come to for each payer: the arithmetic of 4.6 put into rows and columns for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from counterpart.accounting.files.queries import Payer
from counterpart.accounting.files.shares import percent
from counterpart.accounting.split import Line, divide, written


@dataclass(frozen=True, slots=True)
class PayerTotal:
    """What one payer would be billed."""

    payer: Payer
    percent: str
    cents: int

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
    rows: tuple[PreviewRow, ...]
    total: str
    line_count: int
    without: tuple[Payer, ...]
    """Payers at 0 %: they get no invoice (LA-SPL-7)."""

    @property
    def is_cut(self) -> bool:
        """Whether only the first lines are in ``rows``; the totals count them all."""
        return len(self.rows) < self.line_count


def preview_split(
    payers: Sequence[Payer], shares: Sequence[int], lines: Sequence[Line], *, cells_max: int | None = None
) -> SplitPreview:
    """Divide the lines over the payers. ``cells_max`` bounds how many figures ``rows`` hold, not what is counted."""
    divided = divide([line.cents for line in lines], shares)
    paying = [place for place, share in enumerate(shares) if share]
    shown = len(lines) if cells_max is None else max(1, cells_max // max(1, len(paying)))
    rows = tuple(
        PreviewRow(number, line.description, written(line.cents), tuple(written(cents[place]) for place in paying))
        for number, (line, cents) in enumerate(zip(lines[:shown], divided.per_line, strict=False), start=1)
    )
    return SplitPreview(
        totals=tuple(PayerTotal(payers[i], percent(shares[i]), divided.totals[i]) for i in paying),
        rows=rows,
        total=written(sum(line.cents for line in lines)),
        line_count=len(lines),
        without=tuple(payer for payer, share in zip(payers, shares, strict=True) if not share),
    )
