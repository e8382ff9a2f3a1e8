"""The archive of values that lost against a concurrent edit: kept on both sites until a person closes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from counterpart.foundation.actor import Actor
from counterpart.protocol.canonical import canonical_json, sha256
from counterpart.protocol.stamps import site_of
from counterpart.sync import models
from counterpart.sync.codec import from_ms
from counterpart.sync.models import Record
from counterpart.sync.registry import handler_for
from counterpart.sync.wake import wake_on_commit


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two values: what, who, where and when."""

    value: Any
    author: str
    site: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict as a page shows it: which value stands, which one lost."""

    id: str
    kind: str
    sync_id: UUID
    local_id: UUID
    register: str
    register_label: str
    standing: Side
    losing: Side
    at: datetime


def conflict_id(sync_id: UUID, register: str, losing_stamp: int, winning_stamp: int) -> str:
    """The same on both sites, so that two findings of one conflict are one row (section 3)."""
    return sha256(canonical_json([str(sync_id), register, losing_stamp, winning_stamp]))


def open_conflicts(kind: str | None = None, local_ids: Iterable[UUID] | None = None) -> QuerySet[models.Conflict]:
    """Conflicts nobody has closed yet, newest first."""
    rows = models.Conflict.objects.filter(resolution="").order_by("-at", "id")
    if kind is not None:
        rows = rows.filter(kind=kind)
    if local_ids is not None:
        rows = rows.filter(sync_id__in=Record.objects.filter(local_id__in=list(local_ids)).values("sync_id"))
    return rows


def conflict_count() -> int:
    """How many conflicts are open."""
    return open_conflicts().count()


def conflicts_for(kind: str, local_id: UUID) -> list[Conflict]:
    """The open conflicts of one record."""
    return present(open_conflicts(kind, [local_id]))


def present(rows: Iterable[models.Conflict]) -> list[Conflict]:
    """Turn rows into what a page shows; rows whose record is gone here are left out."""
    rows = list(rows)
    locals_ = dict(Record.objects.filter(sync_id__in={row.sync_id for row in rows}).values_list("sync_id", "local_id"))
    return [_present(row, local_id) for row in rows if (local_id := locals_.get(row.sync_id)) is not None]


def _present(row: models.Conflict, local_id: UUID) -> Conflict:
    return Conflict(
        row.id, row.kind, row.sync_id, local_id, row.register, handler_for(row.kind).register_label(row.register),
        _side(row.winning_value, row.winning_stamp, row.winning_author),
        _side(row.losing_value, row.losing_stamp, row.losing_author), row.at,
    )  # fmt: skip


def _side(value: Any, stamp: int, author: list[Any]) -> Side:
    name, _, at_ms = author or ["", "", 0]
    return Side(value, name, site_of(stamp).code, from_ms(at_ms) if at_ms else None)


@transaction.atomic
def use_other_value(conflict_id: str, *, actor: Actor, at: datetime) -> None:
    """Make the value that lost the current one: an ordinary new edit, and the conflict is closed (section 4).

    Raises Conflict.DoesNotExist for one that is unknown or closed, and what the product's edit raises.
    """
    row = _open(conflict_id)
    record = Record.objects.get(sync_id=row.sync_id)
    assert record.local_id is not None
    handler_for(row.kind).overwrite(
        local_id=record.local_id, register=row.register, value=row.losing_value, actor=actor, at=at
    )
    _close(row, "used", actor, at)


@transaction.atomic
def close_conflict(conflict_id: str, *, actor: Actor, at: datetime) -> None:
    """Keep the value that stands. Raises Conflict.DoesNotExist for one that is unknown or closed."""
    actor.require("integration.retry")
    _close(_open(conflict_id), "kept", actor, at)


def _open(conflict_id: str) -> models.Conflict:
    row = models.Conflict.objects.get(id=conflict_id, resolution="")
    list(Record.objects.select_for_update().filter(sync_id=row.sync_id).values_list("sync_id"))
    return row


def _close(row: models.Conflict, resolution: str, actor: Actor, at: datetime) -> None:
    row.resolution, row.resolved_by, row.resolved_at = resolution, actor.email or actor.name, at
    row.known_at_peer = False
    row.save(update_fields=["resolution", "resolved_by", "resolved_at", "known_at_peer"])
    Record.objects.filter(sync_id=row.sync_id).update(unsent_conflicts=True)
    wake_on_commit()
