"""Save in Practice Management to visible in Legal Accounting, at a steady rate, half new contacts and half edits.

Visible means committed in Legal Accounting's database, where every page and API answer reads. It is watched there by
a connection of our own, because asking over HTTP would burden the very processes that are being measured.
"""

from __future__ import annotations

import queue
import random
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

import invent
import pair as pairs

CONNECTIONS = 4
LOOK_EVERY_S = {"sqlite": 0.001, "postgresql": 0.003}
"""PostgreSQL is asked less often: each question costs its server what it costs us."""
SETTLE_WITHIN_S = 60
TABLE = "accounting_contacts_contact"


@dataclass(frozen=True, slots=True)
class Latency:
    visible_s: list[float]  # from sending the save
    after_answer_s: list[float]  # from its answer
    answer_s: list[float]


def measure(pair: pairs.Pair, rate: float, seconds: float) -> Latency:
    existing = prepare(pair, count=50)
    marks = [f"mark-{number}-{random.getrandbits(32):08x}" for number in range(int(rate * seconds))]
    pause_s = LOOK_EVERY_S["postgresql" if pair.databases else "sqlite"]
    watcher = Watcher(opener(pair), pause_s)
    saver = Saver(pair, existing, watcher)
    saver.run(marks, rate)
    watcher.finish()
    visible = [watcher.seen[mark] - saver.sent[mark] for mark in marks]
    after = [max(0.0, watcher.seen[mark] - saver.answered[mark]) for mark in marks]
    return Latency(visible, after, [saver.answered[mark] - saver.sent[mark] for mark in marks])


def prepare(pair: pairs.Pair, count: int) -> list[str]:
    """Contacts to edit, green on both sides before the clock starts."""
    api = pair.api("practice")
    before = min(pair.green(product) for product in pairs.PRODUCTS)
    made = [api.call("POST", "/contacts", invent.as_api_contact(row))["id"] for row in invent.rows(count, seed=7)]
    pair.wait_green(before + count, SETTLE_WITHIN_S)
    return made


class Saver:
    """Sends saves on the beat, whatever earlier ones are doing: a slow answer must not hide behind a pause."""

    def __init__(self, pair: pairs.Pair, existing: list[str], watcher: Watcher) -> None:
        self.pair, self.existing, self.watcher = pair, existing, watcher
        self.jobs: queue.Queue[tuple[int, str] | None] = queue.Queue()
        self.sent: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        self.failures: list[BaseException] = []

    def run(self, marks: list[str], rate: float) -> None:
        threads = [threading.Thread(target=self._work) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        began = time.perf_counter() + 0.2
        for number, mark in enumerate(marks):
            time.sleep(max(0.0, began + number / rate - time.perf_counter()))
            self.jobs.put((number, mark))
        for _ in threads:
            self.jobs.put(None)
        for thread in threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _work(self) -> None:
        api = self.pair.api("practice")
        while (job := self.jobs.get()) is not None:
            try:
                self._save(api, *job)
            except (RuntimeError, OSError) as error:
                self.failures.append(error)

    def _save(self, api: pairs.Api, number: int, mark: str) -> None:
        self.watcher.expect(mark)
        self.sent[mark] = time.perf_counter()
        if number % 2:
            target = self.existing[number // 2 % len(self.existing)]
            api.call("PATCH", f"/contacts/{target}", {"alias": mark}, **{"If-Match": "*"})
        else:
            row = invent.rows(1, seed=1000 + number)[0]
            api.call("POST", "/contacts", {**invent.as_api_contact(row), "alias": mark})
        self.answered[mark] = time.perf_counter()


class Watcher:
    """Notes the moment each mark is found in the other product's database."""

    def __init__(self, look: Callable[[list[str]], list[str]], pause_s: float) -> None:
        self.look, self.pause_s = look, pause_s
        self.waiting: set[str] = set()
        self.seen: dict[str, float] = {}
        self.guard = threading.Lock()
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def expect(self, mark: str) -> None:
        with self.guard:
            self.waiting.add(mark)

    def finish(self) -> None:
        deadline = time.monotonic() + SETTLE_WITHIN_S
        while self.waiting and time.monotonic() < deadline:
            time.sleep(0.05)
        self.ending.set()
        self.thread.join()
        if self.waiting:
            raise RuntimeError(f"{len(self.waiting)} saves never became visible on the other side")

    def _watch(self) -> None:
        while not self.ending.is_set():
            with self.guard:
                wanted = list(self.waiting)
            if wanted:
                found = self.look(wanted)
                now = time.perf_counter()
                with self.guard:
                    self.seen.update(dict.fromkeys(found, now))
                    self.waiting.difference_update(found)
            time.sleep(self.pause_s)


def opener(pair: pairs.Pair) -> Callable[[list[str]], list[str]]:
    return postgres_look(pair.databases["accounting"]) if pair.databases else sqlite_look(pair)


def sqlite_look(pair: pairs.Pair) -> Callable[[list[str]], list[str]]:
    file = f"file:{pair.data / 'accounting.sqlite3'}?mode=ro"
    connection = sqlite3.connect(file, uri=True, isolation_level=None, check_same_thread=False)
    version: list[Any] = [None]

    def look(wanted: list[str]) -> list[str]:
        # data_version changes with each foreign commit; asking for it costs next to nothing.
        now = connection.execute("PRAGMA data_version").fetchone()[0]
        if now == version[0]:
            return []
        version[0] = now
        places = ",".join("?" * len(wanted))
        return [row[0] for row in connection.execute(f"SELECT alias FROM {TABLE} WHERE alias IN ({places})", wanted)]

    return look


def postgres_look(address: str) -> Callable[[list[str]], list[str]]:
    connection = psycopg.connect(address, autocommit=True)
    connection.prepare_threshold = 0

    def look(wanted: list[str]) -> list[str]:
        rows = connection.execute(f"SELECT alias FROM {TABLE} WHERE alias = ANY(%s)", [wanted]).fetchall()  # type: ignore[arg-type]
        return [row[0] for row in rows]

    return look


def percentile_ms(seconds: list[float], percent: int) -> float:
    if len(seconds) < 2:
        return seconds[0] * 1000
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000
