"""The worker of one site: sends what is due, keeps the link warm, one batch outstanding at a time (section 6).

Woken by commits, and looking by itself every two seconds; a beat every fifteen.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import msgspec
from django.db import close_old_connections, connections, transaction

from counterpart.foundation.clock import now
from counterpart.protocol.colour import Mode
from counterpart.protocol.retry import TRANSPORT_CAP_S
from counterpart.sync.beats import hear_beat, make_beat, settings_of
from counterpart.sync.composing import Batch, compose, withdraw
from counterpart.sync.golive.turn import golive_turn
from counterpart.sync.hearing import Refused, transport_failed
from counterpart.sync.link import effective_mode, get_link
from counterpart.sync.models import Link, Message
from counterpart.sync.receipts import apply_receipt, note_attempt, was_merged
from counterpart.sync.registry import policy_block
from counterpart.sync.sweeping import Sweeper
from counterpart.sync.transports import Transport, TransportFailed
from counterpart.sync.wake import Alarm
from counterpart.sync.watch.watching import Watch

logger = logging.getLogger("counterpart.sync")

POLL_S = 2.0
BEAT_S = 15.0
SEND_TIMEOUT_S = 30.0
BEAT_TIMEOUT_S = 5.0
LOOK_S = 2.0
"""How often our own settings are looked at for something to tell."""
MESSAGES_KEPT = timedelta(days=90)

UnderWay: TypeAlias = tuple[Batch, Callable[[], bytes]]
"""A batch, and what gives its answer."""


class Worker:
    """Runs until stopped; every step can also be called alone (tests, ``--once``)."""

    def __init__(self, transport: Transport, clock: Callable[[], datetime] = now) -> None:
        self.transport = transport
        self.clock = clock
        self._beat_at: datetime | None = None
        self._told_mode = ""
        self._told_settings: dict[str, Any] = {}
        self._looked_at: datetime | None = None
        self._pruned_at: datetime | None = None
        self._stop = threading.Event()
        self._line = ThreadPoolExecutor(2, "sync-line")
        self._under_way: UnderWay | None = None
        """A batch that left before the receipt of the one before it was applied."""
        self._following: Batch | None = None
        """What leaves once the batch under way is merged."""
        self._receipts: list[Future[bytes]] = []
        """Our receipts for what the peer's told, on their way."""
        self._sweeper = Sweeper(clock)
        self._watch = Watch(clock)

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set. An unexpected fault is logged and does not end the worker."""
        self._stop = stop
        alarm = Alarm()
        try:
            while not stop.is_set():
                if not self._safe_turn(stop) and not stop.is_set():
                    alarm.wait(self._pause_s())
        finally:
            alarm.close()
            self._line.shutdown()

    def _safe_turn(self, stop: threading.Event) -> int:
        """A turn whose faults are logged. The connection goes back afterwards: a database that was restarted
        meanwhile must not leave a broken one here for ever.
        """
        try:
            return self.turn()
        except Exception:
            logger.exception("sync worker turn failed")
            stop.wait(1.0)
            return 0
        finally:
            close_old_connections()

    def turn(self) -> int:
        """One round: beat if it is time, then send until nothing is due or the next beat is, then go on with a sweep.
        Returns how much was done: 0 when the worker may rest.
        """
        link = get_link()
        if link is None or not link.peer_instance:
            return 0
        self._watch.turn()
        self._prune()
        if (self._beat_is_due() or self._has_news(link)) and not self._waits(link):
            self._told_mode, self._told_settings = link.mode, settings_of(policy_block())
            self.beat()
            link = get_link()
        if link is None or effective_mode(link) is not Mode.LIVE or link.peer_incompatible:
            return 0
        merged = 0
        while (self._under_way or not self._waits(get_link())) and self.exchange():
            merged += 1
            if self._under_way is None and self._is_interrupted():
                break
        self._await_receipts()
        # A little of a go-live and of a sweep between two rounds, so that what people save goes first.
        return merged + self._golive() + self._sweeper.turn()

    def _golive(self) -> bool:
        """A piece of a go-live, while the line is open."""
        if self._waits(get_link()):
            return False
        return golive_turn(lambda body: self._ask("match", body, SEND_TIMEOUT_S), self.clock())

    def exchange(self) -> bool:
        """Send one batch and apply its receipt; False when nothing was due or the batch was not merged."""
        # A refusal makes us adopt the head the peer remembers: try once more at once.
        return self._send() or (not self._waits(get_link()) and self._send())

    def _is_interrupted(self) -> bool:
        return self._beat_is_due() or self._stop.is_set()

    def _send(self) -> bool:
        """Where more is waiting than one batch holds, the next is made while the peer merges this one, and leaves as
        soon as this one's answer is here: the peer merges it while we apply the receipt. There is never more than one
        under way that has no receipt yet (section 6).
        """
        under_way, self._under_way = self._under_way or self._begun(), None
        if under_way is None:
            return False
        batch, answer = under_way[0], self._heard(under_way[1])
        following, self._following = self._following, None
        if following is not None:
            if answer is not None and was_merged(batch, answer) and not self._is_interrupted():
                self._under_way = self._sent(following)
            else:
                withdraw(following)
        if answer is None:
            note_attempt(batch, self.clock())
            return False
        return self._understood(lambda: self._take(batch, answer))

    def _begun(self) -> UnderWay | None:
        batch = compose(self.clock())
        if batch is None:
            return None
        if not batch.is_full:
            return batch, lambda: self.transport.send("inbox", batch.body, timeout_s=SEND_TIMEOUT_S)
        sent = self._sent(batch)
        self._following = self._composed_after(batch)
        return sent

    def _composed_after(self, batch: Batch) -> Batch | None:
        return compose(self.clock(), after=batch) if batch.is_full and not self._is_interrupted() else None

    def _sent(self, batch: Batch) -> UnderWay:
        return batch, self._line.submit(self._send_alone, "inbox", batch.body).result

    def _send_alone(self, path: str, body: bytes) -> bytes:
        try:
            return self.transport.send(path, body, timeout_s=SEND_TIMEOUT_S)
        finally:
            connections.close_all()  # this thread's own, if the transport needed one

    def _take(self, batch: Batch, answer: bytes) -> bool:
        """Take over a receipt, and say so of what it told. Should that get lost, the peer sends it as a message.

        The batch that will follow is made in the same transaction: beside an import, waiting for SQLite's lock a second
        time takes as long as all of this.
        """
        with transaction.atomic():
            taken = apply_receipt(batch, answer, self.clock())
            following = self._composed_after(self._under_way[0]) if self._under_way else None
        self._following = following
        if taken.receipt:
            self._receipts.append(self._line.submit(self._send_alone, "receipt", taken.receipt))
        return taken.merged

    def _await_receipts(self) -> None:
        for sent in self._receipts:
            self._heard(sent.result)
        self._receipts.clear()

    def _ask(self, path: str, body: bytes, timeout_s: float) -> bytes | None:
        """The peer's answer; None if there was none, which is noted."""
        return self._heard(lambda: self.transport.send(path, body, timeout_s=timeout_s))

    def _heard(self, answer: Callable[[], bytes]) -> bytes | None:
        try:
            return answer()
        except TransportFailed as failure:
            transport_failed(str(failure), self.clock())
            return None

    def _understood(self, take_over: Callable[[], bool]) -> bool:
        """An answer that makes no sense is no answer: back off and say so."""
        try:
            return take_over()
        except (Refused, msgspec.DecodeError) as fault:
            logger.warning("answer not understood: %s", fault)
            transport_failed("It gave an answer that can't be understood.", self.clock())
            return False

    def beat(self) -> bool:
        """Tell the peer we are here and hear the same; False when it could not be reached."""
        self._beat_at = self.clock()
        answer = self._ask("beat", make_beat(self.clock()), BEAT_TIMEOUT_S)
        if answer is None:
            return False
        return self._understood(lambda: hear_beat(answer, self.clock(), answer=False) == b"")

    def _has_news(self, link: Link) -> bool:
        """Whether the peer has to act on something now: a pause, who may number, which sequences (NUM-17, SEQ-9)."""
        if link.mode != self._told_mode:
            return True
        at = self.clock()
        if self._looked_at is not None and 0 <= (at - self._looked_at).total_seconds() < LOOK_S:
            return False
        self._looked_at = at
        return settings_of(policy_block()) != self._told_settings

    def _beat_is_due(self) -> bool:
        if self._beat_at is None or self._is_trial():
            return True
        # A negative age: the clock was set back.
        return not 0 <= (self.clock() - self._beat_at).total_seconds() < BEAT_S

    def _is_trial(self) -> bool:
        """After failures one small request opens the way again before a batch is risked."""
        link = get_link()
        return link is not None and link.failures > 0

    def _waits(self, link: Link | None) -> bool:
        """Whether the back-off is still running; one longer than any we make shows that the clock was set back."""
        if link is None or link.next_attempt is None:
            return link is None
        return 0 < (link.next_attempt - self.clock()).total_seconds() <= TRANSPORT_CAP_S

    def _pause_s(self) -> float:
        link = get_link()
        if link is not None and link.next_attempt is not None:
            return min(POLL_S, max(0.05, (link.next_attempt - self.clock()).total_seconds()))
        return POLL_S

    def _prune(self) -> None:
        at = self.clock()
        if self._pruned_at is None or at - self._pruned_at > timedelta(hours=1):
            Message.objects.filter(at__lt=at - MESSAGES_KEPT).delete()
            self._pruned_at = at
