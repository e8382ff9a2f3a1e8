"""Running a check, and answering the other product's (CNF-1, IMP-16)."""

from typing import Final

from counterpart.accounting.conflict_check.queries import find, veiled
from counterpart.foundation.conflicts.running import ConflictCheck
from counterpart.sync import api as sync

conflict_check: Final = ConflictCheck(find, veiled, sync.ask)
