"""The first steps of a firm in Legal Accounting (ONB-3)."""

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File
from counterpart.foundation.starting.guide import Step
from counterpart.foundation.users.models import User
from counterpart.protocol.colour import Mode
from counterpart.sync import api as sync

GUIDE = (
    Step(
        "people", "Add the people of the firm",
        "Everyone with the same e-mail address in both products, and the security groups that say what they may do.",
        "Users", "users:list", "users.manage", lambda: User.objects.filter(is_active=True).count() > 1,
    ),
    Step(
        "numbering", "Decide how contacts and files are numbered",
        "One sequence or three, beginning where, files by contact or by firm. Later changes concern new records only.",
        "File settings", "settings:file", "settings.edit",
    ),
    Step(
        "link", "Connect Practice Management and test it",
        "Exchange the keys once; then the connection check says, line by line, what is right and how to mend the rest.",
        "Connection", "sync:connection", "integration.manage", lambda: sync.link_mode() is Mode.LIVE,
    ),
    Step(
        "contacts", "Bring in your contacts",
        "From a spreadsheet or an address book, unless they come from Practice Management by themselves.",
        "Import contacts", "contacts-import", "contact.create", Contact.objects.filter(deleted_at=None).exists,
    ),
    Step(
        "file", "Look at the first file",
        "Every matter with a client becomes a file here. Set who pays which share, and preview a bill to the cent.",
        "File Manager", "files:manager", "file.read", File.objects.filter(deleted_at=None).exists,
    ),
)  # fmt: skip
