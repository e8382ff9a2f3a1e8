"""The database's own refusal to change or remove an event, on both engines (HIS-2)."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "foundation_history_event"
REFUSAL = "history is append-only"

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
"""


def install_statements(vendor: str) -> list[str]:
    """Return the statements that make the event table append-only."""
    if vendor == "postgresql":
        return [
            _POSTGRESQL_FUNCTION,
            (
                f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
                f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"
            ),
            (
                f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"
            ),
        ]
    return [
        f"CREATE TRIGGER {TABLE}_no_{event.lower()} BEFORE {event} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for event in ("UPDATE", "DELETE")
    ]


def remove_statements(vendor: str) -> list[str]:
    """Return the statements that lift it; used by migrations backwards and by test clean-up only."""
    if vendor == "postgresql":
        return [f"DROP TRIGGER IF EXISTS {TABLE}_{name} ON {TABLE}" for name in ("no_change", "no_truncate")]
    return [f"DROP TRIGGER IF EXISTS {TABLE}_{name}" for name in ("no_update", "no_delete")]


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the event table append-only."""
    with connection.cursor() as cursor:
        for statement in install_statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Lift the protection."""
    with connection.cursor() as cursor:
        for statement in remove_statements(connection.vendor):
            cursor.execute(statement)
