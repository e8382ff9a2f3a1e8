"""The steps of a sweep that the peer drives, answered one by one (section 12). Every step may be repeated."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from counterpart.foundation.bulk import insert_rows
from counterpart.protocol.colour import Mode
from counterpart.protocol.registers import Reg
from counterpart.protocol.stamps import Site
from counterpart.sync.answering import held_states
from counterpart.sync.composing import reg_of
from counterpart.sync.link import get_link, my_site
from counterpart.sync.messages import TreeAnswer, TreeAsk, TreeState, encode, read_tree_ask
from counterpart.sync.models import Finding, Record, Sweep
from counterpart.sync.outside import adopt
from counterpart.sync.sweep.columns import existing, read_page
from counterpart.sync.sweep.digests import listed_here, tree_here
from counterpart.sync.sweep.rejoining import rejoin
from counterpart.sync.sweep.repairing import clear_drift, exchange_again, mark_drift, offer_as_new

PAGE_MAX = 2_000
IDS_MAX = 500
SILENT = timedelta(minutes=10)
"""A sweep of the peer that has asked for nothing for so long has ended without a word."""


def answer_tree(body: bytes, at: datetime) -> bytes:
    """Take one step. Raises ValueError for a message that makes no sense."""
    ask = read_tree_ask(body)
    step = STEPS.get(ask.step)
    if step is None or len(ask.ids) > IDS_MAX or len(ask.states) > IDS_MAX or len(ask.registers) > IDS_MAX:
        raise ValueError("An unknown step, or too much at once.")
    if ask.step not in ("begin", "end") and not _touch(ask, at):
        return encode(TreeAnswer(refused="This sweep is over here."))
    return encode(step(ask, at))


def _touch(ask: TreeAsk, at: datetime) -> bool:
    running = Sweep.objects.filter(key=UUID(ask.sweep), by_peer=True, finished_at=None)
    return running.update(touched_at=at) > 0


def _begin(ask: TreeAsk, at: datetime) -> TreeAnswer:
    link = get_link()
    if link is None or link.mode != Mode.LIVE or link.peer_incompatible:
        return TreeAnswer(refused="The exchange is stopped there.")
    own = Sweep.objects.filter(by_peer=False, finished_at=None).first()
    # Where both ask at the same moment, Practice Management's goes first.
    if own is not None and (own.phase != Sweep.Phase.ASKED or my_site() is Site.PM):
        return TreeAnswer(refused="Another sweep is under way there.")
    left = Sweep.objects.filter(by_peer=True, finished_at=None).exclude(key=UUID(ask.sweep))
    left.update(phase=Sweep.Phase.FAILED, finished_at=at, problem="It ended without a report.")
    facts = {"by_peer": True, "why": ask.why[:40], "asked_by": ask.by[:254], "asked_at": at, "started_at": at}
    Sweep.objects.update_or_create(
        key=UUID(ask.sweep), defaults={"touched_at": at},
        create_defaults=facts | {"touched_at": at, "phase": Sweep.Phase.READ},
    )  # fmt: skip
    return TreeAnswer(count=existing().count())


def _recompute(ask: TreeAsk, _: datetime) -> TreeAnswer:
    """Read the columns of the next records; the suspects' states are then sent here to be judged."""
    page = read_page(UUID(ask.after) if ask.after else UUID(int=0), min(ask.limit, PAGE_MAX))
    return TreeAnswer(after=str(page.last or ""), read=page.read, ids=[str(one) for one in page.suspects])


def _adopt(ask: TreeAsk, at: datetime) -> TreeAnswer:
    """Make edits of what was changed here past the application; ``states`` is what the peer holds of the suspects."""
    adopted: dict[str, list[str]] = {}
    for text in ask.ids:
        names = adopt(UUID(text), registers_of(ask.states.get(text)), at)
        if names is not None:
            adopted[text] = names
    return TreeAnswer(registers=adopted)


