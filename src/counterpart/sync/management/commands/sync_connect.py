"""Connect this site with the other product."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refusal
from counterpart.sync.pairing import connect


class Command(BaseCommand):
    """``counterpart practice sync_connect --card JSON``: repeat it after the peer's address changed."""

    help = "Store the other product's connection card and go live."

    def add_arguments(self, parser: CommandParser) -> None:
        """The card, and an address that overrides the one in it."""
        parser.add_argument("--card", required=True)
        parser.add_argument("--peer-url", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Connect, or say why not."""
        try:
            link = connect(options["card"], actor=Actor.system("Set-up", "command"), at=now(), url=options["peer_url"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Connected with {link.peer_url}.")
