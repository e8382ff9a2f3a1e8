"""Dividing the lines of a bill over payers, to the cent. Pure: no Django, no clock, no database (4.6)."""

from counterpart.accounting.split.dividing import WHOLE, Divided, SharesInvalid, divide
from counterpart.accounting.split.lines import LINES_MAX, Line, LineProblem, Pasted, parse_lines, written

__all__ = [
    "LINES_MAX", "WHOLE", "Divided", "Line", "LineProblem", "Pasted", "SharesInvalid", "divide", "parse_lines",
    "written",
]  # fmt: skip
