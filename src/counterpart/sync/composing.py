"""Turning due records into a batch: the sender's half of the exchange (sync-protocol section 6)."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet

from counterpart.foundation.ids import new_id
from counterpart.foundation.reading import objects_of
from counterpart.protocol import exchange
from counterpart.protocol.canonical import canonical_json, sha256, state_digest
from counterpart.protocol.colour import Mode
from counterpart.protocol.gate import Head, extend
from counterpart.protocol.registers import Reg
from counterpart.protocol.retry import RECORD_CAP_S
from counterpart.sync import models
from counterpart.sync.codec import from_ms, state_of, to_ms
from counterpart.sync.conflicts import conflict_id
from counterpart.sync.dependencies import held_back
from counterpart.sync.golive.telling import tell_pairs
from counterpart.sync.handler import Handler, Values
from counterpart.sync.link import effective_mode, link_id, locked_link
from counterpart.sync.messages import (
    BATCH_BYTES_AIM,
    BATCH_RECORDS_MAX,
    STATE,
    AuthorRow,
    ConflictState,
    Event,
    RecordState,
    Register,
    encode,
)
from counterpart.sync.models import ChainEntry, Link, Message, Record
from counterpart.sync.registry import handler_for

CONFLICTS_MAX = 100
"""Archived values told in one state; the rest follows in the next."""
NEVER_LATER = timedelta(seconds=RECORD_CAP_S)
"""An attempt further away than any back-off was set by a clock that has been put back since."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One record as it was sent, so that the receipt can be applied to what was meant."""

    kind: str
    force: int
    digest: str
    conflicts: tuple[str, ...]
    has_unsent: bool
    """Whether it was among those with conflicts the peer lacked."""
    shared: Mapping[str, Register]
    """*Create only* registers that were shared: once the peer holds these stamps it holds these values."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A committed batch: the head it takes, its bytes, and what it says of which record."""

    head: Head
    body: bytes
    records: Mapping[UUID, Sent]
    message_id: int
    is_full: bool = False
    """Whether more was due than it holds."""


def due_records(at: datetime) -> QuerySet[Record]:
    """Records with something to send, in the order of their lanes; failed ones wait for their time or a person, and
    those that refer to others for these (section 9).
    """
    return (
        Record.objects.filter(~held_back(), due=True, error_code="")
        .filter(Q(next_attempt=None) | Q(next_attempt__lte=at) | Q(next_attempt__gt=at + NEVER_LATER))
        .order_by("lane", "pending_since")
    )


@transaction.atomic
def compose(at: datetime, after: Batch | None = None) -> Batch | None:
    """Take the due records, append a chain entry and return the batch; None when there is nothing to send.

    ``after``: the batch before, which the peer is merging, and whose receipt is applied while this one is under way:
    it follows that one's head, leaves that one's records alone, and is sent only once that one is merged.

    The *current* states are sent, read after the link is locked, so a statement number never covers older facts
    than a lower one. The records are locked too: their stamps and their columns are read one after the other, and a
    save between the two would send a new value under an old stamp.
    """
    if not due_records(at).exists():
        return None
    link = locked_link()
    if effective_mode(link) is not Mode.LIVE or link.peer_incompatible:
        return None
    beside = after.records if after else {}
    due = due_records(at).values_list("sync_id", flat=True)[: BATCH_RECORDS_MAX + len(beside)]
    records = _locked([sync_id for sync_id in due if sync_id not in beside][:BATCH_RECORDS_MAX], at)
    states = _states(records)
    tell_pairs(link, records, states)
    encoded = _encoded(records, states)
    is_full = len(encoded) < len(records) or len(encoded) == BATCH_RECORDS_MAX
    records = records[: len(encoded)]
    if not records:
        return None
    digest = sha256(canonical_json([[str(r.sync_id), states[r.sync_id].digest] for r in records]))
    previous = after.head if after else link.acked
    head = extend(link.head, digest, secrets.token_hex(16))
    link.head_n, link.head_h, link.statement_n = head.n, head.h, link.statement_n + 1
    link.save(update_fields=["head_n", "head_h", "statement_n"])
    ChainEntry.objects.create(epoch=link.epoch, n=head.n, h=head.h, at=at)
    body = encode([_event(link, head, previous, *pair, at) for pair in zip(records, encoded, strict=True)])
    message = Message.objects.create(
        sent=True, at=at, epoch=link.epoch, n=head.n, digest=digest, record_count=len(records), body_bytes=len(body)
    )
    return Batch(head, body, {r.sync_id: _sent(r, states[r.sync_id]) for r in records}, message.id, is_full)


def withdraw(batch: Batch) -> None:
    """A batch that was composed ahead does not leave, as the peer did not merge the one before or a beat is due: its
    records are still due, and its head stays in the chain like that of a batch that got lost.
    """
    Message.objects.filter(id=batch.message_id).delete()


def _sent(record: Record, state: RecordState) -> Sent:
    rules = handler_for(record.kind).registers
    shared = {
        name: register
        for name, register in state.registers.items()
        if rules[name].create_only and (register.pm, register.la) != ("0", "0")
    }
    return Sent(record.kind, record.force, state.digest, _conflict_ids(record, state), record.unsent_conflicts, shared)


