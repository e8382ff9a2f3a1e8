"""Writing a full export: a file per table, and a manifest of them (docs/reference/export-format.md)."""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from counterpart.foundation.exporting.snapshot import counts_of, rows_of
from counterpart.foundation.exporting.tables import Table, blanked, left_out, tables
from counterpart.foundation.exporting.values import line_of

FORMAT: Final = "counterpart-export"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
README: Final = "README.txt"
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest moment a zip file knows: what is in a file is told by the manifest, not by when it was packed."""
TOLD: Final = """\
This folder holds everything a firm keeps in Counterpart, in open formats.

manifest.json   what is here: for each file its rows, its columns and its SHA-256
practice/       Practice Management, a file per table: one JSON object a line (JSON Lines, UTF-8)
accounting/     Legal Accounting, likewise

'counterpart load FOLDER' brings it back into an empty installation. It holds clients' names and everything people
wrote about them: keep it as safe as the databases.
"""

Write = Callable[[bytes], object]
Tell = Callable[[int, int], None]


class Sink(Protocol):
    """Where the files go."""

    def file(self, name: str) -> AbstractContextManager[Write]:
        """Open a file of the export; what is yielded takes its bytes."""


class Folder:
    """A folder on the disk, for its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def file(self, name: str) -> Iterator[Write]:
        path = self.path / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", 1 << 20) as file:
            yield file.write


class Archive:
    """A zip file under way."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive

    @contextmanager
    def file(self, name: str) -> Iterator[Write]:
        entry = zipfile.ZipInfo(name, FIRST_DAY)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with self.archive.open(entry, "w", force_zip64=True) as file:
            yield file.write


def write_product(sink: Sink, alias: str, tell: Tell = lambda _done, _total: None) -> dict[str, Any]:
    """Write every table of this product as the connection ``alias`` sees it; return its part of the manifest."""
    part: dict[str, Any] = {}
    for done, total, found in parts_of(sink, alias):
        tell(done, total)
        part = found or part
    return part


def parts_of(sink: Sink, alias: str) -> Iterator[tuple[int, int, dict[str, Any] | None]]:
    """The same in steps: yields rows written, rows in all, and after the last the product's part of the manifest."""
    found = tables()
    total, done, files = counts_of(found, alias), 0, []
    for table in found:
        name = f"{settings.COUNTERPART_PRODUCT}/{table.name}.jsonl"
        digest, size, rows = hashlib.sha256(), 0, 0
        with sink.file(name) as write:
            for chunk in rows_of(table, alias):
                lines = b"".join(line_of(table.columns, row) for row in chunk)
                write(lines)
                digest.update(lines)
                size, rows, done = size + len(lines), rows + len(chunk), done + len(chunk)
                yield done, total, None
        files.append(_entry(table, name, rows, size, digest.hexdigest()))
    yield done, total, _part(files, done)


def manifest_of(parts: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """The manifest of an export of these products."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "product_version": version("counterpart"),
        "made_at": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "products": {part["product"]: part for part in parts},
    }


def finish(sink: Sink, manifest: dict[str, Any]) -> None:
    """Write what says what is here; last, so that an export that broke off has no manifest."""
    with sink.file(README) as write:
        write(TOLD.encode())
    with sink.file(MANIFEST) as write:
        write((json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())


def pack(folder: Path, target: Path, tell: Tell = lambda _done, _total: None) -> None:
    """Pack a finished export into one zip file, the manifest last."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    names.sort(key=lambda name: name == MANIFEST)
    total, done = sum((folder / name).stat().st_size for name in names), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
        sink = Archive(archive)
        for name in names:
            with (folder / name).open("rb") as source, sink.file(name) as write:
                while piece := source.read(1 << 20):
                    write(piece)
                    done += len(piece)
                    tell(done, total)


def schema() -> dict[str, str]:
    """The newest migration of each app: what the columns mean."""
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    ours = {table.model._meta.app_label for table in tables()}  # noqa: SLF001 - Django's public door
    return {app: name for app, name in applied if app in ours}


def _entry(table: Table, name: str, rows: int, size: int, sha256: str) -> dict[str, Any]:
    return {
        "name": name, "kind": table.name, "what": table.what, "rows": rows, "bytes": size, "sha256": sha256,
        "columns": table.columns,
    }  # fmt: skip


def _part(files: list[dict[str, Any]], rows: int) -> dict[str, Any]:
    return {
        "product": settings.COUNTERPART_PRODUCT,
        "name": settings.COUNTERPART_PRODUCT_NAME,
        "rows": rows,
        "schema": schema(),
        "files": files,
        "left_out": left_out(),
        "left_out_columns": blanked(),
    }
