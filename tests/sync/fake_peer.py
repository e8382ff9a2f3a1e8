"""The other product in memory: the pure core behind the real messages, so that one Django site has somebody to talk to.

It is strict where a real peer would be lenient: a message that claims a digest its registers do not have, or that
speaks for the wrong site, fails the test at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fake_sweep import FakeSweep
from msgspec import UNSET

from counterpart.contracts import contact, matter
from counterpart.foundation.ids import new_id
from counterpart.protocol import exchange, gate
from counterpart.protocol.canonical import canonical_json, sha256, state_digest
from counterpart.protocol.colour import Mode
from counterpart.protocol.exchange import Answer, Standing, Statement
from counterpart.protocol.gate import GENESIS, Envelope, Head, Position, Verdict
from counterpart.protocol.numbers import number_key
from counterpart.protocol.registers import Reg, edit, forged, merge_state, raise_shadow, seen_stamps, stamps_of
from counterpart.protocol.stamps import Site, site_of, tick
from counterpart.sync.codec import to_ms
from counterpart.sync.conflicts import conflict_id
from counterpart.sync.messages import (
    STATE,
    Arrived,
    Beat,
    ConflictState,
    Event,
    Probe,
    ProbeAnswer,
    ProbeState,
    Receipt,
    RecordState,
    Register,
    Result,
    Told,
    encode,
    read_beat,
    read_events,
    read_probe,
    read_receipt,
)
from counterpart.sync.pairing import Card
from counterpart.sync.registry import PROTOCOL_VERSION, policy_digest

Author = tuple[str, str]
NOBODY = Register([])
DORA: Author = ("Dora Peer", "dora@example.com")


RULES = {contact.KIND: contact.REGISTERS, matter.KIND: matter.REGISTERS}


@dataclass(slots=True)
class Held:
    """One record of the peer."""

    state: dict[str, Reg]
    kind: str = contact.KIND
    standing: Standing = field(default_factory=lambda: Standing(shadow={}))
    authors: dict[str, tuple[str, str, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Archived:
    """A value that lost, as the peer keeps it."""

    sync_id: UUID
    state: ConflictState
    told: str | None = None
    """The resolution the other side knows of; None: it does not know the row."""


@dataclass(slots=True)
class Sent:
    """A batch of the peer with what it needs for the receipt."""

    body: bytes
    head: Head
    forces: dict[UUID, int]
    told: dict[UUID, list[tuple[str, str]]]


class Peer:
    """The simulated product at ``site``; ``clock`` gives the time its users act at."""

    def __init__(self, site: Site, clock: Callable[[], datetime]) -> None:
        self.site = site
        self.clock = clock
        self.instance = f"urn:suite:{site.code}:peer"
        self.epoch = gate.make_epoch(1, "peer")
        self.mode = Mode.LIVE
        self.head = self.acked = self.peer_head = self.announced = GENESIS
        self.chain: dict[int, str] = {}
        self.statement = self.heard = 0
        self.keys = [Ed25519PrivateKey.generate()]
        self.policy: dict[str, Any] = {}
        self.version = PROTOCOL_VERSION
        self.records: dict[UUID, Held] = {}
        self.archive: dict[str, Archived] = {}
        self.used: dict[str, UUID] = {}
        self.next_number = 1
        self.poison: set[UUID] = set()
        self.refuse: dict[UUID, Result] = {}
        self.their_instance = self.their_epoch = ""
        self.states_received = 0
        self.told_addresses: dict[UUID, dict[str, Any]] = {}
        self.sweep = FakeSweep(self)
        self.tells = False
        """Whether it tells states in receipts and takes such receipts, as the present version does."""
        self.receipt = b""
        """Its own receipt for what the last receipt told it."""

    # ------------------------------------------------------------------ pairing

    def card(self, url: str = "http://peer.example") -> str:
        keys = [(self.key_id(key), key.public_key().public_bytes_raw().hex()) for key in self.keys]
        return encode(Card(self.site.code, self.instance, url, self.epoch, keys)).decode()

    @staticmethod
    def key_id(key: Ed25519PrivateKey) -> str:
        return sha256(key.public_key().public_bytes_raw().hex().encode())[:16]

    def pair(self, instance: str, epoch: str) -> None:
        self.their_instance, self.their_epoch = instance, epoch

    @property
    def link_id(self) -> str:
        return sha256(canonical_json(sorted([self.instance, self.their_instance])))[:32]

    # ------------------------------------------------------------------ its users

    def create(
        self, values: Mapping[str, Any], author: Author = DORA, *, number: str | None = None, kind: str = contact.KIND
    ) -> UUID:
        at = to_ms(self.clock())
        sync_id = new_id()
        rules = RULES[kind]
        writable = {n: v for n, v in values.items() if self.site in rules[n].writers and v is not None}
        stamped = {n: v for n, v in writable.items() if not rules[n].create_only}
        if self.site is Site.LA:
            stamped["number"] = number or self._allocate(sync_id)
        state: dict[str, Reg] = {n: Reg(v) for n, v in writable.items() if n not in stamped}
        state |= edit({}, self.site, tick(self.site, at), stamped)
        self.records[sync_id] = Held(state, kind, authors={"": (*author, at)})
        return sync_id

    def edit(self, sync_id: UUID, changes: Mapping[str, Any], author: Author = DORA) -> None:
        held, at = self.records[sync_id], to_ms(self.clock())
        stamp = tick(self.site, at, *seen_stamps(held.state, held.state))
        held.state = edit(held.state, self.site, stamp, changes)
        held.authors |= dict.fromkeys(changes, (*author, at))
        held.standing = exchange.after_save(held.standing, max(held.standing.force + 1, at))

    def force(self, sync_id: UUID, at: int) -> None:
        held = self.records[sync_id]
        held.standing = exchange.after_save(held.standing, max(held.standing.force + 1, at))

    def set_presence(self, sync_id: UUID, presence: str, author: Author = DORA) -> None:
        self.edit(sync_id, {f"presence_{self.site.code}": presence}, author)
        self._settle(self.records[sync_id])

    def value(self, sync_id: UUID, register: str) -> Any:
        reg = self.records[sync_id].state.get(register)
        return reg.value if reg else None

    def digest(self, sync_id: UUID) -> str:
        held = self.records[sync_id]
        return state_digest(RULES[held.kind], held.state)

    def _allocate(self, sync_id: UUID) -> str:
        while number_key(str(self.next_number)) in self.used:
            self.next_number += 1
        number = str(self.next_number)
        self.used[number_key(number)] = sync_id
        return number

    # ------------------------------------------------------------------ sending

    def due(self) -> list[UUID]:
        now = to_ms(self.clock())
        return [
            sync_id
            for sync_id, held in self.records.items()
            if exchange.is_due(
                held.standing, stamps_of(held.state), unsent_conflicts=bool(self._untold(sync_id)), now=now
            )
        ]

    def compose(self, sync_ids: Sequence[UUID] | None = None) -> Sent | None:
        chosen = list(self.due() if sync_ids is None else sync_ids)
        if not chosen or self.mode is not Mode.LIVE:
            return None
        self.head = gate.extend(self.head, "batch", new_id().hex)
        self.chain[self.head.n] = self.head.h
        self.statement += 1
        told = {i: self._untold(i) for i in chosen}
        events = [self._event(i, [self.archive[key].state for key, _ in told[i]]) for i in chosen]
        forces = {i: self.records[i].standing.force for i in chosen}
        return Sent(encode(events), self.head, forces, told)

    def _state(self, sync_id: UUID, conflicts: list[ConflictState]) -> RecordState:
        held = self.records[sync_id]
        state = exchange.outgoing(held.state)
        return RecordState(
            held.kind, state_digest(RULES[held.kind], state),
            {n: Register(r.value, str(r.pm), str(r.la)) for n, r in state.items()}, dict(held.authors), conflicts,
        )  # fmt: skip

    def _event(self, sync_id: UUID, conflicts: list[ConflictState]) -> Event:
        held, data = self.records[sync_id], self._state(sync_id, conflicts)
        return Event(
            dataschema=f"urn:suite:schema:{held.kind}:1",
            id=str(new_id()), source=self.instance, subject=str(sync_id), time=self.clock().isoformat(),
            linkid=self.link_id, epoch=self.epoch, headn=self.head.n, headh=self.head.h, prevn=self.acked.n,
            prevh=self.acked.h, peerepoch=self.their_epoch, peern=self.peer_head.n, peerh=self.peer_head.h,
            statement=self.statement, lane=0, accepts=STATE if self.tells else "", data=data,
        )  # fmt: skip

    def take_receipt(self, sent: Sent, body: bytes) -> Receipt:
        receipt = read_receipt(body)
        assert receipt.instance == self.their_instance
        self._hear(receipt)
        for result in receipt.results:
            self._take_result(UUID(result.id), result, receipt, sent)
        told = [result for result in receipt.results if result.state is not UNSET]
        if told:
            results = [self._merge(Told("", r.id, receipt.statement, 0, r.state), receipt.epoch) for r in told]
            self.statement += 1
            self.receipt = encode(
                Receipt(verdict=Verdict.MERGE.value, results=results, at=to_ms(self.clock()), **self._voice())
            )
        return receipt

    def take_told(self, body: bytes) -> bytes:
        """The other site's receipt for what ours told it."""
        receipt = read_receipt(body)
        self._hear(receipt)
        for result in receipt.results:
            held = self.records[UUID(result.id)]
            stamps = {n: (int(pm), int(la)) for n, (pm, la) in result.stamps.items()}
            held.standing = exchange.after_told(
                held.standing, Answer(exchange.Result(result.result), stamps, result.digest),
                Statement(receipt.epoch, receipt.statement), regs=stamps_of(held.state), peer_epoch=self.their_epoch,
                now=to_ms(self.clock()),
            )  # fmt: skip
        return b""

    def _tell(self, event: Event, result: Result) -> Result:
        held = self.records.get(UUID(event.subject))
        if not self.tells or event.accepts != STATE or held is None or result.result not in ("applied", "unchanged"):
            return result
        regs, stated = stamps_of(held.state), {n: (int(r.pm), int(r.la)) for n, r in event.data.registers.items()}
        standing = exchange.after_telling(
            held.standing, Statement(event.epoch, event.statement), regs=regs, stated=stated, now=to_ms(self.clock())
        )
        if standing is not None:
            held.standing = standing
            result.state = self._state(UUID(event.subject), [])
        return result

    def _take_result(self, sync_id: UUID, result: Result, receipt: Receipt, sent: Sent) -> None:
        held = self.records[sync_id]
        regs = stamps_of(held.state)
        stamps = {n: (int(pm), int(la)) for n, (pm, la) in result.stamps.items()}
        held.standing = exchange.after_answer(
            held.standing, Answer(exchange.Result(result.result), stamps, result.digest, result.code, result.register),
            Statement(receipt.epoch, receipt.statement), regs=regs, sent_force=sent.forces[sync_id],
            peer_epoch=self.their_epoch, now=to_ms(self.clock()), severed=exchange.is_severed(held.state),
        )  # fmt: skip
        self._settle(held)
        if result.result in ("applied", "unchanged"):
            for key, resolution in sent.told[sync_id]:
                self.archive[key].told = resolution

    # ------------------------------------------------------------------ answering

    def answer(self, path: str, body: bytes) -> bytes:
        """What a transport calls."""
        doors = {
            "inbox": self.receive, "receipt": self.take_told, "beat": self.take_beat,
            "probe": self.take_probe, "tree": self.sweep.answer,
        }  # fmt: skip
        return doors[path](body)

    def judge(self, first: Event) -> Verdict:
        remembered = Head(first.peern, first.peerh) if first.peern else GENESIS
        previous = Head(first.prevn, first.prevh) if first.prevn else GENESIS
        envelope = Envelope(first.epoch, Head(first.headn, first.headh), previous, first.peerepoch, remembered)
        position = Position(
            self.epoch, self.their_epoch, self.peer_head, acknowledged=self.acked, announced=self.announced
        )
        holds = remembered == GENESIS or self.chain.get(remembered.n) == remembered.h
        return gate.judge(position, envelope, chain_holds_peer_head=holds)

    def receive(self, body: bytes) -> bytes:
        events = read_events(body)
        first = events[0]
        assert (first.source, first.linkid) == (self.their_instance, self.link_id)
        verdict = self.judge(first)
        results: list[Result] = []
        if verdict in (Verdict.MERGE, Verdict.DUPLICATE) and self.mode is Mode.LIVE:
            results = [self._tell(event, self._merge(event, event.epoch)) for event in events]
            self.peer_head = Head(first.headn, first.headh)
            self.states_received += len(events)
        elif verdict in (Verdict.WE_WERE_RESTORED, Verdict.PEER_WAS_RESTORED):
            self.mode = Mode.HEALING
        self.heard = max(self.heard, first.statement)
        self.statement += 1
        return encode(Receipt(verdict=verdict.value, results=results, at=to_ms(self.clock()), **self._voice()))

    def _merge(self, event: Arrived, epoch: str) -> Result:
        sync_id, rules = UUID(event.subject), RULES[event.data.kind]
        theirs = {n: Reg(r.value, int(r.pm), int(r.la)) for n, r in event.data.registers.items()}
        held = self.records.get(sync_id)
        mine = held.state if held else {}
        if sync_id in self.refuse:
            return self._kept(event, epoch, replace_id(self.refuse[sync_id], event.subject))
        assert not forged(rules, mine, theirs, self.site), "S9: a register was written by the wrong site"
        assert event.data.digest == state_digest(rules, theirs), "S7: the digest is not that of the registers"
        self.told_addresses[sync_id] = {n: r.value for n, r in theirs.items() if rules[n].create_only}
        if sync_id in self.poison:
            stumbled = Result(event.subject, "retry", code="exception", text="The peer stumbled.")
            return self._kept(event, epoch, stumbled)
        if missing := [text for text in event.data.registers.get("clients", NOBODY).value if not self._has(text)]:
            return self._kept(event, epoch, Result(event.subject, "dependency_missing", missing=missing))
        taken = exchange.incoming(mine, theirs)
        merge = merge_state(rules, mine, taken, self.site)
        state = dict(merge.state)
        if held is None:
            state |= {n: r for n, r in taken.items() if rules[n].create_only and not r.newest}
        problem = self._number(sync_id, state, is_new=held is None)
        if problem is not None and held is None:
            return problem
        if problem is not None:
            state["requested_number"] = mine.get("requested_number", Reg(None))
            state = {n: r for n, r in state.items() if r != Reg(None)}
        self._keep_losses(sync_id, merge.losses, state, event)
        if held is None:
            held = self.records[sync_id] = Held({}, event.data.kind, authors=dict(event.data.authors))
        if exchange.is_severed(held.state) and not exchange.is_severed(state):
            held.standing = replace(held.standing, shadow={})  # what either side did meanwhile was never told
        held.state = state
        held.authors |= {n: event.data.authors.get(n) or event.data.authors[""] for n in merge.changed}
        self._note(held, event, epoch, stamps_of(taken), advanced=merge.advanced)
        if merge.disowned:
            held.standing = replace(held.standing, force=held.standing.force + 1)
        result = problem or Result(event.subject, "applied" if merge.advanced else "unchanged")
        return self._filled(result, held)

    def _has(self, sync_id: str) -> bool:
        held = self.records.get(UUID(sync_id))
        return held is not None and not exchange.is_severed(held.state)

    def _kept(self, event: Arrived, epoch: str, result: Result) -> Result:
        """Nothing was merged; that the other side holds this is remembered (S7)."""
        held = self.records.get(UUID(event.subject))
        if held is not None:
            self._note(held, event, epoch, {}, advanced=False)
            self._filled(result, held)
        return result

    def _filled(self, result: Result, held: Held) -> Result:
        result.stamps = {n: (str(pm), str(la)) for n, (pm, la) in stamps_of(held.state).items()}
        result.digest = state_digest(RULES[held.kind], held.state)
        return result

    def _note(self, held: Held, event: Arrived, epoch: str, stated: Mapping[str, Any], *, advanced: bool) -> None:
        held.standing = exchange.after_state(
            held.standing, Statement(epoch, event.statement), event.data.digest, regs=stamps_of(held.state),
            stated=stated, peer_epoch=self.their_epoch, advanced=advanced,
        )  # fmt: skip
        self._settle(held)

    def _settle(self, held: Held) -> None:
        regs = stamps_of(held.state)
        shadow = raise_shadow(held.standing.shadow, {}, regs)
        if exchange.is_severed(held.state):
            shadow = exchange.settled_shadow(regs, shadow)
        held.standing = replace(held.standing, shadow=shadow)

    def _number(self, sync_id: UUID, state: dict[str, Reg], *, is_new: bool) -> Result | None:
        """Legal Accounting's part: give a number, or the one asked for; say so if it is taken."""
        if self.site is not Site.LA or exchange.is_severed(state):
            return None
        wanted = state.get("requested_number")
        asked = exchange.request_is_open(wanted, state.get("number"))
        if not asked and not is_new and "number" in state:
            return None
        number = wanted.value["number"] if asked and wanted else self._allocate(sync_id)
        holder = self.used.setdefault(number_key(number), sync_id)
        if holder != sync_id:
            text = f"Number {number} is taken."
            detail = {"holder": str(holder), "number": number}
            refused = Result(str(sync_id), "refused", code="number_in_use", register="requested_number")
            refused.text, refused.detail = text, detail
            return refused
        stamp = tick(self.site, to_ms(self.clock()), *seen_stamps(state, state))
        state.update(edit(state, self.site, stamp, {"number": number}))
        return None

    # ------------------------------------------------------------------ conflicts

    def _keep_losses(self, sync_id: UUID, losses: Sequence[Any], state: Mapping[str, Reg], event: Arrived) -> None:
        for loss in losses:
            authors = [self.records[sync_id].authors, event.data.authors]
            both = [rows.get(loss.register) or rows.get("") or ("", "", 0) for rows in authors]
            losing, winning = both if site_of(loss.losing_stamp) is self.site else reversed(both)
            row = ConflictState(
                loss.register, loss.value, str(loss.losing_stamp), losing, state[loss.register].value,
                str(loss.winning_stamp), winning, to_ms(self.clock()),
            )  # fmt: skip
            key = conflict_id(sync_id, loss.register, loss.losing_stamp, loss.winning_stamp)
            self.archive.setdefault(key, Archived(sync_id, row))
        for row in event.data.conflicts:
            key = conflict_id(sync_id, row.register, int(row.losing_stamp), int(row.winning_stamp))
            mine = self.archive.setdefault(key, Archived(sync_id, row, row.resolution))
            mine.state.resolution = max(mine.state.resolution, row.resolution)
            mine.told = row.resolution if mine.told is None else max(mine.told, row.resolution)

    def _untold(self, sync_id: UUID) -> list[tuple[str, str]]:
        return [
            (key, row.state.resolution)
            for key, row in self.archive.items()
            if row.sync_id == sync_id and row.told != row.state.resolution
        ]

    # ------------------------------------------------------------------ beats and probes

    def _voice(self) -> dict[str, Any]:
        return {
            "instance": self.instance, "epoch": self.epoch, "headn": self.head.n, "headh": self.head.h,
            "peern": self.peer_head.n, "peerh": self.peer_head.h, "ackedn": self.acked.n, "ackedh": self.acked.h,
            "heardn": self.heard, "statement": self.statement, "mode": self.mode.value,
        }  # fmt: skip

    def beat(self, *, unsent: int = 0) -> bytes:
        self.statement += 1
        keys = [(self.key_id(key), key.public_key().public_bytes_raw().hex()) for key in self.keys]
        beat = Beat(
            **self._voice(), peerepoch=self.their_epoch, at=to_ms(self.clock()), unsent=unsent,
            version=self.version, policydigest=policy_digest(), policy=self.policy, keys=keys,
        )  # fmt: skip
        return encode(beat)

    def take_beat(self, body: bytes) -> bytes:
        self._hear(read_beat(body))
        return self.beat()

    def _hear(self, said: Beat | Receipt) -> None:
        remembered = Head(said.peern, said.peerh) if said.peern else GENESIS
        verdict = gate.judge_memory(
            self.acked, remembered,
            chain_holds_remembered=remembered == GENESIS or self.chain.get(remembered.n) == remembered.h,
            acknowledged_by_peer=Head(said.ackedn, said.ackedh), peer_head=self.peer_head,
            heard_by_peer=said.heardn, statement=self.statement,
        )  # fmt: skip
        if verdict is Verdict.WE_WERE_RESTORED:
            self.mode = Mode.HEALING
        self.acked = gate.adopt(self.acked, remembered)
        self.heard = max(self.heard, said.statement)
        self.announced = Head(said.headn, said.headh)

    def take_probe(self, body: bytes) -> bytes:
        probe: Probe = read_probe(body)
        found = {}
        for text in probe.ids:
            held = self.records.get(UUID(text))
            if held is not None:
                addresses = {n: r.value for n, r in held.state.items() if RULES[held.kind][n].create_only}
                registers = {n: Register(r.value, str(r.pm), str(r.la)) for n, r in held.state.items()}
                digest = state_digest(RULES[held.kind], exchange.outgoing(held.state))
                found[text] = ProbeState(digest, addresses, registers if probe.full else None)
        answer = {"echo": probe.fields} if probe.question else None
        return encode(ProbeAnswer(self.instance, self.epoch, self.statement, self.mode.value, found, answer))


def replace_id(result: Result, subject: str) -> Result:
    """A prepared result for one record."""
    return Result(subject, result.result, code=result.code, register=result.register, text=result.text)
