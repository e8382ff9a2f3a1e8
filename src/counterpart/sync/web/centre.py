"""The sync centre: every record that is not green, why, and the ways out (IMP-1, IND-7)."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.cells import neutral
from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.downloads import csv_download
from counterpart.sync.link import get_link
from counterpart.sync.recording import force
from counterpart.sync.registry import handler_for, has_handler
from counterpart.sync.states import link_states
from counterpart.sync.watch.alerts import open_alerts
from counterpart.sync.web.access import MANAGE, RETRY
from counterpart.sync.web.centre_rows import rows_of
from counterpart.sync.web.link_words import link_words
from counterpart.sync.web.listing import Listing, Reference, hidden_count, kind_word, reason_word
from counterpart.sync.web.records import back_to

PAGE_SIZE = 50
RETRY_MAX = 5_000
"""Per press; more would keep the request too long. The message says how many are left."""
RETRY_CHUNK = 500


@require_safe
@never_cache
@page()
def centre(request: HttpRequest) -> HttpResponse:
    """The list, filtered by state and reason; records of others are only counted, for managers."""
    actor = actor_of(request)
    listing = Listing.of(actor, request.GET)
    shown_page = listing.page(request.GET.get("page"), PAGE_SIZE)
    rows = rows_of(list(shown_page.object_list), actor)
    context = {
        "tab": "records",
        "listing": listing,
        "page": shown_page,
        "rows": rows,
        "may_tick": any(row.may_retry for row in rows),
        "hidden": hidden_count(actor) if actor.may(MANAGE) else 0,
        "words": link_words(get_link()),
        "may_act": actor.may(RETRY),
        "may_manage": actor.may(MANAGE),
        "alerts": list(open_alerts()) if actor.may(RETRY) else [],
    }
    return render(request, "sync/centre.html", context)


@require_POST
@page(RETRY)
def retry_alike(request: HttpRequest) -> HttpResponse:
    """Retry the records that were ticked, or every one this person may see under the same filters."""
    actor = actor_of(request)
    listing = Listing.of(actor, request.POST)
    chosen = _chosen(request)
    if "selected" in request.POST and not chosen:
        messages.warning(request, "Tick the records first that shall be tried again.")
        return back_to(request, reverse("sync:centre"))
    found = chosen or listing.references(RETRY_MAX)
    tried = 0
    for kind in sorted({kind for kind, _ in found}):
        seen = handler_for(kind).visible(actor)
        ids = [local_id for its_kind, local_id in found if its_kind == kind]
        for start in range(0, len(ids), RETRY_CHUNK):
            part = ids[start : start + RETRY_CHUNK]
            if chosen:
                part = list(seen.filter(pk__in=part).values_list("pk", flat=True))
            with transaction.atomic():
                tried += force(kind, part, actor=actor, at=now())
    left = 0 if chosen else listing.total - len(found)
    rest = f" {left} more are left; press again for them." if left > 0 else ""
    messages.success(request, f"Trying {tried} record{'' if tried == 1 else 's'} again.{rest}")
    return back_to(request, reverse("sync:centre"))


def _chosen(request: HttpRequest) -> list[Reference]:
    """The records ticked one by one; what makes no sense is left out."""
    found: list[Reference] = []
    for text in request.POST.getlist("record")[:RETRY_CHUNK]:
        kind, _, local_id = text.partition(":")
        try:
            reference = (kind, UUID(local_id))
        except ValueError:
            continue
        if has_handler(kind):
            found.append(reference)
    return found


@require_safe
@never_cache
@page()
def export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all its pages, as a spreadsheet file; only what this person may see."""
    listing = Listing.of(actor_of(request), request.GET)
    return csv_download("sync-centre.csv", _lines(listing))


COLUMNS = (
    "Kind", "Name", "Number", "State", "Reason", "In words", "Field", "Since (UTC)", "Last try (UTC)",
    "Last agreed (UTC)", "Page",
)  # fmt: skip


def _lines(listing: Listing) -> Iterator[Sequence[Any]]:
    yield COLUMNS
    start = 0
    while references := listing.references(RETRY_CHUNK, start):
        start += len(references)
        for kind in dict.fromkeys(kind for kind, _ in references):
            ids = [local_id for its_kind, local_id in references if its_kind == kind]
            yield from _lines_of(kind, ids)


def _lines_of(kind: str, ids: Sequence[UUID]) -> Iterator[Sequence[Any]]:
    handler = handler_for(kind)
    states, labels = link_states(kind, ids), handler.labels(ids)
    for local_id in ids:
        state, label = states[local_id], labels.get(local_id)
        if label is None:
            continue
        field = handler.register_label(state.error_register) if state.error_register else ""
        reason = reason_word(state.error_code) if state.error_code else ""
        moments = (
            f"{at:%Y-%m-%d %H:%M:%S}" if at else "" for at in (state.since, state.last_attempt, state.last_success)
        )
        page = f"{settings.COUNTERPART_BASE_URL}{label.url}"
        yield (
            kind_word(kind), neutral(label.name), neutral(label.number), state.word, reason, neutral(state.detail),
            field, *moments, page,
        )  # fmt: skip
