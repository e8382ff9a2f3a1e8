"""`make setup` on a machine where something is missing: one sentence, with the Debian package that helps."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ["sh", "dirname", "cat", "cksum", "rm", "env", "printf", "pwd"]


@pytest.fixture
def bare(tmp_path):
    """A copy of what setup reads, and a PATH with nothing but the plainest tools."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    for name in ("requirements.lock", "pyproject.toml", "scripts/setup"):
        shutil.copy(ROOT / name, tmp_path / name)
    for tool in TOOLS:
        if found := shutil.which(tool):
            (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def setup(folder: Path) -> subprocess.CompletedProcess[str]:
    script = (folder / "scripts/setup").read_text().replace(" /usr/bin/python3;", ";")
    (folder / "scripts/setup").write_text(script)
    return subprocess.run(
        ["sh", "scripts/setup"],
        cwd=folder,
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def python(folder: Path, behaviour: str) -> None:
    script = folder / "bin" / "python3"
    script.write_text(f"#!/bin/sh\n{behaviour}\n")
    script.chmod(0o755)


def test_without_python_it_names_the_package(bare):
    done = setup(bare)

    assert (done.returncode, done.stderr.strip()) == (
        1,
        "make setup: Python 3.11 or newer is missing; on Debian: apt-get install python3",
    )


def test_with_an_old_python_it_says_which_is_needed(bare):
    python(bare, "exit 1")  # as an old one answers the question about its version

    done = setup(bare)

    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr


def test_without_venv_it_names_the_package(bare):
    python(bare, 'case "$*" in *ensurepip*) exit 1;; esac; exit 0')

    done = setup(bare)

    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (bare / ".venv").exists()


def test_when_nothing_changed_it_is_silent_and_quick():
    """The stamp of this very checkout; `make up` and `make test` begin with it."""
    subprocess.run([str(ROOT / "scripts/setup")], check=True)

    done = subprocess.run([str(ROOT / "scripts/setup")], capture_output=True, text=True, check=True, timeout=60)

    assert (done.stdout, done.stderr) == ("", "")
