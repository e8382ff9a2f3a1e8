"""Which numbers are used, asked of the ledger a window at a time."""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias
from uuid import UUID

from counterpart.accounting.numbering.models import FileNumberLedger, NumberLedger
from counterpart.protocol.numbers import Sequence, number_key

WINDOW_MIN: Final = 64
WINDOW_MAX: Final = 4_096

Ledger: TypeAlias = type[NumberLedger] | type[FileNumberLedger]


class UsedNumbers:
    """The part of a ledger one allocation has to look at: the contacts', unless told otherwise.

    A batch of a thousand automatic numbers costs one query; a sequence that was set back into a range of used
    numbers steps over it in growing windows instead of asking number by number.
    """

    def __init__(self, ledger: Ledger = NumberLedger, owner_column: str = "contact_id") -> None:
        self.ledger = ledger
        self.owner_column = owner_column
        self._owners: dict[str, UUID] = {}
        self._looked_at: set[str] = set()

    def look_up(self, keys: Iterable[str]) -> None:
        """Read the owners of these keys, in one query."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._looked_at]
        if missing:
            self._looked_at.update(missing)
            found = self.ledger.objects.filter(key__in=missing)
            self._owners.update(found.values_list("key", self.owner_column))

    def owner(self, key: str) -> UUID | None:
        """Return the record the number was given to, or None if it was never given."""
        if key not in self._looked_at:
            self.look_up([key])
        return self._owners.get(key)

    def take(self, key: str, owner: UUID) -> None:
        """Remember that this allocation gave the number away."""
        self._looked_at.add(key)
        self._owners[key] = owner

    def checker(self, sequence: Sequence, expected: int = 1) -> Callable[[str], bool]:
        """Return the ``is_used`` that ``protocol.numbers.allocate`` asks for this sequence."""
        window = min(max(WINDOW_MIN, expected), WINDOW_MAX)
        start = len(number_key(sequence.prefix))

        def is_used(key: str) -> bool:
            nonlocal window
            if key not in self._looked_at:
                value = int(key[start:])
                self.look_up(number_key(sequence.text(value + step)) for step in range(window))
                window = min(window * 2, WINDOW_MAX)
            return key in self._owners

        return is_used


def used_file_numbers() -> UsedNumbers:
    """Return the used numbers of files, which are a space of their own."""
    return UsedNumbers(FileNumberLedger, "file_id")
