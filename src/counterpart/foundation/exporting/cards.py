"""Contacts as vCards of version 4.0 (RFC 6350), for address books of every make."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

OCTETS_MAX: Final = 75
"""Of a line, without its end (RFC 6350, 3.2)."""
PRODUCT: Final = "-//Counterpart//EN"


@dataclass(frozen=True, slots=True)
class Card:
    """A contact as an address book has it. ``phones``: (types, number); ``addresses``: (types, parts by name)."""

    id: UUID
    is_company: bool
    name: str
    title: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""
    suffix: str = ""
    company: str = ""
    alias: str = ""
    emails: Sequence[str] = field(default=())
    phones: Sequence[tuple[Sequence[str], str]] = field(default=())
    addresses: Sequence[tuple[Sequence[str], Mapping[str, str]]] = field(default=())
    number: str = ""
    changed_at: datetime | None = None
    website: str = ""
    occupation: str = ""
    born: str = ""
    """Day of birth as ISO text."""


def lines_of(card: Card) -> bytes:
    """The card as text: escaped, folded, each line ended as the RFC says."""
    return b"".join(_folded(line) for line in _properties(card))


def _properties(card: Card) -> Iterator[str]:
    yield from ("BEGIN:VCARD", "VERSION:4.0", f"PRODID:{PRODUCT}", f"UID:urn:uuid:{card.id}")
    yield f"KIND:{'org' if card.is_company else 'individual'}"
    yield f"FN:{_text(card.name)}"
    if not card.is_company:
        yield "N:" + ";".join(_text(part) for part in (card.last, card.first, card.middle, card.title, card.suffix))
    if card.company:
        yield f"ORG:{_text(card.company)}"
    if card.alias:
        yield f"NICKNAME:{_text(card.alias)}"
    if card.occupation:
        yield f"TITLE:{_text(card.occupation)}"
    if card.born:
        yield f"BDAY:{card.born.replace('-', '')}"
    yield from _reached(card)
    if card.number:
        yield f"X-COUNTERPART-NUMBER:{_text(card.number)}"
    if card.changed_at is not None:
        yield f"REV:{card.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield "END:VCARD"


def _reached(card: Card) -> Iterator[str]:
    for place, email in enumerate(card.emails):
        preferred = ";PREF=1" if place == 0 and len(card.emails) > 1 else ""
        yield f"EMAIL{preferred}:{_text(email)}"
    if card.website:
        yield f"URL:{card.website}"
    for types, number in card.phones:
        yield f"TEL{_types(types)}:{_text(number)}"
    for types, parts in card.addresses:
        street = "\n".join(filter(None, (parts.get("line1", ""), parts.get("line2", ""))))
        rest = (parts.get(name, "") for name in ("city", "state", "postcode", "country"))
        # Post-office box and extended address stay empty, as the RFC asks: both are part of the street's lines.
        yield f"ADR{_types(types)}:;;" + ";".join(_text(part) for part in (street, *rest))


def _text(value: str) -> str:
    for character, escaped in (
        ("\\", "\\\\"),
        (",", "\\,"),
        (";", "\\;"),
        ("\r\n", "\\n"),
        ("\n", "\\n"),
        ("\r", "\\n"),
    ):
        value = value.replace(character, escaped)
    return "".join(character for character in value if character >= " " or character == "\t")


def _types(types: Sequence[str]) -> str:
    if not types:
        return ""
    said = ",".join(types)
    return f';TYPE="{said}"' if len(types) > 1 else f";TYPE={said}"


def _folded(line: str) -> bytes:
    """Break a long line, never inside a character: what reads it byte by byte must find whole ones."""
    pieces: list[bytes] = []
    piece = b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > OCTETS_MAX:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
