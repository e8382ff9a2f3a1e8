"""What can be done with contacts: one function per verb, called by pages, API, imports and commands alike.

Order of locks, the same everywhere: sync rows, contacts, number sequences, history.
"""

from counterpart.accounting.contacts.operations.creating import Created, Draft, create_contact, create_contacts
from counterpart.accounting.contacts.operations.editing import change_number, edit_contact, take_address
from counterpart.accounting.contacts.operations.editing_many import Edited, edit_contacts
from counterpart.accounting.contacts.operations.firm import change_required_details
from counterpart.accounting.contacts.operations.lifecycle import (
    close_contact,
    delete_contact,
    delete_contacts,
    reopen_contact,
    restore_contacts,
)
from counterpart.accounting.contacts.operations.sharing import copy_address, shares_addresses
from counterpart.accounting.edits import Clash

__all__ = [
    "Clash",
    "Created",
    "Draft",
    "Edited",
    "change_number",
    "change_required_details",
    "close_contact",
    "copy_address",
    "create_contact",
    "create_contacts",
    "delete_contact",
    "delete_contacts",
    "edit_contact",
    "edit_contacts",
    "reopen_contact",
    "restore_contacts",
    "shares_addresses",
    "take_address",
]
