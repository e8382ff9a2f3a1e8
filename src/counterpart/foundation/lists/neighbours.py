"""From one record to the next of the list one came from (11.3), without keeping the list anywhere.

The browser keeps the list's address in a cookie; the record before and after are looked up by the values the list is
sorted by.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, unquote

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from counterpart.foundation.lists.asking import Listing, read
from counterpart.foundation.lists.presenting import FIRST_PAGE
from counterpart.foundation.lists.spec import spec_of
from counterpart.foundation.users.access import actor_of

COOKIE_MAX: Final = 1_500
RANKED_MAX: Final = 500
"""Of a list sorted by how well it matches, only so many lead on."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The records around one, and the list they are in."""

    list_url: str
    list_words: str
    previous: Any = None
    next: Any = None


def cookie_name() -> str:
    """Cookies ignore ports, so the two sites need different names."""
    return f"counterpart_{settings.COUNTERPART_PRODUCT}_list"


def note(request: HttpRequest, answer: HttpResponse, listing: Listing) -> None:
    """Remember which list the person looks at."""
    value = quote(f"{listing.spec.key}?{listing.query(page=1)}")
    if len(value) <= COOKIE_MAX and request.COOKIES.get(cookie_name()) != value:
        secure = bool(getattr(settings, "SESSION_COOKIE_SECURE", False))
        answer.set_cookie(cookie_name(), value, httponly=True, samesite="Lax", secure=secure)


def neighbours_of(request: HttpRequest, key: str, pk: Any) -> Neighbours | None:
    """The records before and after this one in the list the person came from; None if it is not in one."""
    found_key, _, query = unquote(request.COOKIES.get(cookie_name(), "")).partition("?")
    if found_key != key:
        return None
    spec = spec_of(key)
    actor = actor_of(request)
    if not actor.may(spec.right):
        return None
    listing = read(spec, query, actor)
    previous, following, is_there = around(listing, pk)
    if not is_there:
        return None
    url = f"{reverse(spec.url_name)}?{listing.query() or FIRST_PAGE}"
    named = _lines(listing, [one for one in (previous, following) if one is not None])
    return Neighbours(url, listing.words(), named.get(previous), named.get(following))


def around(listing: Listing, pk: Any) -> tuple[Any, Any, bool]:
    """The keys before and after, and whether the record is in the list at all."""
    rows = listing.queryset()
    if not listing.order:
        ids = list(rows.values_list("pk", flat=True)[:RANKED_MAX])
        if pk not in ids:
            return None, None, False
        at = ids.index(pk)
        return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None), True
    order = listing.order_by()
    values = rows.filter(pk=pk).values_list(*(name.lstrip("-") for name in order)).first()
    if values is None:
        return None, None, False
    turned = tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)
    return _first_after(rows, turned, values), _first_after(rows, order, values), True


def _first_after(rows: QuerySet[Any], order: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """The first row behind these values in this order."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        bare, compare = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{bare}__{compare}": value})
        equal &= Q(**{bare: value})
    # Says once more what follows from the rest, so that the database begins in the middle of its index.
    first = order[0]
    start = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": values[0]})
    return rows.filter(start, condition).order_by(*order).values_list("pk", flat=True).first()


def _lines(listing: Listing, ids: list[Any]) -> dict[Any, Any]:
    records = listing.queryset().model._base_manager.select_related(*listing.spec.related).in_bulk(ids)  # noqa: SLF001
    return {line.pk: line for line in listing.lines(list(records.values()))} if ids else {}
