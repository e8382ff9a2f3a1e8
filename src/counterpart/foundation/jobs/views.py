"""Background work as its owner sees it: how far, how long still, stop, how it ended, what it made (LST-8)."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from counterpart.foundation import clock
from counterpart.foundation.cells import neutral
from counterpart.foundation.jobs import files, operations
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.notices.operations import mark_seen
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.web.downloads import csv_download

LINES_SHOWN: Final = 50
JOBS_SHOWN: Final = 50


@require_GET
@page()
def job_list(request: SignedIn) -> HttpResponse:
    """What this person has under way, and what ended lately."""
    jobs = Job.objects.filter(user=request.user).order_by("-created_at")[:JOBS_SHOWN]
    return render(request, "jobs/list.html", {"jobs": jobs})


@require_GET
@page()
def show(request: SignedIn, job_id: UUID) -> HttpResponse:
    """One job; the fragment asks for itself again until it has ended."""
    job = _own(request, job_id)
    if job.is_finished:
        mark_seen(request.user.pk, at=clock.now(), url=request.path)
    template = "jobs/progress.html" if request.headers.get("HX-Request") else "jobs/job.html"
    return render(request, template, progress(job))


@require_POST
@page()
def stop(request: SignedIn, job_id: UUID) -> HttpResponse:
    """End it after the present step."""
    job = _own(request, job_id)
    operations.ask_to_stop(job, at=clock.now())
    messages.success(request, "It ends after the step it is at. What was done stays done.")
    return redirect("jobs:job", job.pk)


@require_GET
@page()
def reasons(request: SignedIn, job_id: UUID) -> StreamingHttpResponse:
    """Everything that was left as it was, with the reason."""
    job = _own(request, job_id)
    return csv_download("reasons.csv", _lines(job, request))


@require_GET
@page()
def file(request: SignedIn, job_id: UUID) -> FileResponse:
    """The file it made, until it expires; to whoever still holds the right it was made by (``options["right"]``)."""
    job = _own(request, job_id)
    if right := job.options.get("right"):
        actor_of(request).require(right)
    path = files.path_of(job)
    if not job.offers_file(clock.now()) or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=job.file_name, content_type=job.file_type)


def progress(job: Job) -> dict[str, Any]:
    """What ``jobs/progress.html`` needs."""
    return {
        "job": job,
        "lines": job.lines.all()[:LINES_SHOWN] if job.is_finished else (),
        "lines_shown": LINES_SHOWN,
        "has_file": job.offers_file(clock.now()),
        "percent": min(100, job.processed * 100 // job.total) if job.total else None,
    }


def _own(request: HttpRequest, job_id: UUID) -> Job:
    """A job belongs to who asked for it."""
    return get_object_or_404(Job, pk=job_id, user=request.user)


def _lines(job: Job, request: HttpRequest) -> Iterator[tuple[str, ...]]:
    yield ("Record", "Outcome", "Reason", "Address")
    for line in job.lines.iterator(chunk_size=2_000):
        address = request.build_absolute_uri(line.url) if line.url else ""
        yield (neutral(line.label), line.get_what_display(), neutral(line.reason), address)
