"""One record: its indicator, *Sync now*, *Offer again*, *Delete here too*, and the door the other product uses."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync.outside import let_stand
from counterpart.sync.recording import force, offer_again
from counterpart.sync.registry import handler_for, has_handler
from counterpart.sync.states import find_local
from counterpart.sync.web.access import RETRY, fragment, visible_or_404
from counterpart.sync.web.presenting import indicator_of

NO_CONTENT = 204


@require_safe
@never_cache
@fragment()
def indicator(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """The indicator anew, or nothing when it would look the same.

    It asks the peer itself (the engine does so at most every ten seconds), so green on an open page was true then.
    """
    visible_or_404(request, kind, object_id)
    shown = indicator_of(request, kind, object_id, probe=True)
    if request.GET.get("rev") == shown.revision:
        return HttpResponse(status=NO_CONTENT)
    return render(request, "sync/indicator_body.html", {"link": shown})


@require_POST
@fragment(RETRY)
def sync_now(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """Exchange this record now, without an edit (IMP-5, IND-6)."""
    visible_or_404(request, kind, object_id)
    with transaction.atomic():
        force(kind, [object_id], actor=actor_of(request), at=now())
    if request.headers.get("HX-Request"):
        return render(request, "sync/indicator_body.html", {"link": indicator_of(request, kind, object_id)})
    return back_to(request, page_of(kind, object_id))


@require_POST
@page(RETRY)
def offer(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """Offer a record whose counterpart was deleted there, as a new one (section 16)."""
    visible_or_404(request, kind, object_id)
    with transaction.atomic():
        offer_again(kind, object_id, actor=actor_of(request), at=now())
    messages.success(request, "Offered again.")
    return redirect(page_of(kind, object_id))


@require_POST
@page(RETRY)
def use_here(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """Of a record that differs without a reason, let the values here stand in both products (section 12)."""
    visible_or_404(request, kind, object_id)
    let_stand(kind, object_id, actor=actor_of(request), at=now())
    messages.success(request, "The values from here stand, and are sent to the other product.")
    return redirect(page_of(kind, object_id))


@require_POST
@page(RETRY)
def delete_here(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """Delete a record whose counterpart was deleted there, by the rules of this product (section 16)."""
    visible_or_404(request, kind, object_id)
    handler = handler_for(kind)
    label = handler.labels([object_id]).get(object_id)
    handler.delete(local_id=object_id, actor=actor_of(request), at=now())
    messages.success(request, f"{label.name if label else 'The record'} was deleted.")
    return redirect("sync:centre")


@require_safe
@never_cache
@page()
def open_by_link(request: HttpRequest, kind: str, sync_id: UUID) -> HttpResponse:
    """Go to the record the other product links to. Whether this person may see it, its own page decides (USR-10)."""
    local_id = find_local(kind, sync_id) if has_handler(kind) else None
    if local_id is None or not handler_for(kind).everything().filter(pk=local_id).exists():
        return render(request, "sync/not_here.html", {"deleted": local_id is not None}, status=404)
    return redirect(page_of(kind, local_id))


def page_of(kind: str, object_id: UUID) -> str:
    """The record's own page."""
    label = handler_for(kind).labels([object_id]).get(object_id)
    if label is None:
        raise Http404
    return label.url


def back_to(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Return to the page the form stood on, if it is one of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = otherwise
    return redirect(target)
