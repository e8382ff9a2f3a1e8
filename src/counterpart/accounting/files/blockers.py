"""What stands in the way of closing or deleting a file (LA-FIL-7).

Apps above this one (billing, trust, receivables) add their own checks when they are installed; this app knows none of
them. A check is asked with the file and answers with what blocks, each with a link to it.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from counterpart.accounting.files.fields import HOLDS, LABELS
from counterpart.accounting.files.models import File
from counterpart.foundation.errors import Blocker

Check = Callable[[UUID], list[Blocker]]


def _holds(file_id: UUID) -> list[Blocker]:
    file = File.objects.get(pk=file_id)
    return [
        Blocker(f"{LABELS[name]}: {file.hold_reason}", file.get_absolute_url()) for name in HOLDS if getattr(file, name)
    ]


closing_checks: Final[list[Check]] = [_holds]
deletion_checks: Final[list[Check]] = []


def closing_blockers(file_id: UUID) -> list[Blocker]:
    """Return everything that forbids closing the file now."""
    return [blocker for check in closing_checks for blocker in check(file_id)]


def deletion_blockers(file_id: UUID) -> list[Blocker]:
    """Return everything that forbids deleting the file, ledger history first of all."""
    return [blocker for check in deletion_checks for blocker in check(file_id)]
