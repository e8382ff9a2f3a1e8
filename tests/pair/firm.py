"""A firm run by the very command a user types, in a folder, on ports and in databases of its own."""

from __future__ import annotations

import contextlib
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
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.pair.databases import PRODUCTS, databases
from tests.pair.pages import Person
from tests.pair.site import Site
from tests.pair.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).parent / "counterpart"
SKEW = Path(__file__).parent / "skew"
ADMINISTRATOR = "admin@example.com"
PASSWORD = "correct-horse-battery"
READY_WITHIN_S = 120.0
STOP_WITHIN_S = 60.0
PORTS_TRIED = 3
LOG_SHOWN = 4000
CHOSEN_BY_US = ("COUNTERPART_", "DJANGO_SETTINGS_MODULE")


@dataclass(slots=True)
class Firm:
    """Both products. `data` and the databases outlive a stop; what runs does not outlive the test."""

    data: Path
    addresses: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=lambda: {product: free_port() for product in PRODUCTS})
    tokens: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)
    demo: bool = False

    # Starting and stopping

    def up(self) -> None:
        """Both sites and their workers, ready to be used; again after a stop or a kill."""
        ports = [f"--{product}-port={port}" for product, port in self.ports.items()]
        self.said.clear()
        self.process = subprocess.Popen(
            [str(COMMAND), "up", *([] if self.demo else ["--no-demo"]), "--data", str(self.data), *ports],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self.process, ready), daemon=True).start()
        assert ready.wait(READY_WITHIN_S), "".join(self.said)
        assert self.process.poll() is None, "".join(self.said)
        assert any(text.startswith("ready") for text in self.said), "".join(self.said)  # or it ended just now

    def begin(self) -> None:
        """The first start: a port that was free may be taken by the time it is used, so others are tried."""
        for left in reversed(range(PORTS_TRIED)):
            try:
                self.up()
            except AssertionError:
                if not left:
                    raise
                self.end()
                self.ports = {product: free_port() for product in PRODUCTS}
            else:
                return

    def stop(self) -> int:
        """Ask everything to end, as Ctrl-C does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_WITHIN_S)

    def kill_all(self) -> None:
        """Kill -9 the command; the kernel takes its children with it."""
        assert self.process is not None
        family = list(self.children().values())
        self.process.kill()
        self.process.wait()
        eventually(lambda: not any(is_alive(pid) for pid in family), what="the end of all children")

    def end(self) -> None:
        """Leave nothing running, whatever state the test left it in."""
        if self.process is not None and self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def children(self) -> dict[str, int]:
        """The long-running processes by name: practice-web, practice-worker and so on."""
        found: dict[str, int] = json.loads((self.data / "run.json").read_text())["children"]
        return found

    def kill(self, child: str) -> None:
        """Kill -9 one of our processes, by its number; the supervisor starts it again."""
        os.kill(self.children()[child], signal.SIGKILL)

    @contextmanager
    def held_still(self, name: str) -> Iterator[None]:
        """The processes whose name begins so (a product, or one worker) stand still until the body has ended.

        Never with a database in their hands: on SQLite everybody else would wait for them in vain.
        """
        family = [each for child, pid in self.children().items() if child.startswith(name) for each in descendants(pid)]
        self._halt(family)
        while not self._may_write(name.split("-", maxsplit=1)[0]):
            self._go_on(family)
            time.sleep(0.1)
            self._halt(family)
        try:
            yield
        finally:
            self._go_on(family)

    @staticmethod
    def _halt(family: Sequence[int]) -> None:
        for pid in family:
            os.kill(pid, signal.SIGSTOP)

    @staticmethod
    def _go_on(family: Sequence[int]) -> None:
        for pid in family:
            os.kill(pid, signal.SIGCONT)

    def _may_write(self, product: str) -> bool:
        file = self.data / f"{product}.sqlite3"
        if not file.exists():
            return True
        with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True

    @contextmanager
    def down(self, product: str) -> Iterator[None]:
        """The product is killed and stays away until the body has ended: whoever asks it is refused at once."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)  # the supervisor would start it again
        try:
            for name, pid in self.children().items():
                if name.startswith(product):
                    kill_family(pid)
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)
            eventually(self.site(product).summary, READY_WITHIN_S)

    def wrong_clock(self, product: str, seconds: float) -> None:
        """From now on the product's clock is wrong by so much, in a firm whose clocks can be set."""
        (self.data.parent / product).write_text(str(seconds))

    def point(self, **ports: int) -> None:
        """Tell each product named under which port the other is reached."""
        peers = {"practice": "accounting", "accounting": "practice"}
        for product, port in ports.items():
            card = self.manage(peers[product], "sync_identity").strip()
            self.manage(product, "sync_connect", "--card", card, "--peer-url", f"http://127.0.0.1:{port}")

    # Using

    @property
    def pm(self) -> Site:
        return self.site("practice")

    @property
    def la(self) -> Site:
        return self.site("accounting")

    @property
    def both(self) -> tuple[Site, Site]:
        return self.pm, self.la

    def site(self, product: str, email: str = ADMINISTRATOR) -> Site:
        """The product's API as this person, by the token the documented command makes."""
        name = f"{product} {email}"
        if name not in self.tokens:
            made = self.run("token", "create", "--product", product, "--user", email)
            self.tokens[name] = made.strip().splitlines()[-1]
        return Site(product, self.url(product), self.tokens[name])

    def person(self, product: str, email: str = ADMINISTRATOR, password: str = PASSWORD) -> Person:
        """Someone signed in to the pages."""
        visitor = Person(self.url(product))
        visitor.sign_in(email, password)
        return visitor

    def url(self, product: str) -> str:
        return f"http://127.0.0.1:{self.ports[product]}"

    def run(self, *arguments: str) -> str:
        """One `counterpart` command on this folder; what it printed. Fails with its words when it fails."""
        done = self.start(*arguments)
        output, complaint = done.communicate(timeout=180)
        assert done.returncode == 0, f"counterpart {' '.join(arguments)}\n{output}\n{complaint}"
        return output

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The same, not waited for."""
        return subprocess.Popen(
            [str(COMMAND), *arguments, "--data", str(self.data)],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def manage(self, product: str, *arguments: str) -> str:
        """A management command of one site; what it printed."""
        done = subprocess.run(
            [str(COMMAND), product, "--data", str(self.data), *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"counterpart {product} {arguments[0]}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def shell(self, product: str, code: str) -> Any:
        """Python inside one site, for what no user can do; the JSON value of its last printed line."""
        output = self.manage(product, "shell", "--no-imports", "-c", code).strip()
        return json.loads(output.splitlines()[-1]) if output else None

    def sweep(self) -> dict[str, int]:
        """What `counterpart sweep` counted."""
        words = self.run("sweep").strip().splitlines()[-1].replace(",", "").split()
        return {name: int(count) for name, count in zip(words[::2], words[1::2], strict=True)}

    def complaints(self) -> str:
        """What the processes wrote into their logs: usually nothing."""
        logs = sorted((self.data / "logs").glob("*.log"))
        return "".join(f"--- {log.name}\n{text[-LOG_SHOWN:]}\n" for log in logs if (text := log.read_text().strip()))

    def environment(self) -> dict[str, str]:
        """Ours, without settings of the machine that would reach the sites."""
        given = {name: value for name, value in os.environ.items() if not name.startswith(CHOSEN_BY_US)}
        given |= {f"COUNTERPART_{product.upper()}_DATABASE_URL": address for product, address in self.addresses.items()}
        return {**given, **self.extra, "COUNTERPART_ADMIN_PASSWORD": PASSWORD, "COLUMNS": "200"}

    def _listen(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for text in process.stdout:
            self.said.append(text)
            if text.startswith("ready"):
                ready.set()
        ready.set()


@contextmanager
def new_firm(*, own_clocks: bool = False, demo: bool = False) -> Iterator[Firm]:
    """A firm that is running and empty; afterwards no process, folder or database of it is left.

    `own_clocks`: each product's clock can be set wrong. `demo`: it is the demonstration firm.
    """
    with tempfile.TemporaryDirectory(prefix="counterpart-pair-") as folder, databases() as addresses:
        firm = Firm(Path(folder) / "firm", addresses, demo=demo)
        if own_clocks:
            path = [str(SKEW), os.environ.get("PYTHONPATH", "")]
            firm.extra = {"PAIR_SKEW": folder, "PYTHONPATH": os.pathsep.join(filter(None, path))}
        try:
            firm.begin()
            yield firm
        finally:
            firm.end()
            print(firm.complaints(), end="")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def descendants(pid: int) -> list[int]:
    """A process and those it started."""
    import psutil

    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def kill_family(pid: int) -> None:
    """Kill -9 a process and those it started, each by its number."""
    for each in descendants(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
