"""Settings of the Legal Accounting site."""

from counterpart.foundation.rights import Right
from counterpart.sites.common import SiteFacts, configure

RIGHTS = [
    Right("contact.read", "See contacts", "Contacts"),
    Right("contact.create", "Create contacts", "Contacts"),
    Right("contact.edit", "Edit contacts", "Contacts"),
    Right("contact.edit_number", "Define or change the number of a contact", "Contacts"),
    Right("contact.close", "Close and reopen contacts", "Contacts"),
    Right("contact.delete", "Delete contacts", "Contacts"),
    Right("contact.export", "Export contacts", "Contacts"),
    Right("contact.merge", "Merge duplicate contacts", "Contacts", only_administrators=True),
    Right("group.edit", "Create group contacts and change their members", "Contacts"),
    Right("file.read", "See files", "Files"),
    Right("file.create", "Create files", "Files"),
    Right("file.edit", "Edit files, their staff, billing settings and holds", "Files"),
    Right("file.edit_number", "Define or change the number of a file", "Files"),
    Right("file.edit_clients", "Add and remove clients of a file and change its primary contact", "Files"),
    Right("file.edit_split", "Divide the bills of a file between its clients", "Files"),
    Right("file.close", "Close and reopen files", "Files"),
    Right("file.delete", "Delete files", "Files"),
    Right("file.export", "Export files", "Files"),
    Right("conflict.run", "Run conflict checks over both products", "Files"),
    Right("import.run", "Import files", "Contacts"),
    Right("firm.export", "Export everything", "Administration"),
    Right("view.share", "Share views of lists with roles and the whole firm", "Administration"),
    Right("settings.edit", "Change the firm's settings", "Administration"),
    Right("users.manage", "Manage users, roles and permissions", "Administration"),
    Right("integration.manage", "Set up the link to Practice Management", "Administration"),
    Right("integration.retry", "Retry what could not be synchronised and decide conflicts", "Administration"),
    Right("audit.read", "Read the firm's audit log", "Administration"),
]

APPS = [
    "counterpart.sync.apps.SyncConfig",
    "counterpart.accounting.numbering.apps.NumberingConfig",
    "counterpart.accounting.contacts.apps.ContactsConfig",
    "counterpart.accounting.files.apps.FilesConfig",
    "counterpart.accounting.home.apps.HomeConfig",
    "counterpart.accounting.settings.apps.SettingsConfig",
    "counterpart.sites.accounting.wiring.AccountingSite",
]

globals().update(configure(SiteFacts(product="accounting", apps=APPS, rights=RIGHTS)))
