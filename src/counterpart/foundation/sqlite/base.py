"""Waiting for SQLite's one write lock.

SQLite asks for it again after pauses of up to a tenth of a second. Somebody who writes one transaction after the other
is back before that, so during an import others waited for seconds. Asked every two milliseconds, the lock is taken the
moment it is free.
"""

import sqlite3
import time
from typing import Any, Final

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

LOOK_S: Final = 0.002


class DatabaseWrapper(base.DatabaseWrapper):
    """Transactions begin with the write lock (``transaction_mode`` IMMEDIATE), or fail after ``timeout`` seconds."""

    def _start_transaction_under_autocommit(self) -> None:
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        until = time.monotonic() + patience
        cursor: Any = self.connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            while not self._began(until):
                time.sleep(LOOK_S)
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")

    def _began(self, until: float) -> bool:
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
        except OperationalError as error:
            is_busy = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > until:
                raise
            return False
        return True
