"""What is written and answered once the product has stored a record: rows, archive entries, the receipt's line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from msgspec import UNSET

from counterpart.protocol import exchange
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.registers import (
    BLANK,
    Loss,
    Merge,
    Reg,
    edit,
    raise_shadow,
    seen_stamps,
    stamps_of,
    was_stamped,
)
from counterpart.protocol.stamps import tick
from counterpart.sync import models
from counterpart.sync.codec import (
    author_of,
    from_ms,
    held_of,
    read_stamps,
    stamps_text,
    standing_of,
    state_of,
    to_ms,
    unstamped_author,
)
from counterpart.sync.composing import conflict_row, registers_of
from counterpart.sync.conflicts import conflict_id
from counterpart.sync.handler import Handler, Outcome, Refusal, Stored, Values
from counterpart.sync.link import my_site
from counterpart.sync.messages import STATE, Arrived, Event, RecordState, Result
from counterpart.sync.models import Link, Record
from counterpart.sync.recording import BORN_COLUMNS, born_row, shadow_text

MERGED_COLUMNS = (
    "regs", "shadow", "held", "authors", "peer_addresses", "digest", "stated_digest", "stated_epoch", "stated_n",
    "known_at_peer", "numbered", "severed", "unsent_conflicts", "lane", "error_code", "error_text", "error_register",
    "error_detail", "error_at", "attempts", "next_attempt", "pending_since", "agreed_at",
    "refused_code", "refused", "force", "attempted_at",
)  # fmt: skip
"""The last two as the row came in: what a receipt has just changed of it is written with the merge of what it told."""

_BORN_DIGEST, _BORN_AUTHORS, _BORN_NEXT = (BORN_COLUMNS.index(name) for name in ("digest", "authors", "next_attempt"))
_MERGED_DIGEST, _MERGED_AUTHORS = (1 + MERGED_COLUMNS.index(name) for name in ("digest", "authors"))


@dataclass(slots=True)
class Incoming:
    """One event on its way through the merge."""

    event: Arrived
    sync_id: UUID
    state: dict[str, Reg]
    record: Record | None = None
    before: Values | None = None
    merge: Merge | None = None
    own_id: UUID | None = None
    outcome: Outcome | None = None
    _mine: dict[str, Reg] | None = None
    meets: bool = False
    """Whether the two halves of a pair meet in this state (``golive.pairing``)."""
    told: Values = field(default_factory=dict)
    """Lists of references word for word, aliases of merged records included."""
    heard: Values = field(default_factory=dict)
    """The record's ``peer_addresses`` with those aliases read as their survivors."""

    def mine(self, handler: Handler) -> dict[str, Reg]:
        """The state we hold; read once."""
        if self._mine is None:
            self._mine = state_of(handler, self.record, self.before or {}) if self.record is not None else {}
        return self._mine

    @property
    def local_id(self) -> UUID | None:
        """The local record, old or new."""
        return self.record.local_id if self.record is not None else self.own_id


@dataclass(slots=True)
class Written:
    """Rows to write at the end of a batch."""

    born: list[tuple[Any, ...]] = field(default_factory=list)
    merged: list[tuple[Any, ...]] = field(default_factory=list)
    conflicts: list[models.Conflict] = field(default_factory=list)


def conclude(link: Link, handler: Handler, arrival: Incoming, written: Written, at: datetime) -> Result:
    outcome = arrival.outcome
    if isinstance(outcome, Refusal):
        if arrival.record is not None:
            arrival.merge = Merge(arrival.mine(handler))
            row, _ = _merged_row(link, handler, arrival, arrival.merge.state, Stored(), unsent=False, at=at)
            written.merged.append(row)
        return _refused(arrival, outcome)
    assert isinstance(outcome, Stored)
    if arrival.record is None:
        return _concluded_newcomer(link, handler, arrival, outcome, written, at)
    return _concluded_merge(link, handler, arrival, outcome, written, at)


