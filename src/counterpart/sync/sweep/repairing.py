"""What puts a difference right: an ordinary exchange; and what is said where that did not help (section 12)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from counterpart.foundation.bulk import update_rows
from counterpart.sync.codec import to_ms
from counterpart.sync.models import Record
from counterpart.sync.recording import Lane
from counterpart.sync.registry import handler_for, has_handler
from counterpart.sync.sweep.columns import DRIFT, at_rest
from counterpart.sync.wake import wake_on_commit

CHUNK = 500
ERROR_COLUMNS = ("error_code", "error_text", "error_register", "error_detail", "error_at")


@transaction.atomic
def exchange_again(sync_ids: Sequence[UUID], at: datetime) -> None:
    """Have the records sent once more, whatever the peer is believed to hold."""
    for rows in _locked(sync_ids):
        _force(rows, at)
    wake_on_commit()


@transaction.atomic
def offer_as_new(sync_ids: Sequence[UUID], at: datetime) -> None:
    """Have the records sent as ones the peer does not know."""
    for rows in _locked(sync_ids):
        rows.update(known_at_peer=False)
        _force(rows, at)
    wake_on_commit()


@transaction.atomic
def mark_drift(registers: Mapping[UUID, Sequence[str]], at: datetime) -> list[UUID]:
    """Turn records red that still differ; those with an error of their own, or on their way, are left as they are.
    Returns those that were marked.
    """
    marked = []
    for rows in _locked(list(registers)):
        lines = []
        for record in rows & at_rest():
            names = list(registers[record.sync_id])
            since = record.error_at if record.error_code == DRIFT else at
            detail = {"registers": names}
            lines.append(
                (record.sync_id, DRIFT, _in_words(record.kind, names), names[0] if names else "", detail, since)
            )
            marked.append(record.sync_id)
        update_rows(Record, ERROR_COLUMNS, lines, key_columns=("sync_id",))
    return marked


@transaction.atomic
def clear_drift(sync_ids: Sequence[UUID], at: datetime) -> None:
    """What differed is equal again: one more exchange, in which both sides say so."""
    for rows in _locked(sync_ids):
        _force(rows.filter(error_code=DRIFT), at)
    wake_on_commit()


def _in_words(kind: str, registers: Sequence[str]) -> str:
    handler = handler_for(kind) if has_handler(kind) else None
    names = ", ".join(dict.fromkeys(handler.register_label(n) if handler else n for n in registers)) or "The record"
    verb = "differ" if len(registers) > 1 else "differs"
    return (
        f"{names} {verb} from {settings.COUNTERPART_PEER_NAME} although nothing is on its way, and exchanging the "
        "record again did not help. Decide which values stand: use the values from here, or those from there."
    )


def _force(rows: QuerySet[Record], at: datetime) -> None:
    rows.update(
        force=Greatest(F("force") + 1, to_ms(at)), lane=Lane.RETRY, error_code="", error_text="", error_register="",
        error_detail={}, error_at=None, attempts=0, next_attempt=None, pending_since=at,
    )  # fmt: skip


def _locked(sync_ids: Sequence[UUID]) -> list[QuerySet[Record]]:
    """The rows, locked in the order everybody does, in parts a statement can name."""
    parts = []
    ordered = sorted(sync_ids)
    for start in range(0, len(ordered), CHUNK):
        rows = Record.objects.filter(sync_id__in=ordered[start : start + CHUNK])
        list(rows.select_for_update().order_by("sync_id").values_list("sync_id"))
        parts.append(rows)
    return parts
