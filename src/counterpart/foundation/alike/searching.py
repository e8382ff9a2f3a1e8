"""The finder as background work: begun by a person, kept until the next one has ended (DUP-6)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import finding, keeping
from counterpart.foundation.alike.models import Key, Search
from counterpart.foundation.alike.product import product
from counterpart.foundation.jobs import operations as jobs
from counterpart.foundation.jobs.kinds import JobKind
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.jobs.running import Run

KIND: Final = "find-duplicates"
RIGHT: Final = "contact.edit"


@transaction.atomic
def start_search(*, actor: Actor, at: datetime) -> Job:
    """Look for duplicates among all contacts, in the background. One that is under way already is answered as it is.

    Raises Forbidden, Refusal.
    """
    actor.require(RIGHT)
    under_way = Job.objects.filter(kind=KIND, finished_at=None).first()
    if under_way is not None:
        return under_way
    search = Search.objects.create(at=at, by=actor.name)
    job = jobs.start(
        KIND, actor=actor, at=at, title="Find duplicate contacts", options={"search": str(search.pk)},
        back_url=reverse("alike:finder"),
    )  # fmt: skip
    Search.objects.filter(pk=search.pk).update(job=job.pk)
    return job


def last_search() -> Search | None:
    """The search whose groups are there to be looked at."""
    return Search.objects.exclude(finished_at=None).order_by("-at").first()


def running_job() -> Job | None:
    """The search under way."""
    return Job.objects.filter(kind=KIND, finished_at=None).first()


def _steps(run: Run) -> Iterator[None]:
    """Compare everything. What was compared is kept in memory alone: after a crash it begins anew."""
    with run.step() as job:
        run.actor.require(RIGHT)
        contacts = product().everything().count()
        job.total, job.done = contacts, 0
        keyed = Key.objects.values("contact_id").distinct().count()
    yield
    after = None
    while keyed < contacts:
        with run.step() as job:
            after = keeping.complete(after)
            keyed = contacts if after is None else keyed
        yield
    found = finding.begin_finding()
    for part, pairs in finding.batches():
        with run.step() as job:
            found.weigh(pairs)
            job.done = int(contacts * part)
        yield
    with run.step() as job:
        search = Search.objects.get(pk=job.options["search"])
        count = finding.save(search, found, contacts)
        Search.objects.filter(pk=search.pk).update(finished_at=run.clock())
        Search.objects.exclude(pk=search.pk).delete()
        job.done = contacts
        groups = f"{count} group{'' if count == 1 else 's'} of contacts that are alike"
        job.outcome = (
            f"{contacts:,} contacts compared: {groups}." if count else f"{contacts:,} contacts, no duplicates."
        )
    yield


FINDER: Final = JobKind(KIND, _steps)
