"""One site: the engine in miniature. Every rule is a function of ``counterpart.protocol``; here is only plumbing.

Broken builds override one method each (see ``broken.py``).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.duplicates import Duplicates
from tests.simulation.files import Files
from tests.simulation.kinds import KINDS, MATTER, Kind
from tests.simulation.messages import Batch, Beat, ConflictRow, LinkRow, RecordRow, RecordState, Reply, Voice
from tests.simulation.numbering import Decision, Numbering
from tests.simulation.store import Crash, Database, Transaction

from counterpart.protocol import dependencies, exchange, gate, registers
from counterpart.protocol.canonical import state_digest
from counterpart.protocol.colour import Colour, Facts, Mode, colour, contact_as_of, is_pending, unsent_age
from counterpart.protocol.dependencies import Need
from counterpart.protocol.exchange import Answer, Result, Standing, Statement
from counterpart.protocol.gate import Head, Position, Verdict
from counterpart.protocol.registers import Loss, Merge, Reg
from counterpart.protocol.stamps import Site, tick

if TYPE_CHECKING:
    from tests.simulation.world import World

BATCH_RECORDS = 3
RESTORED = (Verdict.WE_WERE_RESTORED, Verdict.PEER_WAS_RESTORED)
State = dict[str, Reg]


class Poison(Exception):
    """The receiver's code fails over this record."""


