"""The process that opens a workbook: it is started for one file, writes the rows as lines of JSON, and ends.

The library holds a whole sheet in memory, as a rectangle up to its last cell: one stray cell far down makes gigabytes
of a small file. Here that costs this process its life and no other (see ``workbooks``). First line: the sheets, and
which one was read, or what is wrong; then each row with its place.
"""

import datetime as dt
import resource
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from counterpart.foundation.cells import plain

_encode = msgspec.json.Encoder().encode


def main(path: str, wanted: str, columns_max: int, memory_max: int) -> None:
    """Write the first sheet with anything on it, or the one wanted; die of more memory than that."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_max, memory_max))
    out = sys.stdout.buffer
    try:
        book = CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        for name in [wanted] if wanted in names else names:
            rows = _records(book.get_sheet_by_name(name), columns_max)
            if (first := next(rows, None)) is not None:
                break
        else:
            out.write(_encode({"sheet": "", "sheets": names}) + b"\n")
            return
    except (CalamineError, OSError, ValueError) as error:
        out.write(_encode({"error": str(error)}) + b"\n")
        return
    out.write(_encode({"sheet": name, "sheets": names}) + b"\n")
    out.write(_encode(first) + b"\n")
    for row in rows:
        out.write(_encode(row) + b"\n")
    out.flush()


def _records(sheet: CalamineSheet, columns_max: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with anything in them, numbered as the sheet numbers them."""
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [_text(cell) for cell in row[:columns_max]]
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


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
