"""Shared by all tests: a data folder of its own and clean-up that may empty append-only tables."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Point the running settings at a temporary data folder and let the flush pass the history triggers."""
    folder = tempfile.mkdtemp(prefix="counterpart-tests-")
    os.environ["COUNTERPART_DATA"] = folder
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        return
    from django.conf import settings

    settings.COUNTERPART_DATA = Path(folder)
    _database_in_a_file(settings.DATABASES["default"], Path(folder))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    _let_flush_pass_history()


def _database_in_a_file(database: dict[str, Any], folder: Path) -> None:
    """With a database in memory the server of the browser tests would share the test's own connection.

    A page that asks once more while the tables are being emptied then locks them for the test; in a file each has a
    connection of its own, as at a firm's.
    """
    if database["ENGINE"] == "counterpart.foundation.sqlite":
        database.setdefault("TEST", {})["NAME"] = str(folder / "test.sqlite3")


def _let_flush_pass_history() -> None:
    """Django empties tables between transactional tests; the history refuses that, so it is lifted meanwhile."""
    from django.db import connection

    from counterpart.foundation.history import triggers

    original = connection.ops.__class__.sql_flush

    def sql_flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements: list[str] = original(self, *args, **kwargs)
        vendor = self.connection.vendor
        return [*triggers.remove_statements(vendor), *statements, *triggers.install_statements(vendor)]

    connection.ops.__class__.sql_flush = sql_flush  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def shared_folder() -> Iterator[Path]:
    """The real input files; tests that need them are skipped, with a word, where they are not at hand."""
    folder = Path(os.environ.get("COUNTERPART_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"The shared input files are not at {folder}; set COUNTERPART_SHARED.")
    return folder
