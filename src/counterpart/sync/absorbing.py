"""Merging duplicates across both products: the rules are in ``protocol.absorbing``, here is what is stored.

A product that merges moves its own rows and calls ``absorb``; one that must ask calls ``ask_merge``. What the peer
decides or asks arrives as a state of the loser and is handed to the product's handler once the batch is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from msgspec import UNSET

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import update_rows
from counterpart.foundation.errors import Blocked
from counterpart.protocol.absorbing import crossed, goes_to_archive, merged_value, resolve, survivor_of
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.exchange import DELETED, MERGE_REQUEST, MERGED_INTO
from counterpart.protocol.registers import Reg, edit, raise_shadow, seen_stamps, stamps_of
from counterpart.protocol.stamps import Site, tick
from counterpart.sync import models
from counterpart.sync.codec import (
    author_from,
    author_of,
    author_row,
    held_of,
    presence_register,
    read_stamps,
    stamps_text,
    state_of,
    to_ms,
    with_authors,
)
from counterpart.sync.concluding import Incoming, text_stamps
from counterpart.sync.conflicts import conflict_id
from counterpart.sync.handler import Amendment, Author, Handler, MergingHandler
from counterpart.sync.link import my_site
from counterpart.sync.messages import Arrived, Result
from counterpart.sync.models import Record
from counterpart.sync.recording import EDITED_COLUMNS, Lane, lock, saved, touched_row, write_told
from counterpart.sync.registry import handler_for
from counterpart.sync.states import local_ids as local_ids_of
from counterpart.sync.wake import wake_on_commit

REFUSED: Final = "merge_refused"

Route = Literal["here", "ask"]


def merges(handler: Handler) -> bool:
    """Whether records of this kind can be duplicates of one another."""
    return MERGED_INTO in handler.registers


# ---------------------------------------------------------------------- what products call


def merge_route(kind: str, survivor: UUID, loser: UUID) -> Route:
    """Who merges two records of this site: "here", at once, or "ask": the other product holds both, and decides
    (section 16). Only Practice Management ever has to ask.
    """
    if my_site() is Site.LA:
        return "here"
    kept, lost = _pair(kind, survivor, loser)
    is_offered = lost is not None and (lost.known_at_peer or lost.attempted_at is not None)
    return "ask" if kept is not None and is_offered and not kept.severed and not _is_over(lost) else "here"


def absorb(kind: str, survivor: UUID, loser: UUID, *, actor: Actor, at: datetime) -> None:
    """The product has merged two of its records: what that means for their links (DUP-10).

    Call in the product's transaction, after ``lock`` of both, once the rows have moved and the loser is a tombstone.
    Where both are linked the loser becomes an alias of the survivor, here and there. Where only the loser is, its link
    moves to the survivor. An alias's messages and addresses lead to the survivor from now on.
    """
    kept, lost = _pair(kind, survivor, loser)
    if lost is None or _is_over(lost):
        return
    handler = handler_for(kind)
    if kept is not None and _is_over(kept):
        # Deleted at the peer: its identity is over, and the survivor takes the living one.
        Record.objects.filter(pk=kept.pk).update(local_id=None)
        kept = None
    if kept is None:
        _move_link(handler, lost, survivor, actor, at)
    elif my_site() is Site.LA:
        _make_alias(handler, lost, str(kept.sync_id), actor, at)
    else:
        assert not lost.known_at_peer, "Legal Accounting holds both: it decides"
        write_told(handler, lost, {presence_register(my_site()): DELETED}, actor=actor, at=at)
    wake_on_commit()


def last_named(kind: str, local_ids: Iterable[UUID], register: str) -> dict[UUID, list[UUID]]:
    """The local records that the peer last named in a register of references only it writes, as that reads now: what a
    file's payers are once a merge was undone. Two statements.
    """
    rows = Record.objects.filter(kind=kind, local_id__in=list(local_ids))
    told = {row.local_id: [UUID(text) for text in row.peer_addresses.get(register) or ()] for row in rows}
    target = handler_for(kind).registers[register].refers_to
    local = local_ids_of(target, {sync_id for sync_ids in told.values() for sync_id in sync_ids})
    return {
        key: list(dict.fromkeys(local[one] for one in sync_ids))
        for key, sync_ids in told.items()
        if key is not None and sync_ids and all(one in local for one in sync_ids)
    }


def separate(kind: str, loser: UUID, *, actor: Actor, at: datetime) -> None:
    """A merge was undone: the product has restored the loser's row and whatever had moved. Its link goes on as if it
    had never been merged, and is exchanged in full. Nothing to do where it had none. Runs in the product's transaction.
    """
    lost = Record.objects.filter(kind=kind, local_id=loser).first()
    if lost is None:
        return
    handler = handler_for(kind)
    if lost.alias_of is not None and my_site() is Site.LA:
        write_told(handler, lost, {MERGED_INTO: None}, actor=actor, at=at)
        _point(kind, [lost.sync_id])
    elif lost.severed and lost.alias_of is None:
        write_told(handler, lost, {presence_register(my_site()): "active"}, actor=actor, at=at)
    wake_on_commit()


def ask_merge(kind: str, survivor: UUID, loser: UUID, *, actor: Actor, at: datetime) -> None:
    """Ask Legal Accounting to merge two records that it holds, too. Until it has, both stay as they are here."""
    kept, lost = _pair(kind, survivor, loser)
    assert kept is not None, "merge_route says whether there is somebody to ask"
    _request(kind, lost, {"into": str(kept.sync_id)}, actor, at)


def ask_separate(kind: str, loser: UUID, *, actor: Actor, at: datetime) -> None:
    """Ask Legal Accounting to undo a merge that it decided."""
    _request(kind, Record.objects.filter(kind=kind, local_id=loser).first(), {"apart": True}, actor, at)


def withdraw_merge(kind: str, loser: UUID, *, actor: Actor, at: datetime) -> None:
    """Take a request back that was refused or not answered yet."""
    _request(kind, Record.objects.filter(kind=kind, local_id=loser).first(), None, actor, at)


def aliases(kind: str, local_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the local records that were merged into others by a decision that both products know. Also one that was
    deleted here before it heard of that: nothing moved then, and it can't be restored before the merge is undone there.
    """
    found = Record.objects.filter(kind=kind, local_id__in=list(local_ids), alias_of__isnull=False)
    return {local_id for local_id in found.values_list("local_id", flat=True) if local_id is not None}


