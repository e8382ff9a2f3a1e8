"""A sweep as the site that drives it takes it: step by step, each kept, so that it goes on after a restart.

First both sites read their columns anew, and what was changed past the application becomes an edit. Then the trees are
compared, and what differs is exchanged again. At the end every finding is looked at once more (section 12).
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar
from uuid import UUID

from django.db import connections

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows, update_rows
from counterpart.protocol.registers import Reg
from counterpart.protocol.tree import Listed, compare, differing_buckets
from counterpart.sync.answering import held_states
from counterpart.sync.composing import reg_of
from counterpart.sync.handler import Handler
from counterpart.sync.link import note
from counterpart.sync.messages import (
    ProbeState,
    SweepReport,
    TreeAnswer,
    TreeAsk,
    encode,
    read_tree_answer,
)
from counterpart.sync.models import Finding, Record, Sweep
from counterpart.sync.outside import adopt, unstamped_changes
from counterpart.sync.probing import probe_states, transport
from counterpart.sync.registry import handler_for
from counterpart.sync.sweep.answering import registers_of, tree_states
from counterpart.sync.sweep.columns import DRIFT, at_rest, existing, read_page
from counterpart.sync.sweep.digests import listed_here, tree_here
from counterpart.sync.sweep.rejoining import rejoin
from counterpart.sync.sweep.repairing import clear_drift, exchange_again, mark_drift, offer_as_new

PAGE = 1_000
IDS = 500
BUCKETS_AT_ONCE = 256
STEP_TIMEOUT_S = 60.0
REPAIR_FOR = timedelta(seconds=90)
LOOK_AGAIN = timedelta(seconds=1)
REPORTED_MAX = 2_000
What: TypeAlias = Finding.What
Phase: TypeAlias = Sweep.Phase
T = TypeVar("T")


class Refused(Exception):
    """The other product does not take part now; the message says why."""


def take_steps(sweep: Sweep, clock: Callable[[], datetime], *, for_s: float) -> bool:
    """Go on with the sweep for about so long; whether there is more to do at once.

    Raises TransportFailed when the peer can't be asked, and Refused when it does not take part now.
    """
    until = time.monotonic() + for_s
    while not sweep.is_finished and time.monotonic() < until:
        at = clock()
        if sweep.next_attempt is not None and sweep.next_attempt > at:
            return False
        STEPS[Phase(sweep.phase)](sweep, at)
        sweep.touched_at = at
        sweep.save(update_fields=KEPT)
    return not sweep.is_finished


def _begin(sweep: Sweep, at: datetime) -> None:
    answer = _ask(sweep, "begin", why=sweep.why, by=sweep.asked_by)
    if answer.refused:
        raise Refused(answer.refused)
    sweep.phase, sweep.started_at, sweep.problem = Phase.READ, at, ""
    sweep.cursor = sweep.cursor_there = ""
    sweep.total = existing().count() + answer.count


def _read(sweep: Sweep, at: datetime) -> None:
    """The next records of both sites, each of which looks through its own while the other does."""
    with ThreadPoolExecutor(1) as beside:
        asked = None if sweep.cursor_there == READ else beside.submit(_page_there, sweep)
        here = None if sweep.cursor == READ else read_page(UUID(sweep.cursor or NOBODY), PAGE)
        there = asked.result() if asked else None
    if here:
        _take_suspects(sweep, here.suspects, at)
        sweep.read_here += here.read
        sweep.cursor = str(here.last or READ)
    if there:
        for ids in _parts(there.ids):
            answer = _ask(sweep, "adopt", ids=ids, states=tree_states([UUID(text) for text in ids]))
            _find(sweep, What.OUTSIDE_THERE, {UUID(text): names for text, names in answer.registers.items()})
        sweep.read_there += there.read
        sweep.cursor_there = there.after or READ
    if sweep.cursor == sweep.cursor_there == READ:
        sweep.phase = Phase.TREE


def _page_there(sweep: Sweep) -> TreeAnswer:
    try:
        return _ask(sweep, "recompute", after=sweep.cursor_there, limit=PAGE)
    finally:
        connections.close_all()  # this thread's own


def _take_suspects(sweep: Sweep, suspects: Sequence[UUID], at: datetime) -> None:
    for ids in _parts(suspects):
        theirs = probe_states(ids, full=True, timeout_s=STEP_TIMEOUT_S).records
        # There first, with what stood here before: one edit of the two is sent before the other side has seen its own.
        there = _ask(sweep, "adopt", ids=[str(one) for one in ids], states=tree_states(ids)).registers
        for sync_id in ids:
            names = adopt(sync_id, _held(theirs.get(str(sync_id))), at)
            if names is not None:
                _find(sweep, What.OUTSIDE_HERE, {sync_id: [*names, *there.get(str(sync_id), ())]})


def _compare_trees(sweep: Sweep, at: datetime) -> None:
    mine = tree_here()
    answer = _ask(sweep, "root", root=mine.root())
    sweep.compared = mine.count + sweep.findings.exclude(sync_id__in=at_rest().values("sync_id")).count()
    if answer.root != mine.root():
        for buckets in _parts(differing_buckets(mine.buckets(), answer.buckets), BUCKETS_AT_ONCE):
            _compare_records(sweep, buckets, at)
    sweep.phase, sweep.deadline = Phase.REPAIR, at + REPAIR_FOR
    sweep.next_attempt = None


def _compare_records(sweep: Sweep, buckets: Sequence[int], at: datetime) -> None:
    rows = _ask(sweep, "records", buckets=list(buckets)).records
    theirs = {UUID(text): Listed(digest, still) for text, digest, still in rows}
    found = compare(listed_here(buckets), theirs)
    known = set(sweep.findings.filter(sync_id__in=found.different).values_list("sync_id", flat=True))
    _repair_different(sweep, [one for one in found.different if one not in known], at)
    _repair_missing_here(sweep, found.only_there, at)
    _repair_missing_there(sweep, found.only_here, at)


def _repair_different(sweep: Sweep, sync_ids: Sequence[UUID], at: datetime) -> None:
    for ids in _parts(sync_ids):
        _find(sweep, What.DIFFERENT, _differences(ids))
        exchange_again(ids, at)
        _ask(sweep, "again", ids=[str(one) for one in ids])


def _repair_missing_here(sweep: Sweep, sync_ids: Sequence[UUID], at: datetime) -> None:
    """The peer knows them, this site does not: linked again where the record is found, offered again otherwise."""
    for ids in _parts(sync_ids):
        answer = _ask(sweep, "states", ids=[str(one) for one in ids])
        states = {UUID(text): state for text, state in answer.states.items()}
        _find(sweep, What.ONLY_THERE, dict.fromkeys(ids, ()), {i: state.kind for i, state in states.items()})
        joined = set(rejoin(states, at))
        for sync_id in joined:
            adopt(sync_id, registers_of(states[sync_id]), at)
        rest = [str(one) for one in ids if one not in joined]
        if rest:
            _ask(sweep, "offer", ids=rest)


def _repair_missing_there(sweep: Sweep, sync_ids: Sequence[UUID], at: datetime) -> None:
    for ids in _parts(sync_ids):
        _find(sweep, What.ONLY_HERE, dict.fromkeys(ids, ()))
        answer = _ask(sweep, "rejoin", states=tree_states(ids))
        joined = {UUID(text) for text in answer.ids}
        offer_as_new([one for one in ids if one not in joined], at)


def _verify(sweep: Sweep, at: datetime) -> None:
    """Look at every finding again until none differs or the time is up; what still differs is red on both sides."""
    open_ = list(sweep.findings.filter(outcome="").values_list("sync_id", flat=True))
    left: dict[UUID, list[str]] = {}
    for ids in _parts(open_):
        differing = _differences(ids)
        equal = [one for one in ids if one not in differing]
        sweep.findings.filter(sync_id__in=equal).update(outcome="repaired")
        left |= differing
    if left and sweep.deadline is not None and at < sweep.deadline:
        sweep.next_attempt = at + LOOK_AGAIN
        return
    for ids in _parts(list(left)):
        named = {one: left[one] for one in ids if left[one] != [ABSENT]}
        mark_drift(named, at)
        _ask(sweep, "drift", registers={str(one): names for one, names in named.items()})
        sweep.findings.filter(sync_id__in=ids).update(outcome="unrepaired")
        lines = [(sweep.pk, one, names) for one, names in named.items()]
        update_rows(Finding, ("registers",), lines, key_columns=("sweep_id", "sync_id"))
    _clear_healed(sweep, at)
    _report(sweep, at)


def _clear_healed(sweep: Sweep, at: datetime) -> None:
    """Records that an earlier sweep left red and that are equal now."""
    unrepaired = sweep.findings.filter(outcome="unrepaired").values("sync_id")
    rows = Record.objects.filter(error_code=DRIFT, severed=False, due=False).exclude(sync_id__in=unrepaired)
    marked = list(rows.values_list("sync_id", flat=True))
    for ids in _parts(marked):
        differing = _differences(ids)
        equal = [one for one in ids if one not in differing]
        clear_drift(equal, at)
        _ask(sweep, "equal", ids=[str(one) for one in equal])


def _report(sweep: Sweep, at: datetime) -> None:
    found = sweep.findings.all()
    sweep.different = found.count()
    sweep.compared += found.filter(what=What.ONLY_THERE).count()
    sweep.repaired = found.filter(outcome="repaired").count()
    sweep.unrepaired = sweep.different - sweep.repaired
    sweep.phase, sweep.finished_at, sweep.next_attempt = Phase.DONE, at, None
    counts = {name: [None, getattr(sweep, name)] for name in ("compared", "different", "repaired", "unrepaired")}
    note(Actor.system(sweep.asked_by or "Sync"), at, "swept", counts)
    rows = found.order_by("pk").values_list("sync_id", "kind", "what", "registers", "outcome")[:REPORTED_MAX]
    lines = [(str(i), kind, SEEN_THERE[What(what)].value, names, outcome) for i, kind, what, names, outcome in rows]
    report = SweepReport(sweep.compared, sweep.different, sweep.repaired, sweep.unrepaired, lines)
    _ask(sweep, "end", report=report)


SEEN_THERE = {
    What.OUTSIDE_HERE: What.OUTSIDE_THERE, What.OUTSIDE_THERE: What.OUTSIDE_HERE, What.ONLY_HERE: What.ONLY_THERE,
    What.ONLY_THERE: What.ONLY_HERE, What.DIFFERENT: What.DIFFERENT,
}  # fmt: skip
KEPT = (
    "phase", "cursor", "cursor_there", "touched_at", "started_at", "finished_at", "next_attempt", "deadline", "total",
    "read_here", "read_there", "compared", "different", "repaired", "unrepaired", "problem",
)  # fmt: skip
"""What a step may change; the lease is not among it."""
NOBODY = str(UUID(int=0))
"""Before every identity."""
READ = "read"
"""In place of a cursor: this site's records are all read."""
ABSENT = "(not known to the other product)"


