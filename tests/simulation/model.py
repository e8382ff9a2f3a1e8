"""One site: the engine in miniature. Every rule is a function of ``counterpart.protocol``; here is only plumbing.

Broken builds override one method each (see ``broken.py``).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.messages import Batch, Beat, ConflictRow, LinkRow, RecordRow, RecordState, Reply, Voice
from tests.simulation.numbering import Numbering
from tests.simulation.store import Crash, Database, Transaction

from counterpart.contracts.contact import REGISTERS, problems
from counterpart.protocol import exchange, gate, registers
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.colour import Colour, Facts, Mode, colour, contact_as_of, is_pending, unsent_age
from counterpart.protocol.exchange import Answer, Result, Standing, Statement
from counterpart.protocol.gate import Head, Position, Verdict
from counterpart.protocol.registers import Loss, Reg
from counterpart.protocol.stamps import Site, tick

if TYPE_CHECKING:
    from tests.simulation.world import World

BATCH_RECORDS = 3
KEPT = frozenset(name for name, rule in REGISTERS.items() if rule.kept)
RESTORED = (Verdict.WE_WERE_RESTORED, Verdict.PEER_WAS_RESTORED)
State = dict[str, Reg]


class Poison(Exception):
    """The receiver's code fails over this record."""


class SiteModel:
    """A product's end of the link."""

    numbering_class = Numbering

    def __init__(self, site: Site, world: "World") -> None:
        self.site = site
        self.world = world
        self.db = Database()
        self.skew = 0
        self.up = True
        self.incarnation = 0
        self.poison: set[str] = set()
        self.outstanding: Batch | None = None
        self.failures = 0
        self.next_send = 0
        self.numbering = self.numbering_class(self)
        self._cache: dict[str, tuple[RecordRow, Any, State, str]] = {}

    # ------------------------------------------------------------------ reading

    @property
    def link(self) -> LinkRow:
        return self.db.tables["link"][0]

    @property
    def records(self) -> dict[str, RecordRow]:
        return self.db.tables["records"]

    def wall(self) -> int:
        return self.world.now + self.skew

    def stamp(self, *seen: int) -> int:
        return tick(self.site, self.wall(), *seen)

    def stamped(self, state: State, stamp: int, changes: Mapping[str, Any]) -> State:
        return registers.edit(state, self.site, stamp, changes)

    def build_state(self, record: RecordRow, contact: Mapping[str, Any] | None) -> State:
        values = contact or {}
        state = {}
        for name in REGISTERS:
            value = record.held.get(name) if name in KEPT else values.get(name)
            pm, la = record.regs.get(name, (0, 0))
            if pm or la or value is not None:
                state[name] = Reg(value, pm, la)
        return state

    def state(self, sync_id: str, tx: Transaction | None = None) -> State:
        return self.state_and_digest(sync_id, tx)[0]

    def state_and_digest(self, sync_id: str, tx: Transaction | None = None) -> tuple[State, str]:
        """State and digest from the columns, remembered as long as the rows are the same objects."""
        get = tx.get if tx else self._committed
        record = get("records", sync_id)
        if record is None:
            return {}, ""
        contact = get("contacts", record.local_id) if record.local_id is not None else None
        found = self._cache.get(sync_id)
        if found and found[0] is record and found[1] is contact:
            return found[2], found[3]
        state = self.build_state(record, contact)
        digest = state_digest(REGISTERS, state)
        self._cache[sync_id] = (record, contact, state, digest)
        return state, digest

    def _committed(self, table: str, key: Any) -> Any:
        return self.db.tables[table].get(key)

    def unsent_conflicts(self, sync_id: str, tx: Transaction | None = None) -> list[ConflictRow]:
        get = tx.get if tx else self._committed
        keys = get("conflicts", ("of", sync_id)) or ()
        rows = [get("conflicts", key) for key in keys]
        return [row for row in rows if row.resolution > row.known]

    def is_severed(self, sync_id: str) -> bool:
        return exchange.is_severed(self.state(sync_id))

    def is_due(self, sync_id: str, now: int) -> bool:
        record = self.records[sync_id]
        unsent = not self.is_severed(sync_id) and bool(self.unsent_conflicts(sync_id))
        return exchange.is_due(record.standing, record.regs, unsent_conflicts=unsent, now=now)

    def effective_mode(self) -> Mode:
        link = self.link
        return link.peer_mode if link.mode is Mode.LIVE and link.peer_mode is not Mode.LIVE else link.mode

    def facts(self, sync_id: str) -> Facts:
        state, digest = self.state_and_digest(sync_id)
        return self._facts(self.link, self.records[sync_id], state, digest, bool(self.unsent_conflicts(sync_id)))

    def _facts(self, link: LinkRow, record: RecordRow, state: State, digest: str, unsent: bool) -> Facts:
        standing = record.standing
        number = state.get("number")
        return Facts(
            mode=self.effective_mode(), last_contact=link.last_contact, peer_epoch=link.peer_epoch, digest=digest,
            stated_digest=standing.stated_digest, stated_epoch=standing.stated_epoch,
            severed=exchange.is_severed(state), error=bool(standing.error_code),
            dirty=unsent or registers.is_dirty(record.regs, standing.shadow), force=bool(standing.force),
            number_missing=number is None or number.value is None, pending_since=record.pending_since,
        )  # fmt: skip

    def colour(self, sync_id: str) -> Colour:
        return colour(self.facts(sync_id), self.wall())

    # ------------------------------------------------------------------ writing

    def failpoint(self) -> None:
        """Between any two statements the process may be killed."""
        self.world.failpoint(self)

    def commit(self, tx: Transaction) -> None:
        self.failpoint()
        touched = [key for table, key in tx.writes if table == "records"]
        tx.commit(synced=self.synced())
        self.world.committed(self, touched)

    def synced(self) -> bool:
        return True

    def put_state(self, tx: Transaction, sync_id: str, record: RecordRow, state: State) -> None:
        """Write columns, kept values and stamps of one record; keep its pending time true."""
        regs = registers.stamps_of(state)
        held = {name: reg.value for name, reg in state.items() if name in KEPT and reg.value is not None}
        shadow = registers.raise_shadow(record.standing.shadow, {}, regs)
        if exchange.is_severed(state):
            shadow = exchange.settled_shadow(regs, shadow)
        if record.local_id is not None:
            self.failpoint()
            values = {name: reg.value for name, reg in state.items() if name not in KEPT}
            tx.put("contacts", record.local_id, values)
            self.between_row_and_link(tx)
        record = replace(record, regs=regs, held=held, standing=replace(record.standing, shadow=shadow))
        self.put_record(tx, sync_id, record)
        if record.local_id is None:
            self.keep_tombstone(tx, sync_id)

    def keep_tombstone(self, tx: Transaction, sync_id: str) -> None:
        """The row stays for ever, so that no late message revives the record (section 16)."""

    def between_row_and_link(self, tx: Transaction) -> None:
        """Nothing: a record and its link change in one transaction (S4)."""
        self.failpoint()

    def put_record(self, tx: Transaction, sync_id: str, record: RecordRow) -> None:
        tx.put("records", sync_id, record)
        state, digest = self.state_and_digest(sync_id, tx)
        facts = self._facts(tx.get("link", 0), record, state, digest, bool(self.unsent_conflicts(sync_id, tx)))
        pending = not facts.error and self.is_waiting(facts)
        since = record.pending_since if record.pending_since is not None else self.wall()
        if (since if pending else None) != record.pending_since:
            tx.put("records", sync_id, replace(record, pending_since=since if pending else None))

    def is_waiting(self, facts: Facts) -> bool:
        return facts.dirty or facts.force if facts.severed else is_pending(facts)

    def put_conflict(self, tx: Transaction, row: ConflictRow) -> None:
        keys = tx.get("conflicts", ("of", row.sync_id)) or ()
        if row.key not in keys:
            tx.put("conflicts", ("of", row.sync_id), (*keys, row.key))
        tx.put("conflicts", row.key, row)

    def voice(self, tx: Transaction) -> Voice:
        """The next statement: counted and committed before it leaves the site."""
        link: LinkRow = tx.get("link", 0)
        link = replace(link, statement=link.statement + 1)
        tx.put("link", 0, link)
        return Voice(
            link.epoch, link.statement, link.mode, link.head, link.peer_head, link.acknowledged, link.peer_epoch,
            link.peer_statement,
        )  # fmt: skip

    def chain_holds(self, head: Head, tx: Transaction) -> bool:
        return head.n == 0 or tx.get("chain", head.n) == head.h

    def halt(self, tx: Transaction) -> None:
        tx.put("link", 0, replace(tx.get("link", 0), mode=Mode.HEALING))

    # ------------------------------------------------------------------ sending

    def due(self) -> list[str]:
        now = self.wall()
        found = [sync_id for sync_id in self.records if self.is_due(sync_id, now)]
        return sorted(found, key=lambda i: (self.records[i].lane, self.records[i].pending_since or 0, i))

    def compose(self) -> Batch | None:
        """Append to the chain, commit, send the current state of what is due (section 6, sender steps 1 and 2)."""
        if self.effective_mode() is not Mode.LIVE:
            return None
        chosen = self.due()[:BATCH_RECORDS]
        if not chosen:
            return None
        tx = self.db.begin()
        link: LinkRow = tx.get("link", 0)
        records = tuple(self.record_state(sync_id) for sync_id in chosen)
        head = gate.extend(link.head, "|".join(r.digest for r in records), self.world.salt())
        tx.put("chain", head.n, head.h)
        tx.put("link", 0, replace(link, head=head))
        for sync_id in chosen:
            if not self.records[sync_id].offered:
                tx.put("records", sync_id, replace(self.records[sync_id], offered=True))
        voice = self.voice(tx)
        self.commit(tx)
        forces = {sync_id: self.records[sync_id].standing.force for sync_id in chosen}
        return Batch(voice, link.acknowledged, records, forces)

    def record_state(self, sync_id: str) -> RecordState:
        state, digest = self.state_and_digest(sync_id)
        severed = exchange.is_severed(state)
        conflicts = () if severed else tuple(self.unsent_conflicts(sync_id))
        return RecordState(sync_id, exchange.outgoing(state), digest, conflicts)

    def take_reply(self, batch: Batch, reply: Reply) -> None:
        """A receipt or refusal arrived (section 6, sender step 3)."""
        tx = self.db.begin()
        self.hear(tx, reply.voice)
        conflicts = {record.sync_id: record.conflicts for record in batch.records}
        for sync_id, answer in reply.answers.items():
            self.take_answer(tx, sync_id, answer, reply.voice, batch.forces[sync_id], conflicts[sync_id])
        self.commit(tx)

    def take_answer(
        self, tx: Transaction, sync_id: str, answer: Answer, voice: Voice, sent_force: int,
        conflicts: tuple[ConflictRow, ...],
    ) -> None:  # fmt: skip
        record: RecordRow | None = tx.get("records", sync_id)
        if record is None:
            return
        severed = exchange.is_severed(self.state(sync_id, tx))
        if answer.result in (Result.APPLIED, Result.UNCHANGED):
            for sent in conflicts:
                held: ConflictRow = tx.get("conflicts", sent.key)
                self.put_conflict(tx, replace(held, known=max(held.known, sent.resolution)))
        standing = exchange.after_answer(
            record.standing, answer, self.as_statement(record, voice), regs=record.regs, sent_force=sent_force,
            peer_epoch=tx.get("link", 0).peer_epoch, now=self.wall(), severed=self.never_gives_up(severed),
        )  # fmt: skip
        if severed:
            standing = replace(standing, shadow=exchange.settled_shadow(record.regs, standing.shadow))
        self.put_record(tx, sync_id, replace(record, standing=standing))

    def never_gives_up(self, severed: bool) -> bool:
        return severed

    def as_statement(self, record: RecordRow, voice: Voice) -> Statement:
        return Statement(voice.epoch, voice.statement)

    def hear(self, tx: Transaction, voice: Voice) -> None:
        """What an answer or a beat says about the link itself."""
        link: LinkRow = tx.get("link", 0)
        verdict = gate.judge_memory(
            link.acknowledged, voice.remembered,
            chain_holds_remembered=self.chain_holds(voice.remembered, tx),
            acknowledged_by_peer=voice.acknowledged, peer_head=link.peer_head,
            heard_by_peer=voice.heard, statement=link.statement,
        )  # fmt: skip
        if verdict in RESTORED:
            self.halt(tx)
            return
        link = replace(link, acknowledged=gate.adopt(link.acknowledged, voice.remembered))
        tx.put("link", 0, self.listen(link, voice))

    def listen(self, link: LinkRow, voice: Voice) -> LinkRow:
        """Mode and head of the peer, if this is its newest statement. A stop is believed at once."""
        if voice.mode is Mode.HEALING:
            link = replace(link, peer_mode=Mode.HEALING)
        if voice.statement <= link.peer_statement:
            return link
        link = replace(link, peer_statement=voice.statement)
        # A restored peer remembers less than it acknowledged: its head must open no door.
        knows = voice.remembered.n >= link.acknowledged.n
        return replace(link, announced=voice.head) if knows else link

    # ------------------------------------------------------------------ receiving

    def judge(self, link: LinkRow, batch: Batch, tx: Transaction) -> Verdict:
        position = Position(link.epoch, link.peer_epoch, link.peer_head, link.acknowledged, link.announced)
        return gate.judge(position, batch.envelope, chain_holds_peer_head=self.chain_holds(batch.voice.remembered, tx))

    def receive(self, batch: Batch) -> Reply:
        """Judge, merge, commit, and only then answer (section 6, receiver)."""
        tx = self.db.begin()
        link: LinkRow = tx.get("link", 0)
        verdict = self.judge(link, batch, tx)
        answers: dict[str, Answer] = {}
        tx.put("link", 0, self.listen(link, batch.voice))
        if verdict in RESTORED:
            self.halt(tx)
        elif link.mode is Mode.LIVE and verdict in (Verdict.MERGE, Verdict.DUPLICATE):
            for record in batch.records:
                answers[record.sync_id] = self.merge_record(tx, record, batch.voice)
            tx.put("link", 0, replace(tx.get("link", 0), peer_head=batch.voice.head))
            self.world.merged(self, batch, verdict, answers)
        voice = self.voice(tx)
        self.commit_merge(tx)
        return Reply(voice, verdict.value if tx.get("link", 0).mode is Mode.LIVE else "stopped", answers)

    def commit_merge(self, tx: Transaction) -> None:
        self.commit(tx)

    def merge_record(self, tx: Transaction, record: RecordState, voice: Voice) -> Answer:
        """Merge one record in a savepoint: applied whole or not at all."""
        savepoint = tx.savepoint()
        try:
            return self._merge(tx, record, voice)
        except Poison:
            tx.roll_back(savepoint)
            return self._not_stored(tx, record, voice, Result.RETRY, "exception")

    def _not_stored(
        self, tx: Transaction, record: RecordState, voice: Voice, result: Result, code: str, register: str = ""
    ) -> Answer:
        """The state could not be stored; what it says about the sender is remembered all the same (S7)."""
        row: RecordRow | None = tx.get("records", record.sync_id)
        if row is not None:
            self._heard_state(tx, record, voice, row, advanced=False, applied=False)
        state, digest = self.state_and_digest(record.sync_id, tx)
        return Answer(result, registers.stamps_of(state), digest, code, register)

    def _heard_state(
        self, tx: Transaction, record: RecordState, voice: Voice, row: RecordRow, *, advanced: bool, applied: bool
    ) -> None:
        stated = registers.stamps_of(record.registers)
        state = self.state(record.sync_id, tx)
        standing = exchange.after_state(
            row.standing, self.as_statement(row, voice), record.digest, regs=row.regs,
            stated=self.stated_by(stated) if applied else {}, peer_epoch=tx.get("link", 0).peer_epoch,
            advanced=advanced, request_open=self.request_open(state),
        )  # fmt: skip
        if exchange.is_severed(state):
            standing = replace(standing, shadow=exchange.settled_shadow(row.regs, standing.shadow))
        self.put_record(tx, record.sync_id, replace(row, standing=standing))

    def request_open(self, state: State) -> bool:
        return exchange.request_is_open(state.get("requested_number"), state.get("number"))

    def stated_by(self, stamps: dict[str, Any]) -> dict[str, Any]:
        return stamps

    def check(self, held: State, record: RecordState) -> tuple[str, str]:
        """Authority and format: code and register of a refusal, or two empty texts (S9)."""
        if name := registers.forged(REGISTERS, held, record.registers, self.site):
            return "authority", name
        found = problems({name: reg.value for name, reg in record.registers.items()})
        return (found[0].code, found[0].register) if found else ("", "")

    def _merge(self, tx: Transaction, record: RecordState, voice: Voice) -> Answer:
        sync_id = record.sync_id
        row: RecordRow | None = tx.get("records", sync_id)
        held = self.state(sync_id, tx)
        code, register = self.check(held, record)
        if code:
            return self._not_stored(tx, record, voice, Result.REFUSED, code, register)
        theirs = exchange.incoming(held, record.registers)
        merge = registers.merge_state(REGISTERS, held, theirs)
        state = merge.state
        if row is None:
            state |= {n: r for n, r in theirs.items() if REGISTERS[n].create_only and not r.newest}
        decision = self.numbering.decide(tx, sync_id, state, merge)
        if decision.refused and row is None:
            return Answer(Result.REFUSED, {}, "", decision.code, "requested_number")
        state = decision.state
        self._archive(tx, sync_id, merge.losses, record.conflicts)
        if row is None:
            row = self._new_row(tx, state)
        if sync_id in self.poison:
            raise Poison
        self.put_state(tx, sync_id, row, state)
        self._heard_state(tx, record, voice, tx.get("records", sync_id), advanced=merge.advanced, applied=True)
        return self._answer(tx, record, theirs, merge.advanced, decision)

    def _new_row(self, tx: Transaction, state: State) -> RecordRow:
        local_id = None if exchange.is_severed(state) else self.world.new_id()
        return RecordRow(local_id, {}, {}, Standing(shadow={}))

    def _answer(self, tx: Transaction, record: RecordState, theirs: Any, advanced: bool, decision: Any) -> Answer:
        state, digest = self.state_and_digest(record.sync_id, tx)
        stamps = registers.stamps_of(state)
        if decision.refused:
            return Answer(Result.REFUSED, stamps, digest, decision.code, "requested_number")
        if len(theirs) < len(record.registers):
            return Answer(Result.RETRY, stamps, digest, "deleted")
        return Answer(Result.APPLIED if advanced else Result.UNCHANGED, stamps, digest)

    def _archive(self, tx: Transaction, sync_id: str, losses: list[Loss], received: tuple[ConflictRow, ...]) -> None:
        for loss in losses:
            row = ConflictRow(sync_id, loss.register, loss.value, loss.losing_stamp, loss.winning_stamp)
            if tx.get("conflicts", row.key) is None:
                self.put_conflict(tx, row)
        for theirs in received:
            mine = tx.get("conflicts", theirs.key) or theirs
            resolution = max(mine.resolution, theirs.resolution)
            self.put_conflict(tx, replace(mine, resolution=resolution, known=max(mine.known, theirs.resolution)))

    # ------------------------------------------------------------------ beats

    def beat(self) -> Beat:
        tx = self.db.begin()
        voice = self.voice(tx)
        self.commit(tx)
        return Beat(voice, self.unsent_ms())

    def unsent_ms(self) -> int:
        """For how long the oldest change is waiting that the peer could not be told of.

        Only records that were sent at least once count: the peer shows nothing of the others.
        """
        waiting = [
            row.pending_since for sync_id, row in self.records.items()
            if row.pending_since is not None and self.peer_may_show(row) and not row.standing.attempts
            and self.is_due(sync_id, self.wall())
        ]  # fmt: skip
        return unsent_age(self.wall(), min(waiting, default=None))

    def peer_may_show(self, row: RecordRow) -> bool:
        return row.offered

    def take_beat(self, beat: Beat) -> None:
        tx = self.db.begin()
        newest = beat.voice.statement > tx.get("link", 0).peer_statement
        self.hear(tx, beat.voice)
        link: LinkRow = tx.get("link", 0)
        if newest and link.mode is Mode.LIVE:
            tx.put("link", 0, replace(link, last_contact=contact_as_of(self.wall(), beat.unsent_ms)))
        self.commit(tx)

    # ------------------------------------------------------------------ faults

    def crash(self) -> None:
        """Lose what was not synced and everything in memory."""
        self.db.lose_unsynced()
        self._cache.clear()
        self.outstanding = None
        self.up = False
        self.incarnation += 1

    def start(self) -> None:
        self.up = True
        self.failures = 0
        self.next_send = 0


__all__ = ["Crash", "SiteModel"]
