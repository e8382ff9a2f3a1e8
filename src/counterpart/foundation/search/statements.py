"""The SQL that keeps the index, for both engines: one statement that writes entries anew, run by triggers.

SQLite runs a trigger for each row, PostgreSQL once for all rows of a statement. Both name the records concerned with
the same SQL, that of ``Source.records``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from counterpart.foundation.search.subjects import JOIN, Source, Subject

WRITTEN: Final = ("place", "sort", "numbers", "text")
_JOINS: Final = {"sqlite": "group_concat", "postgresql": "string_agg"}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger by name, with the statements that make it."""

    name: str
    table: str
    statements: tuple[str, ...]


def entries_of(subject: Subject, vendor: str, where: str = "") -> str:
    """SELECT the entries as they have to be: record, place, sort, numbers, text."""
    values = f"{subject.place}, {subject.sort}, {subject.numbers}, {subject.text}"
    sql = f"SELECT r.id, {values} FROM {subject.table} AS r WHERE {where or 'true'}"  # noqa: S608 - constants of ours
    return sql.replace(JOIN, _JOINS[vendor])


def refresh(subject: Subject, vendor: str, records: str = "") -> str:
    """Write the entries of these records (SQL for their ids; of all without) as they have to be."""
    columns = ", ".join(WRITTEN)
    entries, excluded = (", ".join(f"{of}.{name}" for name in WRITTEN) for of in (subject.entries, "excluded"))
    differ = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    sets = ", ".join(f"{name} = excluded.{name}" for name in WRITTEN)
    select = entries_of(subject, vendor, f"r.id IN ({records})" if records else "")
    return (
        f"INSERT INTO {subject.entries} (record, {columns}) {select} "
        f"ON CONFLICT (record) DO UPDATE SET {sets} WHERE ({entries}) {differ} ({excluded})"
    )


def triggers(subject: Subject, vendor: str) -> Iterator[Trigger]:
    """Every trigger that keeps the entries of a subject."""
    own = Source(subject.model, subject.columns, "SELECT {row}.id AS record")
    make = _row_trigger if vendor == "sqlite" else _statement_trigger
    for place, source in enumerate((own, *subject.sources)):
        for event in source.events:
            yield make(subject, source, event, f"{subject.entries}_{place}_{event.lower()}")
    if vendor == "sqlite":
        yield from _full_text_triggers(subject)


def full_text(subject: Subject) -> str:
    """The name of SQLite's full text over the entries."""
    return f"{subject.entries}_text"


