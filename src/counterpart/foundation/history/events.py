"""An event before it is written, and how an event is hashed. No database here."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from counterpart.foundation.actor import Actor

GENESIS: Final = "0" * 64
"""What the first event names as its predecessor."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that happened: who did what to which object, and what changed ({field: [old, new]})."""

    object_type: str
    object_id: UUID | None
    object_label: str
    verb: str
    actor: Actor
    at: datetime
    changes: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    message_id: str = ""


def with_message(event: NewEvent, message_id: str) -> NewEvent:
    """The event as one that a message of the other product brought."""
    return NewEvent(
        event.object_type, event.object_id, event.object_label, event.verb, event.actor, event.at, event.changes,
        event.reason, message_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the first event that is not what was written."""

    event_id: int
    reason: str


def digest(
    previous_hash: str,
    values: tuple[datetime, str, str, int | None, str, str, str, str, UUID | None, str, str],
    changes: dict[str, Any],
    reason: str,
    message_id: str,
) -> str:
    """Return the SHA-256 over the event and its predecessor's hash, as 64 hex digits."""
    at, *rest = values
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [previous_hash, moment, *rest, changes, reason, message_id]
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
