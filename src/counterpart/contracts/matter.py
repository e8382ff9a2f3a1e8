"""The matter (file) as both products exchange it (integration 3.3, sync-protocol section 2).

``Values`` is a dict from register name to value; an empty value is None. The shapes:

- ``title``: text, Matter Name there and Description here.
- ``clients``: the sync ids of the client contacts as text, in order, each once; the first is the primary client.
  Written by Practice Management alone and taken over whole or not at all (GRP-1, GRP-2, property S8).
- ``assigned``: e-mail address of one person, in lower case (MAT-22, MAT-23).
- ``opened``: a date, ISO 8601. Legal Accounting keeps what it received beside its own open date (section 2).
- ``number``: text, File Reference there and File Number here. ``requested_number``: as for a contact.
- ``staff``: {"responsible": e-mail, "lead": e-mail}, what is known of them; only where Legal Accounting's firm has
  switched it on (IMP-11).
- ``presence_pm``, ``presence_la``: "active", "archived" (closed) or "deleted"; kept by the engine.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from counterpart.contracts import contact
from counterpart.contracts.contact import Problem, Values, request_value, tidy
from counterpart.protocol.numbers import FILE_NUMBER_MAX, number_problem
from counterpart.protocol.registers import Register
from counterpart.protocol.stamps import Site

__all__ = ["KIND", "LIMITS", "REGISTERS", "Problem", "Values", "problems", "request_value", "tidy"]

KIND = "matter"
LIMITS = {"title": 250, "assigned": 254}
"""Longest accepted text, in characters, the same in both products: nothing is ever shortened."""

_BOTH = frozenset({Site.PM, Site.LA})
_PM = frozenset({Site.PM})
_LA = frozenset({Site.LA})

REGISTERS: dict[str, Register] = {
    rule.name: rule
    for rule in (
        Register("title", _BOTH),
        Register("clients", _PM, refers_to=contact.KIND),
        Register("assigned", _BOTH),
        Register("opened", _PM),
        Register("number", _LA),
        Register("requested_number", _PM, kept=True),
        Register("staff", _LA, parts=("responsible", "lead")),
        Register("presence_pm", _PM, kept=True),
        Register("presence_la", _LA, kept=True),
    )
}
"""Who may write each register. The digest of this table must be equal on both sites (section 17)."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def problems(values: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with the values, in plain words; both products' forms and the receiver use this."""
    found: list[Problem] = []
    for register, value in values.items():
        if value is not None or register in ("title", "clients"):
            found.extend(_CHECKS[register](register, value) if register in _CHECKS else [])
    return found


def _check_title(register: str, value: Any) -> list[Problem]:
    if not value:
        return [Problem(register, "", "matter.name_required", "Enter the name of the matter.")]
    return _check_text(register, value, LIMITS["title"])


def _check_text(register: str, value: Any, longest: int) -> list[Problem]:
    if not isinstance(value, str):
        return [Problem(register, "", "not_representable", "This must be text.")]
    if len(value) > longest:
        text = f"This can have at most {longest} characters; it has {len(value)}."
        return [Problem(register, "", "too_long", text)]
    if value != tidy(value):
        return [Problem(register, "", "not_normal", "This has control characters or stray white space.")]
    return []


def _check_clients(register: str, value: Any) -> list[Problem]:
    if not value:
        return [Problem(register, "", "matter.client_required", "A matter needs at least one client.")]
    if not isinstance(value, list) or not all(_is_sync_id(one) for one in value):
        return [Problem(register, "", "not_representable", "Clients are named by their identities.")]
    if len(set(value)) != len(value):
        return [Problem(register, "", "party.twice", "A contact can be a client of a matter only once.")]
    return []


def _is_sync_id(text: Any) -> bool:
    try:
        return isinstance(text, str) and str(UUID(text)) == text
    except (ValueError, TypeError, AttributeError):
        return False


def _check_email(register: str, value: Any) -> list[Problem]:
    if found := _check_text(register, value, LIMITS["assigned"]):
        return found
    if not _EMAIL.fullmatch(value) or value != value.lower():
        return [Problem(register, "", "email.invalid", "People are named by their e-mail address, in lower case.")]
    return []


def _check_opened(register: str, value: Any) -> list[Problem]:
    try:
        if date.fromisoformat(value).isoformat() == value:
            return []
    except (ValueError, TypeError):
        pass
    return [Problem(register, "", "date.invalid", "Enter a date such as 2026-01-31.")]


def _check_request(register: str, value: Any) -> list[Problem]:
    number = value.get("number") if isinstance(value, dict) else None
    if not isinstance(number, str):
        return [Problem(register, "number", "not_representable", "A requested number must be text.")]
    sentence = number_problem(number, longest=FILE_NUMBER_MAX, noun="file reference")
    return [Problem(register, "number", "reference.invalid_characters", sentence)] if sentence else []


def _check_number(register: str, value: Any) -> list[Problem]:
    if not isinstance(value, str):
        return [Problem(register, "", "not_representable", "A number must be text.")]
    sentence = number_problem(value, longest=FILE_NUMBER_MAX, noun="file number")
    return [Problem(register, "", "number.invalid", sentence)] if sentence else []


def _check_staff(register: str, value: Any) -> list[Problem]:
    if not isinstance(value, dict) or not set(value) <= {"responsible", "lead"}:
        return [Problem(register, "", "not_representable", "Staff are named by their part in the file.")]
    return [problem for email in value.values() for problem in _check_email(register, email)]


def _check_presence(register: str, value: Any) -> list[Problem]:
    if value in ("active", "archived", "deleted"):
        return []
    return [Problem(register, "", "presence.invalid", "A presence is active, archived or deleted.")]


_CHECKS = {
    "title": _check_title, "clients": _check_clients, "assigned": _check_email, "opened": _check_opened,
    "number": _check_number, "requested_number": _check_request, "staff": _check_staff,
    "presence_pm": _check_presence, "presence_la": _check_presence,
}  # fmt: skip
