"""Build the search index anew, or say whether it is right."""

from argparse import ArgumentParser
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from counterpart.foundation.search.keeping import NO_TRIGRAMS, differences, rebuild
from counterpart.foundation.search.models import IndexState


class Command(BaseCommand):
    """Needed only after the database was changed by hand; the index keeps itself otherwise."""

    help = "Build the search index anew from the records; --check only compares and fails if they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; say how many entries are not right")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["check"]:
            wrong = {kind: count for kind, count in differences(connection).items() if count}
            if wrong:
                said = ", ".join(f"{count} of kind {kind}" for kind, count in wrong.items())
                raise CommandError(f"The search index is not right: {said}. Run rebuild_search.")
            self.stdout.write("The search index is right.")
            return
        began = perf_counter()
        rebuild(connection)
        self.stdout.write(f"The search index was built anew in {perf_counter() - began:.1f} s.")
        if not IndexState.objects.get().trigrams:
            self.stderr.write(NO_TRIGRAMS)
