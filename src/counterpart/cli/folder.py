"""What the command line keeps in the data folder: the lock, the ports, and who is running.

Nothing here is needed to restore a firm: the databases and the secrets are. Losing these files costs a restart.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from counterpart.cli.place import Place, Product
from counterpart.cli.say import Stop

LOCK = "up.lock"
PORTS = "ports.json"
RUN = "run.json"


def create(data: Path) -> None:
    """Make the folder, readable by its owner alone: it holds clients' names and keys."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Stop(f"The data folder {data} cannot be made: {error.strerror}.") from None
    if not os.access(data, os.W_OK | os.X_OK):
        raise Stop(f"The data folder {data} cannot be written to.")


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold the folder while `up` runs; the kernel lets go when the process ends, however it ends."""
    descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop(f"Both sites are already running on {data}; stop that one first (Ctrl-C).") from None
        yield
    finally:
        os.close(descriptor)


def is_held(data: Path) -> bool:
    """Whether an `up` is running on this folder."""
    try:
        with held(data):
            return False
    except Stop:
        return True
    except FileNotFoundError:
        return False


def place(data: Path, practice_port: int | None = None, accounting_port: int | None = None) -> Place:
    """The folder with the ports asked for, else those remembered, else the usual ones."""
    remembered = read(data / PORTS)
    asked = {Product.PRACTICE: practice_port, Product.ACCOUNTING: accounting_port}
    ports = {each: int(asked[each] or remembered.get(each.value) or each.default_port) for each in Product}
    return Place(data=data, ports=ports)


def existing_place(data: Path) -> Place:
    """For commands that need a prepared folder. Raises Stop with the way to get one."""
    if not (data / PORTS).is_file():
        raise Stop(f"There is nothing at {data} yet; 'counterpart up --data {data}' begins it.")
    return place(data)


def remember_ports(chosen: Place) -> None:
    write(chosen.data / PORTS, {each.value: port for each, port in chosen.ports.items()})


def read(file: Path) -> dict[str, int]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write(file: Path, content: object) -> None:
    """Replace a file in one step, so that a reader never meets half of it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    fresh.chmod(0o600)
    fresh.replace(file)
