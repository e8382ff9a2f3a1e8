"""The tab with conflicts: values that lost against a simultaneous edit, until someone decides (section 4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import models
from counterpart.sync.conflicts import close_conflict, open_conflicts, present, use_other_value
from counterpart.sync.handler import Label
from counterpart.sync.registry import handler_for, handlers
from counterpart.sync.web.access import MANAGE, RETRY, visible_or_404
from counterpart.sync.web.conflict_panel import ShownConflict, shown
from counterpart.sync.web.records import back_to

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Row:
    """One conflict with the record it is about."""

    label: Label | None
    conflict: ShownConflict


@require_safe
@never_cache
@page()
def conflicts(request: HttpRequest) -> HttpResponse:
    """Every open conflict on records this person may see; those of others are only counted, for managers."""
    actor = actor_of(request)
    shown_page = Paginator(visible_conflicts(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tab": "conflicts",
        "page": shown_page,
        "rows": rows_of(shown_page),
        "hidden": open_conflicts().count() - shown_page.paginator.count if actor.may(MANAGE) else 0,
        "may_act": actor.may(RETRY),
    }
    return render(request, "sync/conflicts.html", context)


def visible_conflicts(actor: Actor) -> QuerySet[models.Conflict]:
    """Open conflicts of records the actor may see, newest first."""
    seen = Q(pk__in=[])
    for handler in handlers():
        ids = models.Record.objects.filter(kind=handler.kind, local_id__in=handler.visible(actor).values("pk"))
        seen |= Q(kind=handler.kind, sync_id__in=ids.values("sync_id"))
    return open_conflicts().filter(seen)


def rows_of(shown_page: Page[models.Conflict]) -> list[Row]:
    """The conflicts of a page with the labels of their records, in a constant number of queries per kind."""
    found = present(shown_page.object_list)
    labels: dict[Any, Label] = {}
    for kind in {conflict.kind for conflict in found}:
        labels |= handler_for(kind).labels([one.local_id for one in found if one.kind == kind])
    return [Row(labels.get(conflict.local_id), shown(conflict)) for conflict in found]


@require_POST
@page(RETRY)
def use_other(request: HttpRequest, conflict_id: str) -> HttpResponse:
    """Make the value that lost the current one: an ordinary new edit by this person."""
    with _open_and_visible(request, conflict_id):
        use_other_value(conflict_id, actor=actor_of(request), at=now())
    messages.success(request, "The other value is used now.")
    return back_to(request, reverse("sync:conflicts"))


@require_POST
@page(RETRY)
def keep(request: HttpRequest, conflict_id: str) -> HttpResponse:
    """Keep the value that stands and close the conflict."""
    with _open_and_visible(request, conflict_id):
        close_conflict(conflict_id, actor=actor_of(request), at=now())
    messages.success(request, "The value stays as it is.")
    return back_to(request, reverse("sync:conflicts"))


@contextmanager
def _open_and_visible(request: HttpRequest, conflict_id: str) -> Iterator[None]:
    """Raise Http404 for a conflict that is closed (perhaps this very moment), unknown, or not this person's to see."""
    found = present(open_conflicts().filter(pk=conflict_id))
    if not found:
        raise Http404
    visible_or_404(request, found[0].kind, found[0].local_id)
    try:
        yield
    except models.Conflict.DoesNotExist as error:
        raise Http404 from error
