"""Home: what is recent, what needs someone, what can be done (UI-3)."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.practice.contacts import queries
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.contacts.views.listing import lines_of
from counterpart.sync import api as sync

RECENT: Final = 8
STATES: Final = (
    ("red", "error", "Sync error", "alert-circle"),
    ("yellow", "unknown", "Status unavailable", "help-circle"),
    ("lightblue", "pending", "Syncing…", "refresh"),
    ("gray", "unsynchronized", "Not in sync", "circle"),
    ("green", "synchronized", "In sync", "circle-check"),
)  # fmt: skip


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Recent contacts and how the link is doing, as far as this person may see contacts at all."""
    actor = actor_of(request)
    context: dict[str, object] = {"may_read": actor.may("contact.read"), "may_create": actor.may("contact.create")}
    if actor.may("contact.read"):
        summary = sync.summary()
        recent: list[Contact] = list(queries.recent_contacts(actor, RECENT))
        context |= {
            "lines": lines_of(recent, queries.name_format()),
            "summary": summary,
            "states": [
                (colour, status, word, icon, summary.counts.get(colour, 0)) for colour, status, word, icon in STATES
            ],
            "peer": sync.peer(),
        }
    return render(request, "home/home.html", context)
