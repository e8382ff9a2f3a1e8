"""Merges of the last days: undone, or taken back where they still wait (DUP-11)."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from counterpart.foundation import clock
from counterpart.foundation.alike.merges import undoable
from counterpart.foundation.alike.merging import RIGHT, withdraw
from counterpart.foundation.alike.models import Merge
from counterpart.foundation.alike.product import product
from counterpart.foundation.alike.undoing import conflicts_of, undo_merge
from counterpart.foundation.errors import Blocked
from counterpart.foundation.users.access import SignedIn, actor_of, page

SHOWN = 50


@page("contact.read", RIGHT)
@require_safe
def merges(request: SignedIn) -> HttpResponse:
    """What was merged in the last 30 days, and what waits for the other product."""
    actor = actor_of(request)
    rows = Paginator(undoable(clock.now()), SHOWN).get_page(request.GET.get("page"))
    cards = product().cards([row.survivor_id for row in rows], actor)
    lines = [
        {"row": row, "card": cards.get(row.survivor_id), "trouble": _trouble(row), "is_open": _is_open(row)}
        for row in rows
    ]
    return render(request, "alike/merges.html", {"page": rows, "lines": lines, "tab": "merges"})


@page("contact.read", RIGHT)
@require_http_methods(["GET", "POST"])
def merge(request: SignedIn, merge_id: UUID) -> HttpResponse:
    """One merge: what it did, what stands in the way of undoing it; then it is undone, or withdrawn."""
    actor = actor_of(request)
    found = get_object_or_404(undoable(clock.now()), pk=merge_id)
    conflicts = [] if found.state == Merge.State.ASKED else conflicts_of(found, actor, clock.now())
    status = 200
    if request.method == "POST":
        if found.state == Merge.State.ASKED:
            withdraw(actor=actor, merge_id=found.pk, at=clock.now())
            messages.success(request, "Withdrawn. Both contacts stay as they are.")
            return redirect("alike:merges")
        try:
            done = undo_merge(actor=actor, merge_id=found.pk, at=clock.now())
        except Blocked as refusal:
            conflicts, status = refusal.blockers, refusal.status
        else:
            peer = settings.COUNTERPART_PEER_NAME
            asked = f"{peer} decided this merge and is asked to undo it."
            messages.success(request, "Undone. Both contacts are there again." if _is_undone(done) else asked)
            return redirect("alike:merges")
    context = {
        "merge": found, "conflicts": conflicts, "trouble": _trouble(found), "is_open": _is_open(found),
        "moved": {what: count for what, count in found.counts.items() if count}, "tab": "merges",
        "card": product().cards([found.survivor_id], actor).get(found.survivor_id),
    }  # fmt: skip
    return render(request, "alike/undo.html", context, status=status)


def _is_open(row: Merge) -> bool:
    return row.state in (Merge.State.ASKED, Merge.State.UNDOING)


def _is_undone(row: Merge) -> bool:
    return row.state == Merge.State.UNDONE


def _trouble(row: Merge) -> str:
    return product().trouble(row.loser_id) if _is_open(row) else ""
