"""Carry on this site's background work."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from counterpart.foundation import clock
from counterpart.foundation.jobs import runner


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT, or until there was nothing to do for ``--idle`` seconds."""

    help = "Carry on background work: imports, exports, changes of many records."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ends by itself, for tests, schedulers and whoever starts it when there is work."""
        parser.add_argument("--idle", type=float, default=None, metavar="SECONDS", help="end when idle so long")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work until told to stop."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        runner.run(clock.now, stop, idle_s=options["idle"])