def _refused(arrival: Incoming, refusal: Refusal) -> Result:
    result = Result(
        arrival.event.subject, "refused", code=refusal.code, register=refusal.register, text=refusal.text,
        detail=dict(refusal.detail),
    )  # fmt: skip
    if arrival.record is not None:
        result.stamps = text_stamps(read_stamps(arrival.record.regs))
        result.digest = arrival.record.digest
    return result


def _concluded_newcomer(
    link: Link, handler: Handler, arrival: Incoming, outcome: Stored, written: Written, at: datetime
) -> Result:
    known = {name: reg for name, reg in arrival.state.items() if name in handler.registers}
    if outcome.refusal is not None:
        known.pop(outcome.refusal.register, None)
    state = _with_own(known, outcome.own, at)
    regs = stamps_of(state)
    shadow = raise_shadow({}, stamps_of(known), regs)
    stated = (arrival.event.data.digest, link.peer_epoch, arrival.event.statement)
    row = born_row(
        handler, arrival.sync_id, arrival.own_id, state, authors=_merged_authors({}, arrival, known, outcome.own, at),
        lane=_lane(arrival), at=at, shadow=stamps_text(shadow), stated=stated,
        peer_addresses=_newly_heard(handler, arrival), refused=_refused_here(outcome),
    )  # fmt: skip
    _learn_conflicts(arrival, written)
    digest = row[_BORN_DIGEST]
    result = Result(arrival.event.subject, "applied", stamps=text_stamps(regs), digest=digest)
    if outcome.own and outcome.refusal is None and not arrival.event.data.conflicts and _accepts(arrival):
        result.state = _told(handler, state, row[_BORN_AUTHORS], digest)
        row = (*row[:_BORN_NEXT], from_ms(to_ms(at) + exchange.ANSWER_WITHIN_MS), *row[_BORN_NEXT + 1 :])
    written.born.append(row)
    return _refusing(result, outcome)


def _concluded_merge(
    link: Link, handler: Handler, arrival: Incoming, outcome: Stored, written: Written, at: datetime
) -> Result:
    record, merge = arrival.record, arrival.merge
    assert record is not None
    assert merge is not None
    state = merge.state
    if outcome.refusal is not None:
        state = _without(state, arrival.mine(handler), outcome.refusal.register)
    state = _with_own(state, outcome.own, at)
    losses = [loss for loss in merge.losses if outcome.refusal is None or loss.register != outcome.refusal.register]
    fresh = _archive(record, arrival, losses, state, written, at)
    _learn_conflicts(arrival, written)
    row, tells = _merged_row(link, handler, arrival, state, outcome, unsent=fresh, at=at)
    written.merged.append(row)
    regs = stamps_of(state)
    digest = row[_MERGED_DIGEST]
    if arrival.before is None and not exchange.is_severed(arrival.state):
        kind = "retry"  # deleted here: our own state will tell the sender, who has nothing more to send then
    else:
        kind = "applied" if merge.advanced or outcome.own else "unchanged"
    result = Result(arrival.event.subject, kind, stamps=text_stamps(regs), digest=digest)
    if tells:
        result.state = _told(handler, state, row[_MERGED_AUTHORS], digest)
    return _refusing(result, outcome)


def _accepts(arrival: Incoming) -> bool:
    """Whether the sender takes a state with the receipt. While the halves of a pair meet each says its own."""
    event = arrival.event
    return isinstance(event, Event) and event.accepts == STATE and event.data.pairing is UNSET and not arrival.meets


def _told(handler: Handler, state: Mapping[str, Reg], authors: Mapping[str, list[Any]], digest: str) -> RecordState:
    """The whole state, for the receipt (``exchange.after_telling``)."""
    return RecordState(handler.kind, digest, registers_of(state), {n: tuple(row) for n, row in authors.items()}, [])


