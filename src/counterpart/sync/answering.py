"""Answering the peer's probes: what is held of a record right now, or a product's live question (section 7)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from counterpart.sync.composing import record_state
from counterpart.sync.hearing import Refused
from counterpart.sync.link import get_link
from counterpart.sync.messages import ProbeAnswer, ProbeState, encode, read_probe
from counterpart.sync.models import Record
from counterpart.sync.reaching import ANSWERS
from counterpart.sync.registry import answer_to, handler_for, has_handler

IDS_MAX = 500
"""Records one question may name."""


def answer_probe(body: bytes) -> bytes:
    """What is held of the asked records, computed from their columns now (section 7), or a product's answer."""
    probe = read_probe(body)
    link = get_link()
    if link is None:
        raise Refused("This site is not connected.")
    answer = (ANSWERS.get(probe.question) or answer_to(probe.question)) if probe.question else None
    found = held_states([UUID(text) for text in probe.ids[:IDS_MAX]], full=probe.full) if probe.ids else {}
    return encode(
        ProbeAnswer(
            link.instance, link.epoch, link.statement_n, link.mode, found, answer(probe.fields) if answer else None
        )
    )


def held_states(ids: Sequence[UUID], *, full: bool) -> dict[str, ProbeState]:
    """What is held of the records, from their columns; those that are not here are absent."""
    found: dict[str, ProbeState] = {}
    by_kind: dict[str, list[Record]] = {}
    for record in Record.objects.filter(sync_id__in=list(ids)):
        if has_handler(record.kind):
            by_kind.setdefault(record.kind, []).append(record)
    for kind, records in by_kind.items():
        found.update(_kind_states(kind, records, full=full))
    return found


def _kind_states(kind: str, records: Sequence[Record], *, full: bool) -> Mapping[str, ProbeState]:
    handler = handler_for(kind)
    values = handler.read([r.local_id for r in records if r.local_id is not None])
    states = {}
    for record in records:
        own = values.get(record.local_id) if record.local_id is not None else None
        state = record_state(handler, record, own)
        addresses = {n: (own or {}).get(n) for n, rule in handler.registers.items() if rule.create_only}
        states[str(record.sync_id)] = ProbeState(state.digest, addresses, state.registers if full else None)
    return states
