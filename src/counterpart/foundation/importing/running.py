"""Carrying an import through: chunk by chunk, each one transaction together with how far the file has come.

So an import that is killed goes on where it was when the same file is given again, and creates nothing twice.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from django.db import IntegrityError, transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import Refusal, Refused
from counterpart.foundation.importing.models import ImportFailure, ImportRun
from counterpart.foundation.importing.tables import Facts, Row, facts_of, rows_of

CHUNK_ROWS: Final = 500


class Progress(NamedTuple):
    """How far the import has come; ``resumed``: rows that an earlier run had done."""

    done: int
    total: int
    created: int
    failed: int
    resumed: int


Tell = Callable[[Progress], None]
Draft = TypeVar("Draft")
Create = Callable[[Sequence[Row], datetime], Sequence[str]]
"""Creates records from rows, inside a transaction; answers for each row with '' or why it was refused."""


@dataclass(frozen=True, slots=True)
class Import:
    """What is imported, by whom, and how a chunk of rows becomes records."""

    actor: Actor
    path: Path
    create: Create
    needs_one_of: Iterable[str]

    def facts(self) -> Facts:
        """Look at the file. Raises Refusal, OSError."""
        return facts_of(self.path, one_of=self.needs_one_of)


def import_file(
    job: Import, *, clock: Callable[[], datetime], tell: Tell = lambda _: None, again: bool = False
) -> ImportRun:
    """Import the file and return the finished run; a run that was cut off goes on.

    A file that was imported completely is not imported again unless ``again`` says so: the finished run is
    returned. Raises Forbidden, Refusal (the file can't be read, or is being imported), OSError.
    """
    job.actor.require("import.run")
    facts = job.facts()
    run = _run_for(facts, job, clock(), again=again)
    resumed = run.next_row
    tell(Progress(run.next_row, facts.rows, run.created_count, run.failed_count, resumed))
    if run.finished_at is not None:
        return run
    rows = islice(rows_of(job.path, facts), run.next_row, None)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        run = _import_chunk(run, chunk, job, clock())
        tell(Progress(run.next_row, facts.rows, run.created_count, run.failed_count, resumed))
    run.finished_at = clock()
    run.save(update_fields=["finished_at"])
    return run


def rehearse(job: Import, *, at: datetime, tell: Tell = lambda _: None) -> list[tuple[str, Row]]:
    """Run the very same code and take everything back; return the rows that would fail, with the reason (IMP-4)."""
    job.actor.require("import.run")
    facts = job.facts()
    failures: list[tuple[str, Row]] = []
    done = 0
    rows = rows_of(job.path, facts)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        with transaction.atomic():
            reasons = job.create(chunk, at)
            transaction.set_rollback(True)
        failures += [(reason, row) for reason, row in zip(reasons, chunk, strict=True) if reason]
        done += len(chunk)
        tell(Progress(done, facts.rows, done - len(failures), len(failures), 0))
    return failures


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
            reasons[place] = _sentence(refusal)
    for place, answer in zip(drafts, create(list(drafts.values())), strict=True):
        if isinstance(answer, Refused):
            reasons[place] = _sentence(answer)
    return reasons


def _sentence(refusal: Refused) -> str:
    return " ".join(f"{error.field}: {error.message}" if error.field else error.message for error in refusal.errors)


def _run_for(facts: Facts, job: Import, at: datetime, *, again: bool) -> ImportRun:
    runs = ImportRun.objects.filter(file_sha256=facts.sha256)
    known = runs.filter(finished_at=None).first()
    if known is None and not again:
        known = runs.order_by("-started_at").first()
    if known is not None:
        return known
    name, by = job.path.name[-255:], job.actor.name
    try:
        with transaction.atomic():
            return ImportRun.objects.create(file_sha256=facts.sha256, file_name=name, started_at=at, started_by=by)
    except IntegrityError:
        return runs.get(finished_at=None)


def _import_chunk(run: ImportRun, chunk: Sequence[Row], job: Import, at: datetime) -> ImportRun:
    """Create one chunk and remember that it is done, in one transaction."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.next_row != run.next_row:
            raise Refusal("Another import of the same file is running.", code="import.running")
        reasons = job.create(chunk, at)
        failed = [
            (locked.pk, locked.next_row + place + 1, reason, chunk[place])
            for place, reason in enumerate(reasons)
            if reason
        ]
        insert_rows(ImportFailure, ("run_id", "row_number", "reason", "cells"), failed)
        locked.next_row += len(chunk)
        locked.created_count += len(chunk) - len(failed)
        locked.failed_count += len(failed)
        locked.save(update_fields=["next_row", "created_count", "failed_count"])
    return locked
