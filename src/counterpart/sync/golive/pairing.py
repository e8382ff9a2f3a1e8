"""The two halves of a pair: one identity written on both sites, and what neither has ever stamped made mergeable.

Legal Accounting writes its half and sends it like any other state; the state names the record it is at the peer, and
that site adopts it instead of creating a new one. From then on it is an ordinary record of the exchange, so retries,
receipts, conflicts and colours are those of every other. Sent again, adopted again: nothing happens twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.ids import new_id
from counterpart.protocol.numbers import number_key
from counterpart.protocol.registers import Reg
from counterpart.protocol.stamps import Site, tick
from counterpart.sync import models
from counterpart.sync.codec import author_row, from_ms, to_ms
from counterpart.sync.concluding import Incoming
from counterpart.sync.conflicts import conflict_id
from counterpart.sync.dependencies import note_needs
from counterpart.sync.golive.handler import MatchingHandler
from counterpart.sync.golive.tables import Candidate, Pair
from counterpart.sync.handler import Handler, Refusal, Values
from counterpart.sync.link import my_site
from counterpart.sync.messages import Pairing
from counterpart.sync.models import Record
from counterpart.sync.recording import BORN_COLUMNS, Lane, born_row

ACTOR: Final = "Go-live"
LEFT_TO_LA: Final = "scheme"
"""Both write it, but once there is a number Legal Accounting alone decides (section 2)."""
REQUEST: Final = "requested_number"
NUMBER: Final = "number"


@dataclass(frozen=True, slots=True)
class Half:
    """A record here, the one at the peer that it is, and the identity both shall have."""

    sync_id: UUID
    local_id: UUID
    peer_id: UUID


def system() -> Actor:
    """Who writes what a go-live writes."""
    return Actor.system(ACTOR)


def as_if_stamped(
    handler: Handler, values: Values, stands: str, approved: datetime, modified: datetime | None
) -> dict[str, Reg]:
    """The state of a record that nobody stamped: each value gets a stamp of this site that lets the firm's choice win.

    A blank gets none and loses to any value. Addresses keep to themselves (section 2).
    """
    site = my_site()
    if stands == "later" and modified is not None:
        moment = min(to_ms(modified), to_ms(approved))
    else:
        moment = to_ms(approved) + (stands == site.code)
    stamp = tick(site, moment)
    state = {}
    for name, value in values.items():
        rule = handler.registers.get(name)
        if value is None or rule is None or name == REQUEST:
            continue
        if rule.create_only:
            state[name] = Reg(value)
        elif site in rule.writers and not (name == LEFT_TO_LA and site is Site.PM):
            state[name] = Reg(value, stamp, 0) if site is Site.PM else Reg(value, 0, stamp)
    return state


def write_halves(
    handler: MatchingHandler, halves: Sequence[Half], *, stands: str, approved: datetime, at: datetime
) -> dict[UUID, Record]:
    """Give records here the identity they share with the peer's, to be sent in the lane of bulk loads; by sync id.

    Those that are gone, or have been exchanged under another identity, are left out.
    """
    ids = [half.local_id for half in halves]
    values, modified = handler.read(ids), handler.modified(ids)
    given = Record.objects.select_for_update().filter(kind=handler.kind, local_id__in=ids).order_by("sync_id")
    former = {record.local_id: record for record in given}
    author = {"": author_row(system(), at)}
    rows, needs, written = [], {}, []
    for half in halves:
        held = former.get(half.local_id)
        if half.local_id not in values or (held is not None and not _was_never_taken(held)):
            continue
        own = values[half.local_id]
        state = as_if_stamped(handler, own, stands, approved, modified.get(half.local_id))
        row = born_row(
            handler, half.sync_id, half.local_id, state, authors=author, lane=Lane.BULK, at=at,
            peer_addresses=_not_ours(handler),
        )  # fmt: skip
        rows.append(row)
        needs[half.sync_id] = own
        written.append(half)
    stale = [former[half.local_id].pk for half in written if half.local_id in former]
    if stale:
        Record.objects.filter(pk__in=stale).delete()
    insert_rows(Record, BORN_COLUMNS, rows)
    note_needs(handler, needs)
    handler.paired([half.local_id for half in written], actor=system(), at=at)
    found = Record.objects.select_for_update().filter(sync_id__in=[half.sync_id for half in written])
    return {record.sync_id: record for record in found.order_by("sync_id")}


def _was_never_taken(record: Record) -> bool:
    """Refused as a whole at the peer, so that its identity means nothing there; that of one on its way may."""
    return not record.known_at_peer and bool(record.error_code)


def _not_ours(handler: Handler) -> dict[str, Any]:
    """References that only the peer writes: what stands here instead goes to the archive when its list arrives."""
    return {n: None for n, rule in handler.registers.items() if rule.refers_to and my_site() not in rule.writers}


def pair(
    handler: MatchingHandler, wanted: Iterable[tuple[UUID | None, UUID, UUID]], *, stands: str, at: datetime
) -> set[UUID]:
    """Pair records here with the peer's: (identity if it has one, id here, id there). Returns the ids here."""
    halves = [Half(sync_id or new_id(), local_id, peer_id) for sync_id, local_id, peer_id in wanted]
    written = write_halves(handler, halves, stands=stands, approved=at, at=at)
    done = [half for half in halves if half.sync_id in written]
    Pair.objects.filter(kind=handler.kind, peer_id__in=[half.peer_id for half in done]).delete()
    columns = ("sync_id", "kind", "local_id", "peer_id", "stands", "at")
    insert_rows(Pair, columns, [(h.sync_id, handler.kind, h.local_id, h.peer_id, stands, at) for h in done])
    return {half.local_id for half in done}


