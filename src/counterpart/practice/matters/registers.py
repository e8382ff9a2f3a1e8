"""The columns and clients of a matter as the registers of the contract, and back (integration 3.3).

``columns`` are the matter's own columns by name, with ``assigned_email`` of the person it is assigned to; ``clients``
the sync identities of its clients, in order.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from counterpart.contracts.matter import Values
from counterpart.protocol.numbers import number_key

STAFF_COLUMNS: Final = {"responsible": "responsible_email", "lead": "lead_email"}

REGISTER_LABELS: Final = {
    "title": "Name", "clients": "Clients", "assigned": "Assigned to", "opened": "Date", "number": "File Reference",
    "requested_number": "File Reference", "staff": "Responsible and Lead in Legal Accounting",
    "presence_pm": "Presence here", "presence_la": "Presence in Legal Accounting",
}  # fmt: skip


def values_of(columns: Mapping[str, Any], clients: Sequence[str]) -> Values:
    """The registers a matter stands for."""
    return {
        "title": columns["name"],
        "clients": list(clients) or None,
        "assigned": columns["assigned_email"],
        "opened": columns["date"].isoformat(),
        "number": columns["file_reference"] or None,
        "staff": {part: email for part, name in STAFF_COLUMNS.items() if (email := columns[name])} or None,
    }


def is_asking(columns: Mapping[str, Any]) -> bool:
    """Whether a matter without a number was given a reference that still waits for Legal Accounting's word."""
    return bool(columns["requested_reference"]) and not columns["file_reference"]


def columns_after(columns: Mapping[str, Any], changed: Values) -> dict[str, Any]:
    """The columns that differ once the registers in ``changed`` have these values; all else is left alone (GEN-6).

    The person a matter is assigned to is not among them: whoever calls knows the people.
    """
    new: dict[str, Any] = {}
    if "title" in changed:
        new["name"] = changed["title"]
    if "number" in changed:
        new["file_reference"] = number = changed["number"] or ""
        if _answers(columns, number):
            new |= {"requested_reference": "", "requested_keep_sequence": False}
    if "staff" in changed:
        staff = changed["staff"] or {}
        new |= {name: staff.get(part, "") for part, name in STAFF_COLUMNS.items()}
    return {name: value for name, value in new.items() if columns[name] != value}


def _answers(columns: Mapping[str, Any], number: str) -> bool:
    """Whether a number that arrived answers the request; not if the request is about a later change than this."""
    requested = columns["requested_reference"]
    return not columns["file_reference"] or number_key(requested) == number_key(number)
