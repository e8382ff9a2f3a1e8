"""The rows of a file on their way in: read once, kept beside the database, so that any row is at hand at once.

A file of SQLite's own: an import goes on at any row without reading from the start, whatever the file was, and needs
no more memory for a million rows than for ten. It is gone when the import has ended.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, Self

import msgspec

from counterpart.foundation.ids import new_id
from counterpart.foundation.importing.reading import Source

BATCH: Final = 5_000
IN_MAX: Final = 500
_TABLES: Final = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE line (n INTEGER PRIMARY KEY, cells BLOB NOT NULL) WITHOUT ROWID;
"""
_KEYS: Final = """
DROP TABLE IF EXISTS key;
CREATE TABLE key (kind TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, value)) WITHOUT ROWID;
"""
_decoder: Final = msgspec.json.Decoder(list[str])
_encode: Final = msgspec.json.encode


def staging(source: Source, path: Path) -> Iterator[int]:
    """Write the rows of a source; yields how many there are so far. Raises Refusal for a file found unreadable.

    The rows are at their place only when all of them are: what breaks off, or finds none, leaves an earlier reading
    as it was.
    """
    part, count = path.with_suffix(f".{new_id()}.part"), 0
    try:
        with contextlib.closing(sqlite3.connect(part)) as book:
            book.executescript(_TABLES)
            part.chmod(0o600)
            pending = _counted(source)
            while batch := list(islice(pending, BATCH)):
                book.executemany("INSERT INTO line VALUES (?, ?)", batch)
                count += len(batch)
                yield count
            book.commit()
        if count:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _counted(source: Source) -> Iterator[tuple[int, bytes]]:
    for number, cells in source.rows():
        source.count(cells)
        yield number, _encode(list(cells))


def stage(source: Source, path: Path) -> int:
    """All of it at once; how many rows there are."""
    return max(staging(source, path), default=0)


class Staged:
    """The staged rows of one file; close it after use."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(path)
        self._book = sqlite3.connect(path)
        self._book.execute("PRAGMA synchronous=OFF")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def lines(self, *, after: int = 0, at_most: int = BATCH) -> list[tuple[int, list[str]]]:
        """The rows behind that place, in order."""
        found = self._book.execute("SELECT n, cells FROM line WHERE n > ? ORDER BY n LIMIT ?", (after, at_most))
        return [(number, _decoder.decode(cells)) for number, cells in found]

    def chosen(self, numbers: Sequence[int]) -> dict[int, list[str]]:
        """Rows by their place."""
        found: dict[int, list[str]] = {}
        for start in range(0, len(numbers), IN_MAX):
            part = numbers[start : start + IN_MAX]
            places = ",".join("?" * len(part))
            rows = self._book.execute(f"SELECT n, cells FROM line WHERE n IN ({places})", part)  # noqa: S608 - places only
            found |= {number: _decoder.decode(cells) for number, cells in rows}
        return found

    def every(self) -> Iterator[tuple[int, list[str]]]:
        """All rows."""
        after = 0
        while batch := self.lines(after=after):
            yield from batch
            after = batch[-1][0]

    def forget_keys(self) -> None:
        """Begin noting keys anew."""
        self._book.executescript(_KEYS)

    def note_keys(self, keys: Iterable[tuple[str, str, int]]) -> None:
        """Note what must not, or may, occur once only: (sort, value, row). The first row that has it keeps it."""
        self._book.executemany("INSERT OR IGNORE INTO key VALUES (?, ?, ?)", keys)
        self._book.commit()

    def first_with(self, kind: str, values: Iterable[str]) -> dict[str, int]:
        """The first row that has each of these values."""
        wanted = list(values)
        found: dict[str, int] = {}
        for start in range(0, len(wanted), IN_MAX):
            part = wanted[start : start + IN_MAX]
            places = ",".join("?" * len(part))
            sql = f"SELECT value, n FROM key WHERE kind = ? AND value IN ({places})"  # noqa: S608 - places only
            found.update(self._book.execute(sql, (kind, *part)).fetchall())
        return found