# ---------------------------------------------------------------------- the other half


def adopt(handler: Handler, arrivals: Sequence[Incoming], at: datetime) -> None:
    """Take states that name a record of ours for that record's: it becomes the other half. Those that can't be are
    refused with the reason.
    """
    wanted = {UUID(a.event.data.pairing.id): a for a in arrivals if a.record is None and a.event.data.pairing}
    if not wanted or not hasattr(handler, "match_keys"):
        return
    able: MatchingHandler = handler  # type: ignore[assignment]  # it has what the protocol asks for
    free = _adoptable(able, wanted)
    values = able.read(list(free))
    asked = {local_id: _asked(values[local_id]) for local_id in free}
    by_terms: dict[tuple[str, int], list[Half]] = {}
    for local_id, arrival in free.items():
        pairing = arrival.event.data.pairing
        assert isinstance(pairing, Pairing)
        half = Half(arrival.sync_id, local_id, local_id)
        by_terms.setdefault((pairing.stands, pairing.at), []).append(half)
    for (stands, approved), halves in by_terms.items():
        written = write_halves(able, halves, stands=stands, approved=from_ms(approved), at=at)
        for half in halves:
            arrival = free[half.local_id]
            arrival.record, arrival.before, arrival.meets = written[half.sync_id], values[half.local_id], True
            _keep_number(arrival, asked[half.local_id], at)


def _adoptable(handler: MatchingHandler, wanted: Mapping[UUID, Incoming]) -> dict[UUID, Incoming]:
    values = handler.read(list(wanted))
    rows = Record.objects.filter(kind=handler.kind, local_id__in=list(wanted))
    elsewhere = {record.local_id for record in rows if not _was_never_taken(record)}
    needed = [name for name, rule in handler.registers.items() if rule.refers_to and my_site() in rule.writers]
    name = settings.COUNTERPART_PRODUCT_NAME
    free = {}
    for local_id, arrival in wanted.items():
        if local_id not in values:
            arrival.outcome = Refusal("pair_gone", f"The record it was paired with is gone from {name}.")
        elif local_id in elsewhere:
            text = f"The record it was paired with already belongs to another one in {name}."
            arrival.outcome = Refusal("already_paired", text)
        elif any(not values[local_id].get(register) for register in needed):
            text = "One of its clients has no counterpart yet. Pair or include that client first."
            arrival.outcome = Refusal("client_not_paired", text)
        else:
            free[local_id] = arrival
    return free


def _asked(values: Values) -> str:
    """The number the record had here, or asked for."""
    return str((values.get(REQUEST) or {}).get("number") or values.get(NUMBER) or "")


def _keep_number(arrival: Incoming, asked: str, at: datetime) -> None:
    """A number typed here that gives way to the one Legal Accounting has goes to the archive: nothing is lost."""
    theirs = arrival.state.get(NUMBER)
    if not asked or theirs is None or not theirs.value or number_key(asked) == number_key(theirs.value):
        return
    record = arrival.record
    assert record is not None
    losing = tick(my_site(), to_ms(at))
    author = arrival.event.data.authors.get("") or ("", "", 0)
    models.Conflict.objects.bulk_create(
        [
            models.Conflict(
                id=conflict_id(record.sync_id, NUMBER, losing, theirs.newest), sync_id=record.sync_id, kind=record.kind,
                register=NUMBER, losing_value=asked, losing_stamp=losing, losing_author=author_row(system(), at),
                winning_value=theirs.value, winning_stamp=theirs.newest, winning_author=list(author), at=at,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    Record.objects.filter(pk=record.pk).update(unsent_conflicts=True)
    record.unsent_conflicts = True


def meet(arrivals: Sequence[Incoming]) -> None:
    """The peer's half of pairs we have written arrives for the first time: the pair need not be told any more."""
    waiting = [arrival.sync_id for arrival in arrivals if arrival.record is not None]
    met = set(Pair.objects.filter(sync_id__in=waiting).values_list("sync_id", flat=True)) if waiting else set()
    for arrival in arrivals:
        arrival.meets = arrival.meets or arrival.sync_id in met
    if met:
        Pair.objects.filter(sync_id__in=met).delete()


def fill_blanks(handler: Handler, arrival: Incoming) -> None:
    """Where two halves meet, an address that one of them lacks is the other's; two different ones stay apart."""
    merge, before = arrival.merge, arrival.before
    assert merge is not None
    for name, rule in handler.registers.items():
        theirs = arrival.state.get(name)
        if not rule.create_only or theirs is None or theirs.value is None or theirs.newest:
            continue
        if before is not None and before.get(name) is None and name not in merge.changed:
            merge.state[name] = Reg(theirs.value)
            merge.changed[name] = theirs.value


def forget(sync_ids: Iterable[UUID]) -> None:
    """Take back halves that the peer could not adopt: the records are gray again, and a person decides about them."""
    ids = list(sync_ids)
    rows = list(Pair.objects.filter(sync_id__in=ids))
    Record.objects.filter(sync_id__in=[row.sync_id for row in rows], known_at_peer=False).delete()
    Pair.objects.filter(sync_id__in=ids).delete()
    for row in rows:
        theirs = Candidate.objects.filter(kind=row.kind, mine=False, local_id=row.peer_id)
        rivals = [str(row.local_id)]
        theirs.update(result="review", reason="paired_elsewhere", partner=None, rivals=rivals, done=False)
        mine = Candidate.objects.filter(kind=row.kind, mine=True, local_id=row.local_id)
        mine.update(result="review", reason="", partner=None, done=False)
