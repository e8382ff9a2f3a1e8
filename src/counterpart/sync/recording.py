"""What products report: a record was born, saved, closed, deleted, or shall be synchronised now.

Every function runs inside the product's own transaction, so a record and its stamps change together or not at all
(sync-protocol section 3, property S4).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows, update_rows
from counterpart.foundation.errors import Blocked
from counterpart.foundation.ids import new_id
from counterpart.protocol import exchange
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.colour import Mode
from counterpart.protocol.registers import Reg, Stamps, edit, raise_shadow, seen_stamps, stamps_of
from counterpart.protocol.stamps import Site, tick
from counterpart.sync.codec import (
    author_row,
    held_of,
    presence_register,
    read_stamps,
    stamps_text,
    state_of,
    to_ms,
    unstamped_author,
    with_authors,
)
from counterpart.sync.dependencies import begins_here, note_needs, referring, referring_records
from counterpart.sync.golive.holding import held_back
from counterpart.sync.handler import Handler, Values
from counterpart.sync.link import get_link, my_site
from counterpart.sync.models import Record
from counterpart.sync.registry import handler_for
from counterpart.sync.wake import wake_on_commit


class Lane(IntEnum):
    """Who goes first when there is more to send than one batch holds (section 6)."""

    INTERACTIVE = 0
    RETRY = 1
    BULK = 2


BORN_COLUMNS = (
    "sync_id", "kind", "local_id", "regs", "shadow", "held", "authors", "peer_addresses", "digest", "stated_digest",
    "stated_epoch", "stated_n", "known_at_peer", "numbered", "severed", "unsent_conflicts", "force", "lane",
    "error_code", "error_text", "error_register", "error_detail", "error_at", "attempts", "next_attempt",
    "pending_since", "attempted_at", "agreed_at", "refused_code", "refused",
)  # fmt: skip
EDITED_COLUMNS = (
    "regs", "shadow", "held", "authors", "digest", "numbered", "severed", "force", "lane", "error_code", "error_text",
    "error_register", "error_detail", "error_at", "attempts", "next_attempt", "pending_since",
)  # fmt: skip


def lock(kind: str, local_ids: Iterable[UUID]) -> None:
    """Lock the sync rows of records about to be edited: first statement of the transaction, always in one order.

    A message of the peer that merges into the same record waits, or the edit waits for it; neither overwrites the
    other. Records without a sync row need no lock.
    """
    rows = Record.objects.select_for_update().filter(kind=kind, local_id__in=list(local_ids)).order_by("sync_id")
    list(rows.values_list("sync_id"))


def born(
    *,
    kind: str,
    items: Sequence[tuple[UUID, Values]],
    actor: Actor,
    at: datetime,
    lane: Lane = Lane.INTERACTIVE,
    share_addresses: bool = False,
    ignore_conflicts: bool = False,
) -> None:
    """Give new records their sync identity and stamps (CON-1). Without a pairing they stay gray.

    ``items``: (local id, register values). Registers without a value are not stamped; neither are addresses unless
    the firm shares them (section 2). ``ignore_conflicts``: a record that got its identity meanwhile keeps that one.
    """
    if not items or not _is_paired():
        return
    handler = handler_for(kind)
    stamp = tick(my_site(), to_ms(at))
    author = {"": author_row(actor, at)}
    rows, needs = [], {}
    for local_id, values in items:
        state = _newborn(handler, values, stamp, share_addresses=share_addresses)
        sync_id = new_id()
        rows.append(born_row(handler, sync_id, local_id, state, authors=author, lane=lane, at=at))
        needs[sync_id] = values
    insert_rows(Record, BORN_COLUMNS, rows, ignore_conflicts=ignore_conflicts)
    note_needs(handler, needs)
    wake_on_commit()


def born_row(
    handler: Handler,
    sync_id: UUID,
    local_id: UUID | None,
    state: Mapping[str, Reg],
    *,
    authors: Mapping[str, list[Any]],
    lane: int,
    at: datetime,
    shadow: str = "{}",
    stated: tuple[str, str, int] = ("", "", 0),
    peer_addresses: Mapping[str, Any] | None = None,
    refused: tuple[str, dict[str, Any]] = ("", {}),
) -> tuple[Any, ...]:
    """A row for BORN_COLUMNS; with ``shadow`` and ``stated`` it is a record that arrived from the peer.

    One that arrived, and to which this site adds nothing, is settled: nothing waits, and both sites agree.
    """
    regs, digest = stamps_text(stamps_of(state)), state_digest(handler.registers, state)
    return (
        sync_id, handler.kind, local_id, regs, shadow, held_of(handler, state), dict(authors),
        dict(peer_addresses or {}), digest, *stated, shadow != "{}",
        "number" in state and state["number"].value is not None, exchange.is_severed(state), False, 0, int(lane),
        "", "", "", {}, None, 0, None, at if regs != shadow else None, None, at if stated[0] == digest else None,
        *refused,
    )  # fmt: skip


def _newborn(handler: Handler, values: Values, stamp: int, *, share_addresses: bool) -> dict[str, Reg]:
    site = my_site()
    state = {}
    for name, value in values.items():
        if value is None or name not in handler.registers:
            continue
        stamped = site in handler.registers[name].writers and (
            share_addresses or not handler.registers[name].create_only
        )
        newest = stamp if stamped else 0
        state[name] = Reg(value, newest, 0) if site == 0 else Reg(value, 0, newest)
    return state


def saved(
    *,
    kind: str,
    items: Sequence[tuple[UUID, Values, Values]],
    actor: Actor,
    at: datetime,
    lane: Lane = Lane.INTERACTIVE,
    share_addresses: bool = False,
) -> None:
    """Stamp what an edit changed, and force an exchange even if it changed nothing (section 10, STA-5).

    ``items``: (local id, values before, values after). A record that was gray gets its sync identity here
    (scenario 32). A severed record is stamped, in case it is restored, but nothing more is exchanged about it.
    """
    if not items or not _is_paired():
        return
    handler = handler_for(kind)
    records = _records(kind, [local_id for local_id, _, _ in items])
    strangers = _in_full(handler, {local_id: after for local_id, _, after in items if local_id not in records})
    rows, needs = [], {}
    for local_id, before, after in items:
        record = records.get(local_id)
        if record is not None:
            changed = _changed(handler, record, before, after, share_addresses=share_addresses)
            rows.append(_edited_row(handler, record, before, changed, after, actor, at, lane))
            if any(handler.registers[name].refers_to for name in changed):
                needs[record.sync_id] = after
    update_rows(Record, EDITED_COLUMNS, rows, key_columns=("sync_id",))
    note_needs(handler, needs, replace=True)
    born(kind=kind, items=strangers, actor=actor, at=at, lane=lane, share_addresses=share_addresses)
    wake_on_commit()


def _in_full(handler: Handler, strangers: dict[UUID, Values]) -> list[tuple[UUID, Values]]:
    """What a record never offered starts with: also the request it was given before there was anybody to ask."""
    for waiting in held_back(get_link(), handler.kind, strangers) if strangers else ():
        del strangers[waiting]
    held = handler.read(list(strangers)) if strangers else {}
    return [(local_id, {**held.get(local_id, {}), **after}) for local_id, after in strangers.items()]


def _changed(handler: Handler, record: Record, before: Values, after: Values, *, share_addresses: bool) -> Values:
    """Registers whose value differs. A request is an act, not a value: asking for the same number again counts."""
    changed: Values = {}
    for name, value in after.items():
        rule = handler.registers.get(name)
        if rule is None or (rule.create_only and not share_addresses):
            continue
        is_request = rule.kept and (value is not None or name in record.held)
        if is_request or (not rule.kept and value != before.get(name)):
            changed[name] = value
    if share_addresses:
        changed |= {n: after.get(n) for n in _differing_addresses(record, after) if handler.registers[n].create_only}
    return changed


def _differing_addresses(record: Record, values: Values) -> list[str]:
    """Addresses of which the peer holds another value: sharing sends them even if this edit left them alone."""
    return [name for name, theirs in record.peer_addresses.items() if values.get(name) != theirs]


def _edited_row(
    handler: Handler,
    record: Record,
    before: Values,
    changed: Values,
    after: Values,
    actor: Actor,
    at: datetime,
    lane: int,
) -> tuple[Any, ...]:
    state = state_of(handler, record, {**before, **after})
    if changed:
        # Over every stamp of the record, not only those overwritten: a number given must be seen to come after the
        # requests that were known by then (section 8).
        stamp = tick(my_site(), to_ms(at), *seen_stamps(state, state))
        state = edit(state, my_site(), stamp, changed)
    return touched_row(handler, record, state, with_authors(record.authors, changed, author_row(actor, at)), at, lane)


def touched_row(
    handler: Handler, record: Record, state: Mapping[str, Reg], authors: dict[str, Any], at: datetime, lane: int
) -> tuple[Any, ...]:
    """A row for EDITED_COLUMNS after a local change: forced, its error and back-off cleared.

    A record that was severed before and after the change is only stamped.
    """
    regs = stamps_of(state)
    shadow = shadow_text(record, state, raise_shadow(read_stamps(record.shadow), {}, regs))
    severed = exchange.is_severed(state)
    forced = record.force if severed and record.severed else max(record.force + 1, to_ms(at))
    held = held_of(handler, state)
    is_waiting = record.due and record.pending_since is not None and not record.error_code
    waiting = record.pending_since if is_waiting else at
    return (
        record.sync_id, stamps_text(regs), shadow, held, authors, state_digest(handler.registers, state),
        "number" in state and state["number"].value is not None, severed, forced, int(lane),
        "", "", "", {}, None, 0, None, waiting,
    )  # fmt: skip


def shadow_text(record: Record, state: Mapping[str, Reg], known: Mapping[str, Stamps]) -> str:
    """The shadow to store with a state: settled while severed, and empty once a severed record is restored, because
    whatever either side changed meanwhile was never told.
    """
    if exchange.is_severed(state):
        return stamps_text(exchange.settled_shadow(stamps_of(state), known))
    return stamps_text({}) if record.severed else stamps_text(known)


@transaction.atomic
def force(kind: str, local_ids: Sequence[UUID], *, actor: Actor, at: datetime, lane: Lane = Lane.RETRY) -> int:
    """*Sync now*: clear errors and back-off and exchange, without an edit (IMP-5, IND-6). Returns how many.

    Records that were gray for want of a sync identity get one (GOL-8). Severed ones are left alone.
    Raises Forbidden.
    """
    actor.require("integration.retry")
    handler = handler_for(kind)
    apart = handler.excluded(local_ids)
    wanted = [local_id for local_id in local_ids if local_id not in apart]
    handler.prepare(wanted, actor=actor, at=at)
    lock(kind, wanted)
    found = handler.read(wanted)
    rules = handler.registers
    values = {i: {name: value for name, value in own.items() if not rules[name].kept} for i, own in found.items()}
    saved(kind=kind, items=[(i, values[i], values[i]) for i in wanted if i in values], actor=actor, at=at, lane=lane)
    return len(values)


def identify(
    kind: str, local_ids: Iterable[UUID], *, actor: Actor, at: datetime, lane: Lane = Lane.INTERACTIVE
) -> None:
    """Give those of the records that were never offered to the peer their sync identity, because a record about to be
    saved refers to them (MAT-4). Runs inside the product's transaction.
    """
    wanted = set(local_ids)
    if not wanted or not _is_paired():
        return
    known = Record.objects.filter(kind=kind, local_id__in=wanted).values_list("local_id", flat=True)
    strangers = sorted(wanted - {local_id for local_id in known if local_id is not None})
    if strangers:
        handler = handler_for(kind)
        apart = handler.excluded(strangers)
        values = handler.read([local_id for local_id in strangers if local_id not in apart])
        born(kind=kind, items=list(values.items()), actor=actor, at=at, lane=lane, ignore_conflicts=True)


def note_unstamped(kind: str, local_ids: Sequence[UUID], register: str, *, actor: Actor, at: datetime) -> None:
    """Somebody changed what only the peer writes, as he may while the link is off (GRP-17). Nothing is stamped; who it
    was is kept for the archive of conflicts, where the value goes once the link is on again (property S13).
    """
    row = author_row(actor, at)
    rows = [
        (record.sync_id, with_authors(record.authors, [unstamped_author(register)], row))
        for record in _records(kind, local_ids).values()
    ]
    update_rows(Record, ("authors",), rows, key_columns=("sync_id",))


def set_presence(kind: str, local_id: UUID, presence: str, *, actor: Actor, at: datetime) -> None:
    """Tell the peer that a record was closed ('archived'), reopened ('active') or deleted ('deleted') here.

    Deletion never crosses as deletion: the peer keeps its record and shows gray (section 16). Closing is local;
    the peer is only informed. Call before the local row disappears from ``handler.read``.
    """
    set_presences(kind, {local_id: presence}, actor=actor, at=at)


def set_presences(
    kind: str, presences: Mapping[UUID, str], *, actor: Actor, at: datetime, lane: Lane = Lane.INTERACTIVE
) -> None:
    """The same for many records, with a constant number of statements."""
    records = _records(kind, list(presences))
    if not records:
        return
    handler, mine = handler_for(kind), presence_register(my_site())
    told = [(record, {mine: presences[local_id]}) for local_id, record in records.items()]
    _write_all_told(handler, told, actor=actor, at=at, lane=lane)
    gone = [record.sync_id for key, record in records.items() if presences[key] == exchange.DELETED]
    if gone and my_site() is Site.LA:
        # What was merged into it without the peer knowing yet counts as deleted, too: there is nothing to merge into.
        for alias in Record.objects.filter(alias_of__in=gone, due=True):
            values = {exchange.MERGED_INTO: None, mine: exchange.DELETED}
            write_told(handler, alias, values, actor=actor, at=at)
            Record.objects.filter(pk=alias.pk).update(alias_of=None)
    wake_on_commit()


def write_told(handler: Handler, record: Record, values: Values, *, actor: Actor, at: datetime) -> None:
    """Write registers that no product has a column for (``exchange.ALWAYS_TOLD``) as an edit of this site."""
    _write_all_told(handler, [(record, values)], actor=actor, at=at, lane=Lane.INTERACTIVE)


def _write_all_told(
    handler: Handler, told: Sequence[tuple[Record, Values]], *, actor: Actor, at: datetime, lane: Lane
) -> None:
    own = handler.read([record.local_id for record, _ in told if record.local_id is not None])
    rows = []
    for record, values in told:
        state = state_of(handler, record, own.get(record.local_id, {}) if record.local_id is not None else {})
        state = edit(state, my_site(), tick(my_site(), to_ms(at), *seen_stamps(state, values)), values)
        authors = with_authors(record.authors, values, author_row(actor, at))
        rows.append(touched_row(handler, record, state, authors, at, lane))
    update_rows(Record, EDITED_COLUMNS, rows, key_columns=("sync_id",))


@transaction.atomic
def offer_again(kind: str, local_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Offer a record whose counterpart was deleted as a new one, under a new sync identity (section 16).

    Raises Forbidden, and Blocked for a kind that begins in the other product only.
    """
    actor.require("integration.retry")
    handler = handler_for(kind)
    if not begins_here(handler):
        peer = settings.COUNTERPART_PEER_NAME
        raise Blocked(f"Such a record begins in {peer}. Restore it there, or create it there again.")
    lock(kind, [local_id])
    former = list(Record.objects.filter(kind=kind, local_id=local_id, severed=True).values_list("sync_id", flat=True))
    if former:
        # Its former identity is over here, too: should it be restored there, it must not come a second time.
        set_presence(kind, local_id, exchange.DELETED, actor=actor, at=at)
        Record.objects.filter(sync_id__in=former).update(local_id=None)
    handler.prepare([local_id], actor=actor, at=at)
    born(kind=kind, items=list(handler.read([local_id]).items()), actor=actor, at=at)
    _refer_anew(former, actor, at)
    _keep_aliases(handler, former, local_id, actor, at)


