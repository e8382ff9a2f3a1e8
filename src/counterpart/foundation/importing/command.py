"""The management command around an import: arguments, progress, the file of failed rows. Products subclass it."""

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
from counterpart.foundation.importing.running import Import, Progress, import_file, rehearse
from counterpart.foundation.importing.tables import Row, write_failures
from counterpart.foundation.importing.tallies import counted, in_words
from counterpart.foundation.users.models import User


class ImportCommand(BaseCommand):
    """``job`` says what a row becomes. ``--porcelain`` prints one JSON object per chunk, for programs."""

    def job(self, actor: Actor, path: Path, options: Mapping[str, Any]) -> Import:
        """Return the import; products override this. Raises Refusal for options that make no sense."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Django asks for the arguments."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Check every row and create nothing.")
        parser.add_argument("--failed", type=Path, help="Where rows that fail are written, with the reason.")
        parser.add_argument("--again", action="store_true", help="Import a file that was imported before.")
        parser.add_argument("--user", default="", help="E-mail of the person who imports (for the history).")
        parser.add_argument("--porcelain", action="store_true", help="One JSON object a line, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or rehearse, and say what became of it."""
        del args
        path: Path = options["file"]
        tell = self._tell_programs if options["porcelain"] else self._tell_people
        try:
            job = self.job(_actor(options["user"]), path, options)
            if options["dry_run"]:
                failures = rehearse(job, at=now(), tell=tell)
                end = End(job.facts().rows - len(failures), {}, len(failures))
            else:
                run = import_file(job, clock=now, tell=tell, again=options["again"])
                failures = list(run.failures.values_list("reason", "cells"))
                end = End(run.created_count, run.counts, run.failed_count)
            end.failed_file = self._write_failures(job, options["failed"], failures)
        except (Refusal, OSError) as error:
            raise CommandError(str(error)) from error
        self._say_end(end, dry_run=options["dry_run"], porcelain=options["porcelain"])

    def _tell_programs(self, progress: Progress) -> None:
        self.stdout.write(json.dumps(progress._asdict()))
        self.stdout.flush()

    def _tell_people(self, progress: Progress) -> None:
        self.stdout.write(f"\r{progress.done} of {progress.total}", ending="")
        self.stdout.flush()

    def _write_failures(self, job: Import, wanted: Path | None, failures: list[tuple[str, Row]]) -> str:
        if not failures:
            return ""
        target = wanted or job.path.with_suffix(".failed.csv")
        if wanted is None and not os.access(job.path.parent, os.W_OK):
            target = Path(settings.COUNTERPART_DATA) / target.name
        write_failures(target, job.facts().header, failures)
        return str(target)

    def _say_end(self, end: "End", *, dry_run: bool, porcelain: bool) -> None:
        if porcelain:
            self.stdout.write(json.dumps({"finished": True, **asdict(end)}))
            return
        said = in_words(end.counts) if end.counts else counted(end.created, "row")
        verb = "would be imported" if dry_run else "imported"
        self.stdout.write(f"\n{said} {verb}, {counted(end.failed, 'row')} refused.")
        if end.failed_file:
            self.stdout.write(f"Rows that were refused, with the reason: {end.failed_file}")


@dataclass(slots=True)
class End:
    """What became of a file: rows taken, records made by their names, rows refused and where they are."""

    created: int
    counts: dict[str, int]
    failed: int
    failed_file: str = ""


def _actor(email: str) -> Actor:
    if not email:
        return Actor.system("Import", "import")
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user {email}.")
    return Actor.of(user, "import")
