"""The rows of a file of matters, for the framework of imports."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from counterpart.foundation.importing.columns import Record
from counterpart.foundation.importing.subjects import CREATED, FAILED, SKIPPED, UPDATED, Context, Line, Outcome
from counterpart.foundation.importing.tallies import Tally
from counterpart.practice.matters.importing.dockets import docket_key
from counterpart.practice.matters.importing.making import HEADINGS, Job, make
from counterpart.practice.matters.importing.options import Options, assignee, usual_type
from counterpart.sync import api as sync

HERE = "Everything in this row is here already."


class MatterImport:
    """See ``foundation.importing.subjects.Importer``. Raises Refused for options that name nobody or no matter type."""

    headings: tuple[str, ...] = HEADINGS

    def __init__(self, context: Context) -> None:
        options = Options.of(context.options)
        self.job = Job(
            context, context.actor, options, assignee(options, context.actor), usual_type(options).name,
            context.is_demo, context.held, goes=sync.is_on() and not context.held,
        )  # fmt: skip

    def keys(self, record: Record) -> Iterable[tuple[str, str]]:
        """Rows of one matter stand together or apart, and add to it: none is a repetition."""
        del record
        return ()

    def together(self, record: Record) -> object:
        """Rows of one matter, following each other."""
        return docket_key(record) or None

    def prepare(self, lines: Sequence[Line]) -> object:
        """Nothing is to be found out before."""
        del lines
        return None

    def take(self, lines: Sequence[Line], at: datetime, tally: Tally, prepared: object) -> list[Outcome]:
        """Make what the rows describe; see ``making.make``."""
        del prepared
        made = make([line.record for line in lines], at, tally, job=self.job)
        outcomes = []
        for place, reason in enumerate(made.reasons):
            marks = made.marks.get(place, [])
            if reason:
                outcomes.append(Outcome(FAILED, reason, marks))
            elif place in made.created:
                outcomes.append(Outcome(CREATED, marks=marks))
            elif place in made.changed or marks:
                outcomes.append(Outcome(UPDATED, marks=marks))
            else:
                outcomes.append(Outcome(SKIPPED, HERE, marks))
        return outcomes