def _refusing(result: Result, outcome: Stored) -> Result:
    """The result of a record of which one register was not stored."""
    if outcome.refusal is not None:
        refusal = outcome.refusal
        result.result, result.code, result.register = "refused", refusal.code, refusal.register
        result.text, result.detail = refusal.text, dict(refusal.detail)
    return result


def _merged_row(
    link: Link,
    handler: Handler,
    arrival: Incoming,
    state: dict[str, Reg],
    outcome: Stored,
    *,
    unsent: bool,
    at: datetime,
) -> tuple[tuple[Any, ...], bool]:
    """The row for MERGED_COLUMNS, and whether the receipt tells the state."""
    record, merge = arrival.record, arrival.merge
    assert record is not None
    assert merge is not None
    regs, severed, held = stamps_of(state), exchange.is_severed(state), held_of(handler, state)
    refused = outcome.refusal.register if outcome.refusal else None
    taken = [name for name in merge.changed if name != refused]
    after = exchange.after_state(
        standing_of(record), _statement(link, arrival), arrival.event.data.digest, regs=regs,
        stated={} if isinstance(arrival.outcome, Refusal) else stamps_of(arrival.state), peer_epoch=link.peer_epoch,
        advanced=bool(taken),
        request_open=exchange.request_is_open(state.get("requested_number"), state.get("number")),
    )  # fmt: skip
    unsent = unsent or record.unsent_conflicts
    telling = None
    if not (unsent or severed or outcome.refusal) and arrival.before is not None and _accepts(arrival):
        telling = exchange.after_telling(
            after, _statement(link, arrival), regs=regs, stated=stamps_of(arrival.state), now=to_ms(at)
        )
    after = telling or after
    regs_text = stamps_text(regs)
    shadow = shadow_text(record, state, after.shadow)
    digest = state_digest(handler.registers, state)
    error: tuple[Any, ...] = ("", "", {}, None)
    if after.error_code == record.error_code:
        error = (record.error_text, record.error_register, record.error_detail, record.error_at)
    agreed = after.stated_digest == digest
    settled = agreed and regs_text == shadow and not unsent and not record.force
    row = (
        record.sync_id, regs_text, shadow, held, _merged_authors(record.authors, arrival, taken, outcome.own, at),
        {**record.peer_addresses, **_newly_heard(handler, arrival)}, digest, after.stated_digest,
        after.stated_epoch, after.stated_n, True, _is_numbered(state), severed, unsent,
        _lane(arrival) if record.pending_since is None else record.lane, after.error_code, *error, after.attempts,
        from_ms(after.next_attempt) if after.next_attempt else None, None if settled else record.pending_since or at,
        at if agreed else record.agreed_at, *_refused_here(arrival.outcome), record.force, record.attempted_at,
    )  # fmt: skip
    return row, telling is not None


def _refused_here(outcome: Outcome | None) -> tuple[str, dict[str, Any]]:
    """What we did not take over, for the record's own page here: somebody at the peer has to decide."""
    refusal = outcome.refusal if isinstance(outcome, Stored) else outcome
    if refusal is None:
        return "", {}
    return refusal.code, {"text": refusal.text, "register": refusal.register, "detail": dict(refusal.detail)}


def _is_numbered(state: Mapping[str, Reg]) -> bool:
    return "number" in state and state["number"].value is not None


def _lane(arrival: Incoming) -> int:
    """The answer to a record that came in a bulk load goes out in one, too."""
    return min(max(arrival.event.lane, 0), 2)


def _statement(link: Link, arrival: Incoming) -> exchange.Statement:
    return exchange.Statement(link.peer_epoch, arrival.event.statement)


def _with_own(state: dict[str, Reg], own: Values, at: datetime) -> dict[str, Reg]:
    """Add what this site decided itself (a number): a local edit on top of the merge."""
    changed = {name: value for name, value in own.items() if state.get(name, BLANK).value != value}
    if not changed:
        return state
    site = my_site()
    return edit(state, site, tick(site, to_ms(at), *seen_stamps(state, state)), changed)


