"""Closing, reopening and deleting files (LA-FIL-7, MAT-24, sync-protocol 16)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from counterpart.accounting.files.blockers import closing_blockers, closing_blockers_of, deletion_blockers
from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations.holding import hold
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.rows import Held, given_fields, read_held, readable
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import update_rows
from counterpart.foundation.errors import Blocked
from counterpart.sync import api as sync

STATUS_COLUMNS: Final = ("status", "closed_on", "closed_by", "version", "updated_at", "updated_by")


@transaction.atomic
def close_file(*, file_id: UUID, closed_on: date, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Close a file. Local: the other product is only informed (MAT-24). Closed files leave pickers, nothing else.

    Raises Missing, Forbidden, Stale, Blocked with everything that stands in the way (LA-FIL-7).
    """
    actor.require("file.close")
    held = hold(file_id, version)
    if held.status == File.Status.CLOSED:
        raise Blocked("This file is closed already.")
    if blockers := closing_blockers(file_id):
        raise Blocked(f"{held.number} {held.label} can't be closed yet.", blockers)
    _set_status(held, actor, at, status=File.Status.CLOSED, closed_on=closed_on, closed_by=actor.name)
    _tell(held, "archived", actor, at)
    history.record([_status_event(held, "closed", actor, at)])


@transaction.atomic
def reopen_file(*, file_id: UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Reopen a closed file; always allowed to those who may close (LA-FIL-7).

    Raises Missing, Forbidden, Stale, Blocked.
    """
    actor.require("file.close")
    held = hold(file_id, version)
    if held.status != File.Status.CLOSED:
        raise Blocked("This file is open.")
    _set_status(held, actor, at, status=File.Status.OPEN, closed_on=None, closed_by="")
    _tell(held, "active", actor, at)
    history.record([_status_event(held, "reopened", actor, at)])


@transaction.atomic
def delete_file(*, file_id: UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Delete a file here; the other product keeps its matter and is told (sync-protocol 16).

    A tombstone with the number stays, so the number is never given again and still says whose it was (LA-NUM-7).
    Raises Missing, Forbidden, Stale, Blocked (ledger history).
    """
    actor.require("file.delete")
    held = hold(file_id, version)
    if blockers := deletion_blockers(file_id):
        raise Blocked(f"{held.label} can't be deleted: it has history in the books. Close it instead.", blockers)
    _tell(held, "deleted", actor, at)
    _set_status(held, actor, at, deleted_at=at)
    (was,) = readable([{name: [old, None] for name, (_, old) in given_fields(held).items()}])
    history.record([history.NewEvent(KIND, file_id, held.label, "deleted", actor, at, was)])


def follow_closures(closures: Sequence[tuple[UUID, str, Actor]], at: datetime) -> set[UUID]:
    """Close and reopen files as Practice Management did with their matters (IMP-10); returns those that went along.

    Given with presence there and who did it. Our own checks hold: a file with blockers stays open, and its history
    names them. Inside the engine's transaction.
    """
    files = read_held([file_id for file_id, _, _ in closures], lock=True)
    blockers = closing_blockers_of(list(files))
    rows, events = [], []
    for file_id, presence, author in closures:
        held, closes = files.get(file_id), presence == "archived"
        if held is None or closes == (held.status == File.Status.CLOSED):
            continue
        if closes and blockers[file_id]:
            reason = " ".join(blocker.message for blocker in blockers[file_id])
            events.append(history.NewEvent(KIND, file_id, held.label, "not_closed", author, at, {}, reason))
            continue
        rows.append((file_id, *_status_columns(held, author, at, closes=closes)))
        events.append(_status_event(held, "closed" if closes else "reopened", author, at))
    update_rows(File, STATUS_COLUMNS, rows)
    history.record(events)
    return {row[0] for row in rows}


def _status_columns(held: Held, author: Actor, at: datetime, *, closes: bool) -> tuple[Any, ...]:
    """The values of STATUS_COLUMNS."""
    closed = (File.Status.CLOSED, at.date(), author.name) if closes else (File.Status.OPEN, None, "")
    return (*closed, held.version + 1, at, author.name)


def _tell(held: Held, presence: str, actor: Actor, at: datetime) -> None:
    if held.from_pm:
        sync.set_presence(KIND, held.id, presence, actor=actor, at=at)


def _set_status(held: Held, actor: Actor, at: datetime, **columns: Any) -> None:
    changed = {"version": held.version + 1, "updated_at": at, "updated_by": actor.name, **columns}
    File.objects.filter(pk=held.id).update(**changed)


def _status_event(held: Held, verb: str, actor: Actor, at: datetime) -> history.NewEvent:
    now = File.Status.CLOSED if verb == "closed" else File.Status.OPEN
    return history.NewEvent(KIND, held.id, held.label, verb, actor, at, {"status": [held.status, now.value]})
