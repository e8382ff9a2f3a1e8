"""Static files are cached by browsers for a year; a changed file gets a changed address."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache(maxsize=512)
def version_of(name: str) -> str:
    """Return ten hex digits of the file's SHA-256, empty when there is no such file."""
    found = finders.find(name)
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:10] if found else ""


class VersionedStorage(StaticFilesStorage):
    """Adds ``?v=<content hash>`` to every static address; needs no manifest and no collecting step."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        version = version_of(name) if name else ""
        return f"{address}?v={version}" if version else address
