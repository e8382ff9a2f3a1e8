"""Both products as `counterpart up` runs them, on a fresh folder, for as long as a measurement takes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

COMMAND = Path(sys.executable).parent / "counterpart"
PRODUCTS = ("practice", "accounting")
READY_WITHIN_S = 120
SAMPLE_EVERY_S = 0.25
LOOK_EVERY_S = 0.2
UNSETTLED = "SELECT count(*) FROM sync_record WHERE NOT settled"
HELD = "SELECT count(*) FROM sync_record"


@dataclass(slots=True)
class Pair:
    data: Path
    environment: dict[str, str]
    ports: dict[str, int]
    databases: dict[str, str]
    tokens: dict[str, str] = field(default_factory=dict)
    rss: dict[str, int] = field(default_factory=dict)

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(COMMAND), *arguments, "--data", str(self.data)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"counterpart {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def api(self, product: str) -> Api:
        return Api(self.ports[product], self.tokens[product])

    def green(self, product: str) -> int:
        return int(self.api(product).get("/sync/summary")["counts"].get("green", 0))

    def wait_green(self, wanted: int, within_s: float) -> None:
        """Until both sites say that so many records are green.

        Counting them costs the sites time that they need for the work: they are asked only once their tables say that
        nothing is under way.
        """
        deadline = time.monotonic() + within_s
        while not (self._is_settled(wanted) and min(self.green(product) for product in PRODUCTS) >= wanted):
            if time.monotonic() > deadline:
                raise RuntimeError(f"not green in time: {[self.api(p).get('/sync/summary') for p in PRODUCTS]}")
            time.sleep(LOOK_EVERY_S)

    def _is_settled(self, wanted: int) -> bool:
        return all(self._ask(product, UNSETTLED) == 0 and self._ask(product, HELD) >= wanted for product in PRODUCTS)

    def _ask(self, product: str, question: str) -> int:
        if self.databases:
            with psycopg.connect(self.databases[product]) as connection:
                row = connection.execute(question).fetchone()  # type: ignore[arg-type]
        else:
            with closing(sqlite3.connect(f"file:{self.data / product}.sqlite3?mode=ro", uri=True)) as held:
                row = held.execute(question).fetchone()
        return int(row[0])


class Api:
    """One kept-alive connection. The plainest client there is: it shares the two cores with what it measures."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = json.dumps(body) if body is not None else None
        self.connection.request(method, f"/api/v1{path}", body=content, headers={**self.headers, **headers})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
        return json.loads(text) if text else None


def new(folder: Path, addresses: dict[str, str]) -> Pair:
    """A pair on ports of its own; settings of the caller's environment must not reach it."""
    pair = Pair(folder, dict(os.environ), {product: free_port() for product in PRODUCTS}, addresses)
    for name in ("COUNTERPART_PRACTICE_URL", "COUNTERPART_ACCOUNTING_URL", "DJANGO_SETTINGS_MODULE"):
        pair.environment.pop(name, None)
    for product in PRODUCTS:
        pair.environment.pop(f"COUNTERPART_{product.upper()}_DATABASE_URL", None)
    for product, address in addresses.items():
        pair.environment[f"COUNTERPART_{product.upper()}_DATABASE_URL"] = address
    return pair


@contextmanager
def running(postgres: str = "") -> Iterator[Pair]:
    """Start from nothing and leave nothing: folder and databases are removed."""
    with tempfile.TemporaryDirectory(prefix="counterpart-bench-") as folder, databases(postgres) as addresses:
        pair = new(Path(folder), addresses)
        with sites(pair, "--no-demo"), sampled(pair):
            for product in PRODUCTS:
                made = pair.command("token", "create", "--product", product, "--user", "admin@example.com")
                pair.tokens[product] = made.split()[-1]
            yield pair


@contextmanager
def sites(pair: Pair, *arguments: str) -> Iterator[None]:
    """`counterpart up` with these arguments, from its start to its end; the body runs once it is ready."""
    ports = [f"--{product}-port={port}" for product, port in pair.ports.items()]
    process = subprocess.Popen(
        [str(COMMAND), "up", "--data", str(pair.data), *ports, *arguments],
        env=pair.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for text in process.stdout:
            said.append(text)
            if text.startswith("ready"):
                break
        else:
            raise RuntimeError("the sites did not start:\n" + "".join(said))
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def sampled(pair: Pair) -> Iterator[None]:
    """Keep the largest resident size of each process while the measurement runs."""
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(SAMPLE_EVERY_S):
            children = json.loads((pair.data / "run.json").read_text())["children"]
            for name, pid in children.items():
                for label, size in sizes(name, pid):
                    pair.rss[label] = max(pair.rss.get(label, 0), size)

    watcher = threading.Thread(target=sample, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()


def processor_s(pair: Pair) -> dict[str, float]:
    """Processor time each process has used so far; the difference over a measurement tells what bounds it."""
    children = json.loads((pair.data / "run.json").read_text())["children"]
    found = {}
    for name, pid in children.items():
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
        found[name] = sum(each.cpu_times().user + each.cpu_times().system for each in family)
    return found


def sizes(name: str, pid: int) -> list[tuple[str, int]]:
    """The process and what it started: the web server's master and its worker are counted one by one."""
    try:
        parent = psutil.Process(pid)
        found = [(name, parent.memory_info().rss)]
        found += [(f"{name} (serving)", each.memory_info().rss) for each in parent.children(recursive=True)]
    except psutil.Error:
        return []
    return found


@contextmanager
def databases(server: str) -> Iterator[dict[str, str]]:
    """Two fresh PostgreSQL databases, dropped at the end; nothing for SQLite."""
    if not server:
        yield {}
        return
    names = {product: f"counterpart_bench_{product}_{os.getpid()}" for product in PRODUCTS}
    base = server.rpartition("/")[0]
    with psycopg.connect(server, autocommit=True) as connection:
        for name in names.values():
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        try:
            yield {product: f"{base}/{name}" for product, name in names.items()}
        finally:
            for name in names.values():
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
