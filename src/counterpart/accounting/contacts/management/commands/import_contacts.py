"""Import contacts from a text table, a spreadsheet or an address book."""

from counterpart.accounting.contacts.import_page import CONTACTS
from counterpart.foundation.importing.record_command import RecordCommand


class Command(RecordCommand):
    help = __doc__
    subject = CONTACTS
