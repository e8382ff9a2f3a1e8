"""Files and their payers as rows: read and written in whole batches with a constant number of statements."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from counterpart.accounting.contacts.fields import NAME_FIELDS, display_name
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.fields import CODES, COLUMNS, FIELDS, STAFF, Fields
from counterpart.accounting.files.models import File, FileCode, FilePayer
from counterpart.accounting.files.shares import percent
from counterpart.foundation.bulk import insert_rows, update_rows, upsert_rows
from counterpart.foundation.reading import rows_of
from counterpart.foundation.search.words import findable
from counterpart.foundation.users.models import User
from counterpart.protocol.numbers import number_key

Shares = list[tuple[UUID, int]]
"""Payers with their shares, in order; the first is the primary contact."""

_DERIVED: Final = ("number", "number_key", "search_text")
_WRITTEN: Final = (*COLUMNS.values(), *_DERIVED, "opened_received", "version", "updated_at", "updated_by")
_INSERT: Final = ("id", *_WRITTEN, "created_at", "created_by", "group_id", "from_pm", "status", "closed_by", "is_demo")
_READ: Final = ("id", "number", "version", "status", "from_pm", "group_id", "opened_received", *COLUMNS.values())
PAYERS_SHOWN: Final = 20
"""How many payers one event of the history names."""

_PAYER: Final = ("file_id", "contact_id", "position", "share", "ended_at")


@dataclass(slots=True)
class Held:
    """A file as it is now, in a transaction that is about to change it, or as it shall be."""

    id: UUID
    number: str
    version: int
    status: str
    from_pm: bool
    group_id: UUID | None
    opened_received: date | None
    fields: Fields
    payers: Shares

    @property
    def label(self) -> str:
        """The description as messages and the history show it."""
        return str(self.fields["description"])

    @property
    def primary(self) -> UUID:
        """The primary contact."""
        return self.payers[0][0]

    @property
    def clients(self) -> list[UUID]:
        """The payers in order."""
        return [contact for contact, _ in self.payers]


def read_held(ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Held]:
    """Read files that are not deleted, with their payers; ``lock`` keeps them until the end of the transaction, in a
    fixed order. Who changes payers holds their file.
    """
    wanted = list(ids)
    rows = File.objects.filter(pk__among=wanted, deleted_at=None)
    if lock and connection.in_atomic_block:
        rows = rows.select_for_update().order_by("pk")
    held = {}
    for key, number, version, status, from_pm, group, received, *values in rows_of(rows.values_list(*_READ)):
        fields = dict(zip(FIELDS, values, strict=True))
        held[key] = Held(key, number, version, status, from_pm, group, received, fields, [])
    payers = FilePayer.objects.filter(file_id__among=wanted, ended_at=None).order_by("position")
    for file_id, contact_id, share in rows_of(payers.values_list("file_id", "contact_id", "share")):
        if file_id in held:
            held[file_id].payers.append((contact_id, share))
    return held


def insert_files(files: Iterable[tuple[Held, str, bool]], *, at: datetime) -> None:
    """Insert files with their payers; each is (the file, name of the author, is it a demonstration)."""
    rows, payers = [], []
    for held, by, demo in files:
        rows.append((held.id, *_written(held, by, at), at, by, held.group_id, held.from_pm, held.status, "", demo))
        payers += _payer_rows(held)
    insert_rows(File, _INSERT, rows)
    insert_rows(FilePayer, _PAYER, payers)


def update_files(files: Iterable[tuple[Held, str]], *, at: datetime) -> None:
    """Write files as they shall be, their payers apart; each is (the file with its new version, name of the author)."""
    update_rows(File, _WRITTEN, [(held.id, *_written(held, by, at)) for held, by in files])


def update_payers(changes: Iterable[tuple[Held, Held]], *, at: datetime) -> None:
    """Write the payers that changed; each is (the file before, the file after). Who left stays as a former payer."""
    rows = []
    for before, after in changes:
        if before.payers == after.payers:
            continue
        staying = set(after.clients)
        rows += _payer_rows(after)
        rows += [(after.id, left, 0, 0, at) for left in before.clients if left not in staying]
    upsert_rows(FilePayer, _PAYER, rows, key_columns=("file_id", "contact_id"))


def given_fields(held: Held) -> dict[str, Any]:
    """Return the changes of a creation: every field that is not empty, and the number."""
    given: dict[str, Any] = {"number": [None, held.number], "shares": [None, held.payers]}
    given.update((name, [None, held.fields[name]]) for name in FIELDS if held.fields[name])
    return given


def payer_changes(before: Shares, after: Shares) -> dict[str, Any]:
    """Return what differs between payers: shares of those who came, left or pay another share; the primary contact; the
    order of the others. A file may have hundreds of payers, of whom the history needs those concerned.
    """
    was, now = dict(before), dict(after)
    changes: dict[str, Any] = {}
    left = [(payer, share) for payer, share in before if now.get(payer) != share]
    come = [(payer, share) for payer, share in after if was.get(payer) != share]
    if left or come:
        changes["shares"] = [left, come]
    if before[0][0] != after[0][0]:
        changes["primary"] = [before[0][0], after[0][0]]
    staying = [payer for payer, _ in before[1:] if payer in now], [payer for payer, _ in after[1:] if payer in was]
    if not changes and staying[0] != staying[1]:
        changes["order"] = list(staying)
    return changes


def readable(changes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return changes as the history keeps them: people, contacts and codes by name, dates as text. A constant number of
    statements.
    """
    listed = [dict(change) for change in changes]
    people, codes = _values(listed, STAFF), _values(listed, CODES)
    names: dict[int, str] = dict(User.objects.filter(pk__in=people).values_list("pk", "name")) if people else {}
    entries = {code.pk: str(code) for code in FileCode.objects.filter(pk__in=codes)} if codes else {}
    contacts = contact_names(_contacts(listed))
    shown: dict[str, Mapping[Any, str]] = {
        **dict.fromkeys(STAFF, names),
        **dict.fromkeys(CODES, entries),
        "primary": contacts,
    }
    return [
        {name: [_shown(name, value, shown.get(name), contacts) for value in pair] for name, pair in one.items()}
        for one in listed
    ]


