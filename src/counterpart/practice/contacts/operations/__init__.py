"""What can be done to contacts: one function per verb, called by screens, API, import, demo and sync alike."""

from counterpart.practice.clashes import Clash, EditClash
from counterpart.practice.contacts.operations.choosing import set_register
from counterpart.practice.contacts.operations.creating import Created, Result, create_contacts
from counterpart.practice.contacts.operations.editing import edit_contact
from counterpart.practice.contacts.operations.editing_many import Edited, edit_contacts
from counterpart.practice.contacts.operations.firm import change_settings
from counterpart.practice.contacts.operations.lifecycle import (
    close_contact,
    delete_blockers,
    delete_contact,
    delete_contacts,
    reopen_contact,
    restore_contact,
    restore_contacts,
)
from counterpart.practice.contacts.operations.numbering import withdraw_reference
from counterpart.practice.contacts.operations.receiving import admit_contacts, amend_contacts
from counterpart.practice.contacts.operations.sharing import copy_addresses, sync_now

__all__ = [
    "Clash", "Created", "EditClash", "Edited", "Result", "admit_contacts", "amend_contacts", "change_settings",
    "close_contact", "copy_addresses", "create_contacts", "delete_blockers", "delete_contact", "delete_contacts",
    "edit_contact", "edit_contacts", "reopen_contact", "restore_contact", "restore_contacts", "set_register",
    "sync_now",
    "withdraw_reference",
]  # fmt: skip
