"""Compare both sides record by record."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from counterpart.sync.comparing import compare
from counterpart.sync.transports import TransportFailed


class Command(BaseCommand):
    """Prints compared, different, repaired, unrepaired; ends with status 1 if something is left unrepaired."""

    help = "Compare every linked record with the other product and exchange again what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only look, or machine-readable output."""
        parser.add_argument("--no-repair", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compare and report."""
        try:
            result = compare(repair=not options["no_repair"])
        except TransportFailed as failure:
            raise CommandError(f"Nothing was compared: {failure}") from failure
        counts = {name: getattr(result, name) for name in ("compared", "different", "repaired", "unrepaired")}
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
            for sync_id, names in result.differing.items():
                self.stdout.write(f"  {sync_id}: {', '.join(names)}")
        if result.unrepaired:
            raise CommandError(f"{result.unrepaired} records still differ.")
