"""Import contacts from a CSV file with the columns type, first, last, company, email and so on."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterpart.accounting.contacts.importing import contact_import
from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.command import ImportCommand
from counterpart.foundation.importing.running import Import


class Command(ImportCommand):
    help = __doc__

    def job(self, actor: Actor, path: Path, options: Mapping[str, Any]) -> Import:
        """Return the import of contacts."""
        del options
        return contact_import(actor, path)
