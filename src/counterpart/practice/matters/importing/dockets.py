"""Rows of a file as dockets: one matter each, with the parties its rows name. Nothing here asks the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing.running import sentence
from counterpart.foundation.importing.tables import Row
from counterpart.foundation.text import fold, normalise
from counterpart.practice.matters.importing.addresses import read_address
from counterpart.practice.matters.importing.names import Name, is_surely_company, name_key, read_name
from counterpart.practice.matters.models import ROLE_NAME_MAX

PEOPLES_ROLES: Final = frozenset({
    "attorney", "lawyer", "counsel", "solicitor", "barrister", "judge", "magistrate", "mediator", "arbitrator",
    "witness", "guardian",
})  # fmt: skip
"""Roles only people have, so that 'Vane' alone is somebody's last name there."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Who stands in a row: the role as written, the name read, and how to reach them."""

    place: int
    role: str
    name: Name
    represents: Name | None = None
    firm: str = ""
    address: dict[str, str] = field(default_factory=dict)
    phone: str = ""
    fax: str = ""
    email: str = ""


@dataclass(slots=True)
class Docket:
    """One matter as the file tells it; ``places`` are its rows in the chunk."""

    reference: str
    number: str
    title: str = ""
    type: str = ""
    filed: str = ""
    assigned: str = ""
    places: list[int] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The form in which dockets are compared."""
        return fold(self.reference)

    @property
    def opened(self) -> date | None:
        """The date it was filed. Raises Refused."""
        try:
            return date.fromisoformat(self.filed) if self.filed else None
        except ValueError:
            message = f"'{self.filed}' is not a date; write it like 2026-01-31."
            raise Refused([FieldError("date_filed", message, "date.invalid")]) from None


def docket_key(row: Row) -> str:
    """What rows of one matter have in common: the court and the docket number."""
    return fold(_reference(row))


def dockets_of(rows: Sequence[Row], reasons: list[str]) -> list[Docket]:
    """Group the rows into matters, in the order of the file; a row that says too little gets its reason."""
    found: dict[str, Docket] = {}
    companies: dict[str, set[str]] = {}
    for row in rows:
        if is_surely_company(row.get("participant_name", "")):
            companies.setdefault(docket_key(row), set()).add(name_key(row["participant_name"]))
    for place, row in enumerate(rows):
        try:
            _take(row, place, found, companies)
        except Refused as refusal:
            reasons[place] = sentence(refusal)
    return list(found.values())


def _take(row: Row, place: int, found: dict[str, Docket], companies: dict[str, set[str]]) -> None:
    """Add a row to its docket, which begins with it if need be. Raises Refused."""
    number = normalise(row.get("docket_number", ""))
    if not number:
        message = "A row needs the docket number: it says which matter the row belongs to."
        raise Refused([FieldError("docket_number", message, "docket_number.required")])
    key = docket_key(row)
    docket = found.setdefault(key, Docket(_reference(row), number))
    docket.places.append(place)
    for name, column in (
        ("title", "matter_name"), ("type", "matter_type"), ("filed", "date_filed"), ("assigned", "assigned_to"),
    ):  # fmt: skip
        if not getattr(docket, name):
            setattr(docket, name, normalise(row.get(column, "")))
    docket.participants.extend(_participant(row, place, companies.get(key, set())))


def _participant(row: Row, place: int, companies: set[str]) -> Iterator[Participant]:
    """The party a row names; none if the row is about the matter alone. Raises Refused."""
    text, role = normalise(row.get("participant_name", "")), normalise(row.get("participant_role", ""))
    if not text and not role:
        return
    if not role:
        raise Refused([FieldError("participant_role", f"Say what {text} is on the matter.", "role.required")])
    if len(role) > ROLE_NAME_MAX:
        message = f"A role can have at most {ROLE_NAME_MAX} characters."
        raise Refused([FieldError("participant_role", message, "too_long")])
    try:
        name = read_name(text, expects_person=fold(role) in PEOPLES_ROLES, companies=companies)
    except ValueError:
        message = "Say who it is: the name is missing."
        raise Refused([FieldError("participant_name", message, "name.required")]) from None
    yield Participant(
        place,
        role,
        name,
        represents=_represented(row, companies),
        firm=normalise(row.get("firm", "")),
        address=read_address(row.get("address", "")),
        phone=normalise(row.get("phone", "")),
        fax=normalise(row.get("fax", "")),
        email=normalise(row.get("email", "")),
    )


def _represented(row: Row, companies: set[str]) -> Name | None:
    try:
        return read_name(row.get("represents", ""), companies=companies)
    except ValueError:
        return None


def _reference(row: Row) -> str:
    return normalise(f"{row.get('court', '')} {row.get('docket_number', '')}")
