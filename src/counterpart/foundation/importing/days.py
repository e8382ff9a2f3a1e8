"""Days as spreadsheets and other programs write them."""

import re
from datetime import date
from typing import Final

_NUMBERS: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{2}|\d{4})")
_CENTURY, _TURN, _MONTHS = 100, 70, 12


def read_date(text: str, *, month_first: bool) -> date:
    """A day. ``month_first``: how 3/4/2026 is meant where it can be read in two ways. Raises ValueError."""
    bare = text.strip().split("T")[0].split(" ")[0]
    if match := _NUMBERS.fullmatch(bare):
        a, separator, b, year = int(match[1]), match[2], int(match[3]), int(match[4])
        if year < _CENTURY:
            year += _CENTURY * (20 if year < _TURN else 19)
        day_first = separator == "." or a > _MONTHS or (not month_first and b <= _MONTHS)
        return date(year, b, a) if day_first else date(year, a, b)
    return date.fromisoformat(bare)
