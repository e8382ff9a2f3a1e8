"""How a matter is called, sorted and found."""

from collections.abc import Mapping
from typing import Any, Final

from counterpart.foundation.search.words import findable
from counterpart.foundation.text import fold

KEY_MAX: Final = 400
"""Longest key. Folding can lengthen a text many times over; what differs only behind this place counts as equal."""


def matter_title(matter_number: int, name: str) -> str:
    """Matter ID and name, as they stand together everywhere (MAT-4)."""
    return f"{matter_number} {name}"


def sort_name(matter: Mapping[str, Any]) -> str:
    """Accents and case do not matter."""
    return folded_key(matter["name"])


def folded_key(text: str) -> str:
    """The form in which names are compared and sorted."""
    return fold(text)[:KEY_MAX]


def search_text(matter: Mapping[str, Any]) -> str:
    """What a matter itself is found by, in the form of the search index; its clients are added there (SRC-2)."""
    parts = [
        str(matter["matter_number"]), matter["name"], matter["file_reference"], matter["requested_reference"],
        matter["external_reference"],
    ]  # fmt: skip
    return findable(" ".join(part for part in parts if part))