def _root(ask: TreeAsk, _: datetime) -> TreeAnswer:
    tree = tree_here()
    root = tree.root()
    return TreeAnswer(root=root, count=tree.count, buckets=[] if root == ask.root else tree.buckets())


def _records(ask: TreeAsk, _: datetime) -> TreeAnswer:
    listed = listed_here(ask.buckets)
    return TreeAnswer(records=[(str(i), one.digest, one.at_rest) for i, one in listed.items()])


def _states(ask: TreeAsk, _: datetime) -> TreeAnswer:
    """What is held here of records that the other side does not know."""
    return TreeAnswer(states=tree_states([UUID(text) for text in ask.ids]))


def _rejoin(ask: TreeAsk, at: datetime) -> TreeAnswer:
    """Records unknown here: linked again where their local record is found. Answers with those that were."""
    joined = rejoin({UUID(text): state for text, state in ask.states.items()}, at)
    _adopt_joined(joined, ask.states, at)
    return TreeAnswer(ids=[str(one) for one in joined])


def _adopt_joined(joined: list[UUID], states: Mapping[str, TreeState], at: datetime) -> None:
    for sync_id in joined:
        adopt(sync_id, registers_of(states[str(sync_id)]), at)


def _again(ask: TreeAsk, at: datetime) -> TreeAnswer:
    exchange_again([UUID(text) for text in ask.ids], at)
    return TreeAnswer()


def _offer(ask: TreeAsk, at: datetime) -> TreeAnswer:
    offer_as_new([UUID(text) for text in ask.ids], at)
    return TreeAnswer()


def _drift(ask: TreeAsk, at: datetime) -> TreeAnswer:
    marked = mark_drift({UUID(text): names for text, names in ask.registers.items()}, at)
    return TreeAnswer(ids=[str(one) for one in marked])


def _equal(ask: TreeAsk, at: datetime) -> TreeAnswer:
    clear_drift([UUID(text) for text in ask.ids], at)
    return TreeAnswer()


def _end(ask: TreeAsk, at: datetime) -> TreeAnswer:
    """Keep the report of the site that drove the sweep, as this site's own."""
    sweep = Sweep.objects.filter(key=UUID(ask.sweep), by_peer=True).first()
    if sweep is None or ask.report is None or sweep.is_finished:
        return TreeAnswer()
    sweep.compared, sweep.different = ask.report.compared, ask.report.different
    sweep.repaired, sweep.unrepaired = ask.report.repaired, ask.report.unrepaired
    sweep.phase, sweep.finished_at, sweep.touched_at = Sweep.Phase.DONE, at, at
    sweep.save()
    rows = [(sweep.pk, UUID(i), kind, what, names, outcome) for i, kind, what, names, outcome in ask.report.findings]
    columns = ("sweep_id", "sync_id", "kind", "what", "registers", "outcome")
    insert_rows(Finding, columns, rows, ignore_conflicts=True)
    return TreeAnswer()


def tree_states(sync_ids: Sequence[UUID]) -> dict[str, TreeState]:
    """What this site holds of the records, with their kinds."""
    rows = Record.objects.filter(sync_id__in=list(sync_ids)).values_list("sync_id", "kind")
    kinds = {str(sync_id): kind for sync_id, kind in rows}
    states = held_states(sync_ids, full=True)
    return {text: TreeState(kinds[text], state.registers or {}) for text, state in states.items()}


def registers_of(state: TreeState | None) -> dict[str, Reg]:
    """A state as read from a message; nothing for a record the other side does not hold."""
    return {name: reg_of(register) for name, register in state.registers.items()} if state else {}


STEPS: Mapping[str, Callable[[TreeAsk, datetime], TreeAnswer]] = {
    "begin": _begin, "recompute": _recompute, "adopt": _adopt, "root": _root, "records": _records, "states": _states,
    "rejoin": _rejoin, "again": _again, "offer": _offer, "drift": _drift, "equal": _equal, "end": _end,
}  # fmt: skip
