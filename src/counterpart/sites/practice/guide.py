"""The first steps of a firm in Practice Management (ONB-3)."""

from counterpart.foundation.starting.guide import Step
from counterpart.foundation.users.models import User
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.models import Matter
from counterpart.protocol.colour import Mode
from counterpart.sync import api as sync

GUIDE = (
    Step(
        "firm", "Say how your firm works", "The country of new contacts, how names are written.",
        "General settings", "contact-settings", "settings.edit",
    ),
    Step(
        "people", "Add the people of the firm",
        "Everyone with the same e-mail address in both products, and the roles that say what they may do.",
        "Users", "users:list", "users.manage", lambda: User.objects.filter(is_active=True).count() > 1,
    ),
    Step(
        "numbering", "Agree on numbers",
        "Legal Accounting gives every number. Decide there whether clients, vendors and others count separately; both "
        "products must say the same, and this page shows both.",
        "Numbering", "contact-settings", "settings.edit",
    ),
    Step(
        "link", "Connect Legal Accounting and test it",
        "Exchange the keys once; then the connection check says, line by line, what is right and how to mend the rest.",
        "Connection", "sync:connection", "integration.manage", lambda: sync.link_mode() is Mode.LIVE,
    ),
    Step(
        "contacts", "Bring in your contacts",
        "From a spreadsheet, from Clio or from an address book. A dry run shows first what would happen.",
        "Import contacts", "contacts-import", "contact.create", Contact.objects.filter(deleted_at=None).exists,
    ),
    Step(
        "matter", "Open the first matter", "Its clients become the payers of a file in Legal Accounting by themselves.",
        "New matter", "matters:create", "matter.create", Matter.objects.filter(deleted_at=None).exists,
    ),
)  # fmt: skip
