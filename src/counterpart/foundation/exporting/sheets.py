"""Lists as they are taken away: which columns, which records, written into which file (EXP-1)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.urls import get_resolver

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal
from counterpart.foundation.exporting import formats
from counterpart.foundation.exporting.cards import Card
from counterpart.foundation.exporting.formats import Cell
from counterpart.foundation.lists.asking import Listing, ids_in, read
from counterpart.foundation.lists.spec import ListSpec, spec_of
from counterpart.foundation.masking import masked

CHUNK: Final = 500
AT_ONCE_MAX: Final = 5_000
"""Rows that are written while somebody waits; more are written in the background (EXP-1)."""
SHOWN, ALL, FIELDS = "shown", "all", "fields"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a list adds so that it can be taken away.

    ``fields``: every field of a record under the name an import knows, with its cell; without any the list's columns
    are all there is. ``cards``: records as cards of an address book.
    """

    key: str
    right: str
    fields: Sequence[tuple[str, Callable[[Any], Cell]]] = ()
    cards: Callable[[Sequence[Any]], Sequence[Card]] | None = None
    private: Mapping[str, str] = field(default_factory=dict)
    """Fields that are masked for those without the right."""

    @property
    def spec(self) -> ListSpec:
        """The list."""
        return spec_of(self.key)

    @property
    def formats(self) -> list[formats.Format]:
        """The kinds of file there are of it."""
        return [one for one in formats.FORMATS.values() if one.key != formats.VCARD or self.cards is not None]


_sheets: Final[dict[str, Sheet]] = {}


def register(sheet: Sheet) -> Sheet:
    """Let a list be taken away; called once, by the product that has it."""
    return _sheets.setdefault(sheet.key, sheet)


def sheet_of(key: str) -> Sheet:
    """The list with this key as it is taken away. Raises KeyError."""
    if key not in _sheets:
        _ = get_resolver().url_patterns  # a process without pages has not read them yet, and with them their lists
    return _sheets[key]


@dataclass(frozen=True, slots=True)
class Taking:
    """One export: of which list as asked for by whom, ticked records alone or all, which columns, which file."""

    sheet: Sheet
    listing: Listing
    ids: tuple[UUID, ...] = ()
    format: str = formats.CSV
    which: str = SHOWN
    delimiter: str = "comma"
    bom: bool = False

    @property
    def actor(self) -> Actor:
        """Who takes it away."""
        return self.listing.scope.actor

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return f"{self.sheet.spec.nouns.replace(' ', '-')}.{formats.FORMATS[self.format].ending}"

    def keys(self) -> list[UUID]:
        """The records, in the order of the list."""
        rows = self.listing.queryset()
        return list((rows.filter(pk__in=self.ids) if self.ids else rows).values_list("pk", flat=True))

    def count(self) -> int:
        """How many there are."""
        rows = self.listing.found()
        return int((rows.filter(pk__in=self.ids) if self.ids else rows).count())

    def write(self, path: Path, keys: Sequence[UUID]) -> Iterator[int]:
        """Write the file; yields how many records are in after each chunk. Raises Forbidden, Refusal."""
        self.actor.require(self.sheet.right)
        if self.format == formats.VCARD:
            yield from self._write_cards(path, keys)
            return
        columns = self.columns()
        with closing(self._writer(path)) as writer:
            writer.heading([label for label, _ in columns])
            for records, lines in self._chunks(keys):
                pairs = zip(records, lines, strict=True)
                writer.rows([cell(record, line) for _, cell in columns] for record, line in pairs)
                yield len(records)

    def columns(self) -> list[tuple[str, Callable[[Any, Any], Cell]]]:
        """The columns: their headings, and the cell of a record and its line."""
        if self.which == FIELDS and self.sheet.fields:
            return [
                (name, _of_record(value if self._may(name) else _masked(value))) for name, value in self.sheet.fields
            ]
        shown = self.listing.columns if self.which == SHOWN else self.sheet.spec.columns
        return [(column.label, _of_line(column.value)) for column in shown]

    def facts(self, rows: int) -> dict[str, Any]:
        """What the audit log says of it: what was shown, by which filter, how much of it."""
        said: dict[str, Any] = {
            "list": [None, f"{len(self.ids)} ticked" if self.ids else self.listing.words()],
            "format": [None, formats.FORMATS[self.format].label],
            "columns": [None, self.which if self.format != formats.VCARD else "cards"],
            "rows": [None, rows],
        }
        return said | ({"query": [None, query]} if (query := self.listing.query(page=1)) else {})

    def _may(self, name: str) -> bool:
        right = self.sheet.private.get(name)
        return right is None or self.actor.may(right)

    def _writer(self, path: Path) -> formats.Writer:
        if self.format == formats.XLSX:
            return formats.XlsxWriter(path, self.sheet.spec.title)
        return formats.CsvWriter(path, delimiter=formats.DELIMITERS[self.delimiter], bom=self.bom)

    def _write_cards(self, path: Path, keys: Sequence[UUID]) -> Iterator[int]:
        if self.sheet.cards is None:
            raise Refusal(f"There are no cards of {self.sheet.spec.nouns}.")
        with path.open("wb") as file:
            for place in range(0, len(keys), CHUNK):
                records = self._records(keys[place : place + CHUNK])
                formats.write_cards(file, self.sheet.cards(records))
                yield len(records)

    def _chunks(self, keys: Sequence[UUID]) -> Iterator[tuple[list[Any], Sequence[Any]]]:
        for place in range(0, len(keys), CHUNK):
            records = self._records(keys[place : place + CHUNK])
            yield records, self.listing.lines(records)

    def _records(self, keys: Sequence[UUID]) -> list[Any]:
        """The records of some keys, in their order; what may not be seen any more is not among them."""
        rows = self.listing.found().filter(pk__in=keys).select_related(*self.sheet.spec.related)
        known = {record.pk: record for record in rows}
        return [known[key] for key in keys if key in known]


def taking_of(key: str, options: Mapping[str, Any], actor: Actor, *, today: date | None = None) -> Taking:
    """The export these options ask for: ``query`` as in the address of the list, ``id``, ``format`` and so on.

    Raises Forbidden, KeyError; unknown choices are taken as the usual ones.
    """
    sheet = sheet_of(key)
    actor.require(sheet.right)
    actor.require(sheet.spec.right)
    wanted = str(options.get("format", ""))
    return Taking(
        sheet,
        read(sheet.spec, QueryDict(str(options.get("query", ""))), actor, today=today),
        tuple(ids_in(options.get("ids", ()))),
        format=wanted if wanted in [one.key for one in sheet.formats] else formats.CSV,
        which=str(options.get("which")) if options.get("which") in (SHOWN, ALL, FIELDS) else SHOWN,
        delimiter=str(options.get("delimiter")) if options.get("delimiter") in formats.DELIMITERS else "comma",
        bom=bool(options.get("bom")),
    )


def _of_record(value: Callable[[Any], Cell]) -> Callable[[Any, Any], Cell]:
    return lambda record, _line: value(record)


def _masked(value: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
    return lambda record: masked(value(record))


def _of_line(value: Callable[[Any], Cell]) -> Callable[[Any, Any], Cell]:
    return lambda _record, line: value(line)
