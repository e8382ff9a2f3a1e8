"""The global header of this site (UI-1, UI-2)."""

from counterpart.accounting.home.views import tasks
from counterpart.foundation.web.frame import Frame, Group, Item
from counterpart.sync.web.badge import sync_badge

FRAME = Frame(
    menu=[
        Item("Home", "home", icon="home", keys="g h"),
        Item(
            "Contacts", "contacts:manager", right="contact.read", icon="address-book", keys="g c", section="/contacts/"
        ),
        Item("Files", "files:manager", right="file.read", icon="folders", keys="g f", section="/files/"),
        Item("Conflict check", "conflict-check", right="conflict.run", icon="shield-check", keys="g k"),
        Item("Sync centre", "sync:centre", icon="arrows-exchange", keys="g s", section="/sync/"),
    ],
    create=[
        Group(
            "Create",
            [
                Item("Contact", "contacts:new", right="contact.create", icon="user-plus", keys="c c"),
                Item("File", "files:new", right="file.create", icon="folder-plus", keys="c f"),
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
                Item("All settings", "settings:index", right="settings.edit", icon="adjustments"),
                Item("Audit log", "web:audit", right="audit.read", icon="history"),
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
    search_url_name="search",
    search_label="Search contacts and files",
    search_right="contact.read",
    tasks=tasks,
    sync_badge=sync_badge,
    modules=["sync/sync.js"],
    styles=["sync/sync.css", "accounting/accounting.css"],
)
