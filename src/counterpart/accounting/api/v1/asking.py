"""Who calls, and which records are asked for."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from counterpart.accounting.api.v1.schemas import RecordFilters
from counterpart.contracts.contact import tidy
from counterpart.foundation.actor import Actor
from counterpart.foundation.search.finding import matching
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

Record = TypeVar("Record", bound=Model)


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor behind the token of this call."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the API's token check
    return actor


def narrowed(
    records: QuerySet[Record],
    filters: RecordFilters,
    *,
    kind: str,
    text: str | None,
) -> QuerySet[Record]:
    """Keep the records of this kind that the filters common to all lists leave, and that match the text."""
    if filters.number is not None:
        records = records.filter(number_key=number_key(tidy(filters.number) or ""))
    if filters.updated_since is not None:
        records = records.filter(updated_at__gte=filters.updated_since)
    if filters.sync_status is not None:
        records = sync.with_status(kind, records, filters.sync_status)
    return matching(records, text or "")