def contact_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of contacts, deleted ones too."""
    wanted = set(ids)
    if not wanted:
        return {}
    columns = ("display_as", *NAME_FIELDS)
    rows = rows_of(Contact.objects.filter(pk__among=wanted).values_list("pk", *columns))
    return {key: display_name(dict(zip(columns, values, strict=True))) for key, *values in rows}


def search_text(file: Mapping[str, Any]) -> str:
    """Return what a file itself is found by, in the form of the search index; its clients are added there (SRC-2)."""
    return findable(f"{file['number']} {file['description']}")


def _values(changes: Iterable[Mapping[str, Any]], names: Iterable[str]) -> set[int]:
    wanted = tuple(names)
    return {value for one in changes for name in wanted if name in one for value in one[name] if value is not None}


def _contacts(changes: Iterable[Mapping[str, Any]]) -> Iterator[UUID]:
    for one in changes:
        yield from one.get("primary", ())
        for side in one.get("order", ()):
            yield from side[:PAYERS_SHOWN]
        for side in one.get("shares", ()):
            yield from (payer for payer, _ in (side or ())[:PAYERS_SHOWN])


def _shown(name: str, value: Any, names: Mapping[Any, str] | None, contacts: Mapping[UUID, str]) -> Any:
    if names is not None:
        return names.get(value)
    if name == "shares":
        return value and _cut(
            [f"{contacts[payer]}: {percent(share)} %" for payer, share in value[:PAYERS_SHOWN]], value
        )
    if name == "order":
        return _cut([contacts[payer] for payer in value[:PAYERS_SHOWN]], value)
    return value.isoformat() if isinstance(value, date) else value


def _cut(said: list[str], value: Sequence[Any]) -> list[str]:
    return said if len(said) == len(value) else [*said, f"and {len(value) - len(said)} more"]


def _written(held: Held, by: str, at: datetime) -> tuple[Any, ...]:
    text = search_text({"number": held.number, "description": held.fields["description"]})
    derived = (held.number, number_key(held.number), text)
    return (*(held.fields[name] for name in FIELDS), *derived, held.opened_received, held.version, at, by)


def _payer_rows(held: Held) -> list[tuple[Any, ...]]:
    return [(held.id, contact, place, share, None) for place, (contact, share) in enumerate(held.payers)]
