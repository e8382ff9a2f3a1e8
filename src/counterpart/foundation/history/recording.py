"""Writing the chain and reading it back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from django.db import connection, models, transaction

from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.history.events import GENESIS, Break, NewEvent, digest
from counterpart.foundation.history.models import LABEL_LENGTH, Event
from counterpart.foundation.history.watchers import tell
from counterpart.foundation.masking import without_secrets

CHAIN_LOCK: Final = 0x68697374
"""Key of the PostgreSQL advisory lock that puts writers of the chain in a row ("hist")."""

COLUMNS: Final = (
    "at", "actor_name", "actor_email", "actor_user_id", "actor_ip", "origin", "site", "object_type",
    "object_id", "object_label", "verb", "changes", "reason", "message_id", "previous_hash", "hash",
)  # fmt: skip


_held_back: ContextVar[list[NewEvent] | None] = ContextVar("history_held_back", default=None)


@contextmanager
def collected() -> Iterator[list[NewEvent]]:
    """Hold back what is recorded inside and hand it to the caller, who records it as its own last statement.

    For a transaction that calls several operations: each records last, but what follows may wait for a row whose
    holder waits for the chain.
    """
    events: list[NewEvent] = []
    token = _held_back.set(events)
    try:
        yield events
    finally:
        _held_back.reset(token)


def record(events: Sequence[NewEvent]) -> None:
    """Append the events, in order, to the chain.

    Call it last in an operation: on PostgreSQL the chain stays locked until commit. On SQLite the
    immediate transaction already holds the only write lock there is.
    """
    if not events:
        return
    if (waiting := _held_back.get()) is not None:
        waiting.extend(events)
        return
    with transaction.atomic(savepoint=False):
        tell(events)
        insert_rows(Event, COLUMNS, list(_rows(events, _last_hash())))


def verify(rows_per_step: int = 5_000) -> Break | None:
    """Walk the whole chain; return the first event that was altered, or None when all hold."""
    previous, last = GENESIS, 0
    # Not one long cursor: where those are off, the driver would hold the whole chain in memory.
    while step := list(Event.objects.filter(id__gt=last).order_by("id")[:rows_per_step]):
        for event in step:
            if event.previous_hash != previous:
                return Break(event.pk, "An event before this one was removed, or its link was altered.")
            if event.hash != _hash_of(event):
                return Break(event.pk, "The event does not match its hash.")
            previous = event.hash
        last = step[-1].pk
    return None


def events_for(object_type: str, object_id: UUID) -> models.QuerySet[Event]:
    """Return what happened to one object, newest first (HIS-2)."""
    return Event.objects.filter(object_type=object_type, object_id=object_id).order_by("-id")


def _last_hash() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
        cursor.execute("SELECT hash FROM foundation_history_event ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return str(row[0]) if row else GENESIS


def _rows(events: Sequence[NewEvent], previous: str) -> Iterator[tuple[object, ...]]:
    for event in events:
        actor = event.actor
        who_and_what = (
            event.at, actor.name[:LABEL_LENGTH], actor.email, actor.user_id, actor.ip, actor.origin, actor.site,
            event.object_type, event.object_id, event.object_label[:LABEL_LENGTH], event.verb,
        )  # fmt: skip
        changes = without_secrets(event.object_type, event.changes)
        own = digest(previous, who_and_what, changes, event.reason, event.message_id)
        yield (*who_and_what, changes, event.reason, event.message_id, previous, own)
        previous = own


def _hash_of(event: Event) -> str:
    who_and_what = (
        event.at, event.actor_name, event.actor_email, event.actor_user_id, event.actor_ip, event.origin,
        event.site, event.object_type, event.object_id, event.object_label, event.verb,
    )  # fmt: skip
    return digest(event.previous_hash, who_and_what, event.changes, event.reason, event.message_id)
