"""Tables of text: which encoding, which delimiter, and the rows (IMP-1, IMP-6)."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Final

from counterpart.foundation.cells import plain
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing.reading.encodings import SAMPLE_BYTES, encoding_of
from counterpart.foundation.importing.reading.source import CELLS_MAX, Reading, Source, named

SAMPLE_ROWS: Final = 100
CELL_MAX: Final = 10_000_000
DELIMITERS: Final = {
    ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar", "^": "Caret", "~": "Tilde",
    "\x1f": "Unit separator", ":": "Colon",
}  # fmt: skip
csv.field_size_limit(CELL_MAX)


def read_text(path: Path, wanted: Reading, shown: str) -> Source:
    """The table in a text file. Raises Refusal if it is none."""
    encoding = wanted.encoding or encoding_of(path)
    try:
        with opened(path, encoding) as text:
            sample = text.read(SAMPLE_BYTES)
    except UnicodeError as error:  # UTF-16 asks for its mark
        raise Refusal(f"{shown} is not in the encoding chosen. Choose another one.", code="file.encoding") from error
    stated, begins = _stated_delimiter(sample)
    delimiter = wanted.delimiter or stated or delimiter_of(sample)
    try:
        first = next(_records(io.StringIO(sample, newline=""), delimiter, begins), None)
    except csv.Error as error:
        raise Refusal(f"{shown} can't be read as a table: {error}.", code="file.unreadable") from error
    if first is None:
        raise Refusal(f"{shown} has no rows.", code="file.empty")
    place, cells = first
    header = named(cells if wanted.has_header else [], len(cells))

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        with opened(path, encoding) as text:
            try:
                for number, row in _records(text, delimiter, begins):
                    if number > place or not wanted.has_header:
                        yield number, [plain(cell) for cell in row]
            except csv.Error as error:
                raise Refusal(f"{shown} can't be read as a table: {error}.", code="file.unreadable") from error

    return Source("csv", header, rows, encoding=encoding, delimiter=delimiter, has_header=wanted.has_header)


def opened(path: Path, encoding: str) -> IO[str]:
    """The file as text; what its encoding does not know is shown as such and fails nothing."""
    return path.open(encoding=encoding, errors="replace", newline="")


def delimiter_of(sample: str) -> str:
    """What stands between the cells: whatever cuts the most rows into equally many of them."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            widths = [
                len(row) for _, row in islice(_records(io.StringIO(sample, newline=""), delimiter, 0), SAMPLE_ROWS)
            ]
        except csv.Error:
            continue
        if not widths or widths[0] == 1 or widths[0] > CELLS_MAX:
            continue
        # The last row of a sample may be cut off.
        judged = widths[:-1] if len(widths) > 2 else widths  # noqa: PLR2004
        score = (round(sum(width == widths[0] for width in judged) / len(judged), 1), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _records(text: IO[str], delimiter: str, begins: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with anything in them, counted from 1; ``begins``: how many come before the table."""
    for number, row in enumerate(csv.reader(text, delimiter=delimiter), 1):
        if number > begins and any(cell and not cell.isspace() for cell in row):
            yield number, row


def _stated_delimiter(sample: str) -> tuple[str, int]:
    """Spreadsheets may state it in a line of its own, sep=; for one."""
    first = sample.split("\n", 1)[0].strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1], 1
    return "", 0
