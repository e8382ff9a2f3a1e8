"""Import matters with their parties from a CSV file with columns such as docket_number and participant_name."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.command import ImportCommand
from counterpart.foundation.importing.running import Import
from counterpart.practice.matters.importing import Options, matter_import


class Command(ImportCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what is to be chosen about matters."""
        super().add_arguments(parser)
        parser.add_argument("--client-role", default="Client", help="Whoever has this role in the file is a client.")
        parser.add_argument("--assigned-to", default="", help="E-mail of whom matters get that name nobody here.")
        parser.add_argument("--matter-type", default="", help="Type of matters that name none.")
        parser.add_argument(
            "--docket-as-reference", action="store_true", help="Make the docket number the File Reference."
        )

    def job(self, actor: Actor, path: Path, options: Mapping[str, Any]) -> Import:
        """Return the import of matters."""
        names = ("client_role", "assigned_to", "matter_type", "docket_as_reference")
        return matter_import(actor, path, Options(**{name: options[name] for name in names}))
