"""Comparing both sides record by record, from their columns (section 12 does it by digests of trees)."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from counterpart.foundation.clock import now
from counterpart.protocol.registers import Reg
from counterpart.sync.codec import state_of, to_ms
from counterpart.sync.composing import reg_of
from counterpart.sync.handler import Handler
from counterpart.sync.messages import ProbeState
from counterpart.sync.models import Record
from counterpart.sync.outside import adopt, unstamped_changes
from counterpart.sync.probing import probe_states
from counterpart.sync.registry import handlers
from counterpart.sync.wake import wake_on_commit

PAGE = 500
PAGE_TIMEOUT_S = 30.0
REPAIR_WAIT_S = 30.0


@dataclass(slots=True)
class Comparison:
    """What a comparison found; ``names`` of the registers that still differ, per record."""

    compared: int = 0
    different: int = 0
    repaired: int = 0
    unrepaired: int = 0
    differing: dict[UUID, list[str]] = field(default_factory=dict)


def compare(*, repair: bool, progress: Callable[[int], None] = lambda _: None) -> Comparison:
    """Compare every linked record with the peer; differing ones are exchanged again and compared once more.

    Raises TransportFailed when the peer can't be asked. Needs both workers running to repair.
    """
    result = Comparison()
    for page in _pages():
        differing = _differing(page)
        result.compared += len(page)
        result.differing.update(differing)
        progress(result.compared)
    result.different = len(result.differing)
    if repair and result.differing:
        _adopt_outside_edits(list(result.differing), now())
        _exchange_again(list(result.differing), now())
        result.differing = _after_repair(list(result.differing))
    result.unrepaired = len(result.differing)
    result.repaired = result.different - result.unrepaired
    return result


def _pages() -> Iterator[list[Record]]:
    last = UUID(int=0)
    while True:
        # What is on its way differs for a moment: only records at rest are compared.
        rows = Record.objects.filter(sync_id__gt=last, severed=False, local_id__isnull=False, due=False)
        page = list(rows.order_by("sync_id")[:PAGE])
        if not page:
            return
        yield page
        last = page[-1].sync_id


def _differing(page: list[Record]) -> dict[UUID, list[str]]:
    theirs = probe_states([r.sync_id for r in page], full=True, timeout_s=PAGE_TIMEOUT_S).records
    found: dict[UUID, list[str]] = {}
    for handler in handlers():
        members = [r for r in page if r.kind == handler.kind]
        values = handler.read([r.local_id for r in members if r.local_id is not None])
        for record in members:
            own = values.get(record.local_id) if record.local_id is not None else None
            if own is None:
                continue
            if names := _differences(handler, state_of(handler, record, own), theirs.get(str(record.sync_id))):
                found[record.sync_id] = names
    return found


def _differences(handler: Handler, mine: dict[str, Reg], theirs: ProbeState | None) -> list[str]:
    if theirs is None:
        return ["(not known to the other product)"]
    held, rules = _registers(theirs), handler.registers
    # Of an address only the stamps must agree; its value is each site's own unless the firm shares it (section 2).
    differing = {
        name
        for name in mine.keys() | held.keys()
        if name in rules and mine.get(name, Reg(None)).stamps != held.get(name, Reg(None)).stamps
    }
    return sorted(differing | set(unstamped_changes(rules, mine, held)))


def _registers(theirs: ProbeState) -> dict[str, Reg]:
    return {name: reg_of(register) for name, register in (theirs.registers or {}).items()}


def _adopt_outside_edits(sync_ids: list[UUID], at: datetime) -> None:
    for start in range(0, len(sync_ids), PAGE):
        page = sync_ids[start : start + PAGE]
        theirs = probe_states(page, full=True, timeout_s=PAGE_TIMEOUT_S).records
        for sync_id in page:
            if held := theirs.get(str(sync_id)):
                adopt(sync_id, _registers(held), at)


@transaction.atomic
def _exchange_again(sync_ids: list[UUID], at: datetime) -> None:
    for start in range(0, len(sync_ids), PAGE):
        rows = Record.objects.filter(sync_id__in=sync_ids[start : start + PAGE])
        list(rows.select_for_update().order_by("sync_id").values_list("sync_id"))
        rows.update(
            force=Greatest(F("force") + 1, to_ms(at)), error_code="", attempts=0, next_attempt=None, pending_since=at
        )
    wake_on_commit()


def _after_repair(sync_ids: list[UUID]) -> dict[UUID, list[str]]:
    deadline = time.monotonic() + REPAIR_WAIT_S
    while Record.objects.filter(sync_id__in=sync_ids, due=True, error_code="").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    left: dict[UUID, list[str]] = {}
    for start in range(0, len(sync_ids), PAGE):
        left.update(_differing(list(Record.objects.filter(sync_id__in=sync_ids[start : start + PAGE]))))
    return left
