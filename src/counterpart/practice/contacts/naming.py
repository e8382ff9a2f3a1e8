"""How a contact is called: derived from its parts, never typed (4.1, 4.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterpart.foundation.search.words import findable
from counterpart.foundation.text import digits, fold


@dataclass(frozen=True, slots=True)
class NameFormat:
    """The firm's choice of how individuals are written."""

    last_first: bool = False
    title: bool = True
    middle: bool = True
    suffix: bool = True


DEFAULT_FORMAT = NameFormat()


def display_name(contact: Mapping[str, Any], style: NameFormat = DEFAULT_FORMAT) -> str:
    """The name for headings and lists."""
    if contact["kind"] == "company":
        return str(contact["company"])
    title = contact["title"] if style.title else ""
    middle = contact["middle"] if style.middle else ""
    suffix = contact["suffix"] if style.suffix else ""
    first, last = contact["first"], contact["last"]
    if style.last_first and last and first:
        given = " ".join(part for part in (title, first, middle, suffix) if part)
        return f"{last}, {given}"
    return " ".join(part for part in (title, first, middle, last, suffix) if part)


def initials(contact: Mapping[str, Any]) -> str:
    """One or two letters for the avatar."""
    if contact["kind"] == "company":
        words = contact["company"].split()
    else:
        words = [part for part in (contact["first"], contact["last"]) if part]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters).upper() or "?"


def sort_name(contact: Mapping[str, Any]) -> str:
    """Last name first; accents and case do not matter."""
    if contact["kind"] == "company":
        return fold(contact["company"])
    parts = (contact["last"], contact["first"], contact["middle"])
    return fold(" ".join(part for part in parts if part))


def search_text(contact: Mapping[str, Any]) -> str:
    """What a contact is found by, in the form of the search index (SRC-2)."""
    parts = [
        contact["title"], contact["first"], contact["middle"], contact["last"], contact["suffix"],
        contact["company"], contact["alias"], contact["email"], *contact["emails"], contact["reference"],
        contact["requested_reference"], contact["physical_address"].get("city"),
        contact["mailing_address"].get("city"),
    ]  # fmt: skip
    return findable(" ".join(part for part in parts if part))


def phone_digits(phones: list[dict[str, str]]) -> str:
    """The digits of every number, so that its layout does not matter (SRC-3)."""
    return " ".join(found for phone in phones if (found := digits(phone["number"])))