def _locked(sync_ids: Sequence[UUID], at: datetime) -> list[Record]:
    """Lock the rows in the order everybody does, and return those that are still due as they were given."""
    rows = due_records(at).select_for_update().filter(sync_id__among=sync_ids).order_by("sync_id")
    found = {row.sync_id: row for row in objects_of(rows)}
    return [found[sync_id] for sync_id in sync_ids if sync_id in found]


def _encoded(records: Sequence[Record], states: Mapping[UUID, RecordState]) -> list[msgspec.Raw]:
    """The states as bytes, as many as one message may hold; one at least, however long it is."""
    parts: list[msgspec.Raw] = []
    size = 0
    for record in records:
        part = encode(states[record.sync_id])
        size += len(part)
        if parts and size > BATCH_BYTES_AIM:
            break
        parts.append(msgspec.Raw(part))
    return parts


def _states(records: Sequence[Record]) -> dict[UUID, RecordState]:
    by_kind: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_kind[record.kind].append(record)
    conflicts = _unsent_conflicts(r.sync_id for r in records if r.unsent_conflicts)
    states: dict[UUID, RecordState] = {}
    for kind, members in by_kind.items():
        handler = handler_for(kind)
        values = handler.read([r.local_id for r in members if r.local_id is not None])
        for record in members:
            own = values.get(record.local_id) if record.local_id else None
            states[record.sync_id] = record_state(handler, record, own, conflicts.get(record.sync_id, ()))
    return states


def record_state(
    handler: Handler, record: Record, values: Values | None, conflicts: Sequence[models.Conflict] = ()
) -> RecordState:
    """The whole state of one record as it travels.

    Of a record whose local row is gone only what the engine keeps is told (its presence, that is): the empty
    columns of a deleted record must never look like edits.
    """
    state = exchange.outgoing(state_of(handler, record, values or {}))
    if values is None:
        state = {name: reg for name, reg in state.items() if handler.registers[name].kept}
    authors: dict[str, AuthorRow] = {
        name: tuple(row) for name, row in record.authors.items() if name in handler.registers or not name
    }
    digest = state_digest(handler.registers, state)
    return RecordState(record.kind, digest, registers_of(state), authors, [_conflict_state(row) for row in conflicts])


def registers_of(state: Mapping[str, Reg]) -> dict[str, Register]:
    """A state as it travels."""
    return {name: Register(reg.value, str(reg.pm), str(reg.la)) for name, reg in state.items()}


def reg_of(register: Register) -> Reg:
    """A register as read from a message."""
    return Reg(register.value, int(register.pm), int(register.la))


def _event(link: Link, head: Head, previous: Head, record: Record, state: msgspec.Raw, at: datetime) -> Event:
    return Event(
        id=str(new_id()), source=link.instance, subject=str(record.sync_id), time=at.isoformat(), linkid=link_id(link),
        epoch=link.epoch, headn=head.n, headh=head.h, prevn=previous.n, prevh=previous.h, peerepoch=link.peer_epoch,
        peern=link.peer_head.n, peerh=link.peer_head.h, statement=link.statement_n, lane=record.lane, accepts=STATE,
        dataschema=f"urn:suite:schema:{record.kind}:1",
        data=cast("RecordState", state),
    )  # fmt: skip


def _unsent_conflicts(sync_ids: Iterable[UUID]) -> dict[UUID, list[models.Conflict]]:
    found: dict[UUID, list[models.Conflict]] = defaultdict(list)
    wanted = list(sync_ids)
    if wanted:
        for row in models.Conflict.objects.filter(sync_id__in=wanted, known_at_peer=False).order_by("at", "id"):
            if len(found[row.sync_id]) < CONFLICTS_MAX:
                found[row.sync_id].append(row)
    return found


def _conflict_ids(record: Record, state: RecordState) -> tuple[str, ...]:
    """Identities of the conflicts told in this state, each with its resolution at that moment."""
    return tuple(
        conflict_id(record.sync_id, c.register, int(c.losing_stamp), int(c.winning_stamp)) + c.resolution
        for c in state.conflicts
    )


def _conflict_state(row: models.Conflict) -> ConflictState:
    return ConflictState(
        row.register, row.losing_value, str(row.losing_stamp), _author(row.losing_author), row.winning_value,
        str(row.winning_stamp), _author(row.winning_author), to_ms(row.at), row.resolution, row.resolved_by,
    )  # fmt: skip


def _author(row: list[Any]) -> AuthorRow:
    return (str(row[0]), str(row[1]), int(row[2])) if row else ("", "", 0)


def conflict_row(sync_id: UUID, kind: str, identity: str, state: ConflictState) -> models.Conflict:
    """A conflict learnt from the peer."""
    return models.Conflict(
        id=identity, sync_id=sync_id, kind=kind, register=state.register, losing_value=state.losing_value,
        losing_stamp=int(state.losing_stamp), losing_author=list(state.losing_author),
        winning_value=state.winning_value, winning_stamp=int(state.winning_stamp),
        winning_author=list(state.winning_author), at=from_ms(state.at), resolution=state.resolution,
        resolved_by=state.resolved_by, resolved_at=from_ms(state.at) if state.resolution else None, known_at_peer=True,
    )  # fmt: skip
