"""Import matters with their parties from a text table or a spreadsheet."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from counterpart.foundation.importing.command import ImportCommand
from counterpart.practice.matters.importing.page import MATTERS, MODES


class Command(ImportCommand):
    help = __doc__
    subject = MATTERS

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what is to be chosen about matters."""
        super().add_arguments(parser)
        parser.add_argument("--mode", choices=[name for name, _ in MODES], default="create")
        parser.add_argument("--client-role", default="Client", help="Whoever has this role in the file is a client.")
        parser.add_argument("--assigned-to", default="", help="E-mail of whom matters get that name nobody here.")
        parser.add_argument("--matter-type", default="", help="Type of matters that name none.")
        parser.add_argument("--day-first", action="store_true", help="3/4/2026 is the third of April.")
        parser.add_argument(
            "--docket-as-reference", action="store_true", help="Make the matter's number the File Reference."
        )

    def chosen(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options of the import."""
        names = ("mode", "client_role", "assigned_to", "matter_type", "docket_as_reference")
        return {name: options[name] for name in names} | {"month_first": not options["day_first"]}
