"""How the link is doing, for programs that watch it."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from counterpart.foundation.api.going_live import GoLiveOut
from counterpart.foundation.api.making import answer
from counterpart.practice.api.v1.schemas import SyncSummary
from counterpart.sync import api as sync

router = Router(tags=["Sync"])
COLOURS = ("green", "gray", "lightblue", "yellow", "red")


@router.get("/summary", response=SyncSummary, summary="Sum up the link")
def summary(request: HttpRequest) -> HttpResponse:
    """Records per colour, the age of the oldest pending change, and when Legal Accounting was last heard of."""
    request.actor.require("contact.read")  # type: ignore[attr-defined]  # set by the token
    found = sync.summary(viewer=request.actor)  # type: ignore[attr-defined]  # set by the token
    return answer(
        {
            "counts": {colour: found.counts.get(colour, 0) for colour in COLOURS},
            "oldest_pending_s": found.oldest_pending_s,
            "since_contact_s": found.since_contact_s,
            "conflicts": found.conflicts,
            "attention": found.attention,
        }
    )


@router.get("/go-live", response=GoLiveOut, summary="How a go-live stands")
def go_live(request: HttpRequest) -> HttpResponse:
    """Two filled products being paired: the phase, the report, and what it waits for."""
    request.actor.require("integration.manage")  # type: ignore[attr-defined]  # set by the token
    return answer(sync.go_live_status())
