"""Former names and numbers: kept in the transaction that changes them, read by the conflict check."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.conflicts.matching import Term, pieces
from counterpart.foundation.conflicts.models import FormerName
from counterpart.foundation.history.events import NewEvent
from counterpart.foundation.search.words import findable

KEPT: Final = {
    "contact": frozenset({"first", "middle", "last", "company", "alias", "email", "reference", "number"}),
    "matter": frozenset({"name", "description", "file_reference", "number", "external_reference"}),
}
"""By the kind of record, the fields people are looked for by; each product has its own of them."""
COLUMNS: Final = ("object_type", "object_id", "values", "folded", "at")


def keep(events: Sequence[NewEvent]) -> None:
    """Store what names and numbers were before these events; one statement, none for new records."""
    rows = []
    for event in events:
        kept = KEPT.get(event.object_type)
        if kept is None or event.object_id is None:
            continue
        values = {name: old for name in kept & event.changes.keys() if (old := _old(event.changes[name]))}
        if values:
            rows.append((event.object_type, event.object_id, values, findable(" ".join(values.values())), event.at))
    if rows:
        insert_rows(FormerName, COLUMNS, rows)


def formerly(kind: str, terms: Sequence[Term]) -> QuerySet[FormerName, Any]:
    """The records of the kind that may once have been called so; for use inside of a query.

    A change holds only the parts of a name that changed, so one part of a term is enough.
    """
    worth = (Q(folded__contains=piece) for term in terms for group in pieces(term) for piece in group)
    return FormerName.objects.filter(reduce(or_, worth, Q(pk__in=[])), object_type=kind).values("object_id")


def before(
    kind: str, records: QuerySet[Any, Any], now: Mapping[UUID, Mapping[str, Any]]
) -> dict[UUID, list[dict[str, Any]]]:
    """By record, the values it had before each change, newest first; ``now`` holds those of today. One statement."""
    rows = FormerName.objects.filter(object_type=kind, object_id__in=records.values("pk")).order_by("-id")
    held: dict[UUID, dict[str, Any]] = {}
    found: dict[UUID, list[dict[str, Any]]] = {}
    for key, values in rows.values_list("object_id", "values"):
        if key in now:
            held[key] = {**held.get(key, now[key]), **values}
            found.setdefault(key, []).append(held[key])
    return found


def _old(change: Any) -> str:
    """What a field was, of [old, new]; '' where it was empty or the change is of another shape."""
    old = change[0] if isinstance(change, (list, tuple)) and change else None
    return old if isinstance(old, str) else ""
