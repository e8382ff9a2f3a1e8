"""Records that lost their sync row: found again by the number both products show, and linked as they were.

Offering such a record as an unknown one would create it a second time. Legal Accounting gives each number once and for
ever, so a record here that is not linked and carries the number of one that the peer has linked is that record.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.foundation.bulk import insert_rows
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.numbers import number_key
from counterpart.protocol.registers import Reg, stamps_of
from counterpart.sync.codec import stamps_text
from counterpart.sync.composing import reg_of
from counterpart.sync.dependencies import note_needs
from counterpart.sync.handler import Handler, Values
from counterpart.sync.link import get_link
from counterpart.sync.messages import TreeState
from counterpart.sync.models import Record
from counterpart.sync.recording import BORN_COLUMNS, Lane, born_row
from counterpart.sync.registry import handler_for, has_handler
from counterpart.sync.wake import wake_on_commit

PAGE = 1_000


@transaction.atomic
def rejoin(states: Mapping[UUID, TreeState], at: datetime) -> list[UUID]:
    """Link those of the peer's records, unknown here, whose local record is found. Returns their identities.

    The row is made as of the last agreement: with the peer's stamps and digest, so that a value that differs here
    shows as changed past the application, and is put right by ``outside.adopt``.
    """
    known = set(Record.objects.filter(sync_id__in=list(states)).values_list("sync_id", flat=True))
    joined: list[UUID] = []
    for kind in {state.kind for sync_id, state in states.items() if sync_id not in known}:
        if has_handler(kind):
            strangers = {i: _registers(s) for i, s in states.items() if s.kind == kind and i not in known}
            joined += _rejoin_kind(handler_for(kind), strangers, at)
    if joined:
        wake_on_commit()
    return joined


def _registers(state: TreeState) -> dict[str, Reg]:
    return {name: reg_of(register) for name, register in state.registers.items()}


def _rejoin_kind(handler: Handler, strangers: Mapping[UUID, dict[str, Reg]], at: datetime) -> list[UUID]:
    wanted = {number_key(str(state["number"].value)): i for i, state in strangers.items() if _number(state)}
    link = get_link()
    assert link is not None
    rows: list[tuple[Any, ...]] = []
    needs: dict[UUID, Values] = {}
    for local_id, values in _unlinked(handler) if wanted else ():
        sync_id = wanted.pop(number_key(str(values.get("number") or "")), None)
        if sync_id is None:
            continue
        theirs = {n: reg for n, reg in strangers[sync_id].items() if n in handler.registers}
        digest = state_digest(handler.registers, theirs)
        stamps = stamps_text(stamps_of(theirs))
        row = born_row(
            handler, sync_id, local_id, theirs, authors={}, lane=Lane.RETRY, at=at, shadow=stamps,
            stated=(digest, link.peer_epoch, link.peer_statement_n),
        )  # fmt: skip
        rows.append(row)
        needs[sync_id] = values
    insert_rows(Record, BORN_COLUMNS, rows, ignore_conflicts=True)
    note_needs(handler, needs, replace=True)
    return list(needs)


def _number(state: Mapping[str, Reg]) -> Any:
    return state["number"].value if "number" in state else None


def _unlinked(handler: Handler) -> Iterator[tuple[UUID, Values]]:
    """The records of a kind that have no sync row, page by page."""
    linked = Record.objects.filter(kind=handler.kind, local_id__isnull=False).values("local_id")
    last = UUID(int=0)
    while True:
        rows = handler.everything().exclude(pk__in=linked).filter(pk__gt=last).order_by("pk")
        page = list(rows.values_list("pk", flat=True)[:PAGE])
        if not page:
            return
        yield from handler.read(page).items()
        last = page[-1]
