"""Compare both products record by record, now."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from counterpart.foundation.actor import Actor
from counterpart.sync.models import Finding, Sweep
from counterpart.sync.sweep.columns import label_of
from counterpart.sync.sweeping import run_sweep
from counterpart.sync.transports import TransportFailed

SHOWN_MAX = 100
COUNTS = ("compared", "different", "repaired", "unrepaired")


class Command(BaseCommand):
    """Prints what was found, then the counts; ends with status 1 if something is left unrepaired."""

    help = "Compare every record with the other product from the columns of both, and exchange again what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--json`` for programs."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep and report."""
        try:
            sweep = run_sweep(why="on demand", actor=Actor.system("Command line", "command"))
        except TransportFailed as failure:
            raise CommandError(f"Nothing was compared: {failure}") from failure
        if sweep.phase != Sweep.Phase.DONE:
            raise CommandError(f"The sweep did not finish: {sweep.problem}")
        if options["json"]:
            self.stdout.write(json.dumps({name: getattr(sweep, name) for name in COUNTS}))
        else:
            for found in sweep.findings.order_by("outcome", "pk")[:SHOWN_MAX]:
                self.stdout.write(f"  {_line(found)}")
            self.stdout.write(", ".join(f"{name} {getattr(sweep, name)}" for name in COUNTS))
        if sweep.unrepaired:
            raise CommandError(f"{sweep.unrepaired} records still differ; the sync centre lists them.")


def _line(found: Finding) -> str:
    """No values and no names of people: this may go into a log."""
    registers = ", ".join(label_of(found.kind, name) for name in found.registers)
    words = Finding.What(found.what).label + (f" ({registers})" if registers else "")
    return f"{found.kind or 'record'} {found.sync_id}: {words}: {found.outcome or 'under way'}"
