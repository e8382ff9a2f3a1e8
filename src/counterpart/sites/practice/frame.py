"""The global header of this site (UI-1, UI-2)."""

from counterpart.foundation.web.frame import Frame, Group, Item
from counterpart.sites.practice.guide import GUIDE
from counterpart.sync.web.badge import sync_badge

FRAME = Frame(
    menu=[
        Item("Home", "home", icon="home", keys="g h"),
        Item("Matters", "matters:list", right="matter.read", icon="briefcase", keys="g m", section="/matters/"),
        Item("Contacts", "contacts:list", right="contact.read", icon="address-book", keys="g c", section="/contacts/"),
        Item("Conflict check", "conflict-check", right="conflict.run", icon="shield-check", keys="g x"),
    ],
    create=[
        Group(
            "Contacts",
            [Item("Contact", "contacts:create", right="contact.create", icon="user-plus", keys="c c", dialog=True)],
        ),
        Group(
            "Matters",
            [Item("Matter", "matters:create", right="matter.create", icon="folder-plus", keys="c m", dialog=True)],
        ),
    ],
    admin=[
        Group(
            "Firm",
            [
                Item("General settings", "contact-settings", right="settings.edit", icon="adjustments"),
                Item("Matter settings", "matter-settings", right="settings.edit", icon="briefcase"),
                Item("Duplicate contacts", "alike:finder", right="contact.edit", icon="users-group"),
                Item("Matter types", "matters:types", right="settings.edit", icon="list-numbers"),
            ],
        ),
        Group(
            "Integration",
            [
                Item("Legal Accounting", "sync:connection", right="integration.manage", icon="plug-connected"),
                Item("Connection check", "sync:check", right="integration.manage", icon="activity"),
                Item("Sync centre", "sync:centre", right="integration.retry", icon="arrows-exchange", keys="g s"),
            ],
        ),
        Group(
            "People",
            [
                Item("Users and permissions", "users:list", right="users.manage", icon="users"),
                Item("Audit log", "web:audit", right="audit.read", icon="history"),
                Item("Export everything", "export-everything", right="firm.export", icon="download"),
            ],
        ),
    ],
    guide=GUIDE,
    search_url_name="search",
    search_label="Search contacts and matters",
    sync_badge=sync_badge,
    modules=["search/search.js", "sync/sync.js", "alike/alike.js", "contacts/contacts.js", "matters/matters.js"],
    styles=[
        "search/search.css",
        "sync/sync.css",
        "alike/alike.css",
        "importing/importing.css",
        "contacts/contacts.css",
        "matters/matters.css",
    ],
)
