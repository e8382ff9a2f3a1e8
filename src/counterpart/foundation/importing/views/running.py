"""The page of one import: what the dry run found, how far it is, what became of it, and taking it back."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refusal, Refused
from counterpart.foundation.importing import acts, uploads
from counterpart.foundation.importing.models import ImportDoubt, ImportMark, ImportRun, State
from counterpart.foundation.importing.options import DUPLICATES
from counterpart.foundation.importing.subjects import Subject
from counterpart.foundation.importing.tallies import in_words
from counterpart.foundation.importing.undoing import HIDDEN
from counterpart.foundation.importing.views.beginning import AT_ONCE_S
from counterpart.foundation.importing.views.ground import RIGHT, acting, addresses, run_or_404, seen, steps_shown, to
from counterpart.foundation.jobs import operations as job_operations
from counterpart.foundation.jobs import running as jobs
from counterpart.foundation.users.access import SignedIn, page

FAILURES_SHOWN: Final = 50
SKIPPED_SHOWN: Final = 10
DOUBTS_A_PAGE: Final = 25
UNDOABLE: Final = (State.FINISHED, State.PAUSED, State.REVERTED)


@require_GET
@page(RIGHT)
def show(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """What would be made, or how far it is, or what was made."""
    run = run_or_404(acting(request, subject), subject, run_id)
    if run.state == State.MAPPING and run.preview is None:
        # A page that waits for the file to be read is left for the columns, not filled with them.
        waits = request.headers.get("HX-Request")
        return HttpResponseClientRedirect(addresses(subject, run)["columns_url"]) if waits else to(
            subject, "columns", run
        )  # fmt: skip
    seen(request, run)
    template = "importing/run.html#run" if request.headers.get("HX-Request") else "importing/run.html"
    return render(request, template, _context(subject, run))


@require_POST
@page(RIGHT)
def act(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """Run it, let it wait, go on, end it here, throw it away, undo it, release what it holds."""
    actor = acting(request, subject)
    run = run_or_404(actor, subject, run_id)
    wanted = request.POST.get("act", "")
    if wanted in ("try", "run", "revert", "release"):
        if wanted in ("try", "run") and not uploads.rows_of(run.pk).is_file():
            raise Refusal(acts.GONE)
        if wanted == "release" and not run.is_held:
            raise Refusal("Nothing of this import is held back.")
        job = acts.start(wanted, run, actor=actor, at=clock.now(), back_url=addresses(subject, run)["run_url"])
        jobs.run_for(job, clock=clock.now, seconds=AT_ONCE_S)
    elif wanted == "pause" and run.job is not None:
        job_operations.ask_to_stop(run.job, at=clock.now())
    elif wanted == "end" and run.state == State.PAUSED:
        ImportRun.objects.filter(pk=run.pk).update(state=State.FINISHED, finished_at=clock.now())
        uploads.forget(run.pk)
    elif wanted == "discard" and not run.has_begun:
        _discard(request, run)
        return to_list(subject)
    return to(subject, "run", run)


@require_http_methods(["GET", "POST"])
@page(RIGHT)
def review(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """Rows that look like somebody who is here, one by one, or all the open ones by one rule (IMP-3)."""
    actor = acting(request, subject)
    run = run_or_404(actor, subject, run_id)
    if run.has_begun:
        return to(subject, "run", run)
    if request.method == "POST":
        _decide(run, request)
        if request.POST.get("then") == "try":
            job = acts.start("try", run, actor=actor, at=clock.now(), back_url=addresses(subject, run)["run_url"])
            jobs.run_for(job, clock=clock.now, seconds=AT_ONCE_S)
            return to(subject, "run", run)
    pages = Paginator(run.doubts.all(), DOUBTS_A_PAGE)
    shown = pages.get_page(request.POST.get("page") or request.GET.get("page"))
    context = {
        "subject": subject, "run": run, "page": shown, "doubts": _doubts(subject, actor, list(shown)),
        "open": run.doubts.filter(decision="").count(), "total": pages.count, "steps": steps_shown(subject, run, "try"),
        "choices": [one for one in DUPLICATES if one[0] in ImportDoubt.Decision], **addresses(subject, run),
    }  # fmt: skip
    return render(request, "importing/review.html", context)


def to_list(subject: Subject) -> HttpResponse:
    """Back to where an import begins."""
    from django.shortcuts import redirect  # noqa: PLC0415 - one use

    return redirect(f"{subject.key}-import")


def _discard(request: SignedIn, run: ImportRun) -> None:
    if run.job is not None:
        job_operations.ask_to_stop(run.job, at=clock.now())
    ImportRun.objects.filter(pk=run.pk).update(state=State.DISCARDED)
    uploads.forget(run.pk)
    messages.success(request, f"{run.file_name} was thrown away; nothing was imported.")


def _decide(run: ImportRun, request: SignedIn) -> None:
    """Take over the decisions of the page, or one for all rows still open."""
    if rule := request.POST.get("all", ""):
        _check(rule)
        run.doubts.filter(decision="").update(decision=rule)
        return
    numbers = [int(name.removeprefix("row-")) for name in request.POST if name.removeprefix("row-").isdigit()]
    for doubt in run.doubts.filter(row_number__in=numbers):
        decision, _, target = request.POST.get(f"row-{doubt.row_number}", "").partition(":")
        _check(decision)
        known = [one["id"] for one in doubt.candidates]
        doubt.decision = decision
        doubt.target = UUID(target) if target in known else None
        doubt.save(update_fields=["decision", "target"])


def _check(decision: str) -> None:
    if decision not in ImportDoubt.Decision.values:
        raise Refused([FieldError("", "Choose what becomes of the row.", "decision.invalid")])


def _doubts(subject: Subject, actor: Actor, doubts: list[ImportDoubt]) -> list[dict[str, Any]]:
    """The rows with whom they look like, as far as this person may see those (DUP-5)."""
    ids = {UUID(one["id"]) for doubt in doubts for one in doubt.candidates}
    known = subject.identify(ids, actor) if subject.identify is not None else {}
    shown = []
    for doubt in doubts:
        candidates = []
        for one in doubt.candidates:
            facts = known.get(UUID(one["id"]))
            hidden = {"name": "A contact you can't view matches", "url": "", "line": ""}
            candidates.append({**one, **(facts or hidden), "is_hidden": facts is None})
        shown.append({"row": doubt, "candidates": candidates, "target": str(doubt.target or "")})
    return shown


def _context(subject: Subject, run: ImportRun) -> dict[str, Any]:
    found = run.preview or {}
    is_tried = run.state in (State.TRIED, State.TRYING, State.MAPPING)
    job = run.job
    under_way = run.state in (State.READING, State.TRYING, State.RUNNING, State.REVERTING) or bool(
        job and not job.is_finished and run.is_held
    )
    failures = run.failures.filter(is_skipped=False)
    kept = run.marks.exclude(kept_reason__in=("", HIDDEN)) if run.kept_count else ImportMark.objects.none()
    hidden = run.marks.filter(kept_reason=HIDDEN).count() if run.kept_count else 0
    step = "upload" if run.state == State.READING else "try" if is_tried else "run"
    return {
        "subject": subject, "run": run, "job": job, "found": found, "is_tried": is_tried, "under_way": under_way,
        "counts": found if is_tried else run.shown_counts,
        "made": in_words(found.get("counts", {}) if is_tried else run.counts),
        "remarks": found.get("remarks", ()) if is_tried else run.remarks,
        "examples": [list(zip(found["headings"], cells, strict=True)) for cells in found.get("examples", ())],
        "failures": failures[:FAILURES_SHOWN], "failures_total": failures.count() if not under_way else 0,
        "skipped": run.failures.filter(is_skipped=True)[:SKIPPED_SHOWN], "kept": kept[:FAILURES_SHOWN],
        "kept_shown": run.kept_count - hidden, "hidden": hidden,
        "open_doubts": run.doubts.filter(decision="").count() if is_tried else 0,
        "doubts_total": run.doubts.count() if is_tried else 0,
        "would_take": found.get("created", 0) + found.get("updated", 0),
        "has_file": uploads.rows_of(run.pk).is_file(), "steps": steps_shown(subject, run, step),
        "can_undo": run.state in UNDOABLE and run.marks.filter(undone_at=None).exists(),
        **addresses(subject, run),
    }  # fmt: skip
