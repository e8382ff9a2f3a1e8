"""Importing at a page: upload, look at what would be made, go on, and see what was refused (IMP-1, IMP-4 to IMP-6).

The page itself asks for each next chunk. So an import goes on wherever it was, whatever server process answers, and
pauses when nobody looks; each chunk is one transaction.
"""

import csv
import io
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Forbidden, Refusal, Refused
from counterpart.foundation.importing import running, uploads
from counterpart.foundation.importing.models import ImportRun
from counterpart.foundation.importing.running import Import, Rehearsal
from counterpart.foundation.importing.subjects import Subject, UploadForm
from counterpart.foundation.importing.tables import failure_lines
from counterpart.foundation.importing.tallies import in_words
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.users.forms import take_over

RIGHT: Final = "import.run"
EARLIER_SHOWN: Final = 20
FAILURES_SHOWN: Final = 50


@require_http_methods(["GET", "POST"])
@page(RIGHT)
def upload(request: SignedIn, subject: Subject) -> HttpResponse:
    """Choose a file; it is tried, and nothing is written before somebody has seen what it would make."""
    actor = _actor(request, subject)
    form = subject.form(request.POST, request.FILES) if request.method == "POST" else subject.form()
    if form.is_valid():
        try:
            run = _begin(actor, subject, form)
        except Refused as refusal:
            take_over(form, refusal)
        else:
            return redirect(f"{subject.key}-import-run", run.pk)
    runs = ImportRun.objects.filter(user=request.user, what__startswith=subject.key)
    context = {"subject": subject, "form": form, "runs": runs.order_by("-started_at")[:EARLIER_SHOWN]}
    return render(request, "importing/upload.html", _with_addresses(context), status=422 if form.errors else 200)


