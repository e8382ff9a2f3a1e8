"""Practice Management's part: it asks, sends its census, follows how things stand, and offers what was included."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction

from counterpart.sync.codec import to_ms
from counterpart.sync.composing import due_records
from counterpart.sync.golive.census import seen, unpaired
from counterpart.sync.golive.handler import MatchingHandler, matching_handlers, owner_kind
from counterpart.sync.golive.messages import Answer, Ask, Seen, encode, read_answer
from counterpart.sync.golive.pairing import REQUEST, system
from counterpart.sync.golive.runs import BEFORE_WRITING, PAGE, Phase, current, finish, is_over, locked, show_on_link
from counterpart.sync.golive.tables import GoLive
from counterpart.sync.link import locked_link
from counterpart.sync.models import Record
from counterpart.sync.recording import Lane, born
from counterpart.sync.registry import PROTOCOL_VERSION, policy_block, policy_digest

FIRST: Final = UUID(int=0)
UNKNOWN_RUN: Final = "unknown_run"
Send = Callable[[bytes], bytes | None]
"""Puts a question to the peer; None when it could not be reached."""


def step(send: Send, at: datetime) -> bool:
    """Do the next piece of the run, if there is one to do; whether there may be more at once."""
    run = current()
    if run is None:
        return False
    if is_over(run):
        return _tell_end(run, send)
    if run.stopped or run.stopped_there:
        return _follow(run, send, at)
    match run.phase:
        case Phase.HANDSHAKE:
            return _shake_hands(run, send, at)
        case Phase.CENSUS:
            return _count(run, send, at)
    return _follow(run, send, at)


def _tell_end(run: GoLive, send: Send) -> bool:
    if run.cursor.get("tell") and send(encode(Ask("ended", str(run.id)))) is not None:
        GoLive.objects.filter(pk=run.pk).update(cursor={})
    return False


def _put(run: GoLive, send: Send, ask: str, **facts: Any) -> Answer | None:
    """A question of this run. An answer that names a problem is kept for whoever looks."""
    answer = send(encode(Ask(ask, str(run.id), facts)))
    if answer is None:
        return None
    said = read_answer(answer)
    with transaction.atomic():
        run = locked(run.id)
        if said.problem == UNKNOWN_RUN and run.phase in BEFORE_WRITING:
            run.phase, run.cursor = Phase.HANDSHAKE, {}
            run.save()
            return None
        if said.problem != run.problem:
            run.problem = said.problem
            run.save(update_fields=["problem"])
    return None if said.problem else said


def _shake_hands(run: GoLive, send: Send, at: datetime) -> bool:
    """Versions, rules, clocks, numbering, heads: Legal Accounting says whether they fit (section 11, step 1)."""
    said = _put(
        run, send, "hello", rehearsal=run.rehearsal, stands=run.stands, by=run.started_by, at=to_ms(at),
        version=PROTOCOL_VERSION, digest=policy_digest(),
        numbering=policy_block().get("separate_numbering_sequences"),
    )  # fmt: skip
    if said is None:
        return False
    with transaction.atomic():
        run = locked(run.id)
        run.facts, run.phase, run.cursor = said.facts.get("facts", {}), Phase.CENSUS, {"kind": 0, "after": str(FIRST)}
        run.save()
    return True


def _count(run: GoLive, send: Send, at: datetime) -> bool:
    """The next page of the census. What was sent is sent again if the answer got lost: it is kept once."""
    able = matching_handlers()
    index, after = run.cursor.get("kind", 0), UUID(run.cursor.get("after", str(FIRST)))
    if index == len(able):
        return _counted(run, send, at)
    handler = able[index]
    ids = unpaired(handler, after, PAGE)
    rows = _named_owners(handler, seen(handler, ids))
    if rows and _put(run, send, "census", kind=handler.kind, rows=[msgspec.to_builtins(row) for row in rows]) is None:
        return False
    following = {"kind": index, "after": str(ids[-1])} if ids else {"kind": index + 1, "after": str(FIRST)}
    sent = run.cursor.get("sent", 0) + len(rows)
    with transaction.atomic():
        run = locked(run.id)
        run.cursor = {**following, "sent": sent}
        run.save(update_fields=["cursor"])
    return True


def _named_owners(handler: MatchingHandler, rows: list[Seen]) -> list[Seen]:
    """Owners that both sites know already are named by their identity."""
    kind = owner_kind(handler)
    wanted = {UUID(owner) for row in rows for owner in row.owners or ()} if kind else set()
    known = Record.objects.filter(kind=kind, local_id__in=wanted, known_at_peer=True) if wanted else ()
    names = {str(record.local_id): f"={record.sync_id}" for record in known}
    for row in rows:
        if row.owners is not None:
            row.owners = [names.get(owner, owner) for owner in row.owners]
    return rows


def _counted(run: GoLive, send: Send, _at: datetime) -> bool:
    if _put(run, send, "counted") is None:
        return False
    with transaction.atomic():
        run = locked(run.id)
        run.phase = Phase.MATCH
        run.save(update_fields=["phase"])
    return True


def _follow(run: GoLive, send: Send, at: datetime) -> bool:
    """Ask how things stand; do what is wanted of us."""
    due = due_records(at).exists()
    said = _put(run, send, "standing", stopped=run.stopped, due=int(due))
    if said is None:
        return False
    theirs = said.facts
    with transaction.atomic():
        link = locked_link()
        run = locked(run.id)
        if is_over(run):
            return False
        run.stopped_there = bool(theirs["stopped"])
        if run.phase not in (Phase.HANDSHAKE, Phase.CENSUS):
            run.report, run.approved_by = theirs["report"], theirs["approved_by"]
            run.phase = theirs["phase"] if theirs["phase"] != Phase.ENDED else run.phase
        if theirs["phase"] in (Phase.LIVE, Phase.ENDED):
            finish(run, Phase(theirs["phase"]), at)
            link.refresh_from_db(fields=["golive"])
            if link.golive != theirs.get("golive", link.golive):
                link.golive = theirs["golive"]
                link.save(update_fields=["golive"])
            return False
        run.save()
        show_on_link(run)
    if run.stopped or run.stopped_there:
        return False
    wants = theirs["cursor"].get("wants", "")
    return _offer(run, wants, send, at) if run.phase == Phase.CREATE and wants else False


def _offer(run: GoLive, kind: str, send: Send, at: datetime) -> bool:
    """Make the next included records due. Those asked for again have their identity already and keep it."""
    handler = next(one for one in matching_handlers() if one.kind == kind)
    said = _put(run, send, "wanted", kind=kind)
    if said is None:
        return False
    ids = [UUID(one) for one in said.facts["ids"]]
    if ids:
        offer(handler, ids, drop={UUID(one) for one in said.facts["drop"]}, at=at)
        _put(run, send, "offered", kind=kind, ids=[str(one) for one in ids])
    return bool(ids)


@transaction.atomic
def offer(handler: MatchingHandler, ids: list[UUID], *, drop: set[UUID], at: datetime) -> None:
    """Give the records their identity and make them due, in the lane of bulk loads. A number typed here is asked for
    without moving the sequence; that of ``drop`` is not asked for at all.
    """
    known = Record.objects.filter(kind=handler.kind, local_id__in=ids).values_list("local_id", flat=True)
    strangers = sorted(set(ids) - {one for one in known if one is not None})
    apart = handler.excluded(strangers)
    needed = [rule.name for rule in handler.registers.values() if rule.refers_to]
    items = []
    for local_id, values in handler.read([one for one in strangers if one not in apart]).items():
        if any(not values.get(name) for name in needed):
            continue  # a client without an identity: it stays gray with its client
        if request := values.get(REQUEST):
            values[REQUEST] = None if local_id in drop else {**request, "keep_sequence": True}
        items.append((local_id, values))
    born(kind=handler.kind, items=items, actor=system(), at=at, lane=Lane.BULK, ignore_conflicts=True)
