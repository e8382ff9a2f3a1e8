"""Rows that were refused, as they were in the file, with the reason in a column of its own (IMP-5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from counterpart.foundation.cells import neutral
from counterpart.foundation.csv_lines import csv_lines

ERROR: Final = "Error"
FORMER: Final = ("error", "reason")
"""How the column of an earlier such file is called; it is not carried along."""
MARK: Final = "\ufeff"
"""Spreadsheets know UTF-8 by it."""


def lines(header: Sequence[str], failures: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """The file line by line; corrected, it can be imported as it is."""
    kept = [place for place, name in enumerate(header) if name.casefold() not in FORMER]
    yield MARK
    yield from csv_lines([[*(header[place] for place in kept), ERROR]])
    for reason, cells in failures:
        row = list(cells.values()) if isinstance(cells, Mapping) else list(cells)
        found = [neutral(row[place]) if place < len(row) else "" for place in kept]
        yield from csv_lines([[*found, reason]])


def write(path: Path, header: Sequence[str], failures: Iterable[tuple[str, Any]]) -> None:
    """The same as a file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        file.writelines(lines(header, failures))
