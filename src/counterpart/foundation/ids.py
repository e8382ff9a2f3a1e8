"""Identities of domain records: UUIDv7, made by the process that makes the record."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new identity; later ones sort after earlier ones, which keeps indexes compact."""
    return uuid7()


def parse_id(text: str) -> UUID | None:
    """Return the identity written in an address or a form, or None where there is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
