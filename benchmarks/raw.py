"""The baseline: the same durable rows in both databases by plain sqlite3 or psycopg, without the product.

One contact costs the product these seven commits, from the save to green on both sides; here they are repeated row by
row, with bodies of similar size and in the same groups. `run.py` prints the rows PostgreSQL counted for the product
beside those counted here, so that a reader can judge whether the comparison is fair.
"""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

TABLES = ("contact", "matter", "party", "record", "history", "ledger", "exchange")


@dataclass(frozen=True, slots=True)
class Step:
    """One commit: for every contact these inserted and updated rows (table, bytes), and once per batch some more."""

    inserts: tuple[tuple[str, int], ...] = ()
    updates: tuple[tuple[str, int], ...] = ()
    per_batch: tuple[tuple[str, int], ...] = ()


RECORD = ("record", 800)
MESSAGE = ("exchange", 300)

MADE = Step(inserts=(("contact", 800), RECORD, ("history", 700)))
SENT = Step(updates=(RECORD,), per_batch=(MESSAGE,))
ARRIVED = Step(inserts=(("contact", 800), RECORD, ("ledger", 80), ("history", 700)), per_batch=(MESSAGE, MESSAGE))
RECEIVED = Step(updates=(RECORD,))
RETURNED = Step(updates=(RECORD,), per_batch=(MESSAGE,))
NUMBERED = Step(inserts=(("history", 350),), updates=(("contact", 800), RECORD), per_batch=(MESSAGE, MESSAGE))
AGREED = Step(updates=(RECORD,))
CONTACT = (SENT, ARRIVED, RECEIVED, RETURNED, NUMBERED, AGREED)

CLIENTS = (("party", 150), ("party", 150))
"""A matter has two of them here; the other product keeps them as payers with their shares."""
OPENED = Step(inserts=(("matter", 800), *CLIENTS, RECORD, ("history", 900)))
FILED = Step(
    inserts=(("matter", 800), *CLIENTS, RECORD, ("ledger", 80), ("history", 900)), per_batch=(MESSAGE, MESSAGE)
)
NAMED = Step(inserts=(("history", 350),), updates=(("matter", 800), RECORD), per_batch=(MESSAGE, MESSAGE))
MATTER = (SENT, FILED, RECEIVED, RETURNED, NAMED, AGREED)


class Database(ABC):
    """A connection that writes whole steps, each one durable when it returns."""

    @abstractmethod
    def write(self, step: Step, ids: Sequence[uuid.UUID]) -> None: ...

    @abstractmethod
    def settle(self) -> None:
        """Hand in the counts that a server keeps per session."""

    @abstractmethod
    def close(self) -> None: ...


class Sqlite(Database):
    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
        for table in TABLES:
            self.connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (id TEXT PRIMARY KEY, of TEXT, body TEXT)")
            self.connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_of ON {table} (of)")

    def write(self, step: Step, ids: Sequence[uuid.UUID]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        for table, rows in inserted(step, ids):
            self.connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)
        for table, changes in updated(step, ids):
            self.connection.executemany(f"UPDATE {table} SET body = ? WHERE of = ?", changes)
        self.connection.execute("COMMIT")

    def settle(self) -> None:
        """SQLite counts nothing."""

    def close(self) -> None:
        self.connection.close()


class Postgres(Database):
    def __init__(self, address: str) -> None:
        self.connection = psycopg.connect(address)
        for table in TABLES:
            self.connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (id uuid PRIMARY KEY, of uuid, body text)")  # type: ignore[arg-type]
            self.connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_of ON {table} (of)")  # type: ignore[arg-type]
        self.connection.commit()

    def write(self, step: Step, ids: Sequence[uuid.UUID]) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for table, rows in inserted(step, ids):
                cursor.executemany(f"INSERT INTO {table} VALUES (%s::uuid, %s::uuid, %s)", rows)  # type: ignore[arg-type]
            for table, changes in updated(step, ids):
                cursor.executemany(f"UPDATE {table} SET body = %s WHERE of = %s::uuid", changes)  # type: ignore[arg-type]

    def settle(self) -> None:
        self.connection.execute("SELECT pg_stat_force_next_flush()")
        self.connection.commit()

    def close(self) -> None:
        self.connection.close()


