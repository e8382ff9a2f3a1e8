"""Print this site's connection card."""

from typing import Any

from django.core.management.base import BaseCommand

from counterpart.foundation.clock import now
from counterpart.sync.pairing import card


class Command(BaseCommand):
    """``counterpart practice sync_identity``: nothing in the card is secret."""

    help = "Print this site's connection card (JSON), to be given to the other product."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print the card alone on one line."""
        self.stdout.write(card(now()))
