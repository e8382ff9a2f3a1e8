"""The connection check on the command line (ONB-4)."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from counterpart.sync.checks import connection_check

MARKS = {True: "ok  ", False: "FAIL", None: "?   "}
ADVICE = "note"


class Command(BaseCommand):
    """Every fact behind most sync faults, with pass or fail and how to fix it."""

    help = "Check the connection with the other product: people, numbering, clocks, keys, contact, durability."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--json`` for programs."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the findings; the exit code is 1 when one has failed; advice fails nothing."""
        del args
        found = connection_check()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in found]))
        else:
            for one in found:
                mark = ADVICE if one.ok is False and one.is_advice else MARKS[one.ok]
                self.stdout.write(f"{mark}  {one.name}: {one.text}")
                if one.ok is not True and one.remedy:
                    self.stdout.write(f"      {one.remedy}")
        if failed := sum(one.has_failed for one in found):
            raise CommandError(f"{failed} of {len(found)} checks failed.")
