"""Which numbers are used, asked of the ledger a window at a time."""

from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from counterpart.accounting.numbering.models import NumberLedger
from counterpart.protocol.numbers import Sequence, number_key

WINDOW_MIN: Final = 64
WINDOW_MAX: Final = 4_096


class UsedNumbers:
    """The part of the ledger one allocation has to look at.

    A batch of a thousand automatic numbers costs one query; a sequence that was set back into a range of used
    numbers steps over it in growing windows instead of asking number by number.
    """

    def __init__(self) -> None:
        self._owners: dict[str, UUID] = {}
        self._looked_at: set[str] = set()

    def look_up(self, keys: Iterable[str]) -> None:
        """Read the owners of these keys, in one query."""
        missing = [key for key in dict.fromkeys(keys) if key not in self._looked_at]
        if missing:
            self._looked_at.update(missing)
            self._owners.update(NumberLedger.objects.filter(key__in=missing).values_list("key", "contact_id"))

    def owner(self, key: str) -> UUID | None:
        """Return the contact the number was given to, or None if it was never given."""
        if key not in self._looked_at:
            self.look_up([key])
        return self._owners.get(key)

    def take(self, key: str, contact_id: UUID) -> None:
        """Remember that this allocation gave the number away."""
        self._looked_at.add(key)
        self._owners[key] = contact_id

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
