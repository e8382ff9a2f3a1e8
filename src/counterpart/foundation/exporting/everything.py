"""A full export at a page: made in the background, told under the bell (EXP-1)."""

import zipfile
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from counterpart.foundation import history
from counterpart.foundation.clock import now
from counterpart.foundation.exporting.offering import offer
from counterpart.foundation.exporting.snapshot import snapshot
from counterpart.foundation.exporting.tables import blanked, left_out
from counterpart.foundation.exporting.writing import Archive, finish, manifest_of, parts_of
from counterpart.foundation.jobs import files
from counterpart.foundation.jobs import operations as jobs
from counterpart.foundation.jobs.kinds import JobKind
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.jobs.running import Run
from counterpart.foundation.users.access import SignedIn, actor_of, page

RIGHT: Final = "firm.export"
KIND: Final = "firm-export"
EARLIER_SHOWN: Final = 5


@require_http_methods(["GET", "POST"])
@page(RIGHT)
def export_everything(request: SignedIn) -> HttpResponse:
    """Have everything this product keeps put into one file; it is told under the bell when that is done."""
    if request.method == "POST":
        title = f"Export everything in {settings.COUNTERPART_PRODUCT_NAME}"
        job = jobs.start(KIND, actor=actor_of(request), at=now(), title=title, options={"right": RIGHT})
        return redirect("jobs:job", job.pk)
    at = now()
    earlier = Job.objects.filter(kind=KIND, user=request.user).order_by("-created_at")[:EARLIER_SHOWN]
    context = {
        "earlier": [(job, job.offers_file(at)) for job in earlier], "left_out": sorted(left_out().items()),
        "blanked": sorted(blanked().items()),
    }  # fmt: skip
    return render(request, "exporting/everything.html", context)


def firm_steps(run: Run) -> Iterator[None]:
    """Write everything this product keeps to a zip file, as of one moment (docs/reference/export-format.md)."""
    run.actor.require(RIGHT)
    part: dict[str, Any] = {}
    with snapshot() as alias, zipfile.ZipFile(files.path_of(run.job), "w") as archive:
        sink = Archive(archive)
        for done, total, found in parts_of(sink, alias):
            with run.step() as job:
                job.done, job.total = done, total
            part = found or part
            yield
        finish(sink, manifest_of([part], run.clock()))
    with run.step() as job:
        offer(run, f"counterpart-{settings.COUNTERPART_PRODUCT}-{run.clock():%Y-%m-%d}.zip", "application/zip")
        job.outcome = f"Everything ({job.done:,} rows) is ready to be downloaded, for a day."
        facts = {"rows": [None, job.done]}
        event = history.NewEvent("firm", None, "Everything", "exported", run.actor, run.clock(), facts)
        history.record([event])
    yield


FIRM: Final = JobKind(KIND, firm_steps)
