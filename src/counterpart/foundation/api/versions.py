"""ETag and If-Match: a record's version, so that nobody overwrites what they have not seen (API-6)."""

from typing import Final

from django.http import HttpRequest

DIGITS_MAX: Final = 18
"""More would not fit the column a version is kept in."""

NEVER: Final = -1
"""A version no record has: what an If-Match that is not ours asks for."""


def etag(version: int) -> str:
    """Return the ETag of a record at this version."""
    return f'"{version}"'


def expected_version(request: HttpRequest) -> int | None:
    """Return the version the caller has seen, None when any will do (no If-Match, or ``*``).

    Pass it to the operation, which compares under its lock and raises Stale (412).
    """
    header = request.headers.get("If-Match", "").strip()
    if header in {"", "*"}:
        return None
    value = header.removeprefix("W/").strip('"')
    return int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS_MAX else NEVER