def _request(kind: str, lost: Record | None, request: dict[str, Any] | None, actor: Actor, at: datetime) -> None:
    assert lost is not None, "merge_route says whether there is somebody to ask"
    write_told(handler_for(kind), lost, {MERGE_REQUEST: request}, actor=actor, at=at)
    wake_on_commit()


def _pair(kind: str, survivor: UUID, loser: UUID) -> tuple[Record | None, Record | None]:
    rows = {row.local_id: row for row in Record.objects.filter(kind=kind, local_id__in=[survivor, loser])}
    return rows.get(survivor), rows.get(loser)


def _is_over(record: Record | None) -> bool:
    return record is not None and record.severed


def _make_alias(handler: Handler, lost: Record, survivor: str, actor: Actor, at: datetime) -> None:
    value = merged_value(survivor, state_of(handler, lost, {}))
    write_told(handler, lost, {MERGED_INTO: value}, actor=actor, at=at)
    _point(handler.kind, [lost.sync_id])


def _move_link(handler: Handler, lost: Record, survivor: UUID, actor: Actor, at: datetime) -> None:
    """The peer's record is linked with the survivor from now on, and is told all of it."""
    Record.objects.filter(pk=lost.pk).update(local_id=survivor)
    lost.local_id = survivor
    values = handler.read([survivor])[survivor]
    before = state_of(handler, lost, values)
    own = {
        name: values.get(name)
        for name, rule in handler.registers.items()
        if not rule.kept and not rule.create_only and my_site() in rule.writers and (name in before)
    }
    state = edit(before, my_site(), tick(my_site(), to_ms(at), *seen_stamps(before, before)), own)
    authors = with_authors(lost.authors, own, author_row(actor, at))
    row = touched_row(handler, lost, state, authors, at, Lane.INTERACTIVE)
    update_rows(Record, EDITED_COLUMNS, [row], key_columns=("sync_id",))


