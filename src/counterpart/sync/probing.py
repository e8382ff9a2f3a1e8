"""Asking the peer while someone looks: the digest of one record, or a product's live question (section 7).

Answers are worth ten seconds. Silence twice in a row means the state cannot be known.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.protocol.colour import Mode
from counterpart.protocol.gate import is_newer_statement
from counterpart.sync.codec import to_ms
from counterpart.sync.link import effective_mode, get_link
from counterpart.sync.messages import Probe, ProbeAnswer, ProbeState, encode, read_probe_answer
from counterpart.sync.models import Record
from counterpart.sync.transports import Transport, TransportFailed
from counterpart.sync.wake import wake_on_commit

PROBE_TIMEOUT_S = 0.8
CACHED_FOR = timedelta(seconds=10)
SILENT_AFTER = 2
REMEMBERED_MAX = 10_000


@dataclass(slots=True)
class _Memory:
    asked_at: datetime
    silences: int = 0


_memories: dict[UUID, _Memory] = {}
_transport: Transport | None = None
_lock = threading.Lock()


def transport() -> Transport:
    """The transport of this process, made on first use."""
    global _transport  # noqa: PLW0603  # one connection pool per process
    with _lock:
        if _transport is None:
            from counterpart.sync.transports.http import HttpTransport  # noqa: PLC0415  # needs keys: only when used

            _transport = HttpTransport()
        return _transport


def use_transport(replacement: Transport | None) -> None:
    """Let tests answer instead of a network."""
    global _transport  # noqa: PLW0603
    _transport = replacement
    _memories.clear()


def ask(question: str, *, timeout_s: float = PROBE_TIMEOUT_S, **fields: Any) -> dict[str, Any] | None:
    """Put a live question to the peer; None when it can't answer in that time or the link is not live."""
    link = get_link()
    if link is None or effective_mode(link) is not Mode.LIVE:
        return None
    try:
        return read_probe_answer(_send(Probe(question=question, fields=fields), timeout_s)).answer
    except TransportFailed:
        return None


def probe_states(ids: list[UUID], *, full: bool, timeout_s: float) -> ProbeAnswer:
    """What the peer holds of the records, from its columns. Raises TransportFailed."""
    return read_probe_answer(_send(Probe(ids=[str(i) for i in ids], full=full), timeout_s))


def probe_record(record: Record, at: datetime) -> bool:
    """Compare one record with the peer now; True when the peer has been silent twice in a row.

    A difference makes the record blue and starts an exchange.
    """
    link = get_link()
    if link is None or effective_mode(link) is not Mode.LIVE or not record.known_at_peer or record.severed:
        return False
    memory = _memories.get(record.sync_id)
    if memory is not None and memory.silences == 0 and at - memory.asked_at < CACHED_FOR:
        return False
    try:
        answer = probe_states([record.sync_id], full=False, timeout_s=PROBE_TIMEOUT_S)
    except TransportFailed:
        return _note_silence(record.sync_id, memory, at)
    _remember(record.sync_id, _Memory(at))
    _take_over(record.sync_id, answer, at)
    return False


def _send(probe: Probe, timeout_s: float = PROBE_TIMEOUT_S) -> bytes:
    return transport().send("probe", encode(probe), timeout_s=timeout_s)


def _note_silence(sync_id: UUID, memory: _Memory | None, at: datetime) -> bool:
    silences = (memory.silences if memory else 0) + 1
    _remember(sync_id, _Memory(at, silences))
    return silences >= SILENT_AFTER


def _remember(sync_id: UUID, memory: _Memory) -> None:
    if len(_memories) >= REMEMBERED_MAX:
        _memories.clear()
    _memories[sync_id] = memory


@transaction.atomic
def _take_over(sync_id: UUID, answer: ProbeAnswer, at: datetime) -> None:
    """Store the peer's statement; where it differs from ours, exchange."""
    record = Record.objects.select_for_update().filter(sync_id=sync_id).first()
    link = get_link()
    # What it does not hold at all differs from everything.
    held = answer.records.get(str(sync_id)) or ProbeState("")
    if record is None or link is None or answer.epoch != link.peer_epoch:
        return
    record.peer_addresses = {**record.peer_addresses, **held.addresses}
    newer = is_newer_statement(record.stated_epoch, record.stated_n, answer.epoch, answer.statement, link.peer_epoch)
    if newer:
        record.stated_digest, record.stated_epoch, record.stated_n = held.digest, answer.epoch, answer.statement
        if held.digest != record.digest and not record.due and not record.error_code:
            record.force, record.pending_since = max(record.force + 1, to_ms(at)), at
            wake_on_commit()
    record.save(update_fields=["peer_addresses", "stated_digest", "stated_epoch", "stated_n", "force", "pending_since"])
