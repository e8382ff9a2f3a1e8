"""What is done with an import in the background: read its file, try it, run it, undo it, release what it held
(IMP-6, IMP-7).
"""

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import update_rows
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing import beginning, uploads
from counterpart.foundation.importing.models import ENDED, ImportMark, ImportRun, State
from counterpart.foundation.importing.reading import Reading
from counterpart.foundation.importing.running import Carriage
from counterpart.foundation.importing.staging import Staged
from counterpart.foundation.importing.subjects import Context, Undoer, subject_of
from counterpart.foundation.importing.tallies import counted
from counterpart.foundation.jobs import operations as jobs
from counterpart.foundation.jobs.kinds import JobKind
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.jobs.running import Run

KIND: Final = "import"
UNDONE_TOGETHER: Final = 500
RELEASED_TOGETHER: Final = 500
TITLES: Final = {
    "read": "Reading {}", "try": "Dry run of {}", "run": "Import of {}", "revert": "Undoing the import of {}",
    "release": "Releasing what {} brought",
}  # fmt: skip
WAITS: Final = {
    "read": (State.READING, State.DISCARDED), "try": (State.TRYING, State.MAPPING),
    "run": (State.RUNNING, State.PAUSED), "revert": (State.REVERTING, State.FINISHED),
}  # fmt: skip
"""The state an act leaves an import in when it is stopped or broken off."""
READ: Final = ("total_rows", "facts", "header", "file_sha256", "mapping", "mapping_source", "preview", "state")
"""What the reading of a file finds out."""
GONE: Final = "The uploaded file is not here any more. Choose it again."


@transaction.atomic
def start(
    act: str, run: ImportRun, *, actor: Actor, at: datetime, back_url: str = "", reading: Reading | None = None
) -> Job:
    """Begin an act in the background; the run is in the state it needs. Raises Refusal."""
    if act == "read":
        beginning.start_reading(run)
    elif act == "try":
        beginning.start_trying(run)
    elif act == "run":
        beginning.start_running(run, at)
    elif act == "revert":
        start_reverting(run)
    total = run.marks.count() if act in ("revert", "release") else run.total_rows if act != "read" else None
    job = jobs.start(
        KIND, actor=actor, at=at, title=TITLES[act].format(run.file_name), total=total, back_url=back_url,
        options={"run": str(run.pk), "act": act, "reading": asdict(reading) if reading else {}},
    )  # fmt: skip
    if act == "run" and run.next_row:
        # What an earlier session did is no work of this one: the time left would be told too short.
        Job.objects.filter(pk=job.pk).update(done=run.next_row)
        job.done = run.next_row
    run.job = job
    run.save(update_fields=["job"])
    return job


def steps(carrier: Run) -> Iterator[None]:
    """The work of a job; called again after a crash."""
    run = ImportRun.objects.filter(pk=carrier.job.options["run"]).first()
    if run is None:
        return
    act = carrier.job.options["act"]
    # The history says that it was an import; the person and their rights are the job's.
    actor = replace(carrier.actor, origin="import")
    if act == "read":
        yield from _read(carrier, run, actor)
    elif act in ("try", "run"):
        yield from _carried(carrier, run, actor, rehearsing=act == "try")
    elif act == "revert":
        yield from _reverted(carrier, run, actor)
    else:
        yield from _released(carrier, run, actor)


def ended(carrier: Run) -> None:
    """Stopped, or broken off: the import waits where it is. Finished: its file is not needed any more."""
    run = ImportRun.objects.filter(pk=carrier.job.options["run"]).first()
    if run is None:
        return
    # Only of its own act: the person may have begun the next one before this end was told.
    was, becomes = WAITS.get(carrier.job.options["act"], ("", ""))
    if was == State.READING and run.total_rows:
        becomes = State.MAPPING  # it was read before, and that reading stands
    ImportRun.objects.filter(pk=run.pk, job_id=carrier.job.pk, state=was).update(state=becomes)
    run.refresh_from_db(fields=["state"])
    if run.state in (*ENDED, State.DISCARDED):
        uploads.forget(run.pk)


JOB: Final = JobKind(KIND, steps, ended)


