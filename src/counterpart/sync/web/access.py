"""The doors of these pages: fragments, and records."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from counterpart.foundation.users.access import actor_of, page
from counterpart.sync.registry import handler_for, has_handler

RETRY = "integration.retry"
MANAGE = "integration.manage"
UNAUTHORIZED = 401


def fragment(*rights: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Like ``page``, but a fragment asked for after signing out gets a bare 401.

    A sign-in page must never be swapped into the middle of another page.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        guarded = page(*rights)(view)

        @wraps(view)
        def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if request.headers.get("HX-Request") and not request.user.is_authenticated:
                return HttpResponse(status=UNAUTHORIZED)
            return guarded(request, *args, **kwargs)

        return answered

    return decorate


def visible_or_404(request: HttpRequest, kind: str, object_id: UUID) -> None:
    """Raise Http404 unless this person may see the record by the product's own rules."""
    if not has_handler(kind) or not handler_for(kind).visible(actor_of(request)).filter(pk=object_id).exists():
        raise Http404
