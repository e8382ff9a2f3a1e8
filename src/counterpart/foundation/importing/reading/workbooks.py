"""Workbooks: XLSX, and whatever else the library reads; opened by a process of its own (IMP-1, IMP-6)."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec

from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing.reading import workbook_child
from counterpart.foundation.importing.reading.source import CELLS_MAX, Reading, Source, named

UNPACKED_MAX: Final = 500 * 1024 * 1024
"""Bytes of the sheets and texts of one workbook: a hundred thousand rows with sixty full columns."""
MEMORY_MAX: Final = 1024 * 1024 * 1024
"""Bytes the process that opens a workbook may take. What a file says of its size may be untrue; this holds."""
_PICTURES: Final = "/media/"
_row: Final = msgspec.json.Decoder(tuple[int, list[str]]).decode


def read_workbook(path: Path, wanted: Reading, shown: str) -> Source:
    """The first sheet with anything on it, or the one wanted; its rows can be gone through once. Raises Refusal."""
    _ensure_it_unpacks(path, shown)
    lines = _lines(path, wanted.sheet, shown)
    facts: dict[str, Any] = msgspec.json.decode(next(lines))
    if text := facts.get("error"):
        raise Refusal(f"{shown} can't be read as a workbook: {text}.", code="file.unreadable")
    first = next(lines, None)
    if first is None:
        raise Refusal(f"{shown} has no rows.", code="file.empty")
    cells = _row(first)[1]
    header = named(cells if wanted.has_header else [], len(cells))

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        yield from map(_row, lines if wanted.has_header else chain([first], lines))

    return Source("workbook", header, rows, sheet=facts["sheet"], sheets=facts["sheets"], has_header=wanted.has_header)


def _ensure_it_unpacks(path: Path, shown: str) -> None:
    """Refuse what is small only as long as it is packed."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as book:
        size = sum(part.file_size for part in book.infolist() if _PICTURES not in part.filename)
    if size > UNPACKED_MAX:
        text = (
            f"{shown} is {size // 1024**2:,} MB when unpacked; a spreadsheet can have at most "
            f"{UNPACKED_MAX // 1024**2} MB. Save it as CSV, which can have any number of rows, or in parts."
        )
        raise Refusal(text, code="file.too_large")


def _lines(path: Path, sheet: str, shown: str) -> Iterator[bytes]:
    """The lines that the process that opens the workbook writes. Raises Refusal when it did not come to its end."""
    limits = [str(CELLS_MAX), str(MEMORY_MAX)]
    child = subprocess.Popen(  # noqa: S603 - our own program; what came from outside is its argument
        [sys.executable, "-I", workbook_child.__file__, str(path), sheet, *limits],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert child.stdout is not None
        yield from child.stdout
        if child.wait() != 0:
            text = (
                f"{shown} needs more memory than a spreadsheet may take. Often a single cell far from the table is "
                "the reason: delete the empty rows and columns around it, or save the file as CSV."
            )
            raise Refusal(text, code="file.too_large")
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()