def _differences(sync_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Which of the records differ now, and in which registers, from the columns of both sides."""
    theirs = probe_states(list(sync_ids), full=True, timeout_s=STEP_TIMEOUT_S).records
    mine = held_states(sync_ids, full=True)
    kinds = dict(Record.objects.filter(sync_id__in=list(sync_ids)).values_list("sync_id", "kind"))
    found: dict[UUID, list[str]] = {}
    for sync_id in sync_ids:
        own, other = mine.get(str(sync_id)), theirs.get(str(sync_id))
        if own is None or other is None:
            found[sync_id] = [ABSENT]
        elif own.digest != other.digest:
            found[sync_id] = _names(handler_for(kinds[sync_id]), _held(own), _held(other))
    return found


def _names(handler: Handler, mine: Mapping[str, Reg], theirs: Mapping[str, Reg]) -> list[str]:
    # Of an address only the stamps must agree; its value is each site's own unless the firm shares it (section 2).
    rules = handler.registers
    stamped = {
        name
        for name in mine.keys() | theirs.keys()
        if name in rules and mine.get(name, Reg(None)).stamps != theirs.get(name, Reg(None)).stamps
    }
    return sorted(stamped | set(unstamped_changes(rules, mine, theirs)))


def _held(state: ProbeState | None) -> dict[str, Reg]:
    registers = state.registers if state is not None else None
    return {name: reg_of(register) for name, register in (registers or {}).items()}


def _find(
    sweep: Sweep, what: What, registers: Mapping[UUID, Sequence[str]], kinds: Mapping[UUID, str] | None = None
) -> None:
    """Write down what was found; a record is found once, for what came first."""
    if not registers:
        return
    known = dict(Record.objects.filter(sync_id__in=list(registers)).values_list("sync_id", "kind")) | dict(kinds or {})
    rows = [(sweep.pk, one, known.get(one, ""), what.value, list(names), "") for one, names in registers.items()]
    columns = ("sweep_id", "sync_id", "kind", "what", "registers", "outcome")
    insert_rows(Finding, columns, rows, ignore_conflicts=True)


def _ask(sweep: Sweep, step: str, **members: object) -> TreeAnswer:
    ask = TreeAsk(sweep=str(sweep.key), step=step, **members)  # type: ignore[arg-type]  # named by the callers above
    answer = read_tree_answer(transport().send("tree", encode(ask), timeout_s=STEP_TIMEOUT_S))
    if answer.refused and step not in ("begin", "end"):
        raise Refused(answer.refused)
    return answer


def _parts(items: Sequence[T], size: int = IDS) -> Iterable[list[T]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])


STEPS: Mapping[Phase, Callable[[Sweep, datetime], None]] = {
    Phase.ASKED: _begin, Phase.READ: _read, Phase.TREE: _compare_trees,
    Phase.REPAIR: _verify,
}  # fmt: skip
