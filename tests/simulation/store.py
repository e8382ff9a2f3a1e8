"""An in-memory database with transactions, savepoints, crashes and backups.

A transaction's writes are seen by nobody before ``commit``. A commit that was not synced to disk is lost in a
crash; the products always sync (sync-protocol section 19), a broken build does not.
"""

from typing import Any

TABLES = ("link", "records", "contacts", "matters", "conflicts", "chain", "ledger", "sequences")
_GONE = object()


class Crash(Exception):
    """The process was killed at this very place."""


class Database:
    """Committed tables: dicts of values that are never changed in place."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Any, Any]] = {name: {} for name in TABLES}
        self._undo: list[tuple[str, Any, Any]] = []

    def begin(self) -> "Transaction":
        return Transaction(self)

    def apply(self, writes: dict[tuple[str, Any], Any], *, synced: bool) -> None:
        for (table, key), value in writes.items():
            rows = self.tables[table]
            self._undo.append((table, key, rows.get(key, _GONE)))
            if value is _GONE:
                rows.pop(key, None)
            else:
                rows[key] = value
        if synced:
            self._undo.clear()

    def lose_unsynced(self) -> None:
        """What a power cut does."""
        for table, key, value in reversed(self._undo):
            if value is _GONE:
                self.tables[table].pop(key, None)
            else:
                self.tables[table][key] = value
        self._undo.clear()

    def sync(self) -> None:
        """The disk has everything now."""
        self._undo.clear()

    def backup(self) -> dict[str, dict[Any, Any]]:
        return {name: dict(rows) for name, rows in self.tables.items()}

    def restore(self, backup: dict[str, dict[Any, Any]]) -> None:
        self.tables = {name: dict(rows) for name, rows in backup.items()}
        self._undo.clear()


class Transaction:
    """Reads see the transaction's own writes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.writes: dict[tuple[str, Any], Any] = {}

    def get(self, table: str, key: Any) -> Any:
        value = self.writes.get((table, key))
        if value is None:
            return self.database.tables[table].get(key)
        return None if value is _GONE else value

    def put(self, table: str, key: Any, value: Any) -> None:
        self.writes[(table, key)] = value

    def delete(self, table: str, key: Any) -> None:
        self.writes[(table, key)] = _GONE

    def savepoint(self) -> dict[tuple[str, Any], Any]:
        return dict(self.writes)

    def roll_back(self, savepoint: dict[tuple[str, Any], Any]) -> None:
        self.writes = savepoint

    def commit(self, *, synced: bool = True) -> None:
        self.database.apply(self.writes, synced=synced)
        self.writes = {}
