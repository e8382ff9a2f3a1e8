"""A long list, written in the background (EXP-1)."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from counterpart.foundation import history
from counterpart.foundation.exporting import formats
from counterpart.foundation.exporting.offering import offer
from counterpart.foundation.exporting.sheets import Taking, taking_of
from counterpart.foundation.jobs import files
from counterpart.foundation.jobs.kinds import JobKind
from counterpart.foundation.jobs.running import Run

LIST_KIND: Final = "list-export"


def note(taking: Taking, rows: int, at: Any) -> None:
    """Say in the audit log who took what away (EXP-1, HIS-3)."""
    spec = taking.sheet.spec
    history.record([history.NewEvent(spec.nouns, None, spec.title, "exported", taking.actor, at, taking.facts(rows))])


def list_steps(run: Run) -> Iterator[None]:
    """Write the list to a file, some records a step. After a crash it begins again: a list has no better place."""
    options = run.job.options
    taking = taking_of(options["list"], options, run.actor, today=date.fromisoformat(options["today"]))
    keys = taking.keys()
    with run.step() as job:
        job.total, job.done = len(keys), 0
    yield
    for number in taking.write(files.path_of(run.job), keys):
        with run.step() as job:
            job.done += number
        yield
    with run.step() as job:
        job.total = job.done
        offer(run, taking.file_name, formats.FORMATS[taking.format].content_type)
        job.outcome = f"{job.done:,} {taking.sheet.spec.nouns} are ready to be downloaded, for a day."
        note(taking, job.done, run.clock())
    yield


LISTS: Final = JobKind(LIST_KIND, list_steps)
