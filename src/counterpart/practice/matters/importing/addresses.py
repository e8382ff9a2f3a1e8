"""Reading an address written on one line, as courts and letterheads do: '5 Elm Street, Suite 2, Albany, NY 12207'."""

import re
from typing import Final

from counterpart.foundation.countries import COUNTRIES, STATES
from counterpart.foundation.text import fold, normalise

_POSTCODE = re.compile(r"(?:\d{5}(?:-\d{4})?|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d)$")
_QUADRANT = re.compile(r"(?:[ns]\.?[ew]?|[ew])\.?", re.IGNORECASE)
"""'K Street, N.W.': the comma is the writer's; the quarter of the city belongs to the street."""
_STATE_CODES: Final = {
    country: {fold(word): code for code, name in STATES[country].items() for word in (code, name)}
    for country in ("US", "CA")
}
_COUNTRY_CODES: Final = {fold(name): code for code, name in COUNTRIES.items()} | {
    "usa": "US", "us": "US", "united states of america": "US", "uk": "GB", "england": "GB", "great britain": "GB",
}  # fmt: skip
CUT_OFF_MIN: Final = 5
"""Lists cut long addresses: 'United Sta' is a country, once it is this long and nothing else begins so."""
STATE_WORDS_MAX: Final = 4


def read_address(text: str) -> dict[str, str]:
    """The parts of an address: line1, line2, city, state, postcode, country; those that are not there are left out.

    What can't be told apart stays in the lines, so that nothing is lost.
    """
    parts = [part for piece in text.split(",") if (part := normalise(piece))]
    found: dict[str, str] = {}
    if len(parts) > 1 and (country := _country(parts[-1])):
        found["country"] = country
        parts.pop()
    if parts and (end := _end(parts)):
        found.update(end)
    return {name: value for name, value in {**_lines(parts), **found}.items() if value}


def _lines(parts: list[str]) -> dict[str, str]:
    if not parts:
        return {}
    first = 2 if len(parts) > 1 and _QUADRANT.fullmatch(parts[1]) else 1
    return {"line1": ", ".join(parts[:first]), "line2": ", ".join(parts[first:])}


def _country(text: str) -> str:
    if any(character.isdigit() for character in text):
        return ""
    folded = fold(text).replace(".", "")
    if code := _COUNTRY_CODES.get(folded):
        return code
    begun = (
        {code for name, code in _COUNTRY_CODES.items() if name.startswith(folded)}
        if len(folded) >= CUT_OFF_MIN
        else set()
    )
    return begun.pop() if len(begun) == 1 else ""


def _end(parts: list[str]) -> dict[str, str]:
    """City, state and post code off the end of the parts, which are taken out; nothing if they are not there."""
    last = parts[-1]
    match = _POSTCODE.search(last)
    if match is None:
        return {}
    words = last[: match.start()].split()
    taken, state, country = 1, "", ""
    if not words and len(parts) > 1 and (found := _state(parts[-2])):
        (state, country), taken = found, 2
    for length in range(min(len(words), STATE_WORDS_MAX), 0, -1):
        if found := _state(" ".join(words[-length:])):
            (state, country), words = found, words[:-length]
            break
    if not state:
        return {}
    del parts[-taken:]
    city = " ".join(words) or (parts.pop() if parts else "")
    return {"city": city, "state": state, "postcode": match[0], "country": country}


def _state(text: str) -> tuple[str, str] | None:
    folded = fold(text).replace(".", "")
    for country, codes in _STATE_CODES.items():
        if code := codes.get(folded):
            return code, country
    return None
