"""What stands in the way of closing, deleting or merging a contact (LA-CON-6, LA-CON-7).

Apps above this one (files, billing, trust, payables) add their own checks when they are installed; this app knows
none of them. A check is asked with the contact and answers with what blocks, each with a link to it. No such
records exist yet, so today nothing blocks.
"""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from counterpart.foundation.errors import Blocker

Check = Callable[[UUID], list[Blocker]]
MergeCheck = Callable[[UUID, Sequence[UUID]], list[Blocker]]
"""Asked with the survivor and the losers: trust ledgers of both in one bank and file forbid it (LA-CON-7)."""

closing_checks: Final[list[Check]] = []
deletion_checks: Final[list[Check]] = []
merge_checks: Final[list[MergeCheck]] = []


def closing_blockers(contact_id: UUID) -> list[Blocker]:
    """Return everything that forbids closing the contact now."""
    return [blocker for check in closing_checks for blocker in check(contact_id)]


def deletion_blockers(contact_id: UUID) -> list[Blocker]:
    """Return everything that forbids deleting the contact, ledger history first of all."""
    return [blocker for check in deletion_checks for blocker in check(contact_id)]


def merge_blockers(survivor: UUID, losers: Sequence[UUID]) -> list[Blocker]:
    """Return everything in the books that forbids merging these contacts."""
    return [blocker for check in merge_checks for blocker in check(survivor, losers)]
