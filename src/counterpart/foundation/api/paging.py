"""Cursor paging: ``{"items": [...], "next": ...}``, any depth at the same cost (API-4)."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from ninja import Field, Schema
from pydantic import AfterValidator

from counterpart.foundation.api.problems import BadRequest


def _in_utc(moment: datetime) -> datetime:
    """Every database compares in UTC; PostgreSQL refuses some offsets that are valid elsewhere."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is outside of the calendar") from error


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment as a filter; without an offset it is meant in UTC."""

LIMIT_MAX: Final = 200
LIMIT_DEFAULT: Final = 50

Item = TypeVar("Item")
Row = TypeVar("Row", bound=Model)


class Page(Schema, Generic[Item]):
    """A page of a list; `next` is the cursor of the following page, null on the last."""

    items: list[Item]
    next: str | None


class PageParams(Schema):
    """Where to go on and how much to return. Lists take ``page: Query[PageParams]``, or inherit from it."""

    limit: int = Field(LIMIT_DEFAULT, ge=1, le=LIMIT_MAX)
    cursor: str | None = Field(None, max_length=1000)


def page_of(rows: QuerySet[Row], *, params: PageParams, order: Sequence[str] = ("id",)) -> tuple[list[Row], str | None]:
    """Return one page of the rows and the cursor of the next.

    `order` names fields ("-" before a field turns it around) of which the last must be unique;
    none may be null.
    """
    if params.cursor:
        rows = rows.filter(_after(rows, order, _decoded(params.cursor, len(order))))
    found = list(rows.order_by(*order)[: params.limit + 1])
    if len(found) <= params.limit:
        return found, None
    last = found[params.limit - 1]
    return found[: params.limit], _encoded([getattr(last, name.lstrip("-")) for name in order])


def _after(rows: QuerySet[Any], order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind the given place: later in the first field, or equal there and later in the next, and so on."""
    condition, equal = Q(), Q()
    for name, raw in zip(order, values, strict=True):
        bare = name.lstrip("-")
        field: Any = rows.model._meta.get_field(bare)  # noqa: SLF001 - Django's public door
        try:
            value = field.to_python(raw)
        except ValidationError as error:
            raise BadRequest("The cursor is not one of ours.", field="cursor", code="cursor.invalid") from error
        compare = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{bare}__{compare}": value})
        equal &= Q(**{bare: value})
    return condition


def _encoded(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _decoded(cursor: str, length: int) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = msgspec.json.decode(base64.b64decode(padded, altchars=b"-_", validate=True), type=list[str | int])
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise BadRequest("The cursor is not one of ours.", field="cursor", code="cursor.invalid") from error
    if len(values) != length:
        raise BadRequest("The cursor belongs to another order.", field="cursor", code="cursor.invalid")
    return values
