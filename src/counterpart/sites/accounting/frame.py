"""The global header of this site (UI-1, UI-2)."""

from counterpart.accounting.home.views import tasks
from counterpart.foundation.web.frame import Frame, Group, Item
from counterpart.sites.accounting.guide import GUIDE
from counterpart.sync.web.badge import sync_badge

FRAME = Frame(
    menu=[
        Item("Home", "home", icon="home", keys="g h"),
        Item(
            "Contacts", "contacts:manager", right="contact.read", icon="address-book", keys="g c", section="/contacts/"
        ),
        Item("Files", "files:manager", right="file.read", icon="folders", keys="g m", section="/files/"),
        Item("Conflict check", "conflict-check", right="conflict.run", icon="shield-check", keys="g x"),
        Item("Sync centre", "sync:centre", icon="arrows-exchange", keys="g s", section="/sync/"),
    ],
    create=[
        Group(
            "Create",
            [
                Item("Contact", "contacts:new", right="contact.create", icon="user-plus", keys="c c"),
                Item("File", "files:new", right="file.create", icon="folder-plus", keys="c m"),
                Item("Group contact", "files:new-group", right="group.edit", icon="users-group"),
            ],
        )
    ],
    admin=[
        Group(
            "Administrator settings",
            [
                Item("Firm › Settings › File", "settings:file", right="settings.edit", icon="list-numbers"),
                Item("Users and permissions", "users:list", right="users.manage", icon="users"),
                Item("Users › Security", "users:security", right="users.manage", icon="shield-lock"),
                Item("Duplicate contacts", "alike:finder", right="contact.edit", icon="users-group"),
                Item("All settings", "settings:index", right="settings.edit", icon="adjustments"),
                Item("Audit log", "web:audit", right="audit.read", icon="history"),
                Item("Export everything", "export-everything", right="firm.export", icon="download"),
            ],
        ),
        Group(
            "Link",
            [
                Item("Practice Management", "sync:connection", right="integration.manage", icon="plug-connected"),
                Item("Connection check", "sync:check", right="integration.manage", icon="shield-check"),
            ],
        ),
    ],
    guide=GUIDE,
    search_url_name="search",
    search_label="Search contacts and files",
    tasks=tasks,
    sync_badge=sync_badge,
    modules=["search/search.js", "sync/sync.js", "alike/alike.js"],
    styles=[
        "search/search.css",
        "sync/sync.css",
        "alike/alike.css",
        "importing/importing.css",
        "accounting/accounting.css",
    ],
)
