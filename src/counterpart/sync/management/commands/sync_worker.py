"""Run this site's sync worker."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from counterpart.sync.transports.http import HttpTransport
from counterpart.sync.worker import Worker


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT; ``--once`` does one round and ends."""

    help = "Send what is due to the other product and keep the link warm."

    def add_arguments(self, parser: CommandParser) -> None:
        """One round only, for tests and schedulers."""
        parser.add_argument("--once", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work until told to stop."""
        worker = Worker(HttpTransport())
        if options["once"]:
            worker.turn()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker.run(stop)
