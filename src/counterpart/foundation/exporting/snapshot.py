"""Reading a whole database as it was at one moment, while everybody works on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

from django.db import connection, connections, models, transaction
from django.db.models.functions import Collate

from counterpart.foundation.exporting.tables import Table

CHUNK: Final = 2_000

_names: Final = count(1)

Moment = Callable[[str], dict[str, Any] | None]
_moments: Final[list[Moment]] = []


def register_moment(moment: Moment) -> None:
    """Say where the exchange with the other product stands in a snapshot; called once, by the engine."""
    _moments.append(moment)


def moment_of(alias: str) -> dict[str, Any] | None:
    """Where the exchange stands in this snapshot, for ``protocol.moments``; None where there is none."""
    return next((found for moment in _moments if (found := moment(alias)) is not None), None)


@contextmanager
def snapshot() -> Iterator[str]:
    """Yield the name of a database connection that sees one moment, from its first read on, and can't write.

    It is a connection of its own, which holds up nobody: on SQLite a plain reader of the log, on PostgreSQL a
    repeatable read. Inside a transaction it is that one, which is such a moment already.
    """
    if connection.in_atomic_block:
        yield connection.alias
        return
    alias = f"snapshot-{next(_names)}"
    copied = connection.copy(alias)
    if copied.vendor == "sqlite":
        # IMMEDIATE, as everything else has it, would take the only write lock for as long as the export runs.
        copied.settings_dict["OPTIONS"]["transaction_mode"] = "DEFERRED"
    connections[alias] = copied
    try:
        with transaction.atomic(using=alias):
            if copied.vendor == "postgresql":
                with copied.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    cursor.execute("SELECT 1")
            else:
                with copied.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            yield alias
    finally:
        copied.close()
        del connections[alias]


def rows_of(table: Table, alias: str) -> Iterator[list[Sequence[Any]]]:
    """The rows of a table in the order of their keys, a few at a time: the same order on either database."""
    columns, names = table.columns, []
    rows = table.model._base_manager.using(alias)  # noqa: SLF001 - Django's public door
    for key in table.keys:
        name = key.attname
        if isinstance(key, models.CharField):
            # The order of texts is the server's language's in PostgreSQL, unless it is told otherwise.
            plain = Collate(name, "C" if connections[alias].vendor == "postgresql" else "BINARY")
            name = f"{name}_in_order"
            rows = rows.annotate(**{name: plain})
        names.append(name)
    rows = rows.order_by(*names)
    places = [columns.index(key.attname) for key in table.keys]
    last: list[Any] = []
    while True:
        following = rows.filter(_after(names, last)) if last else rows
        chunk = list(following.values_list(*columns)[:CHUNK])
        if chunk:
            yield chunk
        if len(chunk) < CHUNK:
            return
        last = [chunk[-1][place] for place in places]


def counts_of(tables: Sequence[Table], alias: str) -> int:
    """How many rows there are in all."""
    return sum(table.model._base_manager.using(alias).count() for table in tables)  # noqa: SLF001 - Django's public door


def _after(names: Sequence[str], last: Sequence[Any]) -> models.Q:
    """What comes after the last row read: greater in one key, and equal in those before it."""
    found = models.Q(pk__in=[])
    for place, name in enumerate(names):
        same = dict(zip(names[:place], last[:place], strict=True))
        found |= models.Q(**same, **{f"{name}__gt": last[place]})
    return found
