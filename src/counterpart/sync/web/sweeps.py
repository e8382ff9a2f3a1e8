"""Comparisons of both products: the reports, what each found, and the button that begins one (section 12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page
from counterpart.protocol.colour import Mode
from counterpart.sync.handler import Label
from counterpart.sync.link import link_mode
from counterpart.sync.models import Finding, Record, Sweep
from counterpart.sync.registry import handler_for, has_handler
from counterpart.sync.sweep.columns import label_of
from counterpart.sync.sweeping import ask_sweep
from counterpart.sync.web.access import MANAGE, RETRY, fragment

PAGE_SIZE = 25
FOUND_SIZE = 50
WHY = {
    "nightly": "Every night",
    "on demand": "On demand",
    "after pairing": "After pairing",
    "after a restore": "After a restore",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as this person may see it: a record of somebody else's is counted, not named."""

    what: str
    outcome: str
    fields: str
    label: Label | None
    local_id: UUID | None
    kind: str


@require_safe
@never_cache
@page(RETRY)
def sweeps(request: HttpRequest) -> HttpResponse:
    """The reports, newest first."""
    shown = Paginator(Sweep.objects.order_by("-asked_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"tab": "sweeps", "page": shown, "at": settings.COUNTERPART_SWEEP_AT, **_facts(request)}
    return render(request, "sync/sweeps.html", context)


@require_safe
@never_cache
@fragment(RETRY)
def progress(request: HttpRequest) -> HttpResponse:
    """The line about the comparison under way, asked for again while there is one."""
    return render(request, "sync/sweep_now.html", _facts(request))


def _facts(request: HttpRequest) -> dict[str, Any]:
    running = Sweep.objects.filter(finished_at=None).order_by("by_peer", "-asked_at").first()
    read = running.read_here + running.read_there if running else 0
    return {
        "running": running,
        "percent": min(read * 100 // running.total, 100) if running and running.total else 0,
        "may_start": actor_of(request).may(MANAGE) and link_mode() is Mode.LIVE and running is None,
        "is_live": link_mode() is Mode.LIVE,
    }


@require_safe
@never_cache
@page(RETRY)
def sweep(request: HttpRequest, key: UUID) -> HttpResponse:
    """One report with all that was found."""
    found = get_object_or_404(Sweep, key=key)
    rows = found.findings.order_by("-outcome", "pk")  # what is left comes first
    shown = Paginator(rows, FOUND_SIZE).get_page(request.GET.get("page"))
    context = {"tab": "sweeps", "sweep": found, "page": shown, "lines": _lines(list(shown), actor_of(request))}
    return render(request, "sync/sweep.html", context)


@require_POST
@page(MANAGE)
def start(request: HttpRequest) -> HttpResponse:
    """Begin one now."""
    ask_sweep(why="on demand", actor=actor_of(request), at=now())
    messages.success(request, "The comparison begins. You may leave this page; the report will be here.")
    return redirect("sync:sweeps")


def _lines(findings: Sequence[Finding], actor: Actor) -> list[Line]:
    ids = [one.sync_id for one in findings]
    rows = Record.objects.filter(sync_id__in=ids).values_list("sync_id", "kind", "local_id")
    records = {sync_id: (kind, local_id) for sync_id, kind, local_id in rows if local_id is not None}
    labels: dict[UUID, Label] = {}
    for kind in {kind for kind, _ in records.values() if has_handler(kind)}:
        members = [local_id for its_kind, local_id in records.values() if its_kind == kind]
        handler = handler_for(kind)
        seen = list(handler.visible(actor).filter(pk__in=members).values_list("pk", flat=True))
        labels |= handler.labels(seen)
    return [_line(one, records.get(one.sync_id), labels) for one in findings]


def _line(finding: Finding, record: tuple[str, UUID] | None, labels: dict[UUID, Label]) -> Line:
    kind, local_id = record or (finding.kind, None)
    label = labels.get(local_id) if local_id is not None else None
    fields = ", ".join(dict.fromkeys(label_of(kind, name) for name in finding.registers)) if label else ""
    return Line(Finding.What(finding.what).label, finding.outcome, fields, label, local_id, kind)
