"""What history says about a contact: every field, old and new (HIS-1)."""

from collections.abc import Mapping
from typing import Any, Final

from counterpart.practice.contacts.personal import FURTHER

FIELDS: Final = (
    "kind", "title", "first", "middle", "last", "suffix", "company", "alias", "email", "emails", "phones",
    "physical_address", "mailing_address", "reference", "requested_reference", "requested_keep_sequence",
    "numbering_sequence", "external_reference", *FURTHER, "status",
)  # fmt: skip


def initial_changes(columns: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every field that has a value, from nothing to that value."""
    return {name: [None, value] for name in FIELDS if (value := columns.get(name))}


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every field that differs: [old, new]; nothing is None."""
    return {name: [before[name] or None, after[name] or None] for name in FIELDS if before[name] != after[name]}
