"""Writing many rows with a constant number of statements.

The ORM builds an object and a statement part per row, which is what costs when thousands of
records arrive. Here a batch is one statement on PostgreSQL (one JSON document that the server turns
into rows) and one prepared statement stepped over the rows on SQLite. A single row is a batch of one.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final, TypeAlias

import msgspec
from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

BATCH_ROWS_MAX: Final = 5_000
"""Rows per statement: bounds memory and the size of one PostgreSQL command."""

_PLAIN_FIELDS = (models.CharField, models.TextField, models.IntegerField, models.BooleanField)

Row = Sequence[Any]
Adapt = Callable[[Any], Any]
Field: TypeAlias = "models.Field[Any, Any]"


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> int:
    """Insert the rows, whose values stand in the order of `columns` (field or attribute names).

    Returns how many rows were handed over (with `ignore_conflicts`, how many were written).
    """
    connection = _connection(model)
    fields = _fields(model, columns)
    names = ", ".join(_quoted(connection, fields))
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    head = f"INSERT INTO {_table(connection, model)} ({names}) "
    if connection.vendor == "postgresql":
        source = f"{', '.join(_places(fields))} FROM {_recordset(connection, fields)}"
        sql = f"{head}SELECT {source}{tail}"
    else:
        sql = f"{head}VALUES ({', '.join(['%s'] * len(fields))}){tail}"
    return _write(connection, sql, fields, rows)


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    key_columns: Sequence[str] = ("id",),
) -> int:
    """Update rows by key. Each row holds the key values first, then the values of `columns`.

    Returns how many database rows were changed.
    """
    connection = _connection(model)
    keys, values = _fields(model, key_columns), _fields(model, columns)
    fields = [*keys, *values]
    key_names, value_names = _quoted(connection, keys), _quoted(connection, values)
    if connection.vendor == "postgresql":
        table, places = _table(connection, model), _places(fields)
        sets = ", ".join(f"{name} = {place}" for name, place in zip(value_names, places[len(keys) :], strict=True))
        match = " AND ".join(f"{table}.{name} = {place}" for name, place in zip(key_names, places, strict=False))
        sql = f"UPDATE {table} SET {sets} FROM {_recordset(connection, fields)} WHERE {match}"  # noqa: S608 - names of models, never input
        return _write(connection, sql, fields, rows)
    sets = ", ".join(f"{name} = %s" for name in value_names)
    match = " AND ".join(f"{name} = %s" for name in key_names)
    sql = f"UPDATE {_table(connection, model)} SET {sets} WHERE {match}"  # noqa: S608 - as above
    turned = ((*row[len(keys) :], *row[: len(keys)]) for row in rows)
    return _write(connection, sql, [*values, *keys], turned)


def upsert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    key_columns: Sequence[str] = ("id",),
    update_columns: Sequence[str] | None = None,
) -> int:
    """Insert the rows; where the (unique) key exists, overwrite `update_columns` (default: all others)."""
    connection = _connection(model)
    fields, keys = _fields(model, columns), _fields(model, key_columns)
    changing = _fields(model, update_columns) if update_columns is not None else [f for f in fields if f not in keys]
    sets = ", ".join(f"{name} = excluded.{name}" for name in _quoted(connection, changing))
    action = f"DO UPDATE SET {sets}" if changing else "DO NOTHING"
    head = f"INSERT INTO {_table(connection, model)} ({', '.join(_quoted(connection, fields))}) "
    tail = f" ON CONFLICT ({', '.join(_quoted(connection, keys))}) {action}"
    if connection.vendor == "postgresql":
        source = f"{', '.join(_places(fields))} FROM {_recordset(connection, fields)}"
        sql = f"{head}SELECT {source}{tail}"
    else:
        sql = f"{head}VALUES ({', '.join(['%s'] * len(fields))}){tail}"
    return _write(connection, sql, fields, rows)


def _write(connection: BaseDatabaseWrapper, sql: str, fields: Sequence[Field], rows: Iterable[Row]) -> int:
    adapters = [_adapter(field, connection) for field in fields]
    width = len(fields)
    pending = iter(rows)
    written = 0
    with connection.cursor() as cursor:
        while batch := list(islice(pending, BATCH_ROWS_MAX)):
            if any(len(row) != width for row in batch):
                raise ValueError(f"Every row must hold {width} values.")
            adapted = _adapted(batch, adapters)
            if connection.vendor == "postgresql":
                names = _names(fields)
                document = [dict(zip(names, row, strict=True)) for row in adapted]
                cursor.execute(sql, [msgspec.json.encode(document).decode()])
            else:
                cursor.executemany(sql, adapted)
            written += cursor.rowcount
    return written


def _adapted(rows: list[Row], adapters: Sequence[Adapt | None]) -> Sequence[Row]:
    """Column by column, which takes half the time of row by row."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for index, adapt in enumerate(adapters):
        if adapt is not None:
            columns[index] = [adapt(value) for value in columns[index]]
    return list(zip(*columns, strict=True))


def _adapter(field: Field, connection: BaseDatabaseWrapper) -> Adapt | None:
    """Return how a Python value becomes a database value, None where the driver needs no help."""
    if isinstance(field, models.JSONField):
        return None if connection.vendor == "postgresql" else _json
    if isinstance(field, models.UUIDField):
        return None if connection.features.has_native_uuid_field else _hex
    if isinstance(field, models.DateTimeField):
        # A batch carries few different moments, and turning one into text costs more than looking it up.
        return None if connection.vendor == "postgresql" else lru_cache(64)(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.ForeignKey):
        return _adapter(field.target_field, connection)
    if isinstance(field, _PLAIN_FIELDS):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _json(value: Any) -> str | None:
    if value is None:
        return None
    return msgspec.json.encode(value).decode() if value or value.__class__ is not dict else "{}"


def _hex(value: Any) -> str | None:
    return None if value is None else value.hex


def _recordset(connection: BaseDatabaseWrapper, fields: Sequence[Field]) -> str:
    """The rows as the server reads them from one JSON parameter.

    Arrays, one per column, would do the same; the driver's array writer took half of the time of an import.
    """
    columns = zip(_names(fields), fields, strict=True)
    definition = ", ".join(f"{name} {_column_type(connection, field)}" for name, field in columns)
    return f"json_to_recordset(%s::json) AS incoming({definition})"


def _names(fields: Sequence[Field]) -> list[str]:
    """Short names: they are repeated with every row of the document."""
    return [f"c{index}" for index in range(len(fields))]


def _places(fields: Sequence[Field]) -> list[str]:
    return [f"incoming.{name}" for name in _names(fields)]


def _column_type(connection: BaseDatabaseWrapper, field: Field) -> str:
    """The bare type, so that a too long text is refused by the column and not silently cut by the cast."""
    if isinstance(field, models.CharField):
        return "text"
    kind = field.rel_db_type(connection) if field.primary_key else field.db_type(connection)
    assert kind is not None, f"{field} has no column"
    return kind


def _connection(model: type[models.Model]) -> BaseDatabaseWrapper:
    return connections[router.db_for_write(model)]


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Field]:
    by_name: dict[str, Field] = {}
    for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's public door
        by_name[field.name] = field
        by_name[field.attname] = field
    return [by_name[name] for name in names]


def _quoted(connection: BaseDatabaseWrapper, fields: Sequence[Field]) -> list[str]:
    return [connection.ops.quote_name(str(field.column)) for field in fields]


def _table(connection: BaseDatabaseWrapper, model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - Django's public door
