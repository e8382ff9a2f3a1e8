"""The command of an import whose rows are records: how rows are matched, and what they do (IMP-2, IMP-3)."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from counterpart.foundation.importing.command import ImportCommand
from counterpart.foundation.importing.contact_options import SCHEMES
from counterpart.foundation.importing.options import BLANKS, MODES
from counterpart.foundation.importing.records import MATCHES

NAMES = ("mode", "match_by", "blanks", "duplicates", "scheme", "move_sequence")


class RecordCommand(ImportCommand):
    """Duplicates can be asked about at the page only; here they are a rule."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what is to be chosen about records."""
        super().add_arguments(parser)
        parser.add_argument("--mode", choices=[name for name, _ in MODES], default="create")
        parser.add_argument("--match-by", choices=["", *MATCHES], default="", help="How a row finds its record.")
        parser.add_argument("--blanks", choices=[name for name, _ in BLANKS], default="keep")
        parser.add_argument(
            "--duplicates", choices=["create", "skip", "update"], default="create",
            help="What becomes of rows that look like somebody who is here.",
        )  # fmt: skip
        parser.add_argument("--scheme", choices=[name for name, _ in SCHEMES], default="client",
                            help="Numbering sequence of rows that name none.")  # fmt: skip
        parser.add_argument("--move-sequence", action="store_true", help="Numbering goes on behind the file's numbers.")

    def chosen(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options of the import."""
        return {name: options[name] for name in NAMES if options.get(name)}
