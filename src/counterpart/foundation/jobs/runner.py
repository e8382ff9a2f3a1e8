"""The process that carries jobs on: a few at a time, one step of each in turn."""

import logging
import threading
import time
from typing import Final

from django.db import close_old_connections

from counterpart.foundation.jobs import files
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.jobs.running import Carried, Clock, take

logger = logging.getLogger("counterpart.jobs")

TOGETHER: Final = 4
POLL_S: Final = 0.5
BREATH_S: Final = 0.005
"""Between two steps: whoever waits for the database comes first."""


def is_work_waiting(clock: Clock) -> bool:
    """Whether a runner would find something to do."""
    at = clock()
    return Job.objects.filter(finished_at=None, due_at__lte=at).exclude(leased_until__gte=at).exists()


def run(clock: Clock, stop: threading.Event, *, idle_s: float | None = None) -> None:
    """Work until told to stop, or until there was nothing to do for so long. A job let go of is taken up again."""
    carried: list[Carried] = []
    worked_at = time.monotonic()
    files.forget_expired(clock())
    try:
        while not stop.is_set():
            carried = turn(clock, carried)
            if carried:
                worked_at = time.monotonic()
                stop.wait(BREATH_S)
            elif idle_s is not None and time.monotonic() - worked_at >= idle_s:
                return
            else:
                close_old_connections()
                stop.wait(POLL_S)
    finally:
        for job in carried:
            job.put_back()


def turn(clock: Clock, carried: list[Carried]) -> list[Carried]:
    """Take what is free, and do one step of each; return what is still under way."""
    while len(carried) < TOGETHER and (taken := take(clock)) is not None:
        carried = [*carried, taken]
    return [job for job in carried if job.advance()]