def make_full_text(subject: Subject) -> str:
    """SQLite's full text: which rows have which three letters in a row. What it points to is verified in the entry."""
    return (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {full_text(subject)} USING fts5(text, content='{subject.entries}', "
        "content_rowid='id', tokenize='trigram case_sensitive 1', detail=none, columnsize=0)"
    )


def late(subject: Subject) -> str:
    """The table of the entries of which the full text does not know the present text, with the text it knows."""
    return f"{subject.entries}_late"


def make_late(subject: Subject) -> str:
    """That table. A search reads these entries themselves, so none is ever missed."""
    return f"CREATE TABLE IF NOT EXISTS {late(subject)} (id INTEGER PRIMARY KEY, known TEXT)"


def catch_up(subject: Subject, last: int) -> tuple[str, ...]:
    """Tell the full text of the late entries up to this one, in the order of their numbers."""
    index, table = full_text(subject), late(subject)
    known = f"SELECT 'delete', id, known FROM {table} WHERE id <= {last} AND known IS NOT NULL ORDER BY id"  # noqa: S608 - constants of ours
    present = f"SELECT e.id, e.text FROM {table} AS l JOIN {subject.entries} AS e ON e.id = l.id WHERE l.id <= {last}"  # noqa: S608 - as above
    return (
        f"INSERT INTO {index}({index}, rowid, text) {known}",
        f"INSERT INTO {index}(rowid, text) {present} ORDER BY l.id",
        f"DELETE FROM {table} WHERE id <= {last}",  # noqa: S608 - as above
    )


def _full_text_triggers(subject: Subject) -> Iterator[Trigger]:
    """Only what is late is noted: written out of their order, rows cost the full text ten times as much, and the entry
    of a new matter changes with each of its clients.
    """
    index, table = full_text(subject), subject.entries
    new = f"INSERT INTO {late(subject)} VALUES (NEW.id, NULL) ON CONFLICT (id) DO NOTHING;"  # noqa: S608 - constants of ours
    changed = f"INSERT INTO {late(subject)} VALUES (OLD.id, OLD.text) ON CONFLICT (id) DO NOTHING;"  # noqa: S608 - as above
    differs = " WHEN OLD.text IS NOT NEW.text"
    for event, when, body in (("INSERT", "", new), ("DELETE", "", changed), ("UPDATE OF text", differs, changed)):
        name = f"{index}_{event.split()[0].lower()}"
        yield Trigger(name, table, (f"CREATE TRIGGER {name} AFTER {event} ON {table}{when} BEGIN {body} END",))


def _row_trigger(subject: Subject, source: Source, event: str, name: str) -> Trigger:
    table = source.model._meta.db_table  # noqa: SLF001 - Django's public door
    rows = {"INSERT": ("NEW",), "DELETE": ("OLD",), "UPDATE": ("OLD", "NEW")}[event]
    records = " UNION ".join(source.records.format(row=row) for row in rows)
    body = refresh(subject, "sqlite", records)
    if event == "DELETE" and source.model is subject.model:
        body = f"DELETE FROM {subject.entries} WHERE record = OLD.id"  # noqa: S608 - constants of ours
    when = ""
    if event == "UPDATE":
        old, new = (", ".join(f"{row}.{column}" for column in source.columns) for row in ("OLD", "NEW"))
        event, when = f"UPDATE OF {', '.join(source.columns)}", f" WHEN ({old}) IS NOT ({new})"
    return Trigger(name, table, (f"CREATE TRIGGER {name} AFTER {event} ON {table}{when} BEGIN {body}; END",))


def _statement_trigger(subject: Subject, source: Source, event: str, name: str) -> Trigger:
    """Two steps: the entries are locked first, so that of two who change what one entry is made of, the second reads
    what the first has written.
    """
    table = source.model._meta.db_table  # noqa: SLF001 - Django's public door
    picked = f"SELECT found.record FROM changed CROSS JOIN LATERAL ({source.records.format(row='changed')}) AS found"  # noqa: S608 - constants of ours
    of_record = source.model is subject.model
    lock = f"PERFORM 1 FROM {subject.entries} WHERE record IN ({picked}) ORDER BY record FOR UPDATE;"
    body = f"{lock} {refresh(subject, 'postgresql', picked)};"
    if of_record and event == "INSERT":
        body = f"{refresh(subject, 'postgresql', picked)};"
    elif of_record and event == "DELETE":
        body = f"DELETE FROM {subject.entries} WHERE record IN (SELECT id FROM gone);"  # noqa: S608 - as above
    rows = _changed(source, event)
    body = f"BEGIN {body} RETURN NULL; END"
    body = body.replace("FROM changed", f"FROM ({rows}) AS changed")
    tables = {"INSERT": "NEW TABLE AS come", "DELETE": "OLD TABLE AS gone"}
    tables["UPDATE"] = f"{tables['DELETE']} {tables['INSERT']}"
    return Trigger(
        name,
        table,
        (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
            (
                f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {tables[event]} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            ),
        ),
    )


def _changed(source: Source, event: str) -> str:
    """The rows a statement touched as far as they matter: both what they were and what they are."""
    if event != "UPDATE":
        return f"SELECT * FROM {'come' if event == 'INSERT' else 'gone'}"  # noqa: S608 - constants of ours
    old, new = (", ".join(f"{row}.{column}" for column in source.columns) for row in ("gone", "come"))
    both = f"FROM gone JOIN come ON come.id = gone.id WHERE ({old}) IS DISTINCT FROM ({new})"
    return f"SELECT gone.* {both} UNION ALL SELECT come.* {both}"
