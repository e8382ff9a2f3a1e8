"""Files of a list: CSV, a spreadsheet, cards; written row by row, so that no length is too much (EXP-1, EXP-2)."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Final, Protocol, TypeAlias

from xlsxwriter import Workbook

from counterpart.foundation.cells import neutral
from counterpart.foundation.errors import Refusal
from counterpart.foundation.exporting.cards import Card, lines_of

Cell: TypeAlias = str | int | date | datetime | bool | None

DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t"}
SHEET_ROWS_MAX: Final = 1_048_575
"""Rows of a spreadsheet below its heading."""
SHEET_TEXT_MAX: Final = 32_767
WIDTH: Final = 22

CSV, XLSX, VCARD = "csv", "xlsx", "vcard"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its name in words, its ending and its type on the web."""

    key: str
    label: str
    ending: str
    content_type: str


FORMATS: Final = {
    CSV: Format(CSV, "CSV", "csv", "text/csv; charset=utf-8"),
    XLSX: Format(XLSX, "Excel (XLSX)", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    VCARD: Format(VCARD, "vCard 4.0, for address books", "vcf", "text/vcard; charset=utf-8"),
}


class Writer(Protocol):
    """A file under way."""

    def heading(self, labels: Sequence[str]) -> None:
        """Name the columns; once, first."""

    def rows(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows."""

    def close(self) -> None:
        """Write what is missing."""


class CsvWriter:
    """UTF-8, lines ended as RFC 4180 says. Cells a spreadsheet would run are neutralised."""

    def __init__(self, path: Path, *, delimiter: str = ",", bom: bool = False) -> None:
        self._file = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="")
        self._writer = csv.writer(self._file, delimiter=delimiter)

    def heading(self, labels: Sequence[str]) -> None:
        self._writer.writerow([neutral(label) for label in labels])

    def rows(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._writer.writerows([neutral(in_words(cell)) for cell in row] for row in rows)

    def close(self) -> None:
        self._file.close()


class XlsxWriter:
    """A workbook with one sheet; what is a day or a number in the list is one in the sheet.

    Texts are neutralised here too: the same file saved as CSV would run them.
    """

    def __init__(self, path: Path, name: str) -> None:
        # In constant memory each row goes to the disk as it is written.
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "tmpdir": str(path.parent)}
        self._book = Workbook(str(path), options)
        self._sheet = self._book.add_worksheet(name[:31])
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._next = 1

    def heading(self, labels: Sequence[str]) -> None:
        self._sheet.freeze_panes(1, 0)
        if labels:
            self._sheet.set_column(0, len(labels) - 1, WIDTH)
        for place, label in enumerate(labels):
            self._sheet.write_string(0, place, neutral(label), self._bold)

    def rows(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            if self._next > SHEET_ROWS_MAX:
                raise Refusal(f"A spreadsheet holds {SHEET_ROWS_MAX:,} rows at most. Choose CSV.")
            for place, cell in enumerate(row):
                self._write(place, cell)
            self._next += 1

    def close(self) -> None:
        self._book.close()

    def _write(self, place: int, cell: Cell) -> None:
        if isinstance(cell, datetime):
            self._sheet.write_datetime(self._next, place, cell.astimezone(UTC).replace(tzinfo=None), self._moment)
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._next, place, cell)
        elif isinstance(cell, int) and not isinstance(cell, bool):
            self._sheet.write_number(self._next, place, cell)
        elif text := neutral(in_words(cell)):
            self._sheet.write_string(self._next, place, shortened(text))


def write_cards(file: IO[bytes], cards: Iterable[Card]) -> None:
    """Add cards to a file of cards."""
    file.write(b"".join(lines_of(card) for card in cards))


def in_words(cell: Cell) -> str:
    """A cell as text: days and moments as ISO 8601 has them, in UTC."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(cell)


def shortened(text: str) -> str:
    """A text that fits a cell of a spreadsheet; one that had to be cut says so with its last sign."""
    return text if len(text) <= SHEET_TEXT_MAX else f"{text[: SHEET_TEXT_MAX - 1]}…"
