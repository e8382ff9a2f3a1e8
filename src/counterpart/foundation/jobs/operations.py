"""What people do with background work: begin it, stop it, look at it."""

from datetime import datetime
from typing import Any, Final

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal
from counterpart.foundation.jobs.kinds import kind_of
from counterpart.foundation.jobs.models import Job

OPEN_MAX: Final = 20
"""Jobs one person can have waiting or under way."""


def start(
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    title: str,
    options: dict[str, Any] | None = None,
    total: int | None = None,
    back_url: str = "",
) -> Job:
    """Write a job down; the runner carries it on, in moments. May be called inside a transaction.

    Rights are the kind's business: it checks them in its steps, with ``run.actor``. Raises Refusal when the person
    has too much under way.
    """
    kind_of(kind)
    if actor.user_id and Job.objects.filter(user_id=actor.user_id, finished_at=None).count() >= OPEN_MAX:
        raise Refusal("You have a lot of background work waiting already. Let some of it finish first.")
    return Job.objects.create(
        kind=kind,
        title=title[:300],
        options=options or {},
        total=total,
        user_id=actor.user_id,
        started_by=actor.name,
        ip=actor.ip,
        back_url=back_url[:2_000],
        created_at=at,
        due_at=at,
    )


def ask_to_stop(job: Job, *, at: datetime) -> None:
    """End the job after its present step; what was done stays done."""
    Job.objects.filter(pk=job.pk, finished_at=None, stop_asked_at=None).update(stop_asked_at=at, due_at=at)
