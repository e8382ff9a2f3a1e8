"""Keeps the four processes of a machine alive: starts, watches, restarts with a back-off, stops.

Children write to their own log files; the terminal shows only what a person should know.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from counterpart.cli import folder
from counterpart.cli.place import Place, Product

KINDS = ("web", "worker")
POLL_S = 0.1
BACKOFF_FIRST_S, BACKOFF_MOST_S = 0.2, 15.0
STEADY_AFTER_S = 30.0
STOP_WITHIN_S = 15.0
LOG_BYTES_MAX = 10_000_000


@dataclass(slots=True)
class Child:
    product: Product
    kind: str
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    deaths: int = 0

    @property
    def name(self) -> str:
        return f"{self.product.value}-{self.kind}"

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class Supervisor:
    place: Place
    tell: Callable[[str], None]
    products: tuple[Product, ...] = tuple(Product)
    clock: Callable[[], float] = time.monotonic
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def start(self) -> None:
        logs = self.place.data / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        self.children = [Child(p, kind, logs / f"{p.value}-{kind}.log") for p in self.products for kind in KINDS]
        for child in self.children:
            self._spawn(child)
        self._write_run_file()

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Until told to stop (or `until` says so): a child that ended is started again."""
        while not self.stopping and not until():
            changed = [child for child in self.children if self._tend(child)]
            if changed:
                self._write_run_file()
            time.sleep(POLL_S)

    def stop(self) -> None:
        """End every child: first asked, then, after a while, killed. What was committed stays."""
        for child in self.children:
            if child.process is not None and child.alive:
                child.process.terminate()
        deadline = self.clock() + STOP_WITHIN_S
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - self.clock()))
            except subprocess.TimeoutExpired:
                self.tell(f"{child.name} did not stop in time and was killed.")
                child.process.kill()
                child.process.wait()
        (self.place.data / folder.RUN).unlink(missing_ok=True)

    def on_signal(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.on_signal)

    def _tend(self, child: Child) -> bool:
        """Whether the child's process changed."""
        now = self.clock()
        if child.alive:
            if child.deaths and now - child.started > STEADY_AFTER_S:
                child.deaths = 0
            return False
        if child.process is not None:
            wait = min(BACKOFF_FIRST_S * 2**child.deaths, BACKOFF_MOST_S)
            self.tell(f"{child.name} ended ({ending(child.process.returncode)}); starting it again. See {child.log}")
            child.process, child.deaths, child.due = None, child.deaths + 1, now + wait
            return True
        if now < child.due:
            return False
        self._spawn(child)
        return True

    def _spawn(self, child: Child) -> None:
        rotate(child.log)
        with child.log.open("ab") as log:
            os.fchmod(log.fileno(), 0o600)
            child.process = subprocess.Popen(
                command(child, self.place),
                env=self.place.environment(child.product),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A session of its own: Ctrl-C reaches us alone, and we end the children in good order.
                start_new_session=True,
            )
        child.started = self.clock()

    def _write_run_file(self) -> None:
        folder.write(
            self.place.data / folder.RUN,
            {
                "pid": os.getpid(),
                "urls": {product.value: self.place.url(product) for product in Product},
                "children": {c.name: c.process.pid for c in self.children if c.process is not None},
            },
        )


def command(child: Child, place: Place) -> list[str]:
    port = str(place.ports[child.product])
    return [sys.executable, "-m", "counterpart.cli.child", child.kind, port, str(os.getpid())]


def ending(returncode: int) -> str:
    if returncode < 0:
        return f"killed by {signal.Signals(-returncode).name}"
    return f"status {returncode}"


def rotate(log: Path) -> None:
    """One old log is kept; a log never grows without end over restarts."""
    if log.is_file() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
