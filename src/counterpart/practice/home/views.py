"""Home: what is mine, what is recent, what needs someone (UI-3)."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.foundation.starting.guide import on_first_page
from counterpart.practice.contacts import queries
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.contacts.views.lines import lines_of
from counterpart.practice.matters import queries as matters
from counterpart.practice.matters.views.lines import lines_of as matter_lines
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
    """My matters, recent contacts and how the link is doing, as far as this person may see them at all."""
    actor = actor_of(request)
    may_contacts, may_matters = actor.may("contact.read"), actor.may("matter.read")
    context: dict[str, object] = {
        "start_steps": on_first_page(actor),
        "may_read": may_contacts,
        "may_create": actor.may("contact.create"),
        "may_read_matters": may_matters,
        "may_create_matter": actor.may("matter.create"),
    }
    if may_matters:
        mine = matters.matters_visible_to(actor).filter(assigned_to=actor.user_id, status="active")
        context["matter_lines"] = matter_lines(list(mine.order_by("-updated_at", "-id")[:RECENT]))
    if may_contacts:
        recent: list[Contact] = list(queries.recent_contacts(actor, RECENT))
        context["lines"] = lines_of(recent, queries.name_format())
    if may_contacts or may_matters:
        summary = sync.summary(viewer=actor)
        context |= {
            "summary": summary,
            "states": [
                (colour, status, word, icon, summary.counts.get(colour, 0)) for colour, status, word, icon in STATES
            ],
            "peer": sync.peer(),
        }
    return render(request, "home/home.html", context)
