"""Children are kept alive, stopped together, and never outlive the supervisor. Stand-ins take the children's place."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from counterpart.cli import folder, supervisor
from counterpart.cli.place import Place, Product

SLEEPER = "import time; time.sleep(60)"


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path, {Product.PRACTICE: 1, Product.ACCOUNTING: 2})


@pytest.fixture
def sleepers(monkeypatch):
    monkeypatch.setattr(supervisor, "command", lambda _child, _place: [sys.executable, "-c", SLEEPER])


def test_a_child_that_dies_is_started_again_and_the_run_file_follows(place, sleepers):
    told: list[str] = []
    watched = supervisor.Supervisor(place, tell=told.append)
    watched.start()
    victim = folder.read(place.data / folder.RUN)["children"]["accounting-worker"]

    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 10
    watched.watch(
        until=lambda: time.monotonic() > deadline or (len(told) == 1 and all(c.alive for c in watched.children))
    )
    now = folder.read(place.data / folder.RUN)["children"]
    watched.stop()

    assert told == [
        f"accounting-worker ended (killed by SIGKILL); starting it again. See {place.data}/logs/accounting-worker.log"
    ]
    assert sorted(now) == ["accounting-web", "accounting-worker", "practice-web", "practice-worker"]
    assert now["accounting-worker"] != victim
    assert not (place.data / folder.RUN).exists()
    assert not any(child.alive for child in watched.children)


def test_a_child_that_keeps_dying_is_retried_ever_more_slowly(place, monkeypatch):
    """Back-off: a broken configuration must not turn into a busy loop."""
    monkeypatch.setattr(supervisor, "command", lambda _child, _place: [sys.executable, "-c", "raise SystemExit(3)"])
    told: list[str] = []
    watched = supervisor.Supervisor(place, tell=told.append)
    watched.start()

    deadline = time.monotonic() + 3
    watched.watch(until=lambda: time.monotonic() > deadline)
    watched.stop()

    assert 4 <= len(told) <= 4 * 5
    assert "status 3" in told[0]


def test_a_child_that_ignores_being_asked_is_killed(place, monkeypatch):
    stubborn = (
        "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    monkeypatch.setattr(supervisor, "command", lambda _child, _place: [sys.executable, "-c", stubborn])
    monkeypatch.setattr(supervisor, "STOP_WITHIN_S", 0.5)
    told: list[str] = []
    watched = supervisor.Supervisor(place, tell=told.append)
    watched.start()
    wait_for(lambda: all(child.log.read_text() == "up\n" for child in watched.children))

    watched.stop()

    assert not any(child.alive for child in watched.children)
    assert len(told) == 4


def test_children_end_when_the_supervisor_is_killed(tmp_path):
    """kill -9 of the parent leaves nobody behind that would hold a port or a database."""
    parent_code = (
        "import subprocess,sys,os,time\n"
        "child = subprocess.Popen([sys.executable, '-c', "
        "'import sys,time; from counterpart.cli.lifeline import end_with_parent; end_with_parent(int(sys.argv[1]));"
        ' print("bound", flush=True); time.sleep(60)\', str(os.getpid())], stdout=subprocess.PIPE)\n'
        "child.stdout.readline(); print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, cwd=tmp_path)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.wait()

    wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_log_that_grew_too_long_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "LOG_BYTES_MAX", 10)
    log: Path = tmp_path / "a.log"
    log.write_text("x" * 11)

    supervisor.rotate(log)

    assert not log.exists()
    assert (tmp_path / "a.log.1").read_text() == "x" * 11


def wait_for(condition, within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
