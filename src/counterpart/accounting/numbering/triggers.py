"""The database's own refusal to change or remove a given number, on both engines (LA-NUM-7)."""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = "accounting_numbering_numberledger"
REFUSAL: Final = "the number ledger is append-only"

_POSTGRESQL_FUNCTION: Final = f"""
CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
"""


def install_statements(vendor: str) -> list[str]:
    """Return the statements that make the ledger append-only."""
    if vendor == "postgresql":
        refuse = f"EXECUTE FUNCTION {TABLE}_refuse()"
        change = f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW {refuse}"
        truncate = f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT {refuse}"
        return [_POSTGRESQL_FUNCTION, change, truncate]
    head, refuse = f"CREATE TRIGGER {TABLE}_no", f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [f"{head}_{event.lower()} BEFORE {event} ON {TABLE} {refuse}" for event in ("UPDATE", "DELETE")]


def remove_statements(vendor: str) -> list[str]:
    """Return the statements that lift it; for migrations backwards and the clean-up of tests."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}" for name in ("no_change", "no_truncate")]
    return [f"DROP TRIGGER IF EXISTS {TABLE}_{name}" for name in ("no_update", "no_delete")]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the ledger append-only."""
    _run(connection, install_statements(connection.vendor))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Lift the protection."""
    _run(connection, remove_statements(connection.vendor))


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