def _keep_aliases(handler: Handler, former: Sequence[UUID], local_id: UUID, actor: Actor, at: datetime) -> None:
    """What was merged into a record under its former identity is an alias of the new one."""
    aliases = list(Record.objects.filter(alias_of__in=former))
    if not aliases or my_site() is not Site.LA:
        return
    survivor = Record.objects.get(kind=handler.kind, local_id=local_id).sync_id
    for alias in aliases:
        if UUID(alias.held[exchange.MERGED_INTO]["into"]) in former:
            value = {**alias.held[exchange.MERGED_INTO], "into": str(survivor)}
            write_told(handler, alias, {exchange.MERGED_INTO: value}, actor=actor, at=at)
    Record.objects.filter(alias_of__in=former).update(alias_of=survivor)


def _refer_anew(former: Sequence[UUID], actor: Actor, at: datetime) -> None:
    """Records that referred to one under its former identity refer to the new one: that is a change to be sent."""
    by_kind: dict[str, list[UUID]] = {}
    for record in referring_records(former):
        if record.local_id is not None:
            by_kind.setdefault(record.kind, []).append(record.local_id)
    for kind, local_ids in by_kind.items():
        handler = handler_for(kind)
        names = [rule.name for rule in referring(handler.registers)]
        items = []
        for local_id, values in handler.read(local_ids).items():
            now = {name: value for name, value in values.items() if not handler.registers[name].kept}
            items.append((local_id, now | dict.fromkeys(names), now))
        lock(kind, local_ids)
        saved(kind=kind, items=items, actor=actor, at=at)


def _records(kind: str, local_ids: Sequence[UUID]) -> dict[UUID, Record]:
    found: dict[UUID, Record] = {}
    for record in Record.objects.filter(kind=kind, local_id__in=list(local_ids)):
        assert record.local_id is not None
        found[record.local_id] = record
    return found


def _is_paired() -> bool:
    """Whether there is a peer at all; while the link is switched off stamps go on being kept (section 15)."""
    link = get_link()
    return link is not None and link.mode != Mode.UNPAIRED and bool(settings.COUNTERPART_SITE)
