"""Merging a batch of the peer's states into ours: the receiver's half of the exchange (sync-protocol section 6).

Whole batches, set-based: the rows are locked and read at once, merged by the pure core, given to the product's
handler in two calls (new records, changed records) and written at once. If one record makes that fail, the batch is
done again record by record, so that it fails alone (section 10, property L3).
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from counterpart.foundation import history
from counterpart.foundation.bulk import insert_rows, update_rows
from counterpart.foundation.ids import new_id
from counterpart.foundation.reading import objects_of
from counterpart.protocol import exchange
from counterpart.protocol.dependencies import references
from counterpart.protocol.gate import is_newer_statement
from counterpart.protocol.registers import (
    UNSTAMPED,
    Merge,
    Reg,
    forged,
    merge_state,
)
from counterpart.protocol.stamps import Site
from counterpart.sync import absorbing, models
from counterpart.sync.codec import (
    presence_register,
    read_stamps,
    state_of,
    to_ms,
)
from counterpart.sync.composing import reg_of
from counterpart.sync.concluding import MERGED_COLUMNS, Incoming, Written, conclude, text_stamps
from counterpart.sync.dependencies import absent, refers
from counterpart.sync.golive import guarding, pairing
from counterpart.sync.handler import Amendment, Author, Closure, Handler, Newcomer, Outcome, Refusal, Stored, Values
from counterpart.sync.link import my_site
from counterpart.sync.messages import Arrived, Result
from counterpart.sync.models import Link, Record
from counterpart.sync.recording import BORN_COLUMNS
from counterpart.sync.registry import handler_for, has_handler

logger = logging.getLogger("counterpart.sync")

NOBODY = Author("", "", 0)
NO_ROWS: Mapping[UUID, Record] = {}


def merge_events(
    link: Link, events: Sequence[Arrived], at: datetime, rows: Mapping[UUID, Record] = NO_ROWS
) -> list[Result]:
    """Merge the events of one batch inside the caller's transaction and say what became of each.

    ``rows``: the records, where the caller holds them locked already.

    An error that only some records cause makes those ``retry``; the others are merged. History is written once for
    all, last: who waits for a record must never hold the chain (it is the last lock of every operation).
    """
    entries: list[history.NewEvent] = []
    by_kind: dict[str, list[Arrived]] = defaultdict(list)
    for event in events:
        by_kind[event.data.kind].append(event)
    results: dict[str, Result] = {}
    # What others refer to first, so that one batch may bring both.
    for kind in sorted(by_kind, key=lambda kind: has_handler(kind) and refers(handler_for(kind))):
        members = by_kind[kind]
        if has_handler(kind):
            merged = _merge_kind(link, handler_for(kind), members, entries, at, rows)
        else:
            text = f"{kind} is not known here."
            merged = [Result(event.subject, "refused", code="unsupported", text=text) for event in members]
        results.update((result.id, result) for result in merged)
    history.record(entries)
    return [results[event.subject] for event in events]


def _merge_kind(
    link: Link,
    handler: Handler,
    events: Sequence[Arrived],
    entries: list[history.NewEvent],
    at: datetime,
    rows: Mapping[UUID, Record],
) -> list[Result]:
    try:
        with transaction.atomic(), history.collected() as noted:
            arrivals = _load(handler, events, at, rows)
            pairing.adopt(handler, arrivals, at)
            guarding.judge(link, handler, arrivals, at)
            pairing.meet(arrivals)
            results = _merge_together(link, handler, arrivals, at)
    except Exception:
        if len(events) == 1:
            logger.exception("merge failed", extra={"sync_id": events[0].subject})
            return [_unmerged(link, events[0], at)]
        return [result for event in events for result in _merge_kind(link, handler, [event], entries, at, rows)]
    messages = {arrival.local_id: arrival.event.id[:100] for arrival in arrivals}
    entries.extend(history.with_message(entry, messages.get(entry.object_id, "")) for entry in noted)
    return results


def _unmerged(link: Link, event: Arrived, at: datetime) -> Result:
    text = "The other product could not store this record because of a fault of its own."
    return _with_what_we_hold(link, event, Result(event.subject, "retry", code="exception", text=text), at)


def _with_what_we_hold(link: Link, event: Arrived, result: Result, at: datetime) -> Result:
    """The result for a record that was not stored. That the peer holds something else is remembered all the same:
    without that we would go on showing green for what it held before (property S7).
    """
    if not _is_uuid(event.subject):
        return result
    record = Record.objects.select_for_update().filter(sync_id=event.subject).first()
    if record is None:
        return result
    result.stamps, result.digest = text_stamps(read_stamps(record.regs)), record.digest
    if is_newer_statement(record.stated_epoch, record.stated_n, link.peer_epoch, event.statement, link.peer_epoch):
        record.stated_digest, record.stated_epoch, record.stated_n = event.data.digest, link.peer_epoch, event.statement
        record.pending_since = record.pending_since or at
        record.save(update_fields=["stated_digest", "stated_epoch", "stated_n", "pending_since"])
    return result


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _merge_together(link: Link, handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> list[Result]:
    site = my_site()
    for arrival in arrivals:
        arrival.outcome = arrival.outcome or _examine(handler, arrival, site)
    postponed = _postponed(link, handler, arrivals, at) if refers(handler) else {}
    if absorbing.merges(handler):
        postponed |= _too_early(link, handler, arrivals, at)
    everything, arrivals = arrivals, [arrival for arrival in arrivals if arrival.sync_id not in postponed]
    _admit(handler, [a for a in arrivals if a.record is None and a.outcome is None], at)
    _amend(handler, [a for a in arrivals if a.record is not None and a.outcome is None], at)
    _follow(handler, arrivals, at)
    written = Written()
    results = postponed | {a.sync_id: conclude(link, handler, a, written, at) for a in arrivals}
    insert_rows(Record, BORN_COLUMNS, written.born)
    update_rows(Record, MERGED_COLUMNS, written.merged, key_columns=("sync_id",))
    models.Conflict.objects.bulk_create(written.conflicts, ignore_conflicts=True)
    if disowned := [a.sync_id for a in arrivals if a.merge is not None and a.merge.disowned]:
        Record.objects.filter(sync_id__in=disowned).update(
            force=Greatest(F("force") + 1, to_ms(at)), pending_since=Coalesce("pending_since", Value(at))
        )
    if absorbing.merges(handler):
        absorbing.act(handler, arrivals, results, at)
    return [results[arrival.sync_id] for arrival in everything]


def _postponed(link: Link, handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> dict[UUID, Result]:
    """The results of those that refer to records this site does not have: not applied, in part or at all (S8)."""
    wanted, site = {}, my_site()
    for arrival in arrivals:
        if arrival.outcome is None:
            wanted[arrival.sync_id] = list(references(handler.registers, arrival.mine(handler), arrival.state, site))
    lacking = absent(wanted)
    text = "Something it refers to is not here yet."
    return {
        a.sync_id: _with_what_we_hold(
            link, a.event, Result(a.event.subject, "dependency_missing", text=text, missing=lacking[a.sync_id]), at
        )
        for a in arrivals
        if a.sync_id in lacking
    }


def _too_early(link: Link, handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> dict[UUID, Result]:
    """The results of those that the peer has merged into a record which is not here: that one goes first."""
    text = "The record it was merged into is not here yet."
    missing = absorbing.without_survivor(handler, arrivals)
    return {
        a.sync_id: _with_what_we_hold(
            link,
            a.event,
            Result(a.event.subject, "retry", code="no_survivor", text=text, missing=[missing[a.sync_id]]),
            at,
        )
        for a in arrivals
        if a.sync_id in missing
    }


def _follow(handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> None:
    """Tell the product which of its records were closed or reopened at the peer; what follows says so in turn."""
    theirs, ours = presence_register(my_site().peer), presence_register(my_site())
    closures: dict[UUID, Closure] = {}
    for arrival in arrivals:
        presence = arrival.merge.changed.get(theirs) if arrival.merge is not None else None
        if presence in ("active", "archived") and arrival.before is not None and isinstance(arrival.outcome, Stored):
            assert arrival.record is not None and arrival.record.local_id is not None  # noqa: PT018
            # Of a closing and a reopening that cross both sides follow the later: neither follows what is older than
            # what it decided itself.
            if arrival.state[theirs].newest > max(read_stamps(arrival.record.regs).get(ours, UNSTAMPED)):
                closure = Closure(arrival.record.local_id, presence, _authors(arrival)[theirs])
                closures[arrival.sync_id] = closure
    followed = handler.follow(list(closures.values()), at) if closures else set()
    for arrival in arrivals:
        told = closures.get(arrival.sync_id)
        if told is not None and told.local_id in followed:
            assert isinstance(arrival.outcome, Stored)
            arrival.outcome = replace(arrival.outcome, own={**arrival.outcome.own, ours: told.presence})


def _load(handler: Handler, events: Sequence[Arrived], at: datetime, rows: Mapping[UUID, Record]) -> list[Incoming]:
    """Lock and read what we hold of these records, in one order whoever sends them.

    A value without a stamp has no author: it counts only where the contract has it copied once (section 18).
    """
    if absorbing.merges(handler):
        absorbing.let_part(handler, events, at)
    arrivals = [Incoming(e, UUID(e.subject), _authored(handler, e)) for e in events]
    records = rows or _locked(arrivals)
    for arrival in arrivals:
        arrival.record = records.get(arrival.sync_id)
    held = [arrival.record.local_id for arrival in arrivals if arrival.record is not None]
    values = handler.read([local_id for local_id in held if local_id is not None])
    for arrival in arrivals:
        if arrival.record is not None and arrival.record.local_id is not None:
            arrival.before = values.get(arrival.record.local_id)
    if refers(handler):
        absorbing.real_lists(handler, arrivals)
    _let_return(handler, arrivals)
    return arrivals


def _locked(arrivals: Sequence[Incoming]) -> dict[UUID, Record]:
    ids = [arrival.sync_id for arrival in arrivals]
    rows = Record.objects.select_for_update().filter(sync_id__among=ids).order_by("sync_id")
    return {record.sync_id: record for record in objects_of(rows)}


def _let_return(handler: Handler, arrivals: Sequence[Incoming]) -> None:
    """A record that was deleted at the peer before it ever came here, and restored there since, is a new one here: the
    tombstone, which kept late messages from creating it, gives way.
    """
    returned = []
    for arrival in arrivals:
        if arrival.record is None or arrival.record.local_id is not None:
            continue
        mine = state_of(handler, arrival.record, {})
        taken = exchange.incoming(mine, arrival.state)
        if not exchange.is_severed(taken) and not exchange.is_severed(
            merge_state(handler.registers, mine, taken, my_site()).state
        ):
            returned.append(arrival.sync_id)
            arrival.record = None
    if returned:
        Record.objects.filter(sync_id__in=returned).delete()


def _authored(handler: Handler, event: Arrived) -> dict[str, Reg]:
    state = {name: reg_of(register) for name, register in event.data.registers.items()}
    rules = handler.registers
    return {name: reg for name, reg in state.items() if reg.pm or reg.la or (name in rules and rules[name].create_only)}


def _examine(handler: Handler, arrival: Incoming, site: Site) -> Outcome | None:
    """Check authority and representation before anything is written (section 18); merge what we hold.

    Returns an outcome where the handler need not be asked.
    """
    mine = arrival.mine(handler)
    if register := forged(handler.registers, mine, arrival.state, site):
        text = f"{register} was not written by a side that may write it."
        return Refusal("authority", text, register)
    if arrival.record is None:
        if exchange.is_severed(arrival.state):
            return Stored()  # a tombstone: nothing to create, and nothing late may create it
        return handler.check({n: r.value for n, r in arrival.state.items() if n in handler.registers})
    arrival.state = exchange.incoming(mine, arrival.state)
    if arrival.before is None:
        arrival.merge = merge_state(handler.registers, mine, arrival.state, site)
        return Stored()
    heard = arrival.heard or arrival.record.peer_addresses
    arrival.merge = merge_state(handler.registers, mine, arrival.state, site, heard)
    if arrival.meets:
        pairing.fill_blanks(handler, arrival)
    if refusal := handler.check(arrival.merge.changed):
        return refusal
    return None if _asks_handler(arrival.merge) else Stored()


def _asks_handler(merge: Merge) -> bool:
    """Whether the product has anything to store: what is always told is the engine's alone."""
    return any(name not in exchange.ALWAYS_TOLD for name in merge.changed)


