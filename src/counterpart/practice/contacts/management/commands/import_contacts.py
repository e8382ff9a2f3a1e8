"""Import contacts from a text table, a spreadsheet or an address book."""

from counterpart.foundation.importing.record_command import RecordCommand
from counterpart.practice.contacts.import_page import CONTACTS


class Command(RecordCommand):
    help = __doc__
    subject = CONTACTS
