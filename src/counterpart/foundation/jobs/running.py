"""Carrying one job on: taking it, one step after the other, and ending it.

A step's work and how far the job has come are one transaction, so nothing is done twice when a process dies.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import Refusal
from counterpart.foundation.jobs.kinds import kind_of
from counterpart.foundation.jobs.models import Job, JobLine
from counterpart.foundation.notices.operations import Level, notify
from counterpart.foundation.users.models import User

logger = logging.getLogger("counterpart.jobs")

Clock = Callable[[], datetime]

LEASE: Final = timedelta(seconds=30)
ATTEMPTS_MAX: Final = 4
SMOOTHING: Final = 0.3
WRITTEN: Final = (
    "state", "total", "done", "skipped", "failed", "counts", "per_second", "outcome", "leased_until", "attempts",
    "file_name", "file_type", "file_expires_at",
)  # fmt: skip


class StopAsked(Exception):
    """Somebody asked for an end."""


class Lost(Exception):
    """Another process has taken the job over; what this step did is taken back."""


@dataclass(slots=True)
class Run:
    """A job in the hands of a process. ``actor``: who asked for it, with the rights of now."""

    job: Job
    actor: Actor
    clock: Clock
    _lines: list[tuple[object, ...]] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self) -> Iterator[Job]:
        """One piece of the work, one transaction: change ``job.state``, ``job.done`` and so on inside."""
        before = self.job.processed
        self._lines.clear()
        with transaction.atomic():
            locked = Job.objects.select_for_update().get(pk=self.job.pk)
            if locked.runner != self.job.runner or locked.is_finished:
                raise Lost
            if locked.stop_asked_at is not None:
                raise StopAsked
            if not self.actor.rights:
                raise Refusal("Whoever asked for this may not sign in any more.")
            self.job = locked
            yield locked
            insert_rows(JobLine, ("job_id", "what", "label", "url", "reason"), self._lines)
            self._measure(locked.processed - before)
            locked.leased_until, locked.attempts = self.clock() + LEASE, 0
            locked.save(update_fields=WRITTEN)

    def skip(self, label: str, reason: str, url: str = "") -> None:
        """Note, inside a step, that something was left as it is because nothing had to be done or it must not."""
        self._note(JobLine.What.SKIPPED, label, reason, url)
        self.job.skipped += 1

    def fail(self, label: str, reason: str, url: str = "") -> None:
        """Note, inside a step, that something could not be done."""
        self._note(JobLine.What.FAILED, label, reason, url)
        self.job.failed += 1

    def _note(self, what: JobLine.What, label: str, reason: str, url: str) -> None:
        self._lines.append((self.job.pk, what.value, label[:300], url[:500], reason))

    def _measure(self, processed: int) -> None:
        now = time.monotonic()
        took, self._since = max(now - self._since, 0.001), now
        if processed > 0:
            speed, known = processed / took, self.job.per_second
            self.job.per_second = speed if known is None else known + SMOOTHING * (speed - known)


@dataclass(slots=True)
class Carried:
    """A job under way: ``advance`` does its next step."""

    run: Run
    steps: Iterator[None]

    def advance(self) -> bool:
        """Do one step; False when the job has ended, or is no longer ours."""
        try:
            next(self.steps)
        except StopIteration:
            return self._end()
        except StopAsked:
            return self._end()
        except Lost:
            return False
        except Refusal as refusal:
            return self._end(" ".join(error.message for error in refusal.errors))
        except Exception:
            logger.exception("job %s (%s) failed", self.run.job.pk, self.run.job.kind)
            return self._try_later()
        return True

    def put_back(self) -> None:
        """Let go of it between two steps; the next runner goes on."""
        self.steps = iter(())
        mine = Job.objects.filter(pk=self.run.job.pk, runner=self.run.job.runner, finished_at=None)
        mine.update(runner="", leased_until=None)

    def _end(self, fault: str = "") -> bool:
        job, at = self.run.job, self.run.clock()
        mine = Job.objects.filter(pk=job.pk, runner=job.runner, finished_at=None)
        if mine.update(finished_at=at, fault=fault, leased_until=None, runner=""):
            job.refresh_from_db()
            tell_the_person(job, at)
            kind = kind_of(job.kind)
            if kind.ended is not None:
                kind.ended(self.run)
        return False

    def _try_later(self) -> bool:
        job = self.run.job
        if job.attempts + 1 >= ATTEMPTS_MAX:
            return self._end("Something went wrong on our side; an administrator finds the details in the log.")
        wait = timedelta(seconds=2 ** (job.attempts + 1))
        mine = Job.objects.filter(pk=job.pk, runner=job.runner, finished_at=None)
        mine.update(attempts=job.attempts + 1, due_at=self.run.clock() + wait, runner="", leased_until=None)
        return False


def take(clock: Clock, *, job: Job | None = None) -> Carried | None:
    """Take the job (or the one that has waited longest) that nobody carries on; None if there is none."""
    at = clock()
    free = Job.objects.filter(finished_at=None, due_at__lte=at).filter(Q(leased_until=None) | Q(leased_until__lt=at))
    for candidate in free.filter(pk=job.pk) if job else free.order_by("due_at", "id")[:10]:
        token = uuid4().hex
        held = Q(leased_until=None) | Q(leased_until__lt=at)
        begun = {} if candidate.begun_at else {"begun_at": at}
        mine = Job.objects.filter(held, pk=candidate.pk, finished_at=None)
        if mine.update(runner=token, leased_until=at + LEASE, **begun):
            return _carried(Job.objects.get(pk=candidate.pk), clock)
    return None


def run_for(job: Job, *, clock: Clock, seconds: float = 1.0) -> Job:
    """Carry the job on here and now, for so long at most; what is left is the runner's. Returns the job as it is.

    For work that is mostly small: the page shows the end at once, and the very same code does the large.
    """
    carried = take(clock, job=job)
    until = time.monotonic() + seconds
    while carried is not None and carried.advance():
        if time.monotonic() >= until:
            carried.put_back()
            break
    job.refresh_from_db()
    return job


def tell_the_person(job: Job, at: datetime) -> None:
    """Under the bell: it ended while they were elsewhere. Looking at its page takes the notice away again."""
    if job.user_id is None:
        return
    level: Level = "error" if job.fault else "warning" if job.failed or job.is_stopped else "success"
    notify([job.user_id], job.summary, at=at, level=level, url=reverse("jobs:job", args=[job.pk]))


def _carried(job: Job, clock: Clock) -> Carried:
    run = Run(job, _actor(job), clock)
    return Carried(run, kind_of(job.kind).steps(run))


def _actor(job: Job) -> Actor:
    user = User.objects.filter(pk=job.user_id).first() if job.user_id else None
    if user is None:
        return Actor.system(job.started_by, "command")
    actor = Actor.of(user, "screen")
    rights = actor.rights if user.is_active else frozenset()
    return Actor(
        name=actor.name, email=actor.email, user_id=actor.user_id, origin=actor.origin, site=actor.site,
        rights=rights, locks_number=actor.locks_number, locks_file_number=actor.locks_file_number, ip=job.ip,
    )  # fmt: skip
