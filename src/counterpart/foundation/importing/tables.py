"""Reading a CSV table row by row, and writing back the rows that failed."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from counterpart.foundation.csv_lines import csv_lines
from counterpart.foundation.errors import Refusal

ROWS_MAX: Final = 1_000_000
REASON: Final = "reason"

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a file before its rows are read."""

    sha256: str
    header: list[str]
    rows: int
    delimiter: str


def facts_of(path: Path, *, one_of: Iterable[str]) -> Facts:
    """Read the file once: which content, how many rows, and is it the table expected, that is, does it have one of
    these columns. Raises Refusal, OSError.
    """
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        with path.open(newline="", encoding="utf-8-sig") as text:
            first = text.readline()
            delimiter = max(",;\t", key=first.count)
            text.seek(0)
            reader = csv.reader(text, delimiter=delimiter)
            header = [name.strip().casefold() for name in next(reader, [])]
            rows = sum(1 for cells in reader if any(cells))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path.name} can't be read as CSV text in UTF-8: {error}.", code="file.unreadable") from error
    wanted = list(one_of)
    if not set(wanted) & set(header):
        columns = " or ".join(filter(None, [", ".join(wanted[:-1]), wanted[-1]]))
        message = f"{path.name} has no column {columns}; its first line must name the columns."
        raise Refusal(message, code="file.header")
    if rows > ROWS_MAX:
        raise Refusal(f"{path.name} has {rows} rows; at most {ROWS_MAX} are imported at once.", code="file.too_long")
    return Facts(sha256, header, rows, delimiter)


def rows_of(path: Path, facts: Facts) -> Iterator[Row]:
    """Yield the rows as {column: text}; empty lines are left out."""
    with path.open(newline="", encoding="utf-8-sig") as text:
        reader = csv.reader(text, delimiter=facts.delimiter)
        next(reader, None)
        for cells in reader:
            if any(cells):
                yield dict(zip(facts.header, cells, strict=False))


def write_failures(path: Path, header: Sequence[str], failures: Iterable[tuple[str, Mapping[str, str]]]) -> None:
    """Write the rows that failed, as they were, with the reason; corrected, the file can be imported as it is."""
    with path.open("w", newline="", encoding="utf-8") as file:
        file.writelines(failure_lines(header, failures))


def failure_lines(header: Sequence[str], failures: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[str]:
    """The same, line by line, for a download."""
    columns = [*(name for name in header if name != REASON), REASON]
    yield from csv_lines([columns])
    yield from csv_lines([{**cells, REASON: reason}.get(name, "") for name in columns] for reason, cells in failures)
