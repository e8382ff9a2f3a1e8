"""Receiving a batch of the peer: judge it, merge it, commit, and only then answer (section 6, property S10).

Bytes in, bytes out: views call this and add nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from counterpart.protocol.canonical import canonical_json, sha256
from counterpart.protocol.colour import Mode
from counterpart.protocol.gate import GENESIS, Envelope, Head, Position, Verdict, judge
from counterpart.sync.hearing import Refused, chain_holds, link_for, stop_if_restored
from counterpart.sync.link import link_id
from counterpart.sync.merging import merge_events
from counterpart.sync.messages import Event, Result, encode, read_events
from counterpart.sync.models import Link, Message
from counterpart.sync.receipts import make_receipt
from counterpart.sync.wake import wake_on_commit


def receive(body: bytes, at: datetime) -> bytes:
    """Merge a batch of the peer and return the receipt. Raises Refused for a batch that is not of this link."""
    events = read_events(body)
    if not events:
        raise Refused("An empty batch.")
    with transaction.atomic():
        link = link_for(events[0].source)
        verdict = _judge(link, events)
        results: list[Result] = []
        if verdict in (Verdict.MERGE, Verdict.DUPLICATE) and link.mode == Mode.LIVE and not link.peer_incompatible:
            results = merge_events(link, events, at)
            _remember_head(link, events[0])
            _log_received(events, results, len(body), verdict, at)
        else:
            stop_if_restored(link, verdict, at)
        receipt = make_receipt(link, verdict, results, at)
        wake_on_commit()
    return encode(receipt)


def _judge(link: Link, events: Sequence[Event]) -> Verdict:
    first = events[0]
    if first.linkid != link_id(link) or any(_envelope(event) != _envelope(first) for event in events):
        raise Refused("The events of one batch disagree about its head, or are for another link.")
    remembered = Head(first.peern, first.peerh) if first.peern else GENESIS
    envelope = Envelope(
        first.epoch, Head(first.headn, first.headh), Head(first.prevn, first.prevh) if first.prevn else GENESIS,
        first.peerepoch, remembered,
    )  # fmt: skip
    position = Position(
        link.epoch, link.peer_epoch, link.peer_head, acknowledged=link.acked, announced=link.peer_announced
    )
    return judge(position, envelope, chain_holds_peer_head=chain_holds(link, remembered))


def _envelope(event: Event) -> tuple[Any, ...]:
    return (
        event.source, event.linkid, event.epoch, event.headn, event.headh, event.prevn, event.prevh, event.peerepoch,
        event.peern, event.peerh, event.statement,
    )  # fmt: skip


def _remember_head(link: Link, event: Event) -> None:
    link.peer_head_n, link.peer_head_h = event.headn, event.headh
    if event.statement >= link.peer_statement_n:
        link.peer_mode = Mode.LIVE  # nobody else sends: a pause of which we knew is over
    link.peer_statement_n = max(link.peer_statement_n, event.statement)
    link.statement_n += 1
    link.save(update_fields=["peer_head_n", "peer_head_h", "peer_statement_n", "peer_mode", "statement_n"])


def _log_received(
    events: Sequence[Event], results: Sequence[Result], size: int, verdict: Verdict, at: datetime
) -> None:
    first = events[0]
    digest = sha256(canonical_json([[e.subject, e.data.digest] for e in events]))
    Message.objects.create(
        sent=False, at=at, epoch=first.epoch, n=first.headn, digest=digest, record_count=len(events), body_bytes=size,
        verdict=verdict.value, receipt=dict(Counter(result.result for result in results)),
    )  # fmt: skip
