"""One thread, one seed: two sites, a bad network, and everything else that goes wrong."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any

from tests.simulation.checks import Checks, Violation
from tests.simulation.faults import Faults
from tests.simulation.messages import Batch, Beat, LinkRow, Reply
from tests.simulation.model import BATCH_RECORDS, SiteModel
from tests.simulation.plan import draw
from tests.simulation.store import Crash
from tests.simulation.users import Users

from counterpart.protocol.colour import Mode
from counterpart.protocol.exchange import MERGED_INTO
from counterpart.protocol.gate import Verdict, make_epoch
from counterpart.protocol.retry import transport_delay_s
from counterpart.protocol.stamps import Site

START_MS = 1_700_000_000_000
POLL_MS = 2_000
BEAT_MS = 15_000
TIMEOUT_MS = 10_000
WAKE_MS = 10
LIVENESS_MS = 20 * 60_000
LONGEST_WAIT_MS = 15 * 60_000 + 1
EVENTS_MAX = 60_000
MERGED = (Verdict.MERGE.value, Verdict.DUPLICATE.value)


class World:
    """Runs one seed. ``model``: the class of both sites; a broken build passes another one."""

    def __init__(self, seed: int, model: type[SiteModel] = SiteModel) -> None:
        self.seed = seed
        self.rng = Random(seed)
        self.merging = Random(~seed)
        # A stream of its own: the histories of seeds without merging stay what they were.
        self.plan = replace(draw(self.rng), merges=seed % 4 == 3, tells=seed % 3 != 0)
        self.now = START_MS
        self.end_of_safety = START_MS + self.plan.safety_ms
        self.count: Counter[str] = Counter()
        self.armed: dict[Site, int] = {}
        self.cut: dict[Site, int] = {Site.PM: 0, Site.LA: 0}
        self.seen_batches: list[tuple[SiteModel, Batch]] = []
        self._events: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._serial = 0
        self.in_flight = 0
        self.sites = [model(site, self) for site in Site]
        self.checks = Checks(self)
        self.users = Users(self)
        self.faults = Faults(self)
        self._pair()

    # ------------------------------------------------------------------ services for the sites

    def new_id(self) -> int:
        self._serial += 1
        return self._serial

    def new_sync_id(self) -> str:
        """Sites exchange identities of this form; who reads a report looks at its end."""
        return f"00000000-0000-7000-8000-{self.new_id():012x}"

    def salt(self) -> str:
        return f"{self.rng.getrandbits(128):032x}"

    def peer(self, site: SiteModel) -> SiteModel:
        return self.sites[site.site.peer]

    @property
    def in_safety(self) -> bool:
        return self.now < self.end_of_safety

    def failpoint(self, site: SiteModel) -> None:
        left = self.armed.get(site.site)
        if left is not None:
            if left == 0:
                del self.armed[site.site]
                raise Crash
            self.armed[site.site] = left - 1

    def committed(self, site: SiteModel, touched: list[str]) -> None:
        self.checks.committed(site, touched)
        if touched:
            self.at(self.now + WAKE_MS, self.work, site)

    def merged(self, site: SiteModel, batch: Batch, verdict: Verdict, answers: Mapping[str, Any]) -> None:
        self.checks.merged(site, batch, verdict, answers)

    def edited(self, site: SiteModel, sync_id: str, state: Any, changes: Mapping[str, Any], stamp: int) -> None:
        self.checks.edited(site, sync_id, state, changes, stamp)

    def acknowledged(self, site: SiteModel, sync_id: str, changes: Mapping[str, Any], stamp: int) -> None:
        self.checks.acknowledged(site, sync_id, changes, stamp)

    # ------------------------------------------------------------------ time

    def at(self, when: int, what: Callable[..., None], *args: Any) -> None:
        self._serial += 1
        heapq.heappush(self._events, (when, self._serial, what, args))

    def guarded(self, site: SiteModel, what: Callable[..., Any], *args: Any) -> Any:
        """Run code of a site; if it is killed there, the site is down until somebody starts it again."""
        try:
            return what(*args)
        except Crash:
            self.count["crashes"] += 1
            self.faults.go_down(site)
            return None

    def run_until(self, end: int, stop: Callable[[], bool] | None = None) -> bool:
        while self._events and self._events[0][0] <= end:
            when, _, what, args = heapq.heappop(self._events)
            self.now = max(self.now, when)
            self.count["events"] += 1
            if self.count["events"] > EVENTS_MAX:
                raise Violation("S6", f"no quiet after {EVENTS_MAX} events: messages feed on themselves")
            what(*args)
            if stop and stop():
                return True
        self.now = end
        return False

    # ------------------------------------------------------------------ the two phases

    def run(self) -> Counter[str]:
        """Safety with faults on, then liveness with faults off. Raises Violation."""
        self.faults.schedule()
        for _ in range(self.plan.actions):
            site = self.rng.choice(self.sites)
            self.at(self.rng.randrange(START_MS, self.end_of_safety), self._act, site)
        self.run_until(self.end_of_safety)
        self.faults.end()
        self.checks.begin_liveness()
        self._cure()
        deadline = self.now + LIVENESS_MS
        if not self.checks.is_stopped():
            self.run_until(deadline, self.is_quiet)
            self.checks.went_quiet(self.is_quiet())
        self.run_until(self.now + 3 * BEAT_MS)
        self.checks.final()
        return self.count

    def _pair(self) -> None:
        epochs = [make_epoch(START_MS, self.salt()) for _ in self.sites]
        for site, skew in zip(self.sites, self.plan.skews, strict=True):
            site.skew = skew
            site.numbering.separate = self.plan.separate
            site.numbering.by_contact = self.plan.by_contact
            tx = site.db.begin()
            tx.put("link", 0, LinkRow(epochs[site.site], epochs[site.site.peer]))
            tx.commit()
            first = self.rng.randrange(BEAT_MS)
            self.at(START_MS + first, self._beat_loop, site)
            self.at(START_MS + self.rng.randrange(POLL_MS), self._poll_loop, site)

    def _act(self, site: SiteModel) -> None:
        if site.up:
            self.count["actions"] += 1
            self.guarded(site, self.users.act, site)

    def _cure(self) -> None:
        """In the second phase people attend to what is red, until nothing is."""
        for site in self.sites:
            if site.link.mode is Mode.OFF:
                self.guarded(site, site.switch)
            for sync_id in list(site.records):
                row = site.records[sync_id]
                if row.local_id is None or site.is_severed(sync_id):
                    continue
                if row.standing.error_code and sync_id not in self.peer(site).poison:
                    self.users.cure(site, sync_id)
                elif any(need.severed for need in site.awaited(row, site.state(sync_id))):
                    self.users.mend(site, sync_id)
        self._mend_merges()
        self.at(self.now + 30_000, self._cure)

    def _mend_merges(self) -> None:
        """A contact was merged in Legal Accounting into one that Practice Management has deleted: that one is offered
        again.
        """
        la = self.sites[Site.LA]
        for row in list(la.records.values()):
            survivor = la.records.get((row.held.get(MERGED_INTO) or {}).get("into", ""))
            is_stuck = survivor is not None and row.regs != row.standing.shadow and la.has_severed(survivor)
            if is_stuck and survivor.local_id is not None:
                self.guarded(la, self.users.offer_again, la, row.held[MERGED_INTO]["into"])

    def is_quiet(self) -> bool:
        """Nothing under way and nothing due, except what a poisoned record is waiting for."""
        if self.in_flight or any(site.outstanding for site in self.sites):
            return False
        return next(self.unsettled(), None) is None

    def unsettled(self) -> Iterator[tuple[str, str]]:
        """Records that are red, due, or waiting for their next attempt or for another record."""
        for site in self.sites:
            latest = site.wall() + LONGEST_WAIT_MS
            for sync_id, row in site.records.items():
                if row.standing.error_code:
                    still = not site.is_severed(sync_id)
                else:
                    still = site.is_due(sync_id, latest) or site.waits(sync_id)
                if still and not self.is_poisoned(sync_id):
                    yield site.site.code, sync_id

    def is_poisoned(self, sync_id: str) -> bool:
        """Whether code fails over the record, or one that it ever referred to: nobody can expect it to go through."""
        poison = self.sites[0].poison | self.sites[1].poison
        return sync_id in poison or any(not poison.isdisjoint(clients) for clients in self.checks.ghost.lists[sync_id])

    # ------------------------------------------------------------------ the workers

    def _poll_loop(self, site: SiteModel) -> None:
        self.at(self.now + POLL_MS, self._poll_loop, site)
        self.work(site)

    def work(self, site: SiteModel) -> None:
        """One batch outstanding per direction."""
        if not site.up or site.outstanding is not None or self.now < site.next_send:
            return
        batch = self.guarded(site, site.compose)
        if batch is not None:
            self._go(site, batch)

    def _go(self, site: SiteModel, batch: Batch) -> None:
        batch = self.faults.tampered(site, batch)
        self.checks.composed(site, batch)
        self.count["messages"] += 1
        self.count["states"] += len(batch.records)
        site.outstanding = batch
        self._send(site, self._take_batch, batch, site.incarnation)
        self.at(self.now + TIMEOUT_MS, self._timeout, site, batch)

    def _timeout(self, site: SiteModel, batch: Batch) -> None:
        if site.outstanding is batch:
            site.outstanding = None
            site.failures += 1
            site.next_send = self.now + int(1000 * transport_delay_s(site.failures, self.rng.random()))
            self.at(site.next_send, self.work, site)

    def _beat_loop(self, site: SiteModel) -> None:
        self.at(self.now + BEAT_MS, self._beat_loop, site)
        if site.up:
            beat = self.guarded(site, site.beat)
            if beat is not None:
                self.count["beats"] += 1
                self._send(site, self._take_beat, beat)
            self.checks.look(site)

    # ------------------------------------------------------------------ the network

    def _send(self, site: SiteModel, take: Callable[..., None], *args: Any) -> None:
        """Lose, repeat, delay and therefore reorder."""
        plan, rng = self.plan, self.rng
        copies = 1
        if self.in_safety:
            if rng.random() < plan.loss:
                self.count["lost"] += 1
                copies = 0
            elif rng.random() < plan.duplicate:
                self.count["repeated"] += 1
                copies = 2
        for _ in range(copies):
            delay = rng.randint(1, plan.slow_ms if self.in_safety else 200)
            self.in_flight += take != self._take_beat
            self.at(self.now + delay, self._arrive, site, take, args)

    def _arrive(self, site: SiteModel, take: Callable[..., None], args: tuple[Any, ...]) -> None:
        self.in_flight -= take != self._take_beat
        if self.now < self.cut[site.site] or not self.peer(site).up:
            self.count["lost"] += 1
            return
        take(site, *args)

    def _take_batch(self, sender: SiteModel, batch: Batch, incarnation: int) -> None:
        receiver = self.peer(sender)
        self.seen_batches.append((sender, batch))
        reply = self.guarded(receiver, self._received, receiver, batch)
        if reply is not None:
            self._send(receiver, self._take_reply, batch, reply, incarnation)

    def _received(self, receiver: SiteModel, batch: Batch) -> Reply:
        self.checks.before_message(receiver)
        reply = receiver.receive(batch)
        self.checks.after_message(receiver, batch.voice)
        self.count["missing"] += sum(bool(absent) for absent in reply.missing.values())
        return reply

    def _take_reply(self, replier: SiteModel, batch: Batch, reply: Reply, incarnation: int) -> None:
        sender = self.peer(replier)
        if sender.incarnation != incarnation:
            return  # the connection died with the process
        if sender.outstanding is batch:
            sender.outstanding = None
            sender.failures = 0
            sender.next_send = 0
            self.at(self.now + WAKE_MS, self.work, sender)
            if self._overlaps(sender, batch, reply):
                return
        elif not self.plan.late_receipts:
            return
        else:
            self.count["late"] += 1
        self.guarded(sender, self._replied, sender, batch, reply)

    def _overlaps(self, sender: SiteModel, batch: Batch, reply: Reply) -> bool:
        """The next batch leaves before the receipt of a full one is applied. True if the sender died over it."""
        if not (self.plan.tells and len(batch.records) == BATCH_RECORDS and reply.verdict in MERGED):
            return False
        incarnation = sender.incarnation
        following = self.guarded(sender, sender.compose, batch)
        if following is not None:
            self.count["overlaps"] += 1
            self._go(sender, following)
        return sender.incarnation != incarnation

    def _replied(self, sender: SiteModel, batch: Batch, reply: Reply) -> None:
        self.checks.promised(self.peer(sender), reply)
        receipt = sender.take_reply(batch, reply)
        self.checks.after_message(sender, reply.voice)
        if receipt is not None:
            self._send(sender, self._take_receipt, receipt)

    def _take_receipt(self, sender: SiteModel, receipt: Reply) -> None:
        receiver = self.peer(sender)
        self.guarded(receiver, self._receipt_taken, receiver, receipt)

    def _receipt_taken(self, receiver: SiteModel, receipt: Reply) -> None:
        self.checks.promised(self.peer(receiver), receipt)
        receiver.take_receipt(receipt)
        self.checks.after_message(receiver, receipt.voice)

    def _take_beat(self, sender: SiteModel, beat: Beat) -> None:
        receiver = self.peer(sender)
        self.guarded(receiver, receiver.take_beat, beat)
        self.checks.after_message(receiver, beat.voice)
