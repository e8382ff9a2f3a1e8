"""The file's own fields: which there are, how typed input is cleaned, what is wrong with it (LA-FIL-1 to LA-FIL-6).

A draft of a file is a plain dict from field name to value, complete and clean after ``cleaned``. What can't be read
stays as it was typed, and ``field_errors`` says so.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from counterpart.accounting.files.models import REASON_MAX, FileCode
from counterpart.accounting.files.shares import percent, share_of
from counterpart.accounting.split import WHOLE
from counterpart.contracts.matter import problems, tidy
from counterpart.foundation.errors import FieldError

Fields = dict[str, Any]

CODES: Final = tuple(FileCode.Listing.values)
STAFF: Final = ("responsible", "assigned", "lead", "originating")
ALLOCATIONS: Final = tuple(f"{role}_allocation" for role in STAFF)
HOLDS: Final = ("billing_hold", "entry_hold", "trust_hold")
FIELDS: Final = ("description", "opened_on", *CODES, *STAFF, *ALLOCATIONS, *HOLDS, "hold_reason")
"""Everything a person can edit, except the number and the clients."""

COLUMNS: Final = {name: f"{name}_id" if name in (*CODES, *STAFF) else name for name in FIELDS}

LABELS: Final = {
    "number": "File number", "description": "Description", "opened_on": "Open date", "opened_received": "Date received",
    **dict(FileCode.Listing.choices),
    "responsible": "Responsible", "assigned": "Assigned", "lead": "Lead", "originating": "Originating",
    **{f"{role}_allocation": f"Fee allocation, {role}" for role in STAFF},
    "billing_hold": "Billing hold", "entry_hold": "Entry hold", "trust_hold": "Trust hold", "hold_reason": "Reason",
    "shares": "Clients and shares", "primary": "Primary contact", "order": "Order of clients",
    "status": "Status", "group": "Group",
}  # fmt: skip

EMPTY: Final[Mapping[str, Any]] = {
    "description": "", "opened_on": None, **dict.fromkeys((*CODES, *STAFF, *ALLOCATIONS)),
    **dict.fromkeys(HOLDS, False), "hold_reason": "",
}  # fmt: skip


def cleaned(given: Mapping[str, Any], base: Mapping[str, Any] = EMPTY) -> Fields:
    """Return a complete draft: ``base`` overlaid with what was given, every value in its normal form."""
    fields = {name: base[name] for name in FIELDS}
    for name in ("description", "hold_reason"):
        if name in given:
            fields[name] = tidy(given[name]) or ""
    if "opened_on" in given:
        fields["opened_on"] = _day(given["opened_on"])
    fields |= {name: given[name] or None for name in (*CODES, *STAFF) if name in given}
    fields |= {name: _allocation(given[name]) for name in ALLOCATIONS if name in given}
    fields |= {name: bool(given[name]) for name in HOLDS if name in given}
    if not any(fields[name] for name in HOLDS):
        fields["hold_reason"] = ""
    return fields


def field_errors(fields: Mapping[str, Any], base: Mapping[str, Any] = EMPTY) -> list[FieldError]:
    """Return what is wrong with a clean draft. ``base``: what it was before; a file that arrived without a responsible
    lawyer can be edited without naming one (MAT-22).
    """
    errors = [
        FieldError("description", _description(p.code, p.text), p.code)
        for p in problems({"title": fields["description"] or None})
    ]
    if not isinstance(fields["opened_on"], date):
        errors.append(FieldError("opened_on", "Enter a date such as 2026-01-31.", "date.invalid"))
    errors += [
        FieldError(name, f"Choose the {LABELS[name].lower()}.", "required") for name in CODES if fields[name] is None
    ]
    if fields["responsible"] is None and (base is EMPTY or base["responsible"] is not None):
        errors.append(FieldError("responsible", "Choose who is responsible for the file.", "required"))
    errors += _allocation_errors(fields)
    if any(fields[name] for name in HOLDS) and not fields["hold_reason"]:
        errors.append(FieldError("hold_reason", "Say why the file is on hold.", "required"))
    if len(fields["hold_reason"]) > REASON_MAX:
        errors.append(FieldError("hold_reason", f"This can have at most {REASON_MAX} characters.", "too_long"))
    return errors


def _day(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        return given


def _allocation(given: Any) -> Any:
    """The share a typed percentage means; a whole number of shares is taken as it is, and so is what can't be read."""
    if isinstance(given, int) or given is None:
        return given
    if not str(given).strip():
        return None
    try:
        return share_of(given)
    except ValueError:
        return given


def _description(code: str, text: str) -> str:
    return "Enter a description of the file." if code == "matter.name_required" else text


def _allocation_errors(fields: Mapping[str, Any]) -> list[FieldError]:
    """LA-FIL-2: nothing, or percentages of named people that total 100."""
    errors = []
    total = 0
    for role, name in zip(STAFF, ALLOCATIONS, strict=True):
        share = fields[name]
        if share is None:
            continue
        if not isinstance(share, int) or not 0 <= share <= WHOLE:
            text = "Enter a percentage with at most four decimals, such as 33.3333."
            errors.append(FieldError(name, text, "share.invalid"))
            continue
        total += share
        if fields[role] is None:
            errors.append(FieldError(name, "Name the person first whom these fees are for.", "share.nobody"))
    if errors or all(fields[name] is None for name in ALLOCATIONS) or total == WHOLE:
        return errors
    first = next(name for name in ALLOCATIONS if fields[name] is not None)
    text = f"The fee allocations must total 100 %; they total {percent(total)}."
    return [FieldError(first, text, "share.total")]
