"""Reading pasted lines: one amount a row, with or without words, as they come from a spreadsheet or a bill."""

import re
from dataclasses import dataclass
from typing import Final

LINES_MAX: Final = 1_000
"""More lines than any bill has; a longer paste is refused whole."""
WORDS_MAX: Final = 200
DIGITS_MAX: Final = 12

_AMOUNT = re.compile(
    r"""(?P<minus>-)? (?P<open>\()? (?P<inner>-)? [$€£]?\ ?
        (?P<whole>\d{1,3}(?:,\d{3})+ | \d+)? (?:\.(?P<cents>\d*))?
        (?P<close>\))? (?P<after>-)?""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill: what it is for (may be empty) and its amount in cents."""

    description: str
    cents: int


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why one pasted row can't be read: its number (from 1), the row as pasted and a sentence."""

    row: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was read: the lines in their order, and the rows that could not be."""

    lines: tuple[Line, ...]
    problems: tuple[LineProblem, ...]


class _Unreadable(Exception):
    pass


def parse_lines(text: str) -> Pasted:
    """Read one line of a bill from each row that is not blank.

    A row is an amount ("1,234.56", "(12.00)", "-5"), alone, after its description or before it. Between the two
    stands a tab, or any white space where the description has a letter in it. Never raises; what can't be read
    without guessing is a problem of its row.
    """
    rows = [(number, row) for number, row in enumerate(text.splitlines(), start=1) if row.strip()]
    if len(rows) > LINES_MAX:
        number, row = rows[LINES_MAX]
        reason = f"There are {len(rows):,} lines; at most {LINES_MAX:,} can be split at once."
        return Pasted((), (LineProblem(number, row.strip(), reason),))
    lines, problems = [], []
    for number, row in rows:
        try:
            lines.append(_read(row))
        except _Unreadable as unreadable:
            problems.append(LineProblem(number, row.strip(), str(unreadable)))
    return Pasted(tuple(lines), tuple(problems))


def written(cents: int) -> str:
    """An amount as people write it: 1,234.56, with a minus sign before it when below zero."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}.{rest:02d}"


def _read(row: str) -> Line:
    words, amount = _parted(row.strip().replace("\u2212", "-"))
    description = " ".join(words.split())
    if len(description) > WORDS_MAX:
        raise _Unreadable(f"A description can have at most {WORDS_MAX} characters; this one has {len(description)}.")
    return Line(description, _cents(amount))


def _parted(row: str) -> tuple[str, str]:
    """The description and the amount of a row. Raises _Unreadable where they can't be told apart."""
    if "\t" in row:
        return _one_of([cell.strip() for cell in row.split("\t")], "\t")
    if _looks_like_amount(row):
        return "", row
    return _one_of(row.split(), " ")


def _one_of(cells: list[str], between: str) -> tuple[str, str]:
    if _looks_like_amount(cells[-1]):
        return between.join(cells[:-1]), cells[-1]
    if _looks_like_amount(cells[0]):
        return between.join(cells[1:]), cells[0]
    raise _Unreadable("There is no amount such as 1,234.56 at the end or the beginning of this line.")


def _looks_like_amount(text: str) -> bool:
    return any(character.isdigit() for character in text) and not any(character.isalpha() for character in text)


def _cents(text: str) -> int:
    found = _AMOUNT.fullmatch(text)
    if found is None or bool(found["open"]) != bool(found["close"]) or not (found["whole"] or found["cents"]):
        raise _Unreadable(f"“{text}” is not an amount such as 1,234.56, (12.00) or -5.")
    if sum(bool(found[sign]) for sign in ("minus", "open", "inner", "after")) > 1:
        raise _Unreadable(f"“{text}” has more than one sign; write -5 or (5.00).")
    whole, cents = (found["whole"] or "0").replace(",", ""), found["cents"] or ""
    if len(cents) > 2:  # noqa: PLR2004  # the currency's scale
        raise _Unreadable(f"“{text}” has parts of a cent; amounts have two decimals.")
    if len(whole) > DIGITS_MAX:
        raise _Unreadable(f"“{text}” is too large; amounts have at most {DIGITS_MAX} digits before the point.")
    amount = int(whole) * 100 + int(cents.ljust(2, "0"))
    return -amount if any(found[sign] for sign in ("minus", "open", "inner", "after")) else amount
