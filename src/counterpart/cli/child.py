"""The four long-running processes: `python -m counterpart.cli.child web|worker PORT PARENT`.

The supervisor chooses the site with the environment; a child knows one product only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from counterpart.cli.lifeline import end_with_parent

BLOCKING_THREADS = 8
BACKLOG = 512


def main(arguments: list[str]) -> None:
    kind, port, parent = arguments
    end_with_parent(int(parent))
    {"web": serve, "worker": work}[kind](int(port))


def serve(port: int) -> None:
    """One worker process with a few threads: pages wait for the database, not for the processor."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    master = os.getpid()

    def load(_target: str) -> Callable[..., Any]:
        # Runs in the worker process, which has its own lifeline to the master.
        end_with_parent(master)
        from django.core.wsgi import get_wsgi_application

        return get_wsgi_application()

    server = Granian(
        "counterpart",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        backlog=BACKLOG,
        log_access=False,
        log_level=LogLevels.error,
        workers_kill_timeout=10,
    )
    server.serve(target_loader=load)


def work(_port: int) -> None:
    """The sync worker of the site: sends what is due, until told to stop."""
    import django
    from django.core.management import call_command

    django.setup()
    # Called this way the command skips Django's checks, which would load every page of the site for nothing.
    call_command("sync_worker")


if __name__ == "__main__":
    main(sys.argv[1:])
