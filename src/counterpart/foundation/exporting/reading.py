"""Reading a full export: a folder or a zip file, and what its manifest promises."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Protocol

from counterpart.foundation.errors import Refusal
from counterpart.foundation.exporting.writing import FORMAT, FORMAT_VERSION, MANIFEST

MANIFEST_BYTES_MAX: Final = 10_000_000
PIECE: Final = 1 << 20
PRODUCTS: Final = ("practice", "accounting")


class Source(Protocol):
    """Where the files are."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file of the export. Raises KeyError or OSError where there is none."""


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")


@contextmanager
def source(path: Path) -> Iterator[Source]:
    """The export at this place, which is a folder or a zip file. Raises Refusal."""
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, FileNotFoundError) as error:
        raise Refusal(f"There is no export at {path}: neither a folder nor a zip file.") from error


def manifest_in(found: Source) -> dict[str, Any]:
    """What is in the export. Raises Refusal where it isn't one, isn't whole, or is of another kind."""
    try:
        with found.open(MANIFEST) as file:
            manifest = json.loads(file.read(MANIFEST_BYTES_MAX))
    except (OSError, KeyError, ValueError) as error:
        raise Refusal(f"This is no whole export: it has no readable {MANIFEST}.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Refusal(f"This is no export of Counterpart: its {MANIFEST} is something else.")
    if manifest["format_version"] != FORMAT_VERSION:
        raise Refusal(
            f"This export is of format {manifest['format_version']}; this version of Counterpart reads format "
            f"{FORMAT_VERSION}. Load it with version {manifest['product_version']}."
        )
    products = manifest["products"]
    if not products or not set(products) <= set(PRODUCTS):
        raise Refusal(f"The {MANIFEST} of this export names no product of ours.")
    return manifest


def files_of(part: dict[str, Any]) -> list[dict[str, Any]]:
    """The files of one product, as its part of the manifest lists them. Raises Refusal for a name that is not ours."""
    for entry in part["files"]:
        if entry["name"] != f"{part['product']}/{entry['kind']}.jsonl" or "/" in entry["kind"]:
            raise Refusal(f"The {MANIFEST} of this export names a file that is none of ours: {entry['name']}.")
    return list(part["files"])


def verify(found: Source, part: dict[str, Any], tell: Callable[[int, int], None] = lambda _done, _total: None) -> None:
    """Read every file once and compare it with the manifest. Raises Refusal, naming the first that differs."""
    entries = files_of(part)
    total, done = sum(entry["bytes"] for entry in entries), 0
    for entry in entries:
        digest, rows = hashlib.sha256(), 0
        try:
            with found.open(entry["name"]) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    rows += piece.count(b"\n")
                    done += len(piece)
                    tell(done, total)
        except (OSError, KeyError, zipfile.BadZipFile) as error:
            raise Refusal(f"{entry['name']} can't be read: the export is not whole.") from error
        if digest.hexdigest() != entry["sha256"] or rows != entry["rows"]:
            raise Refusal(f"{entry['name']} is not what was exported: its checksum differs. Nothing was loaded.")