def _point(kind: str, sync_ids: Sequence[UUID]) -> None:
    """Set what these, and those that were merged into them, are aliases of: the end of the chain."""
    wanted = {UUID(str(one)) for one in sync_ids}
    merged = {
        row.sync_id: row for row in Record.objects.filter(Q(pk__in=wanted) | Q(alias_of__isnull=False), kind=kind)
    }
    survivors = {
        str(key): str(row.held[MERGED_INTO]["into"]) for key, row in merged.items() if row.held.get(MERGED_INTO)
    }
    for key, row in merged.items():
        end = resolve(survivors, str(key))
        alias_of = UUID(end) if str(key) in survivors and end != str(key) else None
        if row.alias_of != alias_of:
            Record.objects.filter(pk=key).update(alias_of=alias_of)


# ---------------------------------------------------------------------- what arrives


def real_lists(handler: Handler, arrivals: Sequence[Incoming]) -> None:
    """In lists of identities, those that arrive and those last heard, read the survivor for every alias: the peer may
    not have known of a merge yet when it sent them. What it said word for word is remembered beside.
    """
    names = [rule.name for rule in handler.registers.values() if rule.refers_to]
    for arrival in arrivals:
        arrival.told = {name: arrival.state[name].value for name in names if name in arrival.state}
        arrival.heard = dict(arrival.record.peer_addresses) if arrival.record is not None else {}
    lists = [one[name] or () for a in arrivals for one in (a.told, a.heard) for name in names if name in one]
    aliases = {str(key): str(end) for key, end in _aliases({UUID(text) for one in lists for text in one}).items()}
    for arrival in arrivals if aliases else ():
        for name in arrival.told:
            arrival.state[name] = arrival.state[name]._replace(value=_real(arrival.told[name], aliases))
        arrival.heard |= {name: _real(arrival.heard[name], aliases) for name in names if name in arrival.heard}


def _real(identities: list[str] | None, aliases: Mapping[str, str]) -> list[str] | None:
    return list(dict.fromkeys(aliases.get(one, one) for one in identities)) if identities else identities


