"""What history says about a matter: every field, old and new, with people and contacts by name (HIS-1)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.practice.matters.naming import matter_title
from counterpart.practice.matters.rows import PartyRow

FIELDS: Final = {
    "name": "name", "file_reference": "file_reference", "requested_reference": "requested_reference",
    "requested_keep_sequence": "requested_keep_sequence", "external_reference": "external_reference",
    "assigned_to": "assigned_name", "status": "status", "priority": "priority", "date": "date",
    "restricted": "restricted", "responsible_email": "responsible_email", "lead_email": "lead_email",
}  # fmt: skip
"""What a field is called in history, and the column it is read from."""


def initial_changes(columns: Mapping[str, Any], type_name: str, parties: Sequence[PartyRow]) -> dict[str, list[Any]]:
    """Every field that has a value, from nothing to that value."""
    own = {field: [None, _plain(value)] for field, column in FIELDS.items() if (value := columns[column])}
    return {"matter_type": [None, type_name], **own, **party_changes([], parties)}


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every field that differs: [old, new]; nothing is None."""
    return {
        field: [_plain(before[column]) or None, _plain(after[column]) or None]
        for field, column in FIELDS.items()
        if before[column] != after[column]
    }


def party_changes(before: Sequence[PartyRow], after: Sequence[PartyRow]) -> dict[str, list[Any]]:
    """Every role whose parties differ: ``party:<role>`` with the names in order, old and new."""
    names: dict[str, list[list[str]]] = {}
    people: dict[str, list[list[Any]]] = {}
    for place, rows in enumerate((before, after)):
        for row in rows:
            names.setdefault(row.role_name, [[], []])[place].append(row.contact_name)
            people.setdefault(row.role_name, [[], []])[place].append((row.contact_id, row.represents))
    return {f"party:{role}": names[role] for role, (old, new) in people.items() if old != new}


def event(
    state: Mapping[str, Any],
    verb: str,
    actor: Actor,
    at: datetime,
    changes: dict[str, list[Any]] | None = None,
    reason: str = "",
) -> history.NewEvent:
    """An event about one matter."""
    label = matter_title(state["matter_number"], state["name"])
    return history.NewEvent("matter", state["id"], label, verb, actor, at, changes or {}, reason)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
