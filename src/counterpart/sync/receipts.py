"""Taking over what the peer stated about a batch of ours: the end of the sender's half (section 6, sender step 3)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

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
from counterpart.sync.messages import Receipt, Result, read_receipt
from counterpart.sync.models import Link, Message, Record

RECEIPT_COLUMNS = (
    "shadow", "stated_digest", "stated_epoch", "stated_n", "known_at_peer", "force", "error_code", "error_text",
    "error_register", "error_detail", "error_at", "attempts", "next_attempt", "pending_since", "agreed_at",
    "peer_addresses", "refused_code", "refused", "attempted_at",
)  # fmt: skip


KNOWN_RESULTS = {result.value: result for result in exchange.Result}


def apply_receipt(batch: Batch, body: bytes, at: datetime) -> bool:
    """Take over what the peer stated about our batch; whether the batch was merged there (section 6, step 3).

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
        if merged:
            _apply_results(link, batch, receipt, at)
        else:
            note_attempt(batch, at)
        link.save()
        counts = dict(Counter(result.result for result in receipt.results))
        Message.objects.filter(id=batch.message_id).update(verdict=receipt.verdict, receipt=counts)
    return merged


def note_attempt(batch: Batch, at: datetime) -> None:
    """Remember that the records of a batch were sent although no receipt came: the peer may hold them all the same."""
    Record.objects.filter(sync_id__in=list(batch.records)).update(attempted_at=at)


def _apply_results(link: Link, batch: Batch, receipt: Receipt, at: datetime) -> None:
    results = {UUID(result.id): result for result in receipt.results}
    known = [i for i in results if i in batch.records]
    records = objects_of(Record.objects.select_for_update().filter(sync_id__among=known).order_by("sync_id"))
    rows = []
    told: list[str] = []
    for record in records:
        sent, result = batch.records[record.sync_id], results[record.sync_id]
        rows.append(_receipt_row(link, record, sent, result, receipt, at))
        if result.result in ("applied", "unchanged"):
            told.extend(sent.conflicts)
    _mark_told(told)
    update_rows(Record, RECEIPT_COLUMNS, rows, key_columns=("sync_id",))
    _offer_missing([UUID(text) for result in receipt.results for text in result.missing], at)
    _settle_unsent([sync_id for sync_id, sent in batch.records.items() if sent.has_unsent])


def _receipt_row(
    link: Link, record: Record, sent: Sent, result: Result, receipt: Receipt, at: datetime
) -> tuple[Any, ...]:
    regs = read_stamps(record.regs)
    stamps = {name: (int(pm), int(la)) for name, (pm, la) in result.stamps.items()}
    answer = exchange.Answer(_known_result(result), stamps, result.digest, result.code, result.register)
    statement = exchange.Statement(receipt.epoch, receipt.statement)
    after = exchange.after_answer(
        standing_of(record), answer, statement, regs=regs, sent_force=sent.force, peer_epoch=link.peer_epoch,
        now=to_ms(at), severed=record.severed,
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
