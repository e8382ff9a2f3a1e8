"""How many rows PostgreSQL wrote, and how many bytes its databases grew: to judge whether the baseline is fair."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psycopg

STATISTICS_SETTLE_S = 1.5
QUESTION = (
    "SELECT coalesce(sum(n_tup_ins), 0), coalesce(sum(n_tup_upd), 0), pg_database_size(current_database())"
    " FROM pg_stat_user_tables"
)


@dataclass(frozen=True, slots=True)
class Written:
    inserted: int
    updated: int
    size: int

    def since(self, earlier: Written, contacts: int) -> str:
        inserted, updated = self.inserted - earlier.inserted, self.updated - earlier.updated
        grown = (self.size - earlier.size) / contacts / 1000
        return f"{inserted / contacts:.1f} inserted, {updated / contacts:.1f} updated, {grown:.1f} kB a contact"


def written(addresses: dict[str, str]) -> Written | None:
    """Over both databases; nothing on SQLite, which does not count."""
    if not addresses:
        return None
    # Each session hands its counts in when it falls idle.
    time.sleep(STATISTICS_SETTLE_S)
    total = [0, 0, 0]
    for address in addresses.values():
        with psycopg.connect(address) as connection:
            row = connection.execute(QUESTION).fetchone()
        assert row is not None
        total = [sum(pair) for pair in zip(total, map(int, row), strict=True)]
    return Written(*total)
