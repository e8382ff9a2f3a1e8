"""What stands in the way of closing or deleting a file (LA-FIL-7).

Apps above this one (billing, trust, receivables) add their own checks when they are installed; this app knows none of
them. A check is asked with files and answers, for those that are blocked, what blocks them, each with a link to it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from uuid import UUID

from counterpart.accounting.files.fields import HOLDS, LABELS
from counterpart.accounting.files.models import File
from counterpart.foundation.errors import Blocker

Check = Callable[[Sequence[UUID]], Mapping[UUID, list[Blocker]]]


def _holds(file_ids: Sequence[UUID]) -> dict[UUID, list[Blocker]]:
    return {
        file.pk: [
            Blocker(f"{LABELS[name]}: {file.hold_reason}", file.get_absolute_url())
            for name in HOLDS
            if getattr(file, name)
        ]
        for file in File.objects.filter(pk__in=file_ids)
    }


closing_checks: Final[list[Check]] = [_holds]
deletion_checks: Final[list[Check]] = []


def closing_blockers(file_id: UUID) -> list[Blocker]:
    """Return everything that forbids closing the file now."""
    return closing_blockers_of([file_id])[file_id]


def closing_blockers_of(file_ids: Sequence[UUID]) -> dict[UUID, list[Blocker]]:
    """Return everything that forbids closing each of the files now."""
    return _blockers(closing_checks, file_ids)


def deletion_blockers(file_id: UUID) -> list[Blocker]:
    """Return everything that forbids deleting the file, ledger history first of all."""
    return _blockers(deletion_checks, [file_id])[file_id]


def _blockers(checks: Sequence[Check], file_ids: Sequence[UUID]) -> dict[UUID, list[Blocker]]:
    answers = [check(file_ids) for check in checks]
    return {file_id: [one for answer in answers for one in answer.get(file_id, ())] for file_id in file_ids}
