"""The page of the start guide, and its ticks."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.clock import now
from counterpart.foundation.starting import guide
from counterpart.foundation.users.access import actor_of, page


@page()
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All steps, done or not (ONB-3)."""
    actor = actor_of(request)
    found = guide.standings(actor)
    context = {"steps": found, "done": sum(one.done for one in found), "put_away": guide.is_put_away(actor)}
    return render(request, "starting/guide.html", context)


@page()
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Tick a step, or take its tick back; without a step the guide itself is put away or brought back."""
    actor, code = actor_of(request), request.POST.get("step", guide.WHOLE)
    if request.POST.get("done") == "no":
        guide.untick(actor, code)
    else:
        guide.tick(actor, code, at=now())
    back = "home" if request.POST.get("from") == "home" else "start"
    return HttpResponseRedirect(reverse(back))
