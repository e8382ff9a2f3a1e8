"""Rows of a file as dockets: one matter each, with the parties its rows name. Nothing here asks the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing.columns import Record
from counterpart.foundation.importing.days import read_date
from counterpart.foundation.importing.running import sentence
from counterpart.foundation.text import fold, normalise
from counterpart.practice.matters.importing.addresses import read_address
from counterpart.practice.matters.importing.names import Name, is_surely_company, name_key, read_name
from counterpart.practice.matters.models import ROLE_NAME_MAX

PEOPLES_ROLES: Final = frozenset({
    "attorney", "lawyer", "counsel", "solicitor", "barrister", "judge", "magistrate", "mediator", "arbitrator",
    "witness", "guardian",
})  # fmt: skip
"""Roles only people have, so that 'Vane' alone is somebody's last name there."""
CLIENT_COLUMN: Final = "\x00client"
"""The role of whoever stands in a column for the client; no role is called so."""
CLIENT_COLUMNS: Final = ("client", "client_first", "client_last", "client_company", "client_reference")
"""A file with one of these has a matter in each row, which its name and client tell apart."""


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
    known_by: tuple[str, str] | None = None
    """What a contact who must be here already is found by: (sort, value as written)."""


@dataclass(slots=True)
class Docket:
    """One matter as the file tells it; ``places`` are its rows in the chunk."""

    reference: str
    number: str
    title: str = ""
    type: str = ""
    filed: str = ""
    assigned: str = ""
    status: str = ""
    place: str = ""
    """What tells the matter from others of the file: its number, else its name with its client."""
    places: list[int] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The form in which dockets are compared."""
        return fold(self.reference or self.place)

    @property
    def opened(self) -> date | None:
        """The date it was filed. Raises Refused."""
        return self.opened_as(month_first=True)

    def opened_as(self, *, month_first: bool) -> date | None:
        """The same, where 3/4/2026 is read as the file means it. Raises Refused."""
        try:
            return read_date(self.filed, month_first=month_first) if self.filed else None
        except ValueError:
            message = f"'{self.filed}' is not a date; write it like 2026-01-31."
            raise Refused([FieldError("date_filed", message, "date.invalid")]) from None


def docket_key(row: Record) -> str:
    """What rows of one matter have in common: the court and the number, or the name with the client."""
    return fold(_reference(row) or _place(row))


def dockets_of(rows: Sequence[Record], reasons: list[str]) -> list[Docket]:
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


def _take(row: Record, place: int, found: dict[str, Docket], companies: dict[str, set[str]]) -> None:
    """Add a row to its docket, which begins with it if need be. Raises Refused."""
    number, named = normalise(row.get("docket_number", "")), normalise(row.get("matter_name", ""))
    if not number and not _reference(row) and not (named and any(column in row for column in CLIENT_COLUMNS)):
        message = "A row needs the matter's number: it says which matter the row belongs to."
        raise Refused([FieldError("docket_number", message, "docket_number.required")])
    key = docket_key(row)
    docket = found.setdefault(key, Docket(_reference(row), number, place=_place(row)))
    docket.places.append(place)
    for name, column in (
        ("title", "matter_name"), ("type", "matter_type"), ("filed", "date_filed"), ("assigned", "assigned_to"),
        ("status", "status"),
    ):  # fmt: skip
        if not getattr(docket, name):
            setattr(docket, name, normalise(row.get(column, "")))
    docket.participants.extend(_participant(row, place, companies.get(key, set())))


def _participant(row: Record, place: int, companies: set[str]) -> Iterator[Participant]:
    """The party a row names; none if the row is about the matter alone. Raises Refused."""
    yield from _client(row, place, companies)
    text, role = normalise(row.get("participant_name", "")), normalise(row.get("participant_role", ""))
    known_by = _known_by(row, "participant")
    if not text and not role and known_by is None:
        return
    if not role:
        raise Refused([FieldError("participant_role", f"Say what {text} is on the matter.", "role.required")])
    if len(role) > ROLE_NAME_MAX:
        message = f"A role can have at most {ROLE_NAME_MAX} characters."
        raise Refused([FieldError("participant_role", message, "too_long")])
    try:
        if not text and known_by is not None:
            text = known_by[1]
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
        known_by=known_by,
    )


def _client(row: Record, place: int, companies: set[str]) -> Iterator[Participant]:
    """The client a row names in columns of its own: by name in one column or in parts, or by a key of the contact."""
    first, last, company = (normalise(row.get(f"client_{part}", "")) for part in ("first", "last", "company"))
    text, known_by = normalise(row.get("client", "")), _known_by(row, "client")
    if first or last:
        name = Name("individual", first=first, last=last)
    elif company:
        name = Name("company", company=company)
    elif text or known_by:
        try:
            name = read_name(text or (known_by or ("", ""))[1], companies=companies)
        except ValueError:
            return
    else:
        return
    firm = company if first or last else ""
    yield Participant(
        place, CLIENT_COLUMN, name, firm=firm, email=normalise(row.get("client_email", "")), known_by=known_by
    )


def _known_by(row: Record, who: str) -> tuple[str, str] | None:
    for by, column in (("reference", f"{who}_reference"), ("external_reference", f"{who}_external_reference")):
        if text := normalise(row.get(column, "")):
            return by, text
    return None


def _represented(row: Record, companies: set[str]) -> Name | None:
    try:
        return read_name(row.get("represents", ""), companies=companies)
    except ValueError:
        return None


def _reference(row: Record) -> str:
    number = row.get("docket_number", "")
    return normalise(f"{row.get('court', '')} {number}" if number.strip() else row.get("external_reference", ""))


def _place(row: Record) -> str:
    client = (row.get(name, "") for name in ("client", "client_first", "client_last", "client_company"))
    return normalise(" ".join([row.get("matter_name", ""), *client]))
