"""The peer's side of a sweep, from the pure tree alone."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from counterpart.contracts import contact
from counterpart.protocol.exchange import is_severed
from counterpart.protocol.tree import Tree, bucket_of
from counterpart.sync.codec import to_ms
from counterpart.sync.messages import Register, SweepReport, TreeAnswer, TreeAsk, TreeState, encode, read_tree_ask
from counterpart.sync.outside import AUTHOR

if TYPE_CHECKING:
    from fake_peer import Peer


class FakeSweep:
    """What the peer knows of sweeps: which values were changed behind its back, and the reports it was sent."""

    def __init__(self, peer: "Peer") -> None:
        self.peer = peer
        self.tampered: dict[UUID, set[str]] = {}
        self.report: SweepReport | None = None
        self.red: dict[UUID, list[str]] = {}
        self.steps: list[str] = []
        self.refuses = ""

    def tamper(self, sync_id: UUID, register: str, value: Any, *, noticed: bool = True) -> None:
        """Change a value of the peer past its application; where it is not noticed, nothing there knows."""
        held = self.peer.records[sync_id].state
        held[register] = held[register]._replace(value=value)
        if noticed:
            self.tampered.setdefault(sync_id, set()).add(register)

    def answer(self, body: bytes) -> bytes:
        ask = read_tree_ask(body)
        self.steps.append(ask.step)
        if self.refuses:
            return encode(TreeAnswer(refused=self.refuses))
        return encode(getattr(self, f"_{ask.step}")(ask))

    def _begin(self, _: TreeAsk) -> TreeAnswer:
        return TreeAnswer(count=len(self.peer.records))

    def _recompute(self, ask: TreeAsk) -> TreeAnswer:
        rest = sorted(i for i in self.peer.records if str(i) > ask.after)[: ask.limit]
        return TreeAnswer(
            after=str(rest[-1]) if rest else "", read=len(rest), ids=[str(i) for i in rest if i in self.tampered]
        )

    def _adopt(self, ask: TreeAsk) -> TreeAnswer:
        adopted = {}
        for text in ask.ids:
            assert text in ask.states, "the suspect's state comes with the question"
            names = self.tampered.pop(UUID(text), set())
            if not names:
                continue
            held = self.peer.records[UUID(text)]
            self.peer.edit(UUID(text), {n: held.state[n].value for n in names}, (AUTHOR, ""))
            adopted[text] = sorted(names)
        return TreeAnswer(registers=adopted)

    def _root(self, ask: TreeAsk) -> TreeAnswer:
        tree = Tree()
        for sync_id in sorted(self._still()):
            tree.add(sync_id, self.peer.digest(sync_id))
        return TreeAnswer(root=tree.root(), count=tree.count, buckets=[] if tree.root() == ask.root else tree.buckets())

    def _records(self, ask: TreeAsk) -> TreeAnswer:
        still = self._still()
        known = [i for i in self.peer.records if bucket_of(i) in ask.buckets]
        return TreeAnswer(records=[(str(i), self.peer.digest(i), i in still) for i in known])

    def _still(self) -> set[UUID]:
        due = set(self.peer.due())
        return {i for i, held in self.peer.records.items() if i not in due and not is_severed(held.state)}

    def _states(self, ask: TreeAsk) -> TreeAnswer:
        return TreeAnswer(states={text: self._state(UUID(text)) for text in ask.ids})

    def _state(self, sync_id: UUID) -> TreeState:
        held = self.peer.records[sync_id]
        registers = {n: Register(r.value, str(r.pm), str(r.la)) for n, r in held.state.items()}
        return TreeState(contact.KIND, registers)

    def _rejoin(self, _: TreeAsk) -> TreeAnswer:
        return TreeAnswer()

    def _again(self, ask: TreeAsk) -> TreeAnswer:
        at = to_ms(self.peer.clock())
        for text in ask.ids:
            self.peer.force(UUID(text), at)
        return TreeAnswer()

    _offer = _again

    def _drift(self, ask: TreeAsk) -> TreeAnswer:
        self.red |= {UUID(text): names for text, names in ask.registers.items()}
        return TreeAnswer(ids=list(ask.registers))

    def _equal(self, ask: TreeAsk) -> TreeAnswer:
        for text in ask.ids:
            self.red.pop(UUID(text), None)
        return TreeAnswer()

    def _end(self, ask: TreeAsk) -> TreeAnswer:
        self.report = ask.report
        return TreeAnswer()
