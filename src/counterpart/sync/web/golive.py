"""The go-live of two filled products, for administrators: begin, watch, decide, approve (section 11)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.foundation.users.access import actor_of, page
from counterpart.protocol.stamps import Site
from counterpart.sync.golive import deciding, runs
from counterpart.sync.golive.recounting import move_references, recount
from counterpart.sync.golive.runs import Phase
from counterpart.sync.golive.tables import GoLive
from counterpart.sync.link import get_link, my_site
from counterpart.sync.web.access import MANAGE, fragment
from counterpart.sync.web.golive_words import REPORT_ROWS, progress_of, report_rows, steps_of, warnings_of

KINDS: Final = ("contact", "matter")


@require_safe
@never_cache
@page(MANAGE)
def golive(request: HttpRequest) -> HttpResponse:
    """How the run stands, its report, and what can be done about it."""
    return render(request, "sync/golive.html", _facts(runs.current()))


def _facts(run: GoLive | None, **more: Any) -> dict[str, Any]:
    here = my_site()
    link = get_link()
    is_over = run is None or runs.is_over(run)
    is_deciding = run is not None and run.phase == Phase.APPROVE and not run.cursor.get("again")
    return {
        "run": run,
        "is_over": is_over,
        "leads": here is Site.LA,
        "connected": link is not None and bool(link.peer_instance),
        "link": link,
        "peer_page": f"{(link.peer_url if link else '').rstrip('/')}{reverse('sync:golive')}",
        "steps": steps_of(run) if run is not None else [],
        "progress": progress_of(run) if run is not None and not is_over else "",
        "polls": not is_over and not (is_deciding and here is Site.LA),
        "decides": is_deciding and here is Site.LA,
        "may_end": run is not None and run.phase in runs.BEFORE_WRITING,
        "report": report_rows(run, lists=here is Site.LA) if run is not None else [],
        "warnings": warnings_of(run) if run is not None and not is_over else [],
        "foreign": _foreign(run) if run is not None and here is Site.PM and not is_over else [],
        "outcome": (run.report or {}).get("outcome") if run is not None else None,
        "stands": runs.STANDS,
        "clashes": deciding.CLASHES,
        "columns": REPORT_ROWS,
        **more,
    }


def _foreign(run: GoLive) -> list[tuple[str, int]]:
    """Kinds with references that are no numbers; they can be moved until the report is approved."""
    if run.phase != Phase.APPROVE:
        return []
    kinds = run.report.get("kinds", {})
    return [(kind, kinds[kind]["foreign"]) for kind in KINDS if kinds.get(kind, {}).get("foreign")]


@require_safe
@never_cache
@fragment(MANAGE)
def golive_progress(request: HttpRequest) -> HttpResponse:
    """The progress anew; the whole page when something else changed than how far it came."""
    run = runs.current()
    facts = _facts(run)
    if run is None or request.GET.get("at") != facts["run"].phase + str(run.stopped or run.stopped_there):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "sync/golive_progress.html", facts)


@require_POST
@page(MANAGE)
def golive_start(request: HttpRequest) -> HttpResponse:
    """Begin a rehearsal or the go-live itself."""
    rehearsal = request.POST.get("what") != "live"
    stands = request.POST.get("stands", "")
    return _done(
        request, lambda actor, at: runs.start(rehearsal=rehearsal, stands=stands, actor=actor, at=at),
        "The rehearsal has begun." if rehearsal else "The go-live has begun. Nothing is written before it is approved.",
    )  # fmt: skip


@require_POST
@page(MANAGE)
def golive_stop(request: HttpRequest) -> HttpResponse:
    """Let it stand where it is."""
    return _done(
        request, lambda actor, at: runs.stop(actor=actor, at=at), "Stopped. It goes on from here when resumed."
    )


@require_POST
@page(MANAGE)
def golive_resume(request: HttpRequest) -> HttpResponse:
    """Go on."""
    return _done(request, lambda actor, at: runs.resume(actor=actor, at=at), "It goes on.")


@require_POST
@page(MANAGE)
def golive_end(request: HttpRequest) -> HttpResponse:
    """Give it up, as long as nothing was written."""
    return _done(request, lambda actor, at: runs.end(actor=actor, at=at), "Ended. Nothing was changed.")


@require_POST
@page(MANAGE)
def golive_recount(request: HttpRequest) -> HttpResponse:
    """Count and match again, because records were changed meanwhile."""
    return _done(request, lambda actor, at: recount(actor=actor, at=at), "Counting again.")


@require_POST
@page(MANAGE)
def golive_references(request: HttpRequest) -> HttpResponse:
    """Move references that are no numbers to the external reference (IMP-19)."""
    kind = request.POST.get("kind", "")
    actor = actor_of(request)
    try:
        moved = move_references(kind, actor=actor, at=now())
    except (Blocked, Refusal) as refusal:
        messages.error(request, str(refusal))
    else:
        one = "reference was" if moved == 1 else "references were"
        messages.success(request, f"{moved} {one} moved. Everything is counted again.")
    return redirect("sync:golive")


@require_POST
@page(MANAGE)
def golive_approve(request: HttpRequest) -> HttpResponse:
    """Confirm the proposals; from here on records are written."""
    given = request.POST
    return _done(
        request,
        lambda actor, at: deciding.approve(
            grades=given.getlist("grade"), clashes=given.get("clashes", ""), stands=given.get("stands", ""),
            actor=actor, at=at,
        ),
        f"Approved. Records are paired now; {settings.COUNTERPART_PEER_NAME} follows.",
    )  # fmt: skip


def _done(request: HttpRequest, act: Callable[[Actor, datetime], object], said: str) -> HttpResponse:
    try:
        act(actor_of(request), now())
    except (Blocked, Refusal) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("sync:golive")
