"""A new client and a matter of hers, saved in Practice Management, until both are green in both products.

Green is read where the colour is computed from: the sync record of the matter in each database says that the other
side has stated this very digest. It is watched by connections of our own, as in ``latency``.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable

import psycopg

import invent
import pair as pairs
from latency import LOOK_EVERY_S, Watcher

CONNECTIONS = 3
GREEN = (
    "SELECT {key} FROM sync_record WHERE kind = 'matter' AND NOT due AND numbered AND error_code = ''"
    " AND refused_code = '' AND stated_digest = digest AND {key} IN ({places})"
)
NAMES = "SELECT local_id, sync_id FROM sync_record WHERE kind = 'matter' AND local_id IN ({places})"

Ask = Callable[[str, str, list[uuid.UUID]], list[tuple[uuid.UUID, ...]]]


def measure(pair: pairs.Pair, rate: float, seconds: float) -> list[float]:
    """Seconds from sending the client to green on both sides, for each matter."""
    pause_s = LOOK_EVERY_S["postgresql" if pair.databases else "sqlite"]
    watcher = Watcher(look_at(asker(pair, "practice"), asker(pair, "accounting")), pause_s)
    saver = Saver(pair, watcher)
    saver.run(int(rate * seconds), rate)
    watcher.finish()
    return [watcher.seen[matter] - sent for matter, sent in saver.sent.items()]


class Saver:
    """Opens matters on the beat, over a few connections, whatever earlier ones are doing."""

    def __init__(self, pair: pairs.Pair, watcher: Watcher) -> None:
        self.pair, self.watcher = pair, watcher
        self.jobs: queue.Queue[int | None] = queue.Queue()
        self.sent: dict[str, float] = {}
        self.failures: list[BaseException] = []

    def run(self, count: int, rate: float) -> None:
        threads = [threading.Thread(target=self._work) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        began = time.perf_counter() + 0.2
        for number in range(count):
            time.sleep(max(0.0, began + number / rate - time.perf_counter()))
            self.jobs.put(number)
        for _ in threads:
            self.jobs.put(None)
        for thread in threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def _work(self) -> None:
        api = self.pair.api("practice")
        while (number := self.jobs.get()) is not None:
            try:
                self._open(api, number)
            except (RuntimeError, OSError) as error:
                self.failures.append(error)

    def _open(self, api: pairs.Api, number: int) -> None:
        sent = time.perf_counter()
        client = api.call("POST", "/contacts", invent.as_api_contact(invent.rows(1, seed=5000 + number)[0]))
        party = {"role": "Client", "contact_id": client["id"]}
        made = api.call("POST", "/matters", {"name": f"Matter {number}", "parties": [party]})
        self.sent[made["id"]] = sent
        self.watcher.expect(made["id"])


def look_at(here: Ask, there: Ask) -> Callable[[list[str]], list[str]]:
    """Tell which of the matters are green on both sides."""

    def look(wanted: list[str]) -> list[str]:
        ids = [uuid.UUID(one) for one in wanted]
        ready = [row[0] for row in here(GREEN, "local_id", ids)]
        if not ready:
            return []
        names = {row[1]: row[0] for row in here(NAMES, "", ready)}
        return [str(names[row[0]]) for row in there(GREEN, "sync_id", list(names))]

    return look


def asker(pair: pairs.Pair, product: str) -> Ask:
    """Ask one product's database a question about some ids."""
    return _postgres(pair.databases[product]) if pair.databases else _sqlite(f"{pair.data / product}.sqlite3")


def _sqlite(file: str) -> Ask:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)

    def ask(question: str, key: str, ids: list[uuid.UUID]) -> list[tuple[uuid.UUID, ...]]:
        text = question.format(key=key, places=",".join("?" * len(ids)))
        rows = connection.execute(text, [one.hex for one in ids]).fetchall()
        return [tuple(uuid.UUID(value) for value in row) for row in rows]

    return ask


def _postgres(address: str) -> Ask:
    connection = psycopg.connect(address, autocommit=True)

    def ask(question: str, key: str, ids: list[uuid.UUID]) -> list[tuple[uuid.UUID, ...]]:
        text = question.format(key=key, places=",".join(["%s"] * len(ids)))
        return connection.execute(text, ids).fetchall()  # type: ignore[arg-type]

    return ask
