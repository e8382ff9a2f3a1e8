"""What stands in the way of closing, deleting or merging a contact (LA-CON-6, LA-CON-7).

Apps above this one (files, billing, trust, payables) add their own checks when they are installed; this app knows
none of them. A check is asked with the contact, or with many, and answers with what blocks, each with a link to it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from counterpart.foundation.errors import Blocker

Check = Callable[[UUID], list[Blocker]]
DeletionCheck = Callable[[Sequence[UUID]], Mapping[UUID, list[Blocker]]]
MergeCheck = Callable[[UUID, Sequence[UUID]], list[Blocker]]
"""Asked with the survivor and the losers: trust ledgers of both in one bank and file forbid it (LA-CON-7)."""

closing_checks: Final[list[Check]] = []
deletion_checks: Final[list[DeletionCheck]] = []
merge_checks: Final[list[MergeCheck]] = []


def closing_blockers(contact_id: UUID) -> list[Blocker]:
    """Return everything that forbids closing the contact now."""
    return [blocker for check in closing_checks for blocker in check(contact_id)]


def deletion_blockers(contact_id: UUID) -> list[Blocker]:
    """Return everything that forbids deleting the contact, ledger history first of all."""
    return deletion_blockers_of([contact_id]).get(contact_id, [])


def deletion_blockers_of(contact_ids: Sequence[UUID]) -> dict[UUID, list[Blocker]]:
    """Return the same for many contacts; those that nothing forbids are not among them."""
    found: dict[UUID, list[Blocker]] = {}
    for check in deletion_checks:
        for contact_id, blockers in check(contact_ids).items():
            found.setdefault(contact_id, []).extend(blockers)
    return {contact_id: blockers for contact_id, blockers in found.items() if blockers}


def merge_blockers(survivor: UUID, losers: Sequence[UUID]) -> list[Blocker]:
    """Return everything in the books that forbids merging these contacts."""
    return [blocker for check in merge_checks for blocker in check(survivor, losers)]
