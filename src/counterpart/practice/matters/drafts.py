"""A matter as somebody typed it: tidied and checked the same way for form, API and import (MAT-1, MAT-2)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from counterpart.contracts.matter import problems, request_value
from counterpart.foundation.errors import FieldError
from counterpart.foundation.text import normalise
from counterpart.practice.matters.enums import Priority, Status
from counterpart.practice.matters.models import EXTERNAL_REFERENCE_MAX

PARTIES_MAX: Final = 2_000
"""Parties of one matter: far above the largest docket, and a bound on what one page has to show."""
OPEN_STATUSES: Final = (Status.ACTIVE, Status.INACTIVE, Status.TEMPLATE)
"""What a matter can be without having been closed (MAT-5)."""


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """Who shall be on a matter, as what. ``role``: its id, or its name whatever its case."""

    role: UUID | str
    contact: UUID
    represents: Sequence[UUID | str] = ()


@dataclass(slots=True)
class Draft:
    """What the caller wants a new matter to be. The order of the parties is their order within their roles."""

    name: str = ""
    matter_type: UUID | str | None = None
    """Id, or name whatever its case; None is the first type in use."""
    assigned_to: int | str | None = None
    """Key or e-mail address of a person; None is whoever acts."""
    reference: str = ""
    keep_sequence: bool = False
    status: str = Status.ACTIVE
    priority: str = Priority.NORMAL
    date: dt.date | None = None
    """None is today."""
    restricted: bool = False
    access: Sequence[int] = ()
    """Who may see a restricted matter, besides whoever makes it and whoever it is assigned to (PRM-4)."""
    external_reference: str = ""
    parties: Sequence[PartyDraft] = field(default_factory=tuple)
    is_demo: bool = False
    may_repeat_reference: bool = False
    """Imports report repeated references until Legal Accounting is connected; nobody else may repeat one (MAT-2)."""


def tidied(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields in their normal form."""
    tidy = dict(given)
    for name in ("name", "external_reference"):
        if name in tidy:
            tidy[name] = normalise(tidy[name] or "")
    if "file_reference" in tidy:
        # Spaces inside are a mistake to report, not to repair (CON-1); around it they are not part of it.
        tidy["file_reference"] = (tidy["file_reference"] or "").strip()
    return tidy


def problems_of(columns: Mapping[str, Any]) -> list[FieldError]:
    """Everything wrong with a matter's own columns, named by the fields people know."""
    requested = request_value(columns["requested_reference"] or None)
    values = {"title": columns["name"] or None, "requested_number": requested}
    named = {"title": "name", "requested_number": "file_reference"}
    found = [FieldError(named[one.register], one.text, one.code) for one in problems(values)]
    if columns["status"] not in Status.values:
        found.append(FieldError("status", "Choose active, inactive or template.", "status.invalid"))
    if columns["priority"] not in Priority.values:
        found.append(FieldError("priority", "Choose low, normal or high.", "priority.invalid"))
    if len(columns["external_reference"]) > EXTERNAL_REFERENCE_MAX:
        text = f"This can have at most {EXTERNAL_REFERENCE_MAX} characters."
        found.append(FieldError("external_reference", text, "too_long"))
    return found
