"""The filters and the sort of a list as parameters of the API's list of the same records (API-5)."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import QuerySet
from ninja import Field, Schema

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.asking import parse_sort
from counterpart.foundation.lists.filters import Scope
from counterpart.foundation.lists.spec import ListSpec

LENGTH_MAX: Final = 500
SORT: Final = r"^-?[a-z_]+(,-?[a-z_]+)?$"


def filter_field() -> Any:
    """A filter, written as in the address of the list on the page."""
    text = "As in the address of the list: a value, or how it is compared and the value, such as `contains:…`."
    return Field(None, max_length=LENGTH_MAX, description=text)


def sort_field() -> Any:
    """What the list is sorted by."""
    text = "One or two columns of the list, separated by a comma; with - the other way round. Else oldest first."
    return Field(None, pattern=SORT, max_length=100, description=text)


def listed(rows: QuerySet[Any], spec: ListSpec, given: Schema, actor: Actor, *, but: Collection[str]) -> QuerySet[Any]:
    """Keep what the list's filters leave, except those named in ``but``, which the API words in its own way.

    Raises Refused for a filter that makes no sense.
    """
    scope = Scope(actor, clock.now().date())
    for one in spec.filters_for(actor):
        text = getattr(given, one.key, None) if one.key not in but else None
        if isinstance(text, str) and (asked := one.read(text, scope)) is not None:
            rows = one.narrow(rows, asked, scope)
    return rows


def order_of(spec: ListSpec, text: str | None) -> tuple[str, ...]:
    """The columns of the database a list is sorted by, as cursors need them: the last is unique.

    What is sorted by an expression can't be gone through by a cursor and is left out.
    """
    names: dict[str, bool] = {}
    turned = False
    for key, turned in parse_sort(spec, text or ""):
        column = spec.column(key)
        for name in column.sort if column else ():
            if name not in spec.annotations:
                names.setdefault(name, turned)
    names.setdefault("id", turned)
    return tuple(f"-{name}" if back else name for name, back in names.items())