def inserted(step: Step, ids: Sequence[uuid.UUID]) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    for table, size in step.inserts:
        yield table, [(str(uuid.uuid4()), str(each), "x" * size) for each in ids]
    for table, size in step.per_batch:
        yield table, [(str(uuid.uuid4()), str(ids[0]), "x" * size)]


def updated(step: Step, ids: Sequence[uuid.UUID]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for table, size in step.updates:
        yield table, [("y" * size, str(each)) for each in ids]


@contextmanager
def two(folder: Path, addresses: dict[str, str]) -> Iterator[tuple[Database, Database]]:
    """The maker's database and the other's; in the folder, or at the PostgreSQL addresses given."""
    made: tuple[Database, Database]
    if addresses:
        made = (Postgres(addresses["practice"]), Postgres(addresses["accounting"]))
    else:
        made = (
            Sqlite(folder / f"raw-a-{os.getpid()}.sqlite3"),
            Sqlite(folder / f"raw-b-{os.getpid()}.sqlite3"),
        )
    try:
        yield made
    finally:
        for each in made:
            each.close()


def fresh_ids(count: int) -> list[uuid.UUID]:
    return [uuid.uuid4() for _ in range(count)]


def exchange(pair: tuple[Database, Database], ids: Sequence[uuid.UUID], steps: Sequence[Step] = CONTACT) -> float:
    """There, receipt, back with the number, receipt: one batch. Returns when the other side had it (perf_counter)."""
    ours, theirs = pair
    sent, arrived, received, returned, numbered, agreed = steps
    ours.write(sent, ids)
    theirs.write(arrived, ids)
    at = time.perf_counter()
    ours.write(received, ids)
    theirs.write(returned, ids)
    ours.write(numbered, ids)
    theirs.write(agreed, ids)
    return at


def latency(pair: tuple[Database, Database], saves: int, rate: float) -> list[float]:
    """One save at a time at the given rate: seconds until the other database has it."""
    found = []
    began = time.perf_counter()
    for number in range(saves):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        start = time.perf_counter()
        ids = fresh_ids(1)
        pair[0].write(MADE, ids)
        found.append(exchange(pair, ids) - start)
    return found


def bulk(pair: tuple[Database, Database], count: int, chunk: int) -> float:
    """Contacts a second, in chunks, both sides done."""
    began = time.perf_counter()
    for _ in range(count // chunk):
        ids = fresh_ids(chunk)
        pair[0].write(MADE, ids)
        exchange(pair, ids)
    return count / (time.perf_counter() - began)


def matter_latency(pair: tuple[Database, Database], count: int, rate: float) -> list[float]:
    """A new client and a matter of hers at a time, at the given rate: seconds until both sides agree on both."""
    found = []
    began = time.perf_counter()
    for number in range(count):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        start = time.perf_counter()
        for made, steps in ((MADE, CONTACT), (OPENED, MATTER)):
            ids = fresh_ids(1)
            pair[0].write(made, ids)
            exchange(pair, ids, steps)
        found.append(time.perf_counter() - start)
    return found


def bulk_matters(pair: tuple[Database, Database], count: int, chunk: int) -> float:
    """Matters a second, each with two new clients, in chunks, both sides done."""
    began = time.perf_counter()
    for _ in range(count // chunk):
        clients, matters = fresh_ids(2 * chunk), fresh_ids(chunk)
        pair[0].write(MADE, clients)
        pair[0].write(OPENED, matters)
        exchange(pair, clients)
        exchange(pair, matters, MATTER)
    return count / (time.perf_counter() - began)


def one_by_one(pair: tuple[Database, Database], count: int, group: int) -> float:
    """Contacts a second: each made in a commit of its own, exchanged in groups as the worker finds them."""
    began = time.perf_counter()
    for _ in range(count // group):
        ids = fresh_ids(group)
        for each in ids:
            pair[0].write(MADE, [each])
        exchange(pair, ids)
    return count / (time.perf_counter() - began)
