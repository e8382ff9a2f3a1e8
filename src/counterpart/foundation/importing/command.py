"""The management command around an import: arguments, progress, the file of refused rows. Products subclass it."""

import json
import os
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing import refused_rows, whole
from counterpart.foundation.importing.columns import ASIDE
from counterpart.foundation.importing.reading import Reading
from counterpart.foundation.importing.subjects import Subject
from counterpart.foundation.importing.tallies import counted, in_words
from counterpart.foundation.importing.whole import Order, Progress
from counterpart.foundation.users.models import User


class ImportCommand(BaseCommand):
    """``--porcelain`` prints one JSON object per chunk, for programs."""

    subject: Subject

    def chosen(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options of the import, out of those of the command; products override this."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Django asks for the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Try every row and write nothing.")
        parser.add_argument("--undo", action="store_true", help="Undo the newest import of this file.")
        parser.add_argument("--failed", type=Path, help="Where refused rows are written, with the reason.")
        parser.add_argument("--again", action="store_true", help="Import a file that was imported before.")
        parser.add_argument("--user", default="", help="E-mail of the person who imports (for the history).")
        parser.add_argument("--porcelain", action="store_true", help="One JSON object a line, for programs.")
        parser.add_argument(
            "--column", action="append", default=[], metavar="HEADING=FIELD",
            help="What a column is, where its heading does not say it; 'HEADING=' leaves it aside.",
        )  # fmt: skip
        parser.add_argument("--encoding", default="", help="Encoding of a text file, if it is found out wrongly.")
        parser.add_argument("--delimiter", default="", help="What stands between the cells.")
        parser.add_argument("--sheet", default="", help="Sheet of a workbook; else the first with rows.")
        parser.add_argument("--hold", action="store_true", help="Hold back from the other product until released.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, try or undo, and say what became of it."""
        del args
        tell = self._tell_programs if options["porcelain"] else self._tell_people
        try:
            order = self._order(options)
            if options["undo"]:
                run = whole.undo_file(order, clock=now, tell=tell)
                end = End(run.undone_count, {}, run.kept_count, undone=True)
            elif options["dry_run"]:
                tried = whole.try_file(order, clock=now, tell=tell)
                end = End(
                    tried.found.get("created", 0), tried.found.get("counts", {}), tried.found.get("failed", 0),
                    updated=tried.found.get("updated", 0), skipped=tried.found.get("skipped", 0),
                    remarks=tried.found.get("remarks", []), goes=tried.found.get("goes", 0),
                )  # fmt: skip
                failures = [(one.reason, one.cells) for one in tried.failures if not one.is_skipped]
                end.failed_file = self._write_failures(order.path, tried.header, options["failed"], failures)
            else:
                run = whole.import_file(order, clock=now, tell=tell, again=options["again"])
                end = End(
                    run.created_count, run.counts, run.failed_count, updated=run.updated_count,
                    skipped=run.skipped_count, remarks=run.remarks,
                )  # fmt: skip
                failures = list(run.failures.filter(is_skipped=False).values_list("reason", "cells"))
                end.failed_file = self._write_failures(order.path, run.header, options["failed"], failures)
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        self._say_end(end, dry_run=options["dry_run"], porcelain=options["porcelain"])

    def _order(self, options: Mapping[str, Any]) -> Order:
        columns = {}
        for pair in options["column"]:
            heading, mark, field = pair.rpartition("=")
            if not mark or (field != ASIDE and self.subject.fields.get(field) is None):
                known = ", ".join(one.name for one in self.subject.fields.all)
                raise CommandError(f"--column takes HEADING=FIELD, where the field is one of: {known}.")
            columns[heading] = field
        delimiter = {"tab": "\t", "\\t": "\t"}.get(options["delimiter"], options["delimiter"])
        reading = Reading(options["encoding"], delimiter, options["sheet"])
        chosen = self.chosen(options) | ({"hold": True} if options["hold"] else {})
        return Order(self.subject, _actor(options["user"]), options["file"], chosen, columns, reading)

    def _tell_programs(self, progress: Progress) -> None:
        self.stdout.write(json.dumps(progress._asdict()))
        self.stdout.flush()

    def _tell_people(self, progress: Progress) -> None:
        self.stdout.write(f"\r{progress.done} of {progress.total}", ending="")
        self.stdout.flush()

    def _write_failures(self, path: Path, header: Any, wanted: Path | None, failures: list[tuple[str, Any]]) -> str:
        if not failures:
            return ""
        target = wanted or path.with_suffix(".failed.csv")
        if wanted is None and not os.access(path.parent, os.W_OK):
            target = Path(settings.COUNTERPART_DATA) / target.name
        refused_rows.write(target, header, failures)
        return str(target)

    def _say_end(self, end: "End", *, dry_run: bool, porcelain: bool) -> None:
        if porcelain:
            self.stdout.write(json.dumps({"finished": True, **asdict(end)}))
            return
        self.stdout.write(f"\n{end.in_words(dry_run=dry_run)}")
        for remark in end.remarks:
            self.stdout.write(remark)
        if end.failed_file:
            self.stdout.write(f"Rows that were refused, with the reason: {end.failed_file}")


@dataclass(slots=True)
class End:
    """What became of a file: rows by outcome, records made by their names, refused rows and where they are."""

    created: int
    counts: dict[str, int]
    failed: int
    updated: int = 0
    skipped: int = 0
    remarks: list[str] | tuple[str, ...] = ()
    goes: int = 0
    undone: bool = False
    failed_file: str = ""

    def in_words(self, *, dry_run: bool = False) -> str:
        """One sentence."""
        if self.undone:
            return f"{counted(self.created, 'change')} undone, {self.failed} left as they are."
        made = in_words(self.counts) if self.counts else counted(self.created, "row")
        parts = [f"{made} {'would be imported' if dry_run else 'imported'}"]
        parts += [f"{counted(self.updated, 'row')} changed a record"] if self.updated else []
        parts += [f"{counted(self.skipped, 'row')} left out"] if self.skipped else []
        return f"{', '.join(parts)}, {counted(self.failed, 'row')} refused."


def _actor(email: str) -> Actor:
    if not email:
        return Actor.system("Import", "import")
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user {email}.")
    return Actor.of(user, "import")
