"""*Pair with…*: one gray or red record and the one it is in the other product (section 11)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync.golive.single import choices, may_pair, pair_with
from counterpart.sync.registry import handler_for
from counterpart.sync.web.access import RETRY, visible_or_404
from counterpart.sync.web.records import page_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page(RETRY)
def pair(request: HttpRequest, kind: str, object_id: UUID) -> HttpResponse:
    """Who of the other product it may be; choosing one makes the two one record."""
    visible_or_404(request, kind, object_id)
    if not may_pair(kind, object_id):
        raise Http404
    actor, text = actor_of(request), request.GET.get("q", "").strip()[:100]
    problem = ""
    if request.method == "POST":
        try:
            pair_with(kind, object_id, request.POST.get("choice", ""), actor=actor, at=now())
        except (Blocked, ValueError) as refusal:
            problem = str(refusal) if isinstance(refusal, Blocked) else "Choose a record."
        else:
            messages.success(request, "Paired. What only one of the two had is filled in; it turns green in a moment.")
            return redirect(page_of(kind, object_id))
    context: dict[str, Any] = {"kind": kind, "object_id": object_id, "q": text, "choices": []}
    context["nobody"] = f"Nobody free is found by “{text}”" if text else "Nobody there looks like this record"
    context["label"] = handler_for(kind).labels([object_id]).get(object_id)
    try:
        context["choices"] = choices(kind, object_id, text, actor=actor)
    except Blocked as refusal:
        problem = problem or str(refusal)
    return render(request, "sync/pair.html", context | {"problem": problem}, status=422 if problem else 200)
