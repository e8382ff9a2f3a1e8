#!/usr/bin/env python3
"""How long dividing a bill takes, beside summing the same products of lines and shares: `python benchmarks/split.py`.

The baseline is the least work anyone has who computes every payer's part of every line and keeps nothing else.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rich.console import Console
from rich.table import Table

from counterpart.accounting.split import WHOLE, divide

RUNS = 7
SIZES = ((2, 20), (20, 200), (150, 200), (500, 1_000))
"""Payers and lines: an ordinary file, a large one, a docket with 150 defendants, and more than any court has seen."""


def main() -> int:
    table = Table("payers", "lines", "divide, ms", "products alone, ms", "ratio", title="Split billing")
    for payers, lines in SIZES:
        shares, bill = uneven(payers), amounts(lines)
        split = median_ms(lambda bill=bill, shares=shares: divide(bill, shares))
        least = median_ms(lambda bill=bill, shares=shares: products(bill, shares))
        table.add_row(str(payers), str(lines), f"{split:.2f}", f"{least:.2f}", f"{split / least:.1f}")
    Console().print(table)
    return 0


def uneven(payers: int) -> list[int]:
    """Shares of which no two neighbours are equal, so that every line leaves cents to hand out."""
    weights = [1 + number * number % 97 for number in range(payers)]
    shares = [weight * WHOLE // sum(weights) for weight in weights]
    shares[0] += WHOLE - sum(shares)
    return shares


def amounts(lines: int) -> list[int]:
    """Fees, and here and there a discount."""
    chosen = random.Random(20)
    return [chosen.randint(1, 90_000) * (-1 if number % 10 == 9 else 1) for number in range(lines)]


def products(bill: list[int], shares: list[int]) -> list[list[int]]:
    return [[cents * share // WHOLE for share in shares] for cents in bill]


def median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1_000)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())