class SiteModel:
    """A product's end of the link."""

    numbering_class = Numbering
    files_class = Files
    duplicates_class = Duplicates

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
        self.files = self.files_class(self)
        self.duplicates = self.duplicates_class(self)
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

    def build_state(self, record: RecordRow, columns: Mapping[str, Any] | None) -> State:
        kind = KINDS[record.kind]
        values = self.files.values(kind, columns or {})
        state = {}
        for name in kind.registers:
            value = record.held.get(name) if name in kind.kept else values.get(name)
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
        kind = KINDS[record.kind]
        columns = get(kind.table, record.local_id) if record.local_id is not None else None
        found = self._cache.get(sync_id)
        if found and found[0] is record and found[1] is columns:
            return found[2], found[3]
        state = self.build_state(record, columns)
        digest = state_digest(kind.registers, state)
        self._cache[sync_id] = (record, columns, state, digest)
        return state, digest

    def _committed(self, table: str, key: Any) -> Any:
        return self.db.tables[table].get(key)

    def unsent_conflicts(self, sync_id: str, tx: Transaction | None = None) -> list[ConflictRow]:
        get = tx.get if tx else self._committed
        keys = get("conflicts", ("of", sync_id))
        if not keys:
            return []
        rows = [get("conflicts", key) for key in keys]
        return [row for row in rows if row.resolution > row.known]

    def is_severed(self, sync_id: str) -> bool:
        return self.has_severed(self.records[sync_id])

    def is_due(self, sync_id: str, now: int) -> bool:
        record = self.records[sync_id]
        unsent = bool(self.unsent_conflicts(sync_id)) and not self.has_severed(record)
        is_due = exchange.is_due(record.standing, record.regs, unsent_conflicts=unsent, now=now)
        return is_due and not self.is_held_back(sync_id)

    # ------------------------------------------------------------------ what refers to other records

    def needs(self, record: RecordRow, state: State) -> list[Need]:
        """How the records this one refers to stand here, where the reference is written."""
        kind = KINDS[record.kind]
        if not kind.refers or self.site is not Site.PM or "clients" not in state:
            return []
        return [self.need(self.records.get(client)) for client in state["clients"].value or ()]

    def need(self, client: RecordRow | None) -> Need:
        if client is None:
            return Need(known_at_peer=False)
        error = bool(client.standing.error_code) or client.refused
        return Need(client.standing.known_at_peer, error, self.has_severed(client))

    def lists(self) -> dict[str, list[str]]:
        """The client list of every matter that exists here."""
        return {
            sync_id: self.state(sync_id)["clients"].value for sync_id, row in self.records.items()
            if row.kind == MATTER.name and row.local_id is not None
        }  # fmt: skip

    def parties(self) -> set[str]:
        """Contacts that a matter here names, and that can't be deleted therefore."""
        return set().union(*self.lists().values())

    def has_severed(self, record: RecordRow) -> bool:
        deleted = any(record.held.get(name) == exchange.DELETED for name in exchange.PRESENCES)
        return deleted or bool(record.held.get(exchange.MERGED_INTO))

    def is_held_back(self, sync_id: str) -> bool:
        record = self.records[sync_id]
        if not KINDS[record.kind].refers:
            return False
        state = self.state(sync_id)
        return dependencies.holds_back(
            self.needs(record, state), known_at_peer=record.standing.known_at_peer, attempts=record.standing.attempts,
            severed=exchange.is_severed(state),
        )  # fmt: skip

    def missing(self, tx: Transaction, kind: Kind, held: State, theirs: Mapping[str, Reg]) -> frozenset[str]:
        """What a state refers to and is not here: none of it may be applied, in part or at all (S8)."""
        wanted = dependencies.references(kind.registers, held, theirs, self.site)
        return frozenset(sync_id for name, sync_id in wanted if not self.is_here(tx, KINDS[name], sync_id))

    def is_here(self, tx: Transaction, kind: Kind, sync_id: str) -> bool:
        row: RecordRow | None = tx.get("records", sync_id)
        return row is not None and row.local_id is not None and tx.get(kind.table, row.local_id) is not None

    # ------------------------------------------------------------------ colour

    def effective_mode(self) -> Mode:
        link = self.link
        if Mode.OFF in (link.mode, link.peer_mode) and link.mode is not Mode.HEALING:
            return Mode.OFF
        return link.peer_mode if link.mode is Mode.LIVE and link.peer_mode is not Mode.LIVE else link.mode

    def facts(self, sync_id: str) -> Facts:
        state, digest = self.state_and_digest(sync_id)
        return self._facts(self.link, self.records[sync_id], state, digest, bool(self.unsent_conflicts(sync_id)))

    def _facts(self, link: LinkRow, record: RecordRow, state: State, digest: str, unsent: bool) -> Facts:
        standing = record.standing
        number = state.get("number")
        dirty = unsent or registers.is_dirty(record.regs, standing.shadow)
        awaited = self.awaited(record, state) if dirty or standing.force else []
        return Facts(
            mode=self.effective_mode(), last_contact=link.last_contact, peer_epoch=link.peer_epoch, digest=digest,
            stated_digest=standing.stated_digest, stated_epoch=standing.stated_epoch,
            severed=exchange.is_severed(state), error=bool(standing.error_code), person_needed=record.refused,
            blocked_by_error=any(dependencies.is_in_trouble(need) for need in awaited), waiting_for=bool(awaited),
            dirty=dirty, force=bool(standing.force), number_missing=number is None or number.value is None,
            pending_since=self._waiting_since(link, record.pending_since),
        )  # fmt: skip

    def waits(self, sync_id: str) -> bool:
        """Whether a record has something to send, and waits for others."""
        if not KINDS[self.records[sync_id].kind].refers:
            return False
        facts = self.facts(sync_id)
        return facts.waiting_for and not facts.severed

    def awaited(self, record: RecordRow, state: State) -> list[Need]:
        known = record.standing.known_at_peer
        return [need for need in self.needs(record, state) if dependencies.is_awaited(need, known_at_peer=known)]

    def _waiting_since(self, link: LinkRow, since: int | None) -> int | None:
        """Since when a record waits while the exchange could have happened."""
        return None if since is None else max(since, link.contact_since, link.mode_since)

    def colour(self, sync_id: str) -> Colour:
        return colour(self.facts(sync_id), self.wall())

    # ------------------------------------------------------------------ writing

    def failpoint(self) -> None:
        """Between any two statements the process may be killed."""
        self.world.failpoint(self)

    def commit(self, tx: Transaction) -> None:
        self.failpoint()
        touched = [key for table, key in tx.writes if table == "records"]
        files = {key for table, key in tx.writes if table == MATTER.table}
        if files:
            touched += [i for i, row in self.records.items() if row.local_id in files and i not in touched]
        tx.commit(synced=self.synced())
        self.world.committed(self, touched)

    def synced(self) -> bool:
        return True

    def put_state(self, tx: Transaction, sync_id: str, record: RecordRow, state: State) -> None:
        """Write columns, kept values and stamps of one record; keep its pending time true."""
        kind = KINDS[record.kind]
        regs = registers.stamps_of(state)
        held = {name: reg.value for name, reg in state.items() if name in kind.kept and reg.value is not None}
        shadow = registers.raise_shadow(record.standing.shadow, {}, regs)
        if exchange.is_severed(state):
            shadow = exchange.settled_shadow(regs, shadow)
        elif self.has_severed(record):
            shadow = {}  # restored: whatever either side changed meanwhile was never told
        if record.local_id is not None:
            self.failpoint()
            values = {name: reg.value for name, reg in state.items() if name not in kind.kept}
            before = tx.get(kind.table, record.local_id)
            tx.put(kind.table, record.local_id, self.files.columns(kind, before, values))
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

    def compose(self, after: Batch | None = None) -> Batch | None:
        """Append to the chain, commit, send the current state of what is due (section 6, sender steps 1 and 2).

        ``after``: the batch before, which was merged, and whose receipt is applied while this one is under way.
        """
        if self.effective_mode() is not Mode.LIVE:
            return None
        beside = frozenset(record.sync_id for record in after.records) if after else frozenset()
        chosen = [sync_id for sync_id in self.due() if sync_id not in beside][:BATCH_RECORDS]
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
        return Batch(voice, after.voice.head if after else link.acknowledged, records, forces, beside)

    def record_state(self, sync_id: str) -> RecordState:
        state, digest = self.state_and_digest(sync_id)
        severed = exchange.is_severed(state)
        conflicts = () if severed else tuple(self.unsent_conflicts(sync_id))
        return RecordState(sync_id, exchange.outgoing(state), digest, conflicts, self.records[sync_id].kind)

    def take_reply(self, batch: Batch, reply: Reply) -> Reply | None:
        """A receipt or refusal arrived (section 6, sender step 3). What it told is merged, and answered."""
        tx = self.db.begin()
        self.hear(tx, reply.voice)
        conflicts = {record.sync_id: record.conflicts for record in batch.records}
        for sync_id, answer in reply.answers.items():
            self.take_answer(tx, sync_id, answer, reply.voice, batch.forces[sync_id], conflicts[sync_id])
        for sync_id in sorted(set().union(*reply.missing.values())):
            self.offer_missing(tx, sync_id)
        ours = self.take_told(tx, reply)
        self.commit(tx)
        return ours

    def take_told(self, tx: Transaction, reply: Reply) -> Reply | None:
        if not reply.told or tx.get("link", 0).mode is not Mode.LIVE:
            return None
        told = sorted(reply.told.values(), key=lambda record: KINDS[record.kind].refers)
        answers = {record.sync_id: self.merge_record(tx, record, reply.voice)[0] for record in told}
        answers = {sync_id: self.as_held_now(tx, sync_id, answer) for sync_id, answer in answers.items()}
        return Reply(self.voice(tx), "told", answers)

    def take_receipt(self, receipt: Reply) -> None:
        """The peer says what became of what our receipt told it."""
        tx = self.db.begin()
        self.hear(tx, receipt.voice)
        for sync_id, answer in receipt.answers.items():
            row: RecordRow | None = tx.get("records", sync_id)
            if row is not None:
                standing = exchange.after_told(
                    row.standing, answer, self.as_statement(row, receipt.voice), regs=row.regs,
                    peer_epoch=tx.get("link", 0).peer_epoch, now=self.wall(),
                )  # fmt: skip
                self.put_record(tx, sync_id, self.after_answer(tx, sync_id, row, standing))
        self.commit(tx)

    def offer_missing(self, tx: Transaction, sync_id: str) -> None:
        """The peer lacks a record although others refer to it: it goes first, and what refers to it waits."""
        record: RecordRow | None = tx.get("records", sync_id)
        if record is not None and not self.has_severed(record):
            standing = replace(record.standing, known_at_peer=False, force=self.new_force(record), next_attempt=0)
            self.put_record(tx, sync_id, replace(record, standing=standing))

    def new_force(self, record: RecordRow, *seen: int) -> int:
        return tick(self.site, self.wall(), record.standing.force, *seen)

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
        self.put_record(tx, sync_id, self.after_answer(tx, sync_id, record, standing))

    def after_answer(self, tx: Transaction, sync_id: str, record: RecordRow, standing: Standing) -> RecordRow:
        state, digest = self.state_and_digest(sync_id, tx)
        if exchange.is_severed(state):
            standing = replace(standing, shadow=exchange.settled_shadow(record.regs, standing.shadow))
        agreed = standing.stated_digest == digest
        return replace(record, standing=standing, refused=self.still_refused(record, agreed=agreed))

    def still_refused(self, record: RecordRow, *, agreed: bool) -> bool:
        return record.refused and not agreed

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
        """Mode and head of the peer, if this is its newest statement. A stop is believed at once, and for good."""
        if voice.mode is Mode.HEALING:
            link = replace(link, peer_mode=Mode.HEALING)
        if voice.statement <= link.peer_statement:
            return link
        link = replace(link, peer_statement=voice.statement)
        if link.peer_mode is not voice.mode and link.peer_mode is not Mode.HEALING:
            since = self.wall() if voice.mode is Mode.LIVE else link.contact_since
            link = replace(link, peer_mode=voice.mode, contact_since=since)
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
        told: dict[str, RecordState] = {}
        absent: dict[str, frozenset[str]] = {}
        tx.put("link", 0, self.listen(link, batch.voice))
        if verdict in RESTORED:
            self.halt(tx)
        elif link.mode is Mode.LIVE and verdict in (Verdict.MERGE, Verdict.DUPLICATE):
            # What others refer to first, so that one batch may bring both.
            for record in sorted(batch.records, key=lambda record: KINDS[record.kind].refers):
                answers[record.sync_id], absent[record.sync_id] = self.merge_record(tx, record, batch.voice)
            answers = {sync_id: self.as_held_now(tx, sync_id, answer) for sync_id, answer in answers.items()}
            told = self.tell(tx, batch, answers)
            tx.put("link", 0, replace(tx.get("link", 0), peer_head=batch.voice.head))
            self.world.merged(self, batch, verdict, answers)
        voice = self.voice(tx)
        self.commit_merge(tx)
        return Reply(voice, verdict.value if tx.get("link", 0).mode is Mode.LIVE else "stopped", answers, absent, told)

    def tell(self, tx: Transaction, batch: Batch, answers: Mapping[str, Answer]) -> dict[str, RecordState]:
        """The states of those records of which the sender lacks nothing but what was decided here in storing them."""
        told = {}
        for record in batch.records:
            sync_id, row = record.sync_id, tx.get("records", record.sync_id)
            if answers[sync_id].result not in (Result.APPLIED, Result.UNCHANGED) or not self.may_tell(tx, sync_id, row):
                continue
            standing = exchange.after_telling(
                row.standing, self.as_statement(row, batch.voice), regs=row.regs,
                stated=registers.stamps_of(record.registers), now=self.wall(),
            )  # fmt: skip
            if standing is not None:
                state, digest = self.state_and_digest(sync_id, tx)
                told[sync_id] = RecordState(sync_id, exchange.outgoing(state), digest, (), row.kind)
                self.put_record(tx, sync_id, replace(row, standing=standing))
                self.world.count["told"] += 1
        return told

    def may_tell(self, tx: Transaction, sync_id: str, row: RecordRow) -> bool:
        is_plain = not (self.has_severed(row) or row.refused or self.unsent_conflicts(sync_id, tx))
        return self.world.plan.tells and is_plain

    def as_held_now(self, tx: Transaction, sync_id: str, answer: Answer) -> Answer:
        """The merge of duplicates further on in a batch may have changed a record that was answered already."""
        state, digest = self.state_and_digest(sync_id, tx)
        return replace(answer, stamps=registers.stamps_of(state), digest=digest)

    def commit_merge(self, tx: Transaction) -> None:
        self.commit(tx)

    def merge_record(self, tx: Transaction, record: RecordState, voice: Voice) -> tuple[Answer, frozenset[str]]:
        """Merge one record in a savepoint: applied whole or not at all. With the answer: what it lacks here."""
        told = record.registers
        record = self.duplicates.real_lists(tx, record)
        held = self.state(record.sync_id, tx)
        absent = self.missing(tx, KINDS[record.kind], held, exchange.incoming(held, record.registers))
        if absent and not self.check(held, record)[0]:
            return self._not_stored(tx, record, voice, Result.DEPENDENCY_MISSING, "dependency_missing"), absent
        survivor = self.duplicates.told(held, record.registers)
        if survivor and not self.check(held, record)[0] and self.duplicates.is_too_early(tx, record.sync_id, survivor):
            return self._not_stored(tx, record, voice, Result.RETRY, "no_survivor"), frozenset({survivor})
        savepoint = tx.savepoint()
        try:
            self.duplicates.let_part(tx, record, held)
            held = self.state(record.sync_id, tx)
            return self._merge(tx, record, voice, held, told), frozenset()
        except Poison:
            tx.roll_back(savepoint)
            return self._not_stored(tx, record, voice, Result.RETRY, "exception"), frozenset()

    def _not_stored(
        self, tx: Transaction, record: RecordState, voice: Voice, result: Result, code: str, register: str = ""
    ) -> Answer:
        """The state could not be stored; what it says about the sender is remembered all the same (S7)."""
        row: RecordRow | None = tx.get("records", record.sync_id)
        if row is not None:
            row = replace(row, refused=row.refused or result is Result.REFUSED)
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
        kind = KINDS[record.kind]
        if name := registers.forged(kind.registers, held, record.registers, self.site):
            return "authority", name
        found = kind.problems({name: reg.value for name, reg in record.registers.items()})
        return (found[0].code, found[0].register) if found else ("", "")

    def join(self, kind: Kind, held: State, theirs: State, heard: Mapping[str, Any]) -> Merge:
        return registers.merge_state(kind.registers, held, theirs, self.site, heard)

    def _merge(
        self, tx: Transaction, record: RecordState, voice: Voice, held: State, told: Mapping[str, Reg]
    ) -> Answer:
        """``told``: the registers as they were sent, before aliases in lists were replaced."""
        sync_id, kind = record.sync_id, KINDS[record.kind]
        row: RecordRow | None = tx.get("records", sync_id)
        code, register = self.check(held, record)
        if code:
            return self._not_stored(tx, record, voice, Result.REFUSED, code, register)
        theirs = exchange.incoming(held, record.registers)
        before = tx.get(kind.table, row.local_id) if row and row.local_id is not None else {}
        heard = dict(row.heard) if row else {}
        if heard.get("clients"):
            heard["clients"] = self.duplicates.real_list(tx, heard["clients"])
        merge = self.join(kind, held, theirs, heard)
        is_new = row is None or (row.local_id is None and not exchange.is_severed(merge.state))
        if is_new:
            create_only = {n: r for n, r in theirs.items() if kind.registers[n].create_only and not r.newest}
            merge.state |= create_only
        stranger = self.files.refused_register(merge)
        if stranger:
            self._leave_out(merge, held, stranger)
        decision = self.numbering.decide(tx, sync_id, kind, merge.state, merge)
        if decision.refused and is_new:
            return self._not_stored(tx, record, voice, Result.REFUSED, decision.code, decision.register)
        if stranger and not decision.refused:
            decision = Decision(decision.state, "unknown_staff", stranger)
        self._archive(tx, sync_id, merge.losses, record.conflicts)
        row = row or RecordRow(None, {}, {}, Standing(shadow={}), kind=kind.name)
        if is_new and not exchange.is_severed(merge.state):
            row = replace(row, local_id=self.world.new_id())
        if sync_id in self.poison:
            raise Poison
        row = self._row_after(row, kind, {name: told[name] for name in theirs}, merge, decision)
        self.put_state(tx, sync_id, row, decision.state)
        row = tx.get("records", sync_id)
        self._heard_state(tx, record, voice, row, advanced=self.has_news(merge, decision), applied=True)
        if code := self.duplicates.act(tx, record, merge, before or {}):
            return self._refused_merge(tx, record, voice, held, code)
        return self._answer(tx, record, theirs, merge.advanced, decision)

    def has_news(self, merge: Merge, decision: Decision) -> bool:
        """Whether anything was taken over. What was refused comes again with every attempt and is no news."""
        return any(name != decision.register for name in merge.changed) if decision.refused else bool(merge.changed)

    def _refused_merge(self, tx: Transaction, record: RecordState, voice: Voice, held: State, code: str) -> Answer:
        """The request is not kept, so that it stays unsent at the peer and shows why."""
        state = self.state(record.sync_id, tx)
        del state[exchange.MERGE_REQUEST]
        if exchange.MERGE_REQUEST in held:
            state[exchange.MERGE_REQUEST] = held[exchange.MERGE_REQUEST]
        self.put_state(tx, record.sync_id, tx.get("records", record.sync_id), state)
        state, digest = self.state_and_digest(record.sync_id, tx)
        return Answer(Result.REFUSED, registers.stamps_of(state), digest, code, exchange.MERGE_REQUEST)

    def _leave_out(self, merge: Merge, held: State, register: str) -> None:
        """Leave a refused register as we held it: the peer stays dirty for it and shows the reason."""
        del merge.state[register]
        if register in held:
            merge.state[register] = held[register]
        merge.losses = [loss for loss in merge.losses if loss.register != register]

    def _row_after(self, row: RecordRow, kind: Kind, theirs: State, merge: Merge, decision: Decision) -> RecordRow:
        told = {
            name: reg.value for name, reg in theirs.items()
            if kind.registers[name].refers_to and self.site not in kind.registers[name].writers
        }  # fmt: skip
        row = replace(row, refused=decision.refused, heard={**row.heard, **told})
        if merge.disowned:
            row = replace(row, standing=replace(row.standing, force=self.new_force(row)))
        return row

    def _answer(self, tx: Transaction, record: RecordState, theirs: Any, advanced: bool, decision: Decision) -> Answer:
        state, digest = self.state_and_digest(record.sync_id, tx)
        stamps = registers.stamps_of(state)
        if decision.refused:
            return Answer(Result.REFUSED, stamps, digest, decision.code, decision.register)
        if tx.get("records", record.sync_id).local_id is None and not exchange.is_severed(theirs):
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

    # ------------------------------------------------------------------ on and off

    def switch(self) -> None:
        """The integration off, or on again: then everything is exchanged in full once (section 15)."""
        link = self.link
        if link.mode not in (Mode.LIVE, Mode.OFF):
            return
        tx = self.db.begin()
        mode = Mode.OFF if link.mode is Mode.LIVE else Mode.LIVE
        tx.put("link", 0, replace(link, mode=mode, mode_since=self.wall()))
        for sync_id, row in self.records.items():
            if mode is Mode.LIVE and self.told_at_switch_on(row):
                standing = exchange.after_save(row.standing, self.new_force(row))
                since = self.changed_since(link) if row.pending_since is None else row.pending_since
                self.put_record(tx, sync_id, replace(row, standing=standing, lane=2, pending_since=since))
        self.commit(tx)

    def told_at_switch_on(self, row: RecordRow) -> bool:
        return row.local_id is not None and not self.has_severed(row)

    def changed_since(self, link: LinkRow) -> int:
        """What was changed while the link was off may be as old as that."""
        return link.mode_since

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
        if newest and link.mode is Mode.LIVE and self.is_in_memory(link, beat):
            tx.put("link", 0, replace(link, last_contact=contact_as_of(self.wall(), beat.unsent_ms)))
        self.commit(tx)

    def is_in_memory(self, link: LinkRow, beat: Beat) -> bool:
        """Whether the peer remembers all that it acknowledged: a restored one can vouch for nothing."""
        return beat.voice.remembered.n >= link.acknowledged.n

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
