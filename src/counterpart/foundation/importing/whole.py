"""A whole file at once, in this process: the command line, the demonstration firm, programs (IMP-4 to IMP-7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing import acts, beginning, uploads
from counterpart.foundation.importing.columns import problem_with
from counterpart.foundation.importing.models import BEGUN, ENDED, ImportFailure, ImportRun, State
from counterpart.foundation.importing.reading import Reading
from counterpart.foundation.importing.running import Carriage
from counterpart.foundation.importing.staging import Staged
from counterpart.foundation.importing.subjects import Context, Subject

Clock = Callable[[], datetime]


class Progress(NamedTuple):
    """How far the import has come; ``resumed``: rows that an earlier run had done."""

    done: int
    total: int
    created: int
    failed: int
    resumed: int
    updated: int = 0
    skipped: int = 0


Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported how. ``columns``: heading to field, where the headings do not say it themselves."""

    subject: Subject
    actor: Actor
    path: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    reading: Reading | None = None
    is_demo: bool = False


@dataclass(slots=True)
class Tried:
    """What a dry run found; nothing of it is left."""

    found: Mapping[str, Any]
    header: Sequence[str]
    failures: Sequence[ImportFailure]


def import_file(order: Order, *, clock: Clock, tell: Tell = lambda _: None, again: bool = False) -> ImportRun:
    """Import the file and return the finished run; one that was killed or paused goes on where it was.

    A file that was imported completely is not imported again unless ``again`` says so: the finished run is returned.
    Raises Forbidden, Refusal (the file can't be read, or is being imported), OSError.
    """
    order.actor.require("import.run")
    what, digest = beginning.what_of(order.subject, order.options), beginning.digest_of(order.path)
    runs = ImportRun.objects.filter(file_sha256=digest, what=what).order_by("-started_at")
    run = runs.filter(state__in=BEGUN).first()
    if run is None and not again:
        done = runs.filter(state__in=ENDED[:1]).first()
        if done is not None:
            tell(_progress(done, done.total_rows))
            return done
    if run is None:
        run = _begun(order, clock())
    else:
        beginning.stage_again(run, order.path)
        ImportRun.objects.filter(pk=run.pk, state=State.PAUSED).update(state=State.RUNNING)
        run.refresh_from_db()
    resumed = run.next_row
    tell(_progress(run, resumed))
    try:
        for now in _carried(order, run, clock, rehearsing=False):
            tell(_progress(now, resumed))
            run = now
    finally:
        uploads.forget(run.pk)
    return run


def try_file(order: Order, *, clock: Clock, tell: Tell = lambda _: None) -> Tried:
    """The dry run: the very same code, everything taken back (IMP-4). Raises what ``import_file`` raises."""
    run = _prepared(order, clock())
    try:
        beginning.start_trying(run)
        for now in _carried(order, run, clock, rehearsing=True):
            run = now
            found = run.preview or {}
            made = found.get("created", 0), found.get("failed", 0), 0, found.get("updated", 0), found.get("skipped", 0)
            tell(Progress(found.get("rows", 0), run.total_rows, *made))
        return Tried(run.preview or {}, run.header, list(run.failures.all()))
    finally:
        _forget(run)


def undo_file(order: Order, *, clock: Clock, tell: Tell = lambda _: None) -> ImportRun:
    """Undo the newest import of this file, as far as nobody has used since what it made (IMP-7). Raises Refusal."""
    order.actor.require("import.run")
    ended = ImportRun.objects.filter(
        file_sha256=beginning.digest_of(order.path), what__startswith=order.subject.key,
        state__in=(State.FINISHED, State.PAUSED, State.REVERTING),
    )  # fmt: skip
    run = ended.order_by("-started_at").first()
    if run is None:
        raise Refusal(f"{order.path.name} has not been imported, or that was undone.")
    if run.state != State.REVERTING:
        acts.start_reverting(run)
    undoer, total, left = order.subject.undoer(order.actor), run.marks.count(), True
    before = run.undone_count
    while left:
        with transaction.atomic():
            left = acts.undo_some(run, undoer, clock())
            if not left and acts.undo_again(run, before):
                left, before = True, run.undone_count
        tell(Progress(run.undone_count + run.kept_count, total, run.undone_count, run.kept_count, 0))
    return run


def _begun(order: Order, at: datetime) -> ImportRun:
    run = _prepared(order, at)
    try:
        beginning.start_running(run, at)
    except Refusal:
        _forget(run)
        raise
    return run


def _prepared(order: Order, at: datetime) -> ImportRun:
    """The file read, its columns matched, its options set. Raises Refusal."""
    run = beginning.begin(
        order.subject, order.actor, order.path, file_name=order.path.name, at=at, reading=order.reading
    )
    try:
        asked = {name.casefold(): wanted for name, wanted in order.columns.items()}
        run.mapping = [
            asked.get(name.casefold(), present) for name, present in zip(run.header, run.mapping, strict=True)
        ]
        _ensure_mapped(order, run)
        run.save(update_fields=["mapping"])
        beginning.choose_options(run, order.subject, order.options)
    except Refusal:
        _forget(run)
        raise
    return run


def _ensure_mapped(order: Order, run: ImportRun) -> None:
    if problem := problem_with(order.subject.fields, run.mapping, order.subject.needs_one_of):
        raise Refusal(f"{order.path.name}: {problem}", code="file.header")


def _forget(run: ImportRun) -> None:
    """As if it had never been."""
    uploads.forget(run.pk)
    run.delete()


def _carried(order: Order, run: ImportRun, clock: Clock, *, rehearsing: bool) -> Any:
    with Staged(uploads.rows_of(run.pk)) as staged:
        context = Context(
            run.pk, order.actor, run.options, staged, rehearsing=rehearsing, held=run.is_held, is_demo=order.is_demo
        )
        yield from Carriage(order.subject, run, context, clock).steps()


def _progress(run: ImportRun, resumed: int) -> Progress:
    return Progress(
        run.next_row, run.total_rows, run.created_count, run.failed_count, resumed, run.updated_count, run.skipped_count
    )
