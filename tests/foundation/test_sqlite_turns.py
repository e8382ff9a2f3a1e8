"""Writers take turns on SQLite: the lock is taken when it is free, and waiting ends."""

import sqlite3
import threading
import time

import pytest
from django.db import OperationalError

from counterpart.foundation.sqlite.base import DatabaseWrapper


def wrapper(path, timeout):
    options = {"transaction_mode": "IMMEDIATE", "timeout": timeout}
    settings = {"ENGINE": "counterpart.foundation.sqlite", "NAME": str(path), "OPTIONS": options, "TIME_ZONE": None}
    defaults = {"AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    return DatabaseWrapper({**defaults, **settings}, alias="turns")


@pytest.mark.django_db
@pytest.mark.parametrize(("held_s", "timeout"), [(0.25, 5), (5, 0.2)])
def test_a_writer_begins_when_the_other_ends_or_gives_up(tmp_path, held_s, timeout):
    """The wait is over soon after the lock is free; it ends with an error after the time set; patience comes back."""
    other = sqlite3.connect(tmp_path / "one.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    ours = wrapper(tmp_path / "one.sqlite3", timeout)
    ours.ensure_connection()
    release = threading.Timer(held_s, lambda: other.execute("ROLLBACK"))
    began = time.monotonic()
    release.start()
    try:
        if held_s > timeout:
            with pytest.raises(OperationalError):
                ours._start_transaction_under_autocommit()
            assert time.monotonic() - began < held_s
        else:
            ours._start_transaction_under_autocommit()
            assert held_s <= time.monotonic() - began < held_s + 5
            ours.connection.execute("ROLLBACK")
        assert ours.connection.execute("PRAGMA busy_timeout").fetchone() == (int(timeout * 1000),)
    finally:
        release.cancel()
        ours.close()
        other.close()
