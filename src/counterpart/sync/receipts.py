"""Taking over what the peer stated about records of ours: the end of the sender's half (section 6, sender step 3).

A receipt may tell the receiver's state of a record where that decided something in storing it, a number for one. The
sender merges it like a message and answers with a receipt of its own: a way and a half instead of two.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from counterpart.foundation.bulk import update_rows
from counterpart.foundation.reading import objects_of
from counterpart.protocol import exchange
from counterpart.protocol.colour import Mode
from counterpart.protocol.gate import Head, Verdict
from counterpart.sync import models
from counterpart.sync.codec import from_ms, read_stamps, stamps_text, standing_of, to_ms
from counterpart.sync.composing import Batch, Sent
from counterpart.sync.hearing import Refused, compare_memory, heard, link_for
from counterpart.sync.merging import merge_events
from counterpart.sync.messages import Receipt, Result, Told, encode, read_receipt, read_verdict
from counterpart.sync.models import Link, Message, Record

RECEIPT_COLUMNS = (
    "shadow", "stated_digest", "stated_epoch", "stated_n", "known_at_peer", "force", "error_code", "error_text",
    "error_register", "error_detail", "error_at", "attempts", "next_attempt", "pending_since", "agreed_at",
    "peer_addresses", "refused_code", "refused", "attempted_at",
)  # fmt: skip

KNOWN_RESULTS = {result.value: result for result in exchange.Result}
DELIVERED = (exchange.Result.APPLIED, exchange.Result.UNCHANGED)
AS_TOLD = Sent("", 0, "", (), has_unsent=False, shared={})
"""A record as a receipt told it: nothing that somebody saved here, no conflicts, no shared addresses."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a receipt came to: whether the batch was merged there, and our own receipt for what it told, if it did."""

    merged: bool
    receipt: bytes = b""


def apply_receipt(batch: Batch, body: bytes, at: datetime) -> Taken:
    """Take over what the peer stated about our batch, and what it told with that (section 6, step 3).

    Raises Refused for an answer of somebody else, or to something else.
    """
    receipt = read_receipt(body)
    with transaction.atomic():
        link = link_for(receipt.instance)
        merged = receipt.verdict in (Verdict.MERGE, Verdict.DUPLICATE) and bool(receipt.results)
        if merged and Head(receipt.peern, receipt.peerh) != batch.head:
            raise Refused("This receipt is for another batch.")
        heard(link, receipt)
        compare_memory(link, receipt, at)
        merged = merged and link.mode != Mode.HEALING
        ours = None
        if merged:
            ours = _apply_results(link, batch.records, receipt, at)
        else:
            note_attempt(batch, at)
        link.save()
        counts = dict(Counter(result.result for result in receipt.results))
        Message.objects.filter(id=batch.message_id).update(verdict=receipt.verdict, receipt=counts)
    return Taken(merged, encode(ours) if ours else b"")


def take_receipt(body: bytes, at: datetime) -> bytes:
    """The peer says what became of what our receipt told it.

    Raises Refused for a receipt of another link.
    """
    receipt = read_receipt(body)
    with transaction.atomic():
        link = link_for(receipt.instance)
        heard(link, receipt)
        compare_memory(link, receipt, at)
        if link.mode == Mode.LIVE and receipt.epoch == link.peer_epoch:
            _apply_results(link, {UUID(result.id): AS_TOLD for result in receipt.results}, receipt, at)
        link.save()
    return b""


def make_receipt(link: Link, verdict: Verdict, results: list[Result], at: datetime) -> Receipt:
    """Our statement about records of the peer; the caller has counted it and sends it after the commit."""
    return Receipt(
        verdict.value, link.instance, link.epoch, link.head.n, link.head.h, link.peer_head.n, link.peer_head.h,
        link.acked.n, link.acked.h, link.peer_statement_n, link.statement_n, link.mode, to_ms(at),
        link.mode_reason or link.peer_incompatible, results,
    )  # fmt: skip


def was_merged(batch: Batch, body: bytes) -> bool:
    """Whether an answer says that the peer has merged this batch: the next may follow its head. One that makes no sense
    says nothing.
    """
    try:
        verdict = read_verdict(body)
    except msgspec.DecodeError:
        return False
    is_merge = verdict.verdict in (Verdict.MERGE, Verdict.DUPLICATE) and verdict.mode == Mode.LIVE
    return is_merge and Head(verdict.peern, verdict.peerh) == batch.head


def note_attempt(batch: Batch, at: datetime) -> None:
    """Remember that the records of a batch were sent although no receipt came: the peer may hold them all the same."""
    Record.objects.filter(sync_id__in=list(batch.records)).update(attempted_at=at)


def _apply_results(link: Link, records_sent: Mapping[UUID, Sent], receipt: Receipt, at: datetime) -> Receipt | None:
    """Write what the receipt says of each record. Returns our own receipt for the states that it told."""
    results = {UUID(result.id): result for result in receipt.results}
    known = [i for i in results if i in records_sent]
    records = objects_of(Record.objects.select_for_update().filter(sync_id__among=known).order_by("sync_id"))
    rows = {}
    told: list[str] = []
    for record in records:
        sent, result = records_sent[record.sync_id], results[record.sync_id]
        rows[record.sync_id] = _receipt_row(link, record, sent, result, receipt, at)
        if result.result in DELIVERED:
            told.extend(sent.conflicts)
    _mark_told(told)
    merged = _merge_told(link, {r.sync_id: r for r in records}, rows, receipt, at)
    for result in merged:
        if not result.missing and result.code != "exception":
            del rows[UUID(result.id)]  # written with the merge
    update_rows(Record, RECEIPT_COLUMNS, rows.values(), key_columns=("sync_id",))
    _offer_missing([UUID(text) for result in receipt.results for text in result.missing], at)
    _settle_unsent([sync_id for sync_id, sent in records_sent.items() if sent.has_unsent])
    if not merged:
        return None
    link.statement_n += 1
    return make_receipt(link, Verdict.MERGE, merged, at)


