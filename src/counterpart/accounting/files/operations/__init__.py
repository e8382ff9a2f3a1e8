"""What can be done with files and groups: one function per verb, called by pages, API, imports and commands alike.

Order of locks, the same everywhere: sync rows, contacts, files, number sequences, history.
"""

from counterpart.accounting.edits import Clash
from counterpart.accounting.files.operations.creating import Created, Draft, create_file, create_files
from counterpart.accounting.files.operations.editing import change_file_number, edit_file
from counterpart.accounting.files.operations.firm import add_code, change_file_options, edit_code, set_default_code
from counterpart.accounting.files.operations.groups import add_members, create_group, remove_member
from counterpart.accounting.files.operations.lifecycle import close_file, delete_file, follow_closures, reopen_file
from counterpart.accounting.files.operations.payers import (
    add_client,
    change_primary,
    confirm_split,
    remove_client,
    set_clients,
    set_split,
)

__all__ = [
    "Clash",
    "Created",
    "Draft",
    "add_client",
    "add_code",
    "add_members",
    "change_file_number",
    "change_file_options",
    "change_primary",
    "close_file",
    "confirm_split",
    "create_file",
    "create_files",
    "create_group",
    "delete_file",
    "edit_code",
    "edit_file",
    "follow_closures",
    "remove_client",
    "remove_member",
    "reopen_file",
    "set_clients",
    "set_default_code",
    "set_split",
]
