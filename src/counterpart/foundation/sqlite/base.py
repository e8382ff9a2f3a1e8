"""Waiting for SQLite's one write lock.

SQLite asks for it again after pauses of up to a tenth of a second. Somebody who writes one transaction after the other
is back before that, so during an import others waited for seconds. Asked every two milliseconds, the lock is taken the
moment it is free.
"""

import sqlite3
import time
from typing import Any, Final

from django.db.backends.sqlite3 import base

LOOK_S: Final = 0.002


class DatabaseWrapper(base.DatabaseWrapper):
    """Transactions begin with the write lock (``transaction_mode`` IMMEDIATE), or fail after ``timeout`` seconds."""

    def _start_transaction_under_autocommit(self) -> None:
        """Ask the driver itself: a refusal that passes through Django's cursor costs as much as a small statement."""
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        until = time.monotonic() + patience
        ask: Any = self.connection.execute
        ask("PRAGMA busy_timeout = 0")
        try:
            while not self._began(ask):
                if time.monotonic() > until:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
                    return
                time.sleep(LOOK_S)
        finally:
            ask(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    def _began(self, ask: Any) -> bool:
        with self.wrap_database_errors:
            try:
                ask("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                    return False
                raise
        return True
