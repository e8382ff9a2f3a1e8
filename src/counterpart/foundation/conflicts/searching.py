"""Looking through one table of a product: today's names and former ones, in three statements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from counterpart.foundation.conflicts.finding import Found, Named, candidates, compared
from counterpart.foundation.conflicts.former import before, formerly
from counterpart.foundation.conflicts.matching import Term

Naming = Callable[[Mapping[str, Any], Iterable[Mapping[str, Any]]], Named]
"""Everything a record is or was called, from its columns of today and of before."""


def search(
    rows: QuerySet[Any, Any], terms: Sequence[Term], *, kind: str, columns: Sequence[str], names: Naming
) -> list[Found]:
    """What the terms can mean among these records, whose folded text is in ``search_text``; likeliest first."""
    worth = rows.filter(candidates(terms, "search_text")) | rows.filter(pk__in=formerly(kind, terms))
    now = {row["pk"]: row for row in worth.values("pk", *columns)}
    then = before(kind, worth, now)
    return compared(terms, ((key, names(row, then.get(key, ()))) for key, row in now.items()))
