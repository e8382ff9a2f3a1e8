"""Carrying an import through: chunk by chunk, each one transaction together with how far the file has come.

So an import that is killed goes on where it was when the same file is given again, and creates nothing twice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from django.db import IntegrityError, transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import Refusal, Refused
from counterpart.foundation.importing.models import ImportFailure, ImportRun
from counterpart.foundation.importing.tables import Facts, Row, facts_of, rows_of
from counterpart.foundation.importing.tallies import Tally

CHUNK_ROWS: Final = 500
TOGETHER_MAX: Final = 5_000
"""Rows that belong together are cut apart after so many all the same: a transaction must end."""
PREVIEW_ROWS: Final = 1_000


class Progress(NamedTuple):
    """How far the import has come; ``resumed``: rows that an earlier run had done."""

    done: int
    total: int
    created: int
    failed: int
    resumed: int


Tell = Callable[[Progress], None]
Draft = TypeVar("Draft")
Create = Callable[[Sequence[Row], datetime, Tally], Sequence[str]]
"""Creates records from rows, inside a transaction; answers for each row with '' or why it was refused."""


@dataclass(frozen=True, slots=True)
class Import:
    """What is imported, by whom, and how a chunk of rows becomes records.

    ``what``: tells this import of a file from another of the same file. ``together``: rows following each other for
    which it answers the same describe one record and are not cut apart. ``headings``: of the preview's table.
    """

    actor: Actor
    path: Path
    create: Create
    needs_one_of: Iterable[str]
    what: str = ""
    together: Callable[[Row], object] | None = None
    headings: Sequence[str] = ()
    file_name: str = ""

    def facts(self) -> Facts:
        """Look at the file. Raises Refusal, OSError."""
        return facts_of(self.path, one_of=self.needs_one_of)

    def tally(self) -> Tally:
        """Nothing made yet."""
        return Tally(self.headings)


@dataclass(slots=True)
class Rehearsal:
    """What would become of a file, or of its first rows."""

    rows: int
    total: int
    tally: Tally
    failures: list[tuple[int, str, Row]] = field(default_factory=list)


def import_file(
    job: Import, *, clock: Callable[[], datetime], tell: Tell = lambda _: None, again: bool = False
) -> ImportRun:
    """Import the file and return the finished run; a run that was cut off or cancelled goes on.

    A file that was imported completely is not imported again unless ``again`` says so: the finished run is
    returned. Raises Forbidden, Refusal (the file can't be read, or is being imported), OSError.
    """
    facts = job.facts()
    run = open_run(job, facts, at=clock(), again=again)
    resumed = run.next_row
    tell(_progress(run, resumed))
    for done in steps(job, run, facts, clock=clock):
        run = done
        tell(_progress(run, resumed))
    return run


def open_run(
    job: Import, facts: Facts, *, at: datetime, again: bool = False, options: dict[str, Any] | None = None
) -> ImportRun:
    """The run of this file: the one that is under way, else the finished one, else a new one. Raises Forbidden."""
    job.actor.require("import.run")
    runs = ImportRun.objects.filter(file_sha256=facts.sha256, what=job.what)
    known = runs.filter(finished_at=None).first()
    if known is None and not again:
        known = runs.order_by("-started_at").first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return ImportRun.objects.create(
                what=job.what,
                file_sha256=facts.sha256,
                file_name=(job.file_name or job.path.name)[-255:],
                header=facts.header,
                options=options or {},
                total_rows=facts.rows,
                started_at=at,
                started_by=job.actor.name,
                user_id=job.actor.user_id,
            )
    except IntegrityError:
        return runs.get(finished_at=None)


def steps(job: Import, run: ImportRun, facts: Facts, *, clock: Callable[[], datetime]) -> Iterator[ImportRun]:
    """Import chunk by chunk, yielding the run after each; it is finished after the last. Raises Forbidden, Refusal."""
    job.actor.require("import.run")
    if run.is_finished:
        return
    chunks = chunks_of(islice(rows_of(job.path, facts), run.next_row, None), job.together)
    for chunk in chunks:
        run = _import_chunk(run, chunk, job, clock())
        if run.next_row < facts.rows:
            yield run
    run.finished_at = clock()
    run.save(update_fields=["finished_at"])
    yield run


def rehearse(job: Import, *, at: datetime, tell: Tell = lambda _: None) -> list[tuple[str, Row]]:
    """Run the very same code and take everything back; return the rows that would fail, with the reason (IMP-4)."""
    job.actor.require("import.run")
    facts = job.facts()
    failures: list[tuple[str, Row]] = []
    done = 0
    for chunk in chunks_of(rows_of(job.path, facts), job.together):
        reasons = _taken_back(job, chunk, at, job.tally())
        failures += [(reason, row) for reason, row in zip(reasons, chunk, strict=True) if reason]
        done += len(chunk)
        tell(Progress(done, facts.rows, done - len(failures), len(failures), 0))
    return failures


def preview(job: Import, *, at: datetime) -> Rehearsal:
    """What the first rows would become, by the very same code, taken back (IMP-1, IMP-4).

    One transaction, so that a record named twice is counted once. Raises Forbidden, Refusal, OSError.
    """
    job.actor.require("import.run")
    facts, tally = job.facts(), job.tally()
    chunk = next(chunks_of(rows_of(job.path, facts), job.together, PREVIEW_ROWS), [])
    reasons = _taken_back(job, chunk, at, tally)
    failures = [(number, reason, chunk[number - 1]) for number, reason in enumerate(reasons, 1) if reason]
    return Rehearsal(len(chunk), facts.rows, tally, failures)


def chunks_of(rows: Iterable[Row], together: Callable[[Row], object] | None, least: int = 0) -> Iterator[list[Row]]:
    """Cut the rows into chunks, not between rows that belong together."""
    least = least or CHUNK_ROWS
    chunk: list[Row] = []
    for row in rows:
        if len(chunk) >= least and not _belongs(row, chunk, together):
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk


def reasons_for(
    chunk: Sequence[Row], draft_of: Callable[[Row], Draft], create: Callable[[list[Draft]], Sequence[object]]
) -> list[str]:
    """Turn rows into drafts and create them; answer for each row with '' or why it was refused.

    ``draft_of`` raises Refused for a row that describes nothing; ``create`` answers for each draft with a Refused or
    with what was made.
    """
    reasons = [""] * len(chunk)
    drafts: dict[int, Draft] = {}
    for place, row in enumerate(chunk):
        try:
            drafts[place] = draft_of(row)
        except Refused as refusal:
            reasons[place] = sentence(refusal)
    for place, answer in zip(drafts, create(list(drafts.values())), strict=True):
        if isinstance(answer, Refused):
            reasons[place] = sentence(answer)
    return reasons


def sentence(refusal: Refused) -> str:
    """A refusal as the reason beside a row."""
    return " ".join(f"{error.field}: {error.message}" if error.field else error.message for error in refusal.errors)


def _belongs(row: Row, chunk: list[Row], together: Callable[[Row], object] | None) -> bool:
    return together is not None and len(chunk) < TOGETHER_MAX and together(row) == together(chunk[-1])


def _progress(run: ImportRun, resumed: int) -> Progress:
    return Progress(run.next_row, run.total_rows, run.created_count, run.failed_count, resumed)


def _taken_back(job: Import, chunk: Sequence[Row], at: datetime, tally: Tally) -> Sequence[str]:
    with transaction.atomic():
        reasons = job.create(chunk, at, tally)
        transaction.set_rollback(True)
    return reasons


def _import_chunk(run: ImportRun, chunk: Sequence[Row], job: Import, at: datetime) -> ImportRun:
    """Create one chunk and remember that it is done, in one transaction."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.next_row != run.next_row or locked.is_finished:
            raise Refusal("Another import of the same file is running.", code="import.running")
        tally = job.tally()
        reasons = job.create(chunk, at, tally)
        failed = [
            (locked.pk, locked.next_row + place + 1, reason, chunk[place])
            for place, reason in enumerate(reasons)
            if reason
        ]
        insert_rows(ImportFailure, ("run_id", "row_number", "reason", "cells"), failed)
        locked.next_row += len(chunk)
        locked.created_count += len(chunk) - len(failed)
        locked.failed_count += len(failed)
        for noun, number in tally.counts.items():
            locked.counts[noun] = locked.counts.get(noun, 0) + number
        locked.save(update_fields=["next_row", "created_count", "failed_count", "counts"])
    return locked
