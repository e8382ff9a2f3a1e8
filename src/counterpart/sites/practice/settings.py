"""Settings of the Practice Management site."""

from counterpart.foundation.rights import Right
from counterpart.sites.common import SiteFacts, configure

RIGHTS = [
    Right("contact.read", "See contacts", "Contacts"),
    Right("contact.create", "Create contacts", "Contacts"),
    Right("contact.edit", "Edit contacts", "Contacts"),
    Right("contact.edit_reference", "Define or change the reference of a contact", "Contacts"),
    Right("contact.close", "Close and reopen contacts", "Contacts"),
    Right("contact.delete", "Delete contacts", "Contacts"),
    Right("contact.view_sensitive", "See and change tax numbers of contacts", "Contacts"),
    Right("contact.export", "Export contacts", "Contacts"),
    Right("contact.merge", "Merge duplicate contacts", "Contacts"),
    Right("matter.read", "See matters", "Matters"),
    Right("matter.create", "Create matters", "Matters"),
    Right("matter.edit", "Edit matters and their parties", "Matters"),
    Right("matter.edit_reference", "Define or change the file reference of a matter", "Matters"),
    Right("matter.close", "Close and reopen matters", "Matters"),
    Right("matter.force_close", "Close a matter although something is open", "Matters"),
    Right("matter.delete", "Delete matters", "Matters"),
    Right("matter.export", "Export matters", "Matters"),
    Right("matter.restrict", "Restrict matters and choose who sees them", "Matters"),
    Right("matter.see_restricted", "See every restricted matter", "Matters"),
    Right("matter.see_restricted_count", "See how many matters are hidden", "Matters"),
    Right("conflict.run", "Run conflict checks over both products", "Matters"),
    Right("import.run", "Import files", "Data"),
    Right("firm.export", "Export everything, what is restricted too", "Data"),
    Right("view.share", "Share views of lists with roles and the whole firm", "Administration"),
    Right("settings.edit", "Change the firm's settings", "Administration"),
    Right("users.manage", "Manage users, roles and permissions", "Administration"),
    Right("integration.manage", "Set up the link to Legal Accounting", "Administration"),
    Right("integration.retry", "Retry what could not be synchronised and decide conflicts", "Administration"),
    Right("audit.read", "Read the firm's audit log", "Administration"),
]

APPS = [
    "counterpart.sync.apps.SyncConfig",
    "counterpart.practice.settings.apps.SettingsConfig",
    "counterpart.practice.contacts.apps.ContactsConfig",
    "counterpart.practice.matters.apps.MattersConfig",
    "counterpart.practice.home.apps.HomeConfig",
    "counterpart.sites.practice.wiring.PracticeSite",
]

globals().update(configure(SiteFacts(product="practice", apps=APPS, rights=RIGHTS)))
