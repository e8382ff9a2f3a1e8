"""Bringing a full export back into an empty installation: all of it, or nothing."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
from django.conf import settings
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection, transaction

from counterpart.foundation import history
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.foundation.exporting.reading import Source, files_of
from counterpart.foundation.exporting.tables import Table, begun_empty, rebuild, tables
from counterpart.foundation.exporting.values import Read, readers_of
from counterpart.foundation.exporting.writing import schema
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.models import User

BATCH: Final = 2_000

Tell = Callable[[int, int], None]


def ensure_loadable(part: dict[str, Any]) -> None:
    """Raises Blocked where this installation is in use, and Refusal where the export is of another version.

    In use means that somebody may sign in, or that something has happened. What the migrations begin with (settings,
    sequences, the first matter types) is replaced by the firm's own.
    """
    if part["product"] != settings.COUNTERPART_PRODUCT:
        raise Refusal(f"This is an export of {part['name']}.")
    name = settings.COUNTERPART_PRODUCT_NAME
    if User.objects.exists() or Event.objects.exists():
        raise Blocked(
            "This installation is not empty. An export is loaded into a new data folder or new databases only."
        )
    known = {table.name: table.columns for table in tables()}
    given = {entry["kind"]: entry["columns"] for entry in files_of(part)}
    if part["schema"] != schema() or given != known:
        raise Refusal(
            f"This export of {name} was made by another version of Counterpart, whose tables differ. Load it with the "
            "version its manifest names, and update afterwards."
        )


@transaction.atomic
def load_product(found: Source, part: dict[str, Any], tell: Tell = lambda _done, _total: None) -> int:
    """Load all rows of the product, whose files were verified before; return how many there are.

    One transaction: whatever fails, the installation stays empty. At the end the history is walked: it must be the
    chain that was exported. Raises Blocked, Refusal.
    """
    ensure_loadable(part)
    known = {table.name: table for table in tables()}
    _empty(list(known.values()))
    done = 0
    for entry in files_of(part):
        for number in _load_table(found, known[entry["kind"]], entry):
            done += number
            tell(done, part["rows"])
    _reset_sequences(list(known.values()))
    rebuild()
    if broken := history.verify():
        raise Refusal(f"The history in this export does not hold at event {broken.event_id}. Nothing was loaded.")
    cache.clear()
    return done


def _load_table(found: Source, table: Table, entry: dict[str, Any]) -> Iterator[int]:
    """Write the rows of one file, a batch at a time; yields how many. Raises Refusal for a row that is none of ours."""
    columns, readers = table.columns, readers_of(table.fields)
    rest = begun_empty(table)
    defaults = [field.get_default() for field in rest]
    names = [*columns, *(field.attname for field in rest)]
    with found.open(entry["name"]) as lines:
        batch: list[Sequence[Any]] = []
        for line in lines:
            batch.append([*_row(line, columns, readers, entry["name"]), *defaults])
            if len(batch) == BATCH:
                yield insert_rows(table.model, names, batch)
                batch = []
        if batch:
            yield insert_rows(table.model, names, batch)


def _row(line: bytes, columns: Sequence[str], readers: Sequence[Read | None], name: str) -> list[Any]:
    try:
        given = msgspec.json.decode(line, type=dict[str, Any])
        return [
            given[column] if read is None else read(given[column])
            for column, read in zip(columns, readers, strict=True)
        ]
    except (msgspec.DecodeError, KeyError, ValueError, TypeError) as error:
        raise Refusal(f"A row of {name} can't be read: {line[:200].decode(errors='replace')}") from error


def _empty(found: Sequence[Table]) -> None:
    """Take away what the migrations begin with. Constraints are looked at when all is there."""
    with connection.cursor() as cursor:
        for table in found:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table.model._meta.db_table)}")  # noqa: S608, SLF001 - a table of ours


def _reset_sequences(found: Sequence[Table]) -> None:
    """Let new rows follow the loaded ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in found]):
            cursor.execute(statement)