def _merge_told(
    link: Link, records: Mapping[UUID, Record], rows: Mapping[UUID, tuple[Any, ...]], receipt: Receipt, at: datetime
) -> list[Result]:
    """Merge the states that came with a receipt into the records as the receipt leaves them."""
    if link.mode != Mode.LIVE or link.peer_incompatible:
        return []
    told = []
    for result in receipt.results:
        if result.state is not msgspec.UNSET and (record := records.get(UUID(result.id))) is not None:
            for name, value in zip(RECEIPT_COLUMNS, rows[record.sync_id][1:], strict=True):
                setattr(record, name, value)
            told.append(Told(f"{receipt.epoch}/{receipt.statement}", result.id, receipt.statement, 0, result.state))
    return merge_events(link, told, at, records) if told else []


def _receipt_row(
    link: Link, record: Record, sent: Sent, result: Result, receipt: Receipt, at: datetime
) -> tuple[Any, ...]:
    regs = read_stamps(record.regs)
    stamps = {name: (int(pm), int(la)) for name, (pm, la) in result.stamps.items()}
    answer = exchange.Answer(_known_result(result), stamps, result.digest, result.code, result.register)
    statement = exchange.Statement(receipt.epoch, receipt.statement)
    standing, epoch, now = standing_of(record), link.peer_epoch, to_ms(at)
    if sent is AS_TOLD:
        after = exchange.after_told(standing, answer, statement, regs=regs, peer_epoch=epoch, now=now)
    else:
        after = exchange.after_answer(
            standing, answer, statement, regs=regs, sent_force=sent.force, peer_epoch=epoch, now=now,
            severed=record.severed,
        )  # fmt: skip
    shadow = exchange.settled_shadow(regs, after.shadow) if record.severed else after.shadow
    error = error_of(record, after, result, at)
    agreed = after.stated_digest == record.digest
    shadow_text = stamps_text(shadow)
    settled = agreed and shadow_text == record.regs and not after.force
    return (
        record.sync_id, shadow_text, after.stated_digest, after.stated_epoch, after.stated_n, after.known_at_peer,
        after.force, *error, after.attempts, from_ms(after.next_attempt) if after.next_attempt else None,
        None if settled else record.pending_since or at, at if agreed else record.agreed_at,
        {**record.peer_addresses, **_taken_over(sent, result)},
        *(("", {}) if agreed else (record.refused_code, record.refused)),  # what agrees was not refused after all
        at,
    )  # fmt: skip


def _taken_over(sent: Sent, result: Result) -> dict[str, Any]:
    """Addresses the peer holds now because we shared them: the two no longer differ (IND-5)."""
    return {
        name: register.value
        for name, register in sent.shared.items()
        if tuple(result.stamps.get(name, ())) == (register.pm, register.la)
    }


def _known_result(result: Result) -> exchange.Result:
    """A result this version does not know is tried again, and ends as a dead letter rather than in a loop."""
    return KNOWN_RESULTS.get(result.result, exchange.Result.RETRY)


def error_of(record: Record, after: exchange.Standing, result: Result, at: datetime) -> tuple[Any, ...]:
    """The error columns after a result: code, text, register, detail, moment."""
    if not after.error_code:
        return ("", "", "", {}, None)
    if after.error_code == record.error_code and result.code != after.error_code:
        return (record.error_code, record.error_text, record.error_register, record.error_detail, record.error_at)
    return (after.error_code, result.text, after.error_register, result.detail, at)


def _mark_told(told: Sequence[str]) -> None:
    """Conflicts the peer now has, as they were told: one resolved meanwhile is told again."""
    by_resolution: dict[str, list[str]] = {}
    for entry in told:
        by_resolution.setdefault(entry[64:], []).append(entry[:64])
    for resolution, ids in by_resolution.items():
        models.Conflict.objects.filter(id__in=ids, resolution=resolution).update(known_at_peer=True)


def _offer_missing(sync_ids: Sequence[UUID], at: datetime) -> None:
    """Records the peer lacks although others refer to them: they go first, and those others wait (section 9)."""
    if sync_ids:
        Record.objects.filter(sync_id__in=sync_ids, severed=False).update(
            known_at_peer=False, force=Greatest(F("force") + 1, to_ms(at)), next_attempt=None,
            pending_since=Coalesce("pending_since", Value(at)),
        )  # fmt: skip


def _settle_unsent(sync_ids: Sequence[UUID]) -> None:
    if sync_ids:
        flagged = Record.objects.filter(sync_id__in=sync_ids, unsent_conflicts=True)
        untold = models.Conflict.objects.filter(known_at_peer=False).values("sync_id")
        flagged.exclude(sync_id__in=untold).update(unsent_conflicts=False)
