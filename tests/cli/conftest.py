"""A firm run by the very command a user types, in a folder and on ports of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

COMMAND = Path(sys.executable).parent / "counterpart"
PASSWORD = "correct-horse-battery"
SETTINGS = ("COUNTERPART_DATA", "COUNTERPART_PRACTICE_URL", "COUNTERPART_ACCOUNTING_URL", "DJANGO_SETTINGS_MODULE")


@dataclass
class Firm:
    data: Path
    ports: dict[str, int]
    process: subprocess.Popen | None = None
    said: list[str] = field(default_factory=list)

    def run(self, *arguments: str, data: bool = True) -> subprocess.CompletedProcess[str]:
        where = ["--data", str(self.data)] if data else []
        return subprocess.run(
            [str(COMMAND), *arguments, *where],
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def up(self, *arguments: str) -> None:
        ports = [f"--{product}-port={port}" for product, port in self.ports.items()]
        self.process = subprocess.Popen(
            [str(COMMAND), "up", "--data", str(self.data), *ports, *arguments],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(self.process, ready), daemon=True).start()
        assert ready.wait(90), "".join(self.said)
        assert self.process.poll() is None, "".join(self.said)

    def _listen(self, process: subprocess.Popen, ready: threading.Event) -> None:
        for text in process.stdout:
            self.said.append(text)
            if text.startswith("ready"):
                ready.set()
        ready.set()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def running(self) -> dict:
        return json.loads((self.data / "run.json").read_text())

    def family(self) -> list[psutil.Process]:
        """Every process the command started, and theirs."""
        return psutil.Process(self.process.pid).children(recursive=True)


def environment() -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**given, "COUNTERPART_ADMIN_PASSWORD": PASSWORD, "COLUMNS": "200"}


@contextmanager
def new_firm(folder: Path) -> Iterator[Firm]:
    firm = Firm(folder, {"practice": free_port(), "accounting": free_port()})
    try:
        yield firm
    finally:
        if firm.process is not None and firm.process.poll() is None:
            firm.stop()


@pytest.fixture(scope="session")
def firm(tmp_path_factory):
    """Running, with an administrator and nothing else; shared by tests that do not stop it."""
    with new_firm(tmp_path_factory.mktemp("cli") / "firm") as made:
        made.up("--no-demo")
        yield made


@pytest.fixture
def own_firm(tmp_path):
    """Not yet started; for tests that start, kill and stop."""
    with new_firm(tmp_path / "firm") as made:
        yield made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition, within_s: float = 20.0, what: str = "it") -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {within_s} s"
        time.sleep(0.05)
