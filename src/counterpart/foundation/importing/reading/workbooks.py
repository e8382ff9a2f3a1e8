"""Workbooks: XLSX, and whatever else the library reads (IMP-1)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from counterpart.foundation.cells import plain
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing.reading.source import Reading, Source, named


def read_workbook(path: Path, wanted: Reading, shown: str) -> Source:
    """The first sheet with anything on it, or the one wanted. Raises Refusal."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = list(book.sheet_names)
        candidates = [wanted.sheet] if wanted.sheet in names else names
        for name in candidates:
            first = next(_records(book.get_sheet_by_name(name)), None)
            if first is not None:
                break
        else:
            raise Refusal(f"{shown} has no rows.", code="file.empty")
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal(f"{shown} can't be read as a workbook: {error}.", code="file.unreadable") from error
    place, cells = first
    header = named(cells if wanted.has_header else [], len(cells))

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for number, row in _records(CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name)):
            if number > place or not wanted.has_header:
                yield number, row

    return Source("workbook", header, rows, sheet=name, sheets=names, has_header=wanted.has_header)


def _records(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """The rows with anything in them, numbered as the sheet numbers them."""
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [_text(cell) for cell in row]
        if any(cells):
            yield number, cells


def _text(value: Any) -> str:
    if isinstance(value, str):
        return plain(value) if value and not value.isspace() else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        # Numbers are stored with a fraction even where people typed none.
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)
