"""Values that not everybody may read: how they are shown to the others, and to everybody in history (HIS-1)."""

from collections.abc import Sequence
from typing import Any, Final

MASK: Final = "••••••"
"""What stands where a value may not be read. Sent back, it changes nothing."""

_sensitive: dict[str, frozenset[str]] = {}


def keep_secret(object_type: str, *fields: str) -> None:
    """Let history say only that these fields were changed; called once by each product, in its wiring."""
    _sensitive[object_type] = frozenset(fields)


def masked(value: Any) -> str:
    """Whether there is a value, and nothing more."""
    return MASK if value else ""


def without_secrets(object_type: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes of an event, {field: [old, new]}, as they are written down."""
    fields = _sensitive.get(object_type)
    if not fields or fields.isdisjoint(changes):
        return changes
    return {name: _hidden(change) if name in fields else change for name, change in changes.items()}


def _hidden(change: Sequence[Any]) -> list[str | None]:
    return [masked(value) or None for value in change]