@require_GET
@page(RIGHT)
def show(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """What would be made, or how far it is, or what was made."""
    return _run_page(request, subject, _run_or_404(_actor(request, subject), run_id))


@require_POST
@page(RIGHT)
def step(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """Import the next rows. The fragment it answers with asks for the next step by itself until all is done."""
    actor = _actor(request, subject)
    run = _run_or_404(actor, run_id)
    if not (run.is_finished or run.is_stopped):
        if not uploads.path_of(run.pk).is_file():
            raise Refusal("The uploaded file is not here any more. Choose it again: the import goes on from there.")
        job = subject.job(actor, uploads.path_of(run.pk), run.options, run.file_name)
        run = next(running.steps(job, run, job.facts(), clock=clock.now), run)
        if run.is_finished:
            uploads.forget(run.pk)
    if request.headers.get("HX-Request"):
        return _run_page(request, subject, run, goes_on=True)
    return redirect(f"{subject.key}-import-run", run.pk)


@require_POST
@page(RIGHT)
def cancel(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """Stop here: what was imported stays, and the same file would go on from here."""
    run = _run_or_404(_actor(request, subject), run_id)
    if not run.is_finished:
        run.cancelled_at = clock.now()
        run.save(update_fields=["cancelled_at"])
        uploads.forget(run.pk)
        messages.success(request, f"The import of {run.file_name} was stopped.")
    return redirect(f"{subject.key}-import-run", run.pk)


@require_GET
@page(RIGHT)
def failed_file(request: SignedIn, subject: Subject, run_id: UUID) -> StreamingHttpResponse:
    """The rows that were refused, with the reason; corrected, the file can be imported as it is (IMP-5)."""
    run = _run_or_404(_actor(request, subject), run_id)
    lines = failure_lines(run.header, run.failures.values_list("reason", "cells").iterator(chunk_size=2_000))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="refused-rows.csv"'
    return answer


@require_GET
@page(RIGHT)
def columns_file(request: SignedIn, subject: Subject) -> HttpResponse:
    """A file with every column and an example row (IMP-10)."""
    _actor(request, subject)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name for name, _, _ in subject.columns])
    writer.writerow([example for _, _, example in subject.columns])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{subject.key}.csv"'
    return answer


def _begin(actor: Actor, subject: Subject, form: UploadForm) -> ImportRun:
    """The run of the uploaded file: a new one with its preview, or the one that was stopped. Raises Refused."""
    kept = uploads.keep(form.cleaned_data["file"])
    try:
        job = subject.job(actor, kept, form.options(), form.cleaned_data["file"].name)
        return _opened(actor, job, form)
    except Forbidden:
        raise
    except Refusal as refusal:
        raise Refused([_beside_the_file(error, form) for error in refusal.errors]) from refusal
    finally:
        kept.unlink(missing_ok=True)


def _opened(actor: Actor, job: Import, form: UploadForm) -> ImportRun:
    run = running.open_run(job, job.facts(), at=clock.now(), again=form.cleaned_data["again"], options=form.options())
    if run.is_finished:
        text = f"This file was imported before, on {run.finished_at:%-d %B %Y}. Tick the box to import it once more."
        raise Refused([FieldError("again", text, "import.again")])
    if run.user_id != actor.user_id:
        text = f"{run.started_by} is importing this file."
        raise Refused([FieldError("file", text, "import.running")])
    if run.next_row == 0:
        run.preview = _kept(running.preview(job, at=clock.now()))
    run.cancelled_at = None
    run.save(update_fields=["preview", "cancelled_at"])
    uploads.assign(job.path, run.pk)
    return run


def _kept(rehearsal: Rehearsal) -> dict[str, Any]:
    """What the page shows of a rehearsal, as it is kept with the run."""
    tally = rehearsal.tally
    return {
        "rows": rehearsal.rows,
        "counts": dict(tally.counts),
        "remarks": list(tally.remarks),
        "headings": list(tally.headings),
        "examples": tally.examples,
        "failed": len(rehearsal.failures),
        "failures": [[number, reason] for number, reason, _ in rehearsal.failures[:FAILURES_SHOWN]],
    }


def _beside_the_file(error: FieldError, form: UploadForm) -> FieldError:
    """What is wrong with the file itself stands beside it."""
    return error if error.field in form.fields else FieldError("file", error.message, error.code)


def _run_page(request: SignedIn, subject: Subject, run: ImportRun, *, goes_on: bool = False) -> HttpResponse:
    preview = run.preview or {}
    context = {
        "subject": subject,
        "run": run,
        "preview": preview,
        "examples": [list(zip(preview["headings"], cells, strict=True)) for cells in preview.get("examples", ())],
        "would_make": in_words(preview.get("counts", {})),
        "would_take": run.total_rows - preview.get("failed", 0) if preview.get("rows") == run.total_rows else 0,
        "made": in_words(run.counts),
        "goes_on": goes_on,
        "failures": run.failures.all()[:FAILURES_SHOWN],
    }
    template = "importing/run.html#run" if request.headers.get("HX-Request") else "importing/run.html"
    return render(request, template, _with_addresses(context))


def _with_addresses(context: dict[str, Any]) -> dict[str, Any]:
    """The addresses the templates need, since their names differ from subject to subject."""
    name = f"{context['subject'].key}-import"
    found = {"upload_url": reverse(name), "columns_url": reverse(f"{name}-columns")}
    if run := context.get("run"):
        found |= {
            f"{part}_url": reverse(f"{name}-{part}", args=[run.pk])
            for part in ("run", "step", "cancellation", "failed")
        }
    return {**context, **found, "back_url": reverse(context["subject"].back), "run_name": f"{name}-run"}


def _actor(request: SignedIn, subject: Subject) -> Actor:
    actor = actor_of(request)
    for right in subject.rights:
        actor.require(right)
    return actor


def _run_or_404(actor: Actor, run_id: UUID) -> ImportRun:
    """An upload belongs to who made it."""
    return get_object_or_404(ImportRun, pk=run_id, user_id=actor.user_id)