def _without(state: dict[str, Reg], mine: Mapping[str, Reg], register: str) -> dict[str, Reg]:
    """Leave a refused register as we held it: the peer stays dirty for it and shows the reason."""
    rest = {name: reg for name, reg in state.items() if name != register}
    return {**rest, register: mine[register]} if register in mine else rest


def _merged_authors(
    held: Mapping[str, list[Any]], arrival: Incoming, taken: Iterable[str], own: Values, at: datetime
) -> dict[str, list[Any]]:
    theirs = {name: list(row) for name, row in arrival.event.data.authors.items()}
    authors = {**held, **{name: author_of(theirs, name) for name in taken}} if held else theirs
    ourselves = [settings.COUNTERPART_PRODUCT_NAME, "", to_ms(at)]  # a number was the product's decision, nobody's
    return {**authors, **dict.fromkeys(own, ourselves)}


def _newly_heard(handler: Handler, arrival: Incoming) -> dict[str, Any]:
    """``_as_heard`` of a state that was taken over; of a severed record only the presences travel."""
    if isinstance(arrival.outcome, Refusal) or exchange.is_severed(arrival.state):
        return {}
    may_differ = _as_heard(handler, arrival.state)
    return may_differ | {name: value for name, value in arrival.told.items() if name in may_differ}


def _as_heard(handler: Handler, state: Mapping[str, Reg]) -> dict[str, Any]:
    """The peer's present values of what may differ here without an edit: *create only* registers, and references that
    only the peer writes. A missing one is empty there.
    """
    site = my_site()
    may_differ = [
        name
        for name, rule in handler.registers.items()
        if rule.create_only or (rule.refers_to and site not in rule.writers)
    ]
    return {name: state[name].value if name in state else None for name in may_differ}


def _archive(
    record: Record, arrival: Incoming, losses: Sequence[Loss], state: Mapping[str, Reg], written: Written, at: datetime
) -> bool:
    theirs = {name: list(row) for name, row in arrival.event.data.authors.items()}
    for loss in losses:
        ours_lost = (loss.losing_stamp & 1) == my_site()
        mine_row, their_row = author_of(record.authors, loss.register), author_of(theirs, loss.register)
        if not was_stamped(loss):
            mine_row = record.authors.get(unstamped_author(loss.register), ["", "", 0])
        identity = conflict_id(record.sync_id, loss.register, loss.losing_stamp, loss.winning_stamp)
        losing, winning = (mine_row, their_row) if ours_lost else (their_row, mine_row)
        row = models.Conflict(
            id=identity, sync_id=record.sync_id, kind=record.kind, register=loss.register, losing_value=loss.value,
            losing_stamp=loss.losing_stamp, losing_author=losing, winning_value=state[loss.register].value,
            winning_stamp=loss.winning_stamp, winning_author=winning, at=at,
        )  # fmt: skip
        written.conflicts.append(row)
    return bool(losses)


def _learn_conflicts(arrival: Incoming, written: Written) -> None:
    """Take over the peer's archive entries; a resolution there closes ours. Of two different ones the later in the
    alphabet stands on both sites (*used* beats *kept*: an edit was made).
    """
    for state in arrival.event.data.conflicts:
        stamps = int(state.losing_stamp), int(state.winning_stamp)
        identity = conflict_id(arrival.sync_id, state.register, *stamps)
        row = conflict_row(arrival.sync_id, arrival.event.data.kind, identity, state)
        written.conflicts.append(row)
        known = models.Conflict.objects.filter(id=identity)
        known.filter(resolution__lt=state.resolution).update(
            resolution=row.resolution, resolved_by=row.resolved_by, resolved_at=row.resolved_at
        )
        known.filter(resolution=state.resolution).update(known_at_peer=True)  # ours may be further than what he knows


def text_stamps(stamps: Mapping[str, tuple[int, int]]) -> dict[str, tuple[str, str]]:
    return {name: (str(pm), str(la)) for name, (pm, la) in stamps.items()}