def _aliases(sync_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The survivors of those of the identities that are aliases. One statement."""
    rows = Record.objects.filter(sync_id__in=list(sync_ids), alias_of__isnull=False)
    return {key: end for key, end in rows.values_list("sync_id", "alias_of") if end is not None}


def let_part(handler: Handler, events: Sequence[Arrived], at: datetime) -> None:
    """Restore records whose merge the peer has undone, before they are read and merged like any other."""
    undone = [event for event in events if _is_none(event, MERGED_INTO)]
    if not undone or my_site() is Site.LA:
        return
    rows = Record.objects.select_for_update().filter(sync_id__in=[event.subject for event in undone])
    records = {str(row.sync_id): row for row in rows.filter(alias_of__isnull=False).order_by("sync_id")}
    for event in undone:
        record = records.get(event.subject)
        if record is None or record.local_id is None or record.alias_of is None:
            continue
        if int(event.data.registers[MERGED_INTO].la) > read_stamps(record.regs)[MERGED_INTO][Site.LA]:
            survivor = Record.objects.get(pk=record.alias_of).local_id
            if survivor is not None:
                author = author_from(author_of({n: list(r) for n, r in event.data.authors.items()}, MERGED_INTO))
                cast("MergingHandler", handler).separate(survivor, record.local_id, asked=False, author=author, at=at)
            Record.objects.filter(pk=record.pk).update(alias_of=None)


def _is_none(event: Arrived, register: str) -> bool:
    held = event.data.registers.get(register)
    return held is not None and held.value is None


def without_survivor(handler: Handler, arrivals: Sequence[Incoming]) -> dict[UUID, str]:
    """Of the records that the peer has merged, those whose survivor is not here yet, with its identity."""
    told = {a.sync_id: _survivor_told(a) for a in arrivals}
    wanted = {UUID(text) for text in told.values() if text}
    if not wanted:
        return {}
    ends = {text: _aliases([text]).get(text, text) for text in wanted}
    rows = Record.objects.filter(sync_id__in=list(ends.values()), local_id__isnull=False)
    local = dict(rows.values_list("sync_id", "local_id"))
    alive = set(handler.everything().filter(pk__in=list(local.values())).values_list("pk", flat=True))
    coming = {a.sync_id for a in arrivals if a.record is None and a.outcome is None}
    here = {key for key, local_id in local.items() if local_id in alive} | coming
    return {
        sync_id: text
        for sync_id, text in told.items()
        if text and (ends[UUID(text)] not in here or ends[UUID(text)] == sync_id)
    }


def _survivor_told(arrival: Incoming) -> str:
    """Whom the peer has just merged this record into, or ''."""
    if arrival.merge is not None:
        value = arrival.merge.changed.get(MERGED_INTO)
        return str(value["into"]) if value else ""
    return survivor_of(arrival.state) if arrival.record is None else ""


def act(handler: Handler, arrivals: Sequence[Incoming], results: Mapping[UUID, Result], at: datetime) -> None:
    """Carry out what the peer decided or asks for, after the rows of the batch are written; then state in the results
    what is held now.
    """
    acted = False
    for arrival in arrivals:
        if survivor := _survivor_told(arrival):
            _obey(handler, arrival, UUID(survivor), at)
            acted = True
        elif arrival.merge is not None and (request := arrival.merge.changed.get(MERGE_REQUEST)):
            _decide(handler, arrival, request, results[arrival.sync_id], at)
            acted = True
    if acted:
        for record in Record.objects.filter(pk__in=[a.sync_id for a in arrivals]):
            result = results[record.sync_id]
            if result.result in ("applied", "unchanged", "refused"):
                if result.digest != record.digest:
                    result.state = UNSET  # it told what is past
                result.stamps, result.digest = text_stamps(read_stamps(record.regs)), record.digest


def _obey(handler: Handler, arrival: Incoming, survivor: UUID, at: datetime) -> None:
    """Legal Accounting has merged: Practice Management does the same."""
    _point(handler.kind, [arrival.sync_id])
    if arrival.before is None or arrival.record is None or arrival.record.local_id is None:
        return  # deleted here, or never was here: there is nothing to move
    kept = Record.objects.get(pk=_aliases([survivor]).get(survivor, survivor))
    assert kept.local_id is not None  # without_survivor
    assert arrival.merge is not None
    author = _author(arrival, MERGED_INTO)
    cast("MergingHandler", handler).absorb(kept.local_id, arrival.record.local_id, asked=False, author=author, at=at)
    late = crossed(handler.registers, arrival.merge.state)
    if late:
        _hand_over(handler, arrival.record, kept, late, at)


def _hand_over(handler: Handler, lost: Record, kept: Record, late: Mapping[str, Reg], at: datetime) -> None:
    """What was typed here on the loser while Legal Accounting decided goes to the survivor, or to its archive."""
    assert kept.local_id is not None
    kept.refresh_from_db()
    before = handler.read([kept.local_id])[kept.local_id]
    held = state_of(handler, kept, before)
    archived = []
    taken: dict[str, Any] = {}
    for name, reg in late.items():
        mine = held.get(name, Reg(None))
        if not goes_to_archive(reg, mine):
            taken[name] = reg.value
            continue
        archived.append(
            models.Conflict(
                id=conflict_id(kept.sync_id, name, reg.pm, mine.newest), sync_id=kept.sync_id, kind=handler.kind,
                register=name, losing_value=reg.value, losing_stamp=reg.pm, losing_author=author_of(lost.authors, name),
                winning_value=mine.value, winning_stamp=mine.newest,
                winning_author=author_of(kept.authors, name), at=at,
            )
        )  # fmt: skip
    if archived:
        models.Conflict.objects.bulk_create(archived, ignore_conflicts=True)
        Record.objects.filter(pk=kept.pk).update(unsent_conflicts=True)
    if taken:
        name = next(iter(taken))
        author = author_from(author_of(lost.authors, name))
        amendment = Amendment(
            kept.sync_id, kept.local_id, before, taken, dict.fromkeys(taken, author), author
        )  # fmt: skip
        handler.amend([amendment], at)
        after = handler.read([kept.local_id])[kept.local_id]
        actor = Actor(author.name, author.email, None, "sync", settings.COUNTERPART_SITE, frozenset())
        saved(kind=handler.kind, items=[(kept.local_id, before, after)], actor=actor, at=at)


def _decide(handler: Handler, arrival: Incoming, request: Mapping[str, Any], result: Result, at: datetime) -> None:
    """Practice Management asks: Legal Accounting merges, or says why not and holds no trace of the request, so that it
    stays unsent there and shows the reason.
    """
    try:
        with transaction.atomic():
            _carry_out(cast("MergingHandler", handler), arrival, request, at)
    except Blocked as refusal:
        record = Record.objects.get(pk=arrival.sync_id)
        values = handler.read([record.local_id]) if record.local_id is not None else {}
        state = state_of(handler, record, values.get(cast("UUID", record.local_id), {}))
        state.pop(MERGE_REQUEST)
        kept = arrival.record
        if kept is not None and MERGE_REQUEST in read_stamps(kept.regs):
            pm, la = read_stamps(kept.regs)[MERGE_REQUEST]
            state[MERGE_REQUEST] = Reg(kept.held.get(MERGE_REQUEST), pm, la)
        _rewrite(handler, record, state)
        result.result, result.code, result.register = "refused", REFUSED, MERGE_REQUEST
        result.text = str(refusal)


def _carry_out(handler: MergingHandler, arrival: Incoming, request: Mapping[str, Any], at: datetime) -> None:
    record = Record.objects.get(pk=arrival.sync_id)
    author = _author(arrival, MERGE_REQUEST)
    if record.local_id is None:
        return  # never was here
    if "apart" in request:
        if record.alias_of is not None:
            survivor = Record.objects.get(pk=record.alias_of)
            assert survivor.local_id is not None
            handler.separate(survivor.local_id, record.local_id, asked=True, author=author, at=at)
        return
    wanted = UUID(request["into"])
    survivor_row = Record.objects.filter(pk=_aliases([wanted]).get(wanted, wanted)).first()
    if record.severed or (survivor_row is not None and survivor_row.pk == record.pk):
        return  # decided otherwise meanwhile, which Practice Management hears, too
    if survivor_row is None or survivor_row.local_id is None or survivor_row.severed:
        raise Blocked("The contact to keep is not in Legal Accounting. Cure its own link first, then ask again.")
    lock(handler.kind, [survivor_row.local_id, record.local_id])
    handler.absorb(survivor_row.local_id, record.local_id, asked=True, author=author, at=at)


def _rewrite(handler: Handler, record: Record, state: dict[str, Reg]) -> None:
    regs = stamps_of(state)
    shadow = stamps_text(raise_shadow(read_stamps(record.shadow), {}, regs))
    Record.objects.filter(pk=record.pk).update(
        regs=stamps_text(regs), shadow=shadow, held=held_of(handler, state),
        digest=state_digest(handler.registers, state),
    )  # fmt: skip


def _author(arrival: Incoming, register: str) -> Author:
    rows = {name: list(row) for name, row in arrival.event.data.authors.items()}
    return author_from(author_of(rows, register))
