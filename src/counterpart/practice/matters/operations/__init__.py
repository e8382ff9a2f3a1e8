"""What can be done to matters: one function per verb, called by screens, API, import, demo and sync alike."""

from counterpart.practice.clashes import Clash, EditClash
from counterpart.practice.matters.operations.choosing import set_register
from counterpart.practice.matters.operations.creating import Created, Result, create_matters
from counterpart.practice.matters.operations.editing import edit_matter, withdraw_reference
from counterpart.practice.matters.operations.lifecycle import (
    close_blockers,
    close_matter,
    delete_matter,
    delete_matters,
    follow_closures,
    reopen_matter,
    restore_matter,
    sync_now,
)
from counterpart.practice.matters.operations.looking_up import locked_one, types_by
from counterpart.practice.matters.operations.parties import (
    LastClient,
    PartiesChange,
    PrimaryChanges,
    add_parties,
    add_party,
    change_party,
    make_primary,
    move_party,
    remove_party,
    set_parties,
)
from counterpart.practice.matters.operations.reassigning import Reassigned, reassign_matters
from counterpart.practice.matters.operations.receiving import amend_matters
from counterpart.practice.matters.operations.restricting import restrict_matter, unrestrict_matter
from counterpart.practice.matters.operations.types import (
    RoleDraft,
    add_roles,
    create_matter_type,
    delete_matter_type,
    edit_matter_type,
    order_matter_types,
)

__all__ = [
    "Clash", "Created", "EditClash", "LastClient", "PartiesChange", "PrimaryChanges", "Reassigned", "Result",
    "RoleDraft", "add_parties", "add_party", "add_roles", "amend_matters", "change_party", "close_blockers",
    "close_matter", "create_matter_type", "create_matters", "delete_matter", "delete_matter_type",
    "delete_matters", "edit_matter", "edit_matter_type", "follow_closures", "locked_one", "make_primary",
    "move_party", "order_matter_types", "reassign_matters", "remove_party", "reopen_matter", "restore_matter",
    "restrict_matter", "set_parties", "set_register", "sync_now", "types_by", "unrestrict_matter",
    "withdraw_reference",
]  # fmt: skip
