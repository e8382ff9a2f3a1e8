"""Text on its way into a spreadsheet and back: no cell of ours is run as a formula, and none comes back changed.

A spreadsheet runs what begins like a formula, whoever typed it; an apostrophe before it makes it text (EXP-2). The two
functions belong together: ``plain(neutral(text)) == text`` for every text.
"""

import re
from typing import Final

_RUNS: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_HARMLESS: Final = re.compile(r"\+[\d ()./-]{5,30}|-\d+([.,]\d+)*")
"""A plain phone number, a negative number: people calculate with the one and dial the other."""


def neutral(value: object) -> str:
    """Return the text of a cell, with an apostrophe before what a spreadsheet would run; None is an empty cell."""
    text = "" if value is None else str(value)
    return f"'{text}" if _is_run(text) else text


def plain(text: str) -> str:
    """Take the apostrophe away again that ``neutral`` put there, and no other."""
    return text[1:] if text.startswith("'") and _is_run(text[1:]) else text


def _is_run(text: str) -> bool:
    return _RUNS.match(text) is not None and _HARMLESS.fullmatch(text) is None
