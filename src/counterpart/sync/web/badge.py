"""The count in the header: how much needs a person, for those who may act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of
from counterpart.foundation.web.frame import SyncBadge
from counterpart.sync.counting import attention_count
from counterpart.sync.web.access import RETRY, fragment


def sync_badge(actor: Actor) -> SyncBadge | None:
    """For the frame of both products; None for those who may not act."""
    if not actor.may(RETRY):
        return None
    count = attention_count(now())
    things = f"{count} thing{'' if count == 1 else 's'} to look at" if count else "nothing to do"
    return SyncBadge(count, reverse("sync:centre"), f"Sync centre: {things}", reverse("sync:badge"))


@require_safe
@never_cache
@fragment(RETRY)
def badge(request: HttpRequest) -> HttpResponse:
    """The badge anew."""
    return render(request, "web/sync_badge.html", {"sync": sync_badge(actor_of(request))})
