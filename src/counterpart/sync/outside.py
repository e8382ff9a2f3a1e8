"""Values changed past the application (SQL, a script): found by a sweep, they become edits (section 12).

Where this site's columns no longer have the digest that was noted with the last change, it happened here: the value is
stamped as an edit by "outside the application", audited, and exchanged. A record whose row is gone was deleted that
way. What was changed at the peer, the peer finds in the same sweep.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, combinations
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import update_rows
from counterpart.foundation.errors import Blocked
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.exchange import DELETED
from counterpart.protocol.registers import Reg, Register, edit, seen_stamps
from counterpart.protocol.stamps import tick
from counterpart.sync.codec import author_row, presence_register, state_of, to_ms, with_authors
from counterpart.sync.dependencies import note_needs
from counterpart.sync.handler import Handler
from counterpart.sync.link import my_site
from counterpart.sync.models import Record
from counterpart.sync.recording import EDITED_COLUMNS, Lane, lock, touched_row
from counterpart.sync.registry import handler_for
from counterpart.sync.wake import wake_on_commit

AUTHOR = "Outside the application"
HELD_FOR = timedelta(seconds=3)
"""An edit made of an outside change waits so long before it is sent: the other side is looked at first, because merging
would take what was changed there for what always stood there.
"""
TRIED_MAX = 10
"""More registers than that are not tried out in every combination."""


def unstamped_changes(rules: Mapping[str, Register], mine: Mapping[str, Reg], theirs: Mapping[str, Reg]) -> list[str]:
    """Registers whose values differ under equal stamps; addresses may, and what the engine keeps has no column."""
    names = [rule.name for rule in rules.values() if not rule.create_only and not rule.kept]
    pairs = [(name, mine.get(name, Reg(None)), theirs.get(name, Reg(None))) for name in names]
    return [name for name, own, other in pairs if own.stamps == other.stamps and own.value != other.value]


def changed_here(
    rules: Mapping[str, Register], digest: str, mine: Mapping[str, Reg], theirs: Mapping[str, Reg]
) -> list[str]:
    """Which of the ``unstamped_changes`` happened on this side.

    ``digest``: as noted with the last change here. The peer's values, put in place of ours, give it again exactly for
    the registers that were changed here alone. Where none do, both sides were changed, and each takes them all.
    """
    names = unstamped_changes(rules, mine, theirs)
    unstamped = [name for name in names if not mine.get(name, Reg(None)).newest]
    if state_digest(rules, mine) == digest:
        # The digest covers what was ever stamped; a value without a stamp can only have been written here.
        return [name for name in unstamped if mine.get(name, Reg(None)).value is not None]
    stamped = [name for name in names if name not in unstamped]
    mine_alone = [name for name in unstamped if mine.get(name, Reg(None)).value is not None]
    if len(stamped) <= TRIED_MAX:
        for some in chain.from_iterable(combinations(stamped, size) for size in range(1, len(stamped) + 1)):
            before = {**mine, **{name: theirs[name] for name in some if name in theirs}}
            if state_digest(rules, before) == digest:
                return [*some, *mine_alone]
    return [*stamped, *mine_alone]


@transaction.atomic
def adopt(sync_id: UUID, theirs: Mapping[str, Reg], at: datetime) -> list[str] | None:
    """Make an edit of what was changed here past the application.

    Returns the registers, ``["presence"]`` where the row is gone, an empty list where nothing but the noted digest was
    wrong (the record is then exchanged once), and None where nothing was changed here.
    """
    record = Record.objects.select_for_update().filter(sync_id=sync_id).first()
    if record is None or record.local_id is None or record.severed:
        return None
    handler = handler_for(record.kind)
    values = handler.read([record.local_id]).get(record.local_id)
    if values is None:
        _mark_deleted(handler, record, at)
        _hold(record, at)
        return ["presence"]
    mine = state_of(handler, record, values)
    if record.due or (theirs and _stamps(handler, mine) != _stamps(handler, theirs)):
        return None  # something is on its way; a change is found once both sides are at rest
    # What only the peer writes is put right by its own state (protocol.merge_state).
    names = [n for n in changed_here(handler.registers, record.digest, mine, theirs) if _may_write(handler, n)]
    if names:
        _stamp(handler, record, mine, names, theirs, Actor.system(AUTHOR), at)
        _hold(record, at)
        return names
    if state_digest(handler.registers, mine) == record.digest:
        return None
    row = touched_row(handler, record, mine, record.authors, at, Lane.RETRY)
    update_rows(Record, EDITED_COLUMNS, [row], key_columns=("sync_id",))
    wake_on_commit()
    return []


@transaction.atomic
def let_stand(kind: str, local_id: UUID, *, actor: Actor, at: datetime) -> list[str]:
    """The way out of *drift*: make the values of the registers that differ an edit by this person, so that they stand
    in both products. Returns the registers.

    Raises Forbidden, and Blocked where the record does not differ (any more) or the other product decides the field.
    """
    actor.require("integration.retry")
    lock(kind, [local_id])
    record = Record.objects.get(kind=kind, local_id=local_id)
    if record.error_code != "drift":
        raise Blocked("The two products no longer differ here.")
    handler = handler_for(kind)
    mine = state_of(handler, record, handler.read([local_id]).get(local_id, {}))
    names = [n for n in record.error_detail.get("registers", []) if n in handler.registers and _may_write(handler, n)]
    if not names:
        raise Blocked(f"This is decided in {settings.COUNTERPART_PEER_NAME}. Use the values from there.")
    _stamp(handler, record, mine, names, {}, actor, at)
    return names


def _hold(record: Record, at: datetime) -> None:
    Record.objects.filter(pk=record.pk).update(next_attempt=at + HELD_FOR)


def _stamps(handler: Handler, state: Mapping[str, Reg]) -> dict[str, tuple[int, int]]:
    return {name: reg.stamps for name, reg in state.items() if reg.newest and name in handler.registers}


def _may_write(handler: Handler, name: str) -> bool:
    return my_site() in handler.registers[name].writers


def _stamp(
    handler: Handler,
    record: Record,
    mine: dict[str, Reg],
    names: Sequence[str],
    theirs: Mapping[str, Reg],
    actor: Actor,
    at: datetime,
) -> None:
    changed: dict[str, Any] = {name: mine[name].value if name in mine else None for name in names}
    state = edit(mine, my_site(), tick(my_site(), to_ms(at), *seen_stamps(mine, mine)), changed)
    authors = with_authors(record.authors, names, author_row(actor, at))
    row = touched_row(handler, record, state, authors, at, Lane.RETRY)
    update_rows(Record, EDITED_COLUMNS, [row], key_columns=("sync_id",))
    if any(handler.registers[name].refers_to for name in names):
        note_needs(handler, {record.sync_id: {n: reg.value for n, reg in state.items()}}, replace=True)
    differing = {handler.register_label(n): [theirs.get(n, Reg(None)).value, value] for n, value in changed.items()}
    _audit(handler, record, "edited", actor, at, differing)
    wake_on_commit()


def _mark_deleted(handler: Handler, record: Record, at: datetime) -> None:
    """The row is gone: as after a deletion here, the peer keeps its record and shows gray (section 16)."""
    actor, register = Actor.system(AUTHOR), presence_register(my_site())
    state = state_of(handler, record, {})
    state = edit(state, my_site(), tick(my_site(), to_ms(at), *seen_stamps(state, [register])), {register: DELETED})
    authors = with_authors(record.authors, [register], author_row(actor, at))
    row = touched_row(handler, record, state, authors, at, Lane.RETRY)
    update_rows(Record, EDITED_COLUMNS, [row], key_columns=("sync_id",))
    _audit(handler, record, "deleted", actor, at, {})
    wake_on_commit()


def _audit(
    handler: Handler, record: Record, verb: str, actor: Actor, at: datetime, changes: dict[str, list[Any]]
) -> None:
    assert record.local_id is not None
    label = handler.labels([record.local_id]).get(record.local_id)
    name = label.name if label else ""
    history.record([history.NewEvent(record.kind, record.local_id, name, verb, actor, at, dict(changes))])
