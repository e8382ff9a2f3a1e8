"""Waking the worker the moment something is committed, across processes and without a server.

The worker listens on a Unix datagram socket in the data folder; a committing process sends it one empty datagram.
Losing one costs nothing but time: the worker also looks by itself every two seconds.
"""

import contextlib
import hashlib
import os
import socket
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import transaction

SOCKET_PATH_MAX = 100
"""Unix socket paths are limited to 107 bytes."""


def wake_on_commit() -> None:
    """Wake this site's worker once the present transaction is durable."""
    connection = transaction.get_connection()
    if not any(function is wake for _, function, _ in connection.run_on_commit):
        transaction.on_commit(wake)


def wake() -> None:
    """Wake the worker now; does nothing if none is listening."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(0)
        sender.sendto(b"", str(_path()))


class Alarm:
    """The worker's end: wait until woken or until the time is up."""

    def __init__(self) -> None:
        path = _path()
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        path.chmod(0o600)

    def wait(self, timeout_s: float) -> None:
        """Return when woken, or after ``timeout_s`` seconds. Wake-ups that piled up count as one."""
        self._socket.settimeout(max(timeout_s, 0.001))
        with contextlib.suppress(TimeoutError, InterruptedError):
            self._socket.recv(1)
            self._socket.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                while True:
                    self._socket.recv(1)

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        _path().unlink(missing_ok=True)


def _path() -> Path:
    name = f"wake-{settings.COUNTERPART_SITE}.sock"
    path = Path(settings.COUNTERPART_DATA) / name
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"counterpart-{digest}-{name}"
