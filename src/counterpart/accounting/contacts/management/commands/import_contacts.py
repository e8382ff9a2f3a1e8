"""Import contacts from a CSV file with the columns type, first, last, company, email and so on."""

from pathlib import Path

from counterpart.accounting.contacts.importing import contact_import
from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.command import ImportCommand
from counterpart.foundation.importing.running import Import


class Command(ImportCommand):
    help = __doc__
    noun = "contacts"

    def job(self, actor: Actor, path: Path) -> Import:
        """Return the import of contacts."""
        return contact_import(actor, path)
