"""The four long-running processes: `python -m counterpart.cli.child web|worker PORT PARENT`, and the runner of
background work, which a worker starts while there is some.

The supervisor chooses the site with the environment; a child knows one product only.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from counterpart.cli.lifeline import end_with_parent
from counterpart.cli.memory import collect_rarely

BLOCKING_THREADS = 8
BACKLOG = 512
JOBS_LOOK_S, JOBS_FAULT_S, JOBS_IDLE_S = 0.5, 5.0, 60.0
SEARCH_LOOK_S, SEARCH_PAUSE_S, SEARCH_LATE_MAX = 2.0, 0.05, 20_000


def main(arguments: list[str]) -> None:
    kind, port, parent = arguments
    end_with_parent(int(parent))
    {"web": serve, "worker": work, "jobs": run_jobs}[kind](int(port))


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

        application = get_wsgi_application()
        collect_rarely()
        return application

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


def work(port: int) -> None:
    """The sync worker of the site: sends what is due, until told to stop."""
    import django
    from django.core.management import call_command

    django.setup()
    collect_rarely()
    threading.Thread(target=watch_jobs, args=(port,), name="jobs", daemon=True).start()
    threading.Thread(target=keep_search_up, name="search", daemon=True).start()
    # Called this way the command skips Django's checks, which would load every page of the site for nothing.
    call_command("sync_worker")


def watch_jobs(port: int) -> None:
    """Start a process for background work as soon as some waits, and again while some is left.

    A process of its own, so that an import does not slow the sync down; and only while there is work, since most of
    the day there is none.
    """
    from django.db import close_old_connections

    from counterpart.foundation import clock
    from counterpart.foundation.jobs.runner import is_work_waiting

    while True:
        time.sleep(JOBS_LOOK_S)
        try:
            close_old_connections()
            if is_work_waiting(clock.now):
                command = [sys.executable, "-m", "counterpart.cli.child", "jobs", str(port), str(os.getpid())]
                subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
        except Exception:
            logging.getLogger("counterpart.jobs").exception("background work can't be looked for")
            time.sleep(JOBS_FAULT_S)


def keep_search_up() -> None:
    """Tell the search index what it does not know yet, once writing pauses, or when it has become much."""
    from django.db import close_old_connections, connection

    from counterpart.foundation.search.keeping import catch_up, lateness

    before = 0
    while True:
        time.sleep(SEARCH_LOOK_S)
        try:
            close_old_connections()
            now = lateness(connection)
            while now and (now == before or now > SEARCH_LATE_MAX) and catch_up(connection):
                before = now = lateness(connection)
                time.sleep(SEARCH_PAUSE_S)
            before = now
        except Exception:
            logging.getLogger("counterpart.search").exception("the search index can't be brought up to date")
            time.sleep(JOBS_FAULT_S)


def run_jobs(_port: int) -> None:
    """The runner of the site's background work; ends when there was nothing to do for a while."""
    import django
    from django.core.management import call_command

    django.setup()
    collect_rarely()
    call_command("run_jobs", idle=JOBS_IDLE_S)


if __name__ == "__main__":
    main(sys.argv[1:])
