"""Say how this site's link stands."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from counterpart.foundation.clock import now
from counterpart.protocol.colour import is_unknown
from counterpart.sync.codec import to_ms
from counterpart.sync.counting import summary
from counterpart.sync.link import get_link, peer
from counterpart.sync.states import facts_of, unknown_reason


class Command(BaseCommand):
    """Counts per colour, oldest pending age, seconds since last contact."""

    help = "Show the state of the link and the counts per colour."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--json`` for programs."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the summary."""
        total, facts, link = summary(at=now()), peer(), get_link()
        if options["json"]:
            content = {
                "mode": facts.mode.value, "peer": facts.url, "counts": total.counts, "conflicts": total.conflicts,
                "oldest_pending_s": total.oldest_pending_s, "since_contact_s": total.since_contact_s,
            }  # fmt: skip
            self.stdout.write(json.dumps(content))
            return
        self.stdout.write(f"Link with {facts.name}: {facts.mode.value}")
        if link is not None and is_unknown(facts_of(link, None, requires_number=False), to_ms(now())):
            self.stdout.write(f"  {unknown_reason(link)}")
        for colour, count in total.counts.items():
            self.stdout.write(f"  {colour:<10} {count:>8}")
        self.stdout.write(f"  conflicts  {total.conflicts:>8}")
        for label, value in (("oldest pending", total.oldest_pending_s), ("last contact", total.since_contact_s)):
            self.stdout.write(f"  {label}: {'none' if value is None else f'{value:.0f} s'}")
