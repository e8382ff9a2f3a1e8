"""Databases for one run: SQLite files in the data folder, or two PostgreSQL databases of our own."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

PRODUCTS = ("practice", "accounting")


def server() -> str:
    """The PostgreSQL server this run may make databases on; empty on SQLite."""
    return os.environ.get("COUNTERPART_TEST_POSTGRES", "")


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Address of each product's database, made for the body and dropped after it; none of them on SQLite."""
    if not server():
        yield {}
        return
    tag = f"{os.getpid()}_{secrets.token_hex(4)}"
    names = {product: f"counterpart_pair_{product}_{tag}" for product in PRODUCTS}
    _execute(*(f'CREATE DATABASE "{name}"' for name in names.values()))
    try:
        yield {product: _address(name) for product, name in names.items()}
    finally:
        left = [name + suffix for name in names.values() for suffix in ("", "_backup")]
        _execute(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in left))


def keep_copy(data: Path, product: str, addresses: dict[str, str]) -> None:
    """A backup of the product's database as it is now; nothing may be running."""
    if not addresses:
        for file in data.glob(f"{product}.sqlite3*"):
            shutil.copy2(file, data / f"backup-{file.name}")
        return
    name = _name(addresses[product])
    _execute(f'CREATE DATABASE "{name}_backup" TEMPLATE "{name}"')


def restore_copy(data: Path, product: str, addresses: dict[str, str]) -> None:
    """Put the backup in place of the database; nothing may be running."""
    if not addresses:
        for file in data.glob(f"{product}.sqlite3*"):
            file.unlink()
        for file in data.glob(f"backup-{product}.sqlite3*"):
            file.rename(data / file.name.removeprefix("backup-"))
        return
    name = _name(addresses[product])
    _execute(f'DROP DATABASE "{name}" WITH (FORCE)', f'ALTER DATABASE "{name}_backup" RENAME TO "{name}"')


def _name(address: str) -> str:
    return urlsplit(address).path.removeprefix("/")


def _address(name: str) -> str:
    return urlunsplit(urlsplit(server())._replace(path=f"/{name}"))


def _execute(*statements: str) -> None:
    import psycopg

    with psycopg.connect(server(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
