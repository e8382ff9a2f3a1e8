"""The database's own refusal to change or remove a given number, on both engines (LA-NUM-7)."""

from collections.abc import Sequence
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

CONTACTS: Final = "accounting_numbering_numberledger"
FILES: Final = "accounting_numbering_filenumberledger"
LEDGERS: Final = (CONTACTS, FILES)
REFUSAL: Final = "the number ledger is append-only"


def install_statements(vendor: str, tables: Sequence[str] = LEDGERS) -> list[str]:
    """Return the statements that make the ledgers append-only."""
    if vendor == "postgresql":
        return [statement for table in tables for statement in _postgresql(table)]
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {refuse}"
        for table in tables
        for event in ("UPDATE", "DELETE")
    ]


def remove_statements(vendor: str, tables: Sequence[str] = LEDGERS) -> list[str]:
    """Return the statements that lift it; for migrations backwards and the clean-up of tests."""
    names, on = ("no_update", "no_delete"), False
    if vendor == "postgresql":
        names, on = ("no_change", "no_truncate"), True
    return [
        f"DROP TRIGGER IF EXISTS {table}_{name}{f' ON {table}' if on else ''}" for table in tables for name in names
    ]


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make a ledger append-only."""
    _run(connection, install_statements(connection.vendor, [table]))


def remove(connection: BaseDatabaseWrapper, table: str) -> None:
    """Lift the protection."""
    _run(connection, remove_statements(connection.vendor, [table]))


def _postgresql(table: str) -> list[str]:
    function = f"""
CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
"""
    refuse = f"EXECUTE FUNCTION {table}_refuse()"
    change = f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}"
    truncate = f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
    return [function, change, truncate]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
