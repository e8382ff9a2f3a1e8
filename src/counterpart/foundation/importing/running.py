"""Carrying an import through: chunk by chunk, each one transaction together with how far the file has come.

The dry run is the very same code, every chunk taken back (IMP-4). So it holds nobody up however long the file is; what
rows of one file have to do with each other is noted before the first chunk, and is the same for both.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing.columns import layout_of, left_aside, record_of
from counterpart.foundation.importing.models import (
    ImportDoubt,
    ImportFailure,
    ImportMark,
    ImportRun,
    State,
)
from counterpart.foundation.importing.staging import Staged
from counterpart.foundation.importing.subjects import (
    CREATED,
    FAILED,
    SKIPPED,
    UPDATED,
    Context,
    Importer,
    Line,
    Outcome,
    Subject,
)
from counterpart.foundation.importing.tallies import Tally

CHUNK_ROWS: Final = 500
TOGETHER_MAX: Final = 5_000
"""Rows that belong together are cut apart after so many all the same: a transaction must end."""
KEYS_TOGETHER: Final = 20_000
LABEL_MAX: Final = 200

Piece = Callable[[], AbstractContextManager[object]]
"""Opens the transaction of one chunk."""
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Carriage:
    """An import in the hands of a process."""

    subject: Subject
    run: ImportRun
    context: Context
    clock: Clock
    piece: Piece = transaction.atomic
    tell: Callable[[ImportRun], None] = lambda _run: None
    """Told inside the transaction of every chunk how far the run is."""

    def steps(self) -> Iterator[ImportRun]:
        """Try, or run, the rows that are left; yields the run after each chunk.

        Raises Forbidden, Refused (options that make no sense), Refusal (another process has it).
        """
        self.context.actor.require("import.run")
        for right in self.subject.rights:
            self.context.actor.require(right)
        importer = self.subject.importer(self.context)
        staged = self.context.staged
        layout = layout_of(self.subject.fields, self.run.mapping)
        yield from self._note_keys(importer, layout)
        while chunk := _chunk(staged, self._place(), layout, importer):
            self._do(importer, chunk)
            yield self.run
        with self.piece():
            self._end()
        yield self.run

    def _place(self) -> int:
        return int((self.run.preview or {}).get("last_line", 0)) if self.context.rehearsing else self.run.last_line

    def _note_keys(self, importer: Importer, layout: Sequence[tuple[int, str]]) -> Iterator[ImportRun]:
        """What rows of this file have in common, found before anything is written (IMP-8). Again after a crash."""
        self.context.staged.forget_keys()
        keys: list[tuple[str, str, int]] = []
        for number, cells in self.context.staged.every():
            keys += [(kind, value, number) for kind, value in importer.keys(record_of(cells, layout))]
            if len(keys) >= KEYS_TOGETHER:
                self.context.staged.note_keys(keys)
                keys = []
                with self.piece():
                    pass  # a sign of life
                yield self.run
        self.context.staged.note_keys(keys)

    def _do(self, importer: Importer, lines: Sequence[Line]) -> None:
        prepared = importer.prepare(lines)
        at, tally = self.clock(), Tally(importer.headings)
        with self.piece():
            run = self._held()
            if self.context.rehearsing:
                with transaction.atomic():
                    outcomes = importer.take(lines, at, tally, prepared)
                    transaction.set_rollback(True)
                run.preview = _tried(run.preview or {}, outcomes, lines, tally)
                _doubt(run, lines, outcomes)
            else:
                outcomes = importer.take(lines, at, tally, prepared)
                _count(run, outcomes, lines, tally)
                _mark(run, lines, outcomes)
            _note_failures(run, lines, outcomes)
            run.save()
            self.tell(run)
        self.run = run

    def _held(self) -> ImportRun:
        """The run under its lock. Raises Refusal if another process has come further, or ended it."""
        locked = ImportRun.objects.select_for_update().get(pk=self.run.pk)
        expected = State.TRYING if self.context.rehearsing else State.RUNNING
        moved = (locked.last_line, locked.preview) != (self.run.last_line, self.run.preview)
        if locked.state != expected or moved:
            raise Refusal("This import is under way elsewhere, or was stopped.", code="import.running")
        return locked

    def _end(self) -> None:
        run = self._held()
        # Nobody shall find out afterwards that something of the file is nowhere.
        lost = left_aside(run.header, run.mapping, run.facts.get("filled", ()), run.row_word)
        if self.context.rehearsing:
            run.state = State.TRIED
            run.preview = Tally((run.preview or {}).get("headings", ())).added_to(run.preview or {})
            run.preview["remarks"] = [*filter(None, [lost]), *run.preview["remarks"]]
        else:
            run.remarks = [*filter(None, [lost]), *run.remarks]
            run.state, run.finished_at = State.FINISHED, self.clock()
        run.save()
        self.run = run


def sentence(refusal: Refusal) -> str:
    """A refusal as the reason beside a row: what is wrong with which column, in words."""
    return " ".join(
        f"{_named(error.field)}: {error.message}" if error.field else error.message for error in refusal.errors
    )


def _named(field: str) -> str:
    """'physical_address.country' is 'Physical address country'."""
    words = field.replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def _chunk(staged: Staged, after: int, layout: Sequence[tuple[int, str]], importer: Importer) -> list[Line]:
    """The next rows, not cut between those that belong together."""
    found = [Line(number, record_of(cells, layout), cells) for number, cells in
             staged.lines(after=after, at_most=CHUNK_ROWS)]  # fmt: skip
    if not found:
        return found
    common = importer.together(found[-1].record)
    while common is not None and len(found) < TOGETHER_MAX:
        further = staged.lines(after=found[-1].number, at_most=1)
        if not further:
            break
        number, cells = further[0]
        line = Line(number, record_of(cells, layout), cells)
        if importer.together(line.record) != common:
            break
        found.append(line)
    return found


def _tally_of(outcomes: Sequence[Outcome]) -> Mapping[str, int]:
    return {action: sum(one.action == action for one in outcomes) for action in (CREATED, UPDATED, SKIPPED, FAILED)}


def _tried(kept: Mapping[str, Any], outcomes: Sequence[Outcome], lines: Sequence[Line], tally: Tally) -> dict[str, Any]:
    counts = _tally_of(outcomes)
    found = {name: kept.get(name, 0) + number for name, number in counts.items()}
    doubts = kept.get("doubts", 0) + sum(one.doubt is not None for one in outcomes)
    place = {"last_line": lines[-1].number, "rows": kept.get("rows", 0) + len(lines)}
    return tally.added_to({**kept, **found, **place, "doubts": doubts})


def _count(run: ImportRun, outcomes: Sequence[Outcome], lines: Sequence[Line], tally: Tally) -> None:
    counts = _tally_of(outcomes)
    run.created_count += counts[CREATED]
    run.updated_count += counts[UPDATED]
    run.skipped_count += counts[SKIPPED]
    run.failed_count += counts[FAILED]
    run.next_row += len(lines)
    run.last_line = lines[-1].number
    made = tally.added_to({"counts": run.counts, "remarks": run.remarks})
    run.counts, run.remarks = made["counts"], made["remarks"]


def _mark(run: ImportRun, lines: Sequence[Line], outcomes: Sequence[Outcome]) -> None:
    """Every row bears the mark of its batch (IMP-7)."""
    rows = [
        (
            run.pk,
            line.number,
            mark.kind,
            mark.object_id,
            mark.action,
            mark.before,
            mark.after,
            "",
            mark.label[:LABEL_MAX],
        )
        for line, outcome in zip(lines, outcomes, strict=True)
        for mark in outcome.marks
    ]
    columns = ("run_id", "row_number", "kind", "object_id", "action", "before", "after", "kept_reason", "label")
    insert_rows(ImportMark, columns, rows)


def _doubt(run: ImportRun, lines: Sequence[Line], outcomes: Sequence[Outcome]) -> None:
    """Rows to be decided on one by one. A decision made before stays."""
    rows = [
        (run.pk, line.number, one.doubt.label[:LABEL_MAX], list(one.doubt.details), list(one.doubt.candidates), "")
        for line, one in zip(lines, outcomes, strict=True)
        if one.doubt is not None
    ]
    columns = ("run_id", "row_number", "label", "details", "candidates", "decision")
    insert_rows(ImportDoubt, columns, rows, ignore_conflicts=True)


def _note_failures(run: ImportRun, lines: Sequence[Line], outcomes: Sequence[Outcome]) -> None:
    rows = [
        (run.pk, line.number, one.reason, list(line.cells), one.action == SKIPPED)
        for line, one in zip(lines, outcomes, strict=True)
        if one.action in (SKIPPED, FAILED)
    ]
    insert_rows(ImportFailure, ("run_id", "row_number", "reason", "cells", "is_skipped"), rows)
