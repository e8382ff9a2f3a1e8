"""Building the index: triggers, SQLite's full text, PostgreSQL's trigrams; all of it anew after tables have changed.

SQLite changes a table by making another one in its place, which loses the table's triggers, and refuses to while other
triggers name it. So the triggers are put aside before a migration and made after it (ADR 0016).
"""

import logging
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from counterpart.foundation.bulk import update_rows
from counterpart.foundation.search import statements
from counterpart.foundation.search.models import IndexState
from counterpart.foundation.search.subjects import Subject, subjects
from counterpart.foundation.search.words import FORM

ROWS: Final = 2_000
NO_TRIGRAMS: Final = (
    "PostgreSQL has no pg_trgm here, so searching reads every record and is slower. Install PostgreSQL's contrib "
    "package, or let an administrator run CREATE EXTENSION pg_trgm in this database; then run rebuild_search."
)

log = logging.getLogger(__name__)


def before_migrate(*, using: str, plan: Sequence[Any] = (), **_: Any) -> None:
    """Put the triggers aside if tables are about to change."""
    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        _put_aside(connection)


def after_migrate(*, using: str, plan: Sequence[Any] = (), **_: Any) -> None:
    """Make what is missing; build the index anew if tables have changed, or if words are folded in another way now."""
    connection = connections[using]
    ready = _with_tables(connection)
    if not ready:
        return
    state = IndexState.objects.using(using).first()
    if plan or state is None or state.form != FORM or not _is_installed(connection, ready):
        rebuild(connection, ready, folds=state is None or state.form != FORM)


def rebuild(connection: BaseDatabaseWrapper, wanted: Sequence[Subject] | None = None, *, folds: bool = True) -> None:
    """Make triggers and index, and every entry anew, in one transaction. ``folds``: the records' words too."""
    found = _with_tables(connection) if wanted is None else wanted
    with transaction.atomic(using=connection.alias):
        _put_aside(connection)
        trigrams = connection.vendor == "sqlite" or _make_trigrams(connection, found)
        for subject in found:
            if folds:
                _fold(connection, subject)
            _write_anew(connection, subject)
        IndexState.objects.using(connection.alias).update_or_create(pk=1, defaults={"form": FORM, "trigrams": trigrams})


def catch_up(connection: BaseDatabaseWrapper, limit: int = ROWS) -> int:
    """Tell SQLite's full text what it does not know yet, so that searches need not read those entries themselves.

    Returns how many there were, at most ``limit`` of each kind; PostgreSQL's index is never late.
    """
    if connection.vendor != "sqlite":
        return 0
    told = 0
    for subject in subjects():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {statements.late(subject)} ORDER BY id LIMIT %s", [limit])  # noqa: S608 - constants of ours
            some = cursor.fetchall()
        if some:
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                for statement in statements.catch_up(subject, some[-1][0]):
                    cursor.execute(statement)
            told += len(some)
    return told


def lateness(connection: BaseDatabaseWrapper) -> int:
    """How many entries the full text does not know."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        counts = " + ".join(f"(SELECT count(*) FROM {statements.late(subject)})" for subject in subjects())  # noqa: S608 - constants of ours
        cursor.execute(f"SELECT {counts or 0}")
        return int(cursor.fetchone()[0])


def differences(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """By kind, how many entries are not as they have to be; 0 everywhere unless somebody took the triggers away."""
    found = {}
    for subject in _with_tables(connection):
        right = statements.entries_of(subject, connection.vendor)
        kept = f"SELECT record, place, sort, numbers, text FROM {subject.entries}"  # noqa: S608 - constants of ours
        left_over = f"SELECT count(*) FROM {subject.entries} WHERE record NOT IN (SELECT id FROM {subject.table})"  # noqa: S608 - as above
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({right} EXCEPT {kept}) AS missing")  # noqa: S608 - as above
            missing = cursor.fetchone()[0]
            cursor.execute(left_over)
            found[subject.kind] = missing + cursor.fetchone()[0]
    return found


def _with_tables(connection: BaseDatabaseWrapper) -> list[Subject]:
    """The subjects whose tables are all there: not so where a migration stopped on its way."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if IndexState._meta.db_table not in tables:  # noqa: SLF001 - Django's public door
        return []
    return [one for one in subjects() if {one.entries, *(t.table for t in _triggers(connection, one))} <= tables]


def _triggers(connection: BaseDatabaseWrapper, subject: Subject) -> Iterator[statements.Trigger]:
    return statements.triggers(subject, connection.vendor)


def _is_installed(connection: BaseDatabaseWrapper, found: Sequence[Subject]) -> bool:
    """Whether the triggers that are there are those of this version of the product, and say what they have to say."""
    wanted = {trigger.name: trigger.statements[0] for one in found for trigger in _triggers(connection, one)}
    there = _there(connection)
    if connection.vendor == "sqlite":
        return wanted == there
    return wanted.keys() == there.keys() and all(f"$${there[name]}$$" in text for name, text in wanted.items())


def _there(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Every trigger of ours in the database, of earlier versions too, with what it says."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal"
            )
        prefixes = tuple(f"{subject.entries}_" for subject in subjects())
        return {name: text for name, text in cursor.fetchall() if name.startswith(prefixes)}


def _put_aside(connection: BaseDatabaseWrapper) -> None:
    there = _there(connection)
    with connection.cursor() as cursor:
        for name in there:
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER {name}")
            else:
                cursor.execute(f"DROP FUNCTION {name}() CASCADE")


def _make_trigrams(connection: BaseDatabaseWrapper, found: Sequence[Subject]) -> bool:
    """Index the trigrams of the entries; without the extension, say what that means and how to get it."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        log.warning(NO_TRIGRAMS)
        return False
    with connection.cursor() as cursor:
        for subject in found:
            name = f"{subject.entries}_trigrams"
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {subject.entries} USING gin (text gin_trgm_ops)")
    return True


def _write_anew(connection: BaseDatabaseWrapper, subject: Subject) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TABLE IF EXISTS {statements.full_text(subject)}")
            cursor.execute(statements.make_full_text(subject))
            cursor.execute(statements.make_late(subject))
        cursor.execute(f"DELETE FROM {subject.entries}")  # noqa: S608 - constants of ours
        cursor.execute(statements.refresh(subject, connection.vendor))
        if connection.vendor == "sqlite":
            index = statements.full_text(subject)
            cursor.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")  # noqa: S608 - constants of ours
            cursor.execute(f"DELETE FROM {statements.late(subject)}")  # noqa: S608 - as above
        _make_triggers(cursor, _triggers(connection, subject))


def _make_triggers(cursor: CursorWrapper, found: Iterator[statements.Trigger]) -> None:
    for trigger in found:
        for statement in trigger.statements:
            cursor.execute(statement)


def _fold(connection: BaseDatabaseWrapper, subject: Subject) -> None:
    """Bring ``search_text`` of every record into the present form."""
    rows = subject.model._default_manager.using(connection.alias).order_by("pk")  # noqa: SLF001 - Django's public door
    after: dict[str, Any] = {}
    while some := list(rows.filter(**after).values("pk", "search_text", *subject.folds)[:ROWS]):
        changed = [(row["pk"], text) for row in some if (text := subject.folded(row)) != row["search_text"]]
        if changed:
            update_rows(subject.model, ("search_text",), changed)
        after = {"pk__gt": some[-1]["pk"]}
