"""The sync centre: every record that is not green, why, and the ways out (IMP-1, IND-7)."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync.link import get_link
from counterpart.sync.recording import force
from counterpart.sync.web.access import MANAGE, RETRY
from counterpart.sync.web.centre_rows import rows_of
from counterpart.sync.web.link_words import link_words
from counterpart.sync.web.listing import Listing, hidden_count
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
    context = {
        "tab": "records",
        "listing": listing,
        "page": shown_page,
        "rows": rows_of(list(shown_page.object_list), actor),
        "hidden": hidden_count(actor) if actor.may(MANAGE) else 0,
        "words": link_words(get_link()),
        "may_act": actor.may(RETRY),
        "may_manage": actor.may(MANAGE),
    }
    return render(request, "sync/centre.html", context)


@require_POST
@page(RETRY)
def retry_alike(request: HttpRequest) -> HttpResponse:
    """Retry every record this person may see with the same state and reason."""
    actor = actor_of(request)
    listing = Listing.of(actor, request.POST)
    found = listing.references(RETRY_MAX)
    for kind in sorted({kind for kind, _ in found}):
        ids = [local_id for its_kind, local_id in found if its_kind == kind]
        for start in range(0, len(ids), RETRY_CHUNK):
            with transaction.atomic():
                force(kind, ids[start : start + RETRY_CHUNK], actor=actor, at=now())
    left = listing.total - len(found)
    rest = f" {left} more are left; press again for them." if left > 0 else ""
    messages.success(request, f"Trying {len(found)} record{'' if len(found) == 1 else 's'} again.{rest}")
    return back_to(request, reverse("sync:centre"))