def _admit(handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> None:
    if not arrivals:
        return
    newcomers = []
    for arrival in arrivals:
        arrival.own_id = new_id()
        values = {name: reg.value for name, reg in arrival.state.items() if name in handler.registers}
        authors = _authors(arrival)
        newcomers.append(Newcomer(arrival.sync_id, arrival.own_id, values, authors, _creator(arrival, authors)))
    outcomes = handler.admit(newcomers, at)
    for arrival in arrivals:
        arrival.outcome = outcomes[arrival.sync_id]


def _amend(handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> None:
    """Have the product write what changed. What several people changed is written one author after the other, so that
    history names each for what he did (property S13); nearly always there is one.
    """
    waiting = [(arrival, _by_author(arrival)) for arrival in arrivals]
    while waiting:
        outcomes = handler.amend([amendments[0] for _, amendments in waiting], at)
        for arrival, _ in waiting:
            arrival.outcome = _together(arrival.outcome, outcomes[arrival.sync_id])
        waiting = [(arrival, amendments[1:]) for arrival, amendments in waiting if len(amendments) > 1]


def _together(earlier: Outcome | None, later: Outcome) -> Outcome:
    if earlier is None:
        return later
    assert isinstance(earlier, Stored), "a record is applied whole or not at all"
    assert isinstance(later, Stored), "a record is applied whole or not at all"
    return Stored({**earlier.own, **later.own}, later.refusal or earlier.refusal)


def _by_author(arrival: Incoming) -> list[Amendment]:
    """The changes of a record as one amendment per person, in the order in which they were made."""
    assert arrival.record is not None and arrival.record.local_id is not None  # noqa: PT018
    assert arrival.before is not None and arrival.merge is not None  # noqa: PT018
    authors = _authors(arrival)
    shares: dict[tuple[str, str], Values] = {}
    made: dict[tuple[str, str], Author] = {}
    for name, value in arrival.merge.changed.items():
        if name not in exchange.ALWAYS_TOLD:
            person = (authors[name].name, authors[name].email)
            shares.setdefault(person, {})[name] = value
            made[person] = max(made.get(person, authors[name]), authors[name], key=lambda a: a.at_ms)
    before = {**arrival.record.held, **arrival.before}
    amendments = []
    for person, changed in sorted(shares.items(), key=lambda share: made[share[0]].at_ms):
        amendments.append(Amendment(arrival.sync_id, arrival.record.local_id, before, changed, authors, made[person]))
        before = {**before, **changed}
    return amendments


def _authors(arrival: Incoming) -> dict[str, Author]:
    people = {name: Author(*row) for name, row in arrival.event.data.authors.items()}
    everybody = people.get("", NOBODY)
    return {name: people.get(name, everybody) for name in arrival.state}


def _creator(arrival: Incoming, authors: Mapping[str, Author]) -> Author:
    """Who made the record at its origin: the one named for all registers nobody changed since."""
    if made := arrival.event.data.authors.get(""):
        return Author(*made)
    return min(authors.values(), key=lambda a: a.at_ms, default=Author("", "", 0))
