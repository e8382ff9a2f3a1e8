"""A row as one line of JSON, and back. The same row gives the same bytes on either database."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime

from counterpart.foundation.exporting.tables import Field

Read = Callable[[Any], Any]

_encoder = msgspec.json.Encoder(order="sorted", enc_hook=str)


def line_of(columns: Sequence[str], row: Sequence[Any]) -> bytes:
    """A row as a line: the columns in their order, and the members of JSON values in the order of their names.

    PostgreSQL does not keep the order of members, so there is nothing to be lost.
    """
    members = (
        b'"%b":%b' % (name.encode(), _encoder.encode(_said(value))) for name, value in zip(columns, row, strict=True)
    )
    return b"{%b}\n" % b",".join(members)


def readers_of(fields: Sequence[Field]) -> list[Read | None]:
    """For each column how its JSON value becomes the Python value that is stored; None where it is that already."""
    return [_reader(field) for field in fields]


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, date | UUID):
        return str(value)
    return value


def _reader(field: Field) -> Read | None:
    if isinstance(field, models.ForeignKey):
        return _reader(field.target_field)
    if isinstance(field, models.DateTimeField):
        return _or_none(parse_datetime)
    if isinstance(field, models.DateField):
        return _or_none(parse_date)
    if isinstance(field, models.UUIDField):
        return _or_none(UUID)
    return None


def _or_none(read: Callable[[str], Any]) -> Read:
    def known(value: str | None) -> Any:
        if value is None:
            return None
        found = read(value)
        if found is None:
            raise ValueError(f"{value!r} is not what this column holds.")
        return found

    return known