def _read(carrier: Run, run: ImportRun, actor: Actor) -> Iterator[None]:
    """Stage the rows, outside any transaction: nobody waits for them. From the start again after a crash."""
    if not uploads.path_of(run.pk).is_file():
        raise Refusal(GONE)
    wanted = Reading(**carrier.job.options["reading"])
    for rows in beginning.taking_in(run, subject_of(run.subject), actor, uploads.path_of(run.pk), wanted):
        with carrier.step() as job:
            job.done = rows
        yield
    with carrier.step() as job:
        run.save(update_fields=READ)
        job.outcome = f"{counted(run.total_rows, run.row_word)}; next you say what the columns are."
    yield


def _carried(carrier: Run, run: ImportRun, actor: Actor, *, rehearsing: bool) -> Iterator[None]:
    if not uploads.rows_of(run.pk).is_file():
        raise Refusal(GONE)

    def tell(now: ImportRun) -> None:
        counts = (now.preview or {}) if rehearsing else now.shown_counts
        job = carrier.job
        job.done = counts.get("created", 0) + counts.get("updated", 0)
        job.skipped, job.failed = counts.get("skipped", 0), counts.get("failed", 0)

    subject = subject_of(run.subject)
    with Staged(uploads.rows_of(run.pk)) as staged:
        context = Context(run.pk, actor, run.options, staged, rehearsing=rehearsing, held=run.is_held)
        for _ in Carriage(subject, run, context, carrier.clock, carrier.step, tell).steps():
            yield


def start_reverting(run: ImportRun) -> None:
    """An undo begins, or goes on. Raises Refusal."""
    if run.state not in (State.FINISHED, State.PAUSED, State.REVERTED):
        raise Refusal("Only what has ended or is paused can be undone.", code="import.running")
    # What had to stay may have become free since.
    run.marks.filter(undone_at=None).update(kept_reason="")
    run.state, run.kept_count = State.REVERTING, 0
    run.save(update_fields=["state", "kept_count"])


def _reverted(carrier: Run, run: ImportRun, actor: Actor) -> Iterator[None]:
    """Take everything back, newest first, as far as nobody has used it since; the rest is listed (IMP-7)."""
    undoer = subject_of(run.subject).undoer(actor)
    left, before = True, run.undone_count
    while left:
        with carrier.step() as job:
            left = undo_some(run, undoer, carrier.clock())
            if not left and undo_again(run, before):
                left, before = True, run.undone_count
            job.done, job.skipped = run.undone_count, run.kept_count
        yield


def undo_some(run: ImportRun, undoer: Undoer, at: datetime) -> bool:
    """Undo the next few; False when nothing is left. Inside a transaction."""
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    marks = list(locked.marks.filter(undone_at=None, kept_reason="").order_by("-kind", "-id")[:UNDONE_TOGETHER])
    if marks:
        with history.collected() as events:
            reasons = undoer.undo(marks, at)
        # Last, and once: whoever writes history waits for it until the commit.
        history.record(events)
        rows = [(mark.pk, None if why else at, why) for mark, why in zip(marks, reasons, strict=True)]
        update_rows(ImportMark, ("undone_at", "kept_reason"), rows)
        locked.undone_count += sum(not why for why in reasons)
        locked.kept_count += sum(bool(why) for why in reasons)
    else:
        locked.state, locked.reverted_at = State.REVERTED, at
        locked.finished_at = locked.finished_at or at
    locked.save()
    for name in ("undone_count", "kept_count", "state", "reverted_at", "finished_at"):
        setattr(run, name, getattr(locked, name))
    return bool(marks)


def undo_again(run: ImportRun, undone_before: int) -> bool:
    """Begin once more what an undo had to leave, if it took back anything: what stood in the way may be gone, such as
    the people of a company. False when nothing would come of it. Inside the transaction of the last few.
    """
    if not run.kept_count or run.undone_count == undone_before:
        return False
    start_reverting(run)
    return True


def _released(carrier: Run, run: ImportRun, actor: Actor) -> Iterator[None]:
    """Offer what was held back to the other product, in bulk: what people save meanwhile goes first (IMP-8)."""
    undoer = subject_of(run.subject).undoer(actor)
    after = int(carrier.job.state.get("after", 0))
    while True:
        with carrier.step() as job:
            marks = list(run.marks.filter(pk__gt=after, undone_at=None).order_by("id")[:RELEASED_TOGETHER])
            if not marks:
                ImportRun.objects.filter(pk=run.pk).update(is_held=False, released_at=carrier.clock())
                return
            undoer.release(marks, carrier.clock())
            after = marks[-1].pk
            job.state, job.done = {"after": after}, job.done + len(marks)
        yield
