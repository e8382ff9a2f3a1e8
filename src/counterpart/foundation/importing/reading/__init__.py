"""Reading what people have: text tables in any encoding, workbooks, address books; one row at a time.

Whatever the file is, it becomes a ``Source``: the names of its columns and rows of text.
"""

from pathlib import Path
from typing import Final

from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing.reading.cards import read_cards
from counterpart.foundation.importing.reading.source import Reading, Source
from counterpart.foundation.importing.reading.texts import read_text
from counterpart.foundation.importing.reading.workbooks import read_workbook

__all__ = ["KINDS", "Reading", "Source", "read"]

KINDS: Final = {"csv": "Text table", "workbook": "Spreadsheet", "vcard": "Address book"}
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SPREADSHEETS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
_NO_TEXT: Final = frozenset(range(1, 9))
"""Bytes that no text in one byte a character has."""
_CARD: Final = b"BEGIN:VCARD"
LOOKED_AT: Final = 4_096


def read(path: Path, reading: Reading | None = None, *, name: str = "") -> Source:
    """The file as rows of text, told by its content: tables of text are often called a spreadsheet. Only what
    is neither is refused by its name. ``reading``: what a person decided about it.

    Raises Refusal for a file nothing can be read from, OSError.
    """
    wanted = reading or Reading()
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
    shown = name or path.name
    if not head.strip(b"\x00 \t\r\n"):
        raise Refusal(f"{shown} is empty. Choose another file.", code="file.empty")
    if head.startswith(_WORKBOOKS):
        return read_workbook(path, wanted, shown)
    if _CARD in head.replace(b"\x00", b"").upper():
        return read_cards(path, wanted)
    if Path(shown).suffix.lower() in _SPREADSHEETS and _NO_TEXT.intersection(head):
        text = (
            f"{shown} is damaged, or no spreadsheet. Open it in the program it comes from and save it as XLSX or CSV."
        )
        raise Refusal(text, code="file.unreadable")
    return read_text(path, wanted, shown)
