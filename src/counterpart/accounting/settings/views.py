"""Administrator Settings: the way there, and Firm > Settings > File (SEQ-2, LA-NUM-6)."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.numbering.operations import change_numbering
from counterpart.accounting.numbering.queries import firm_numbering, next_numbers, sequences
from counterpart.accounting.settings.forms import FileNumberingForm
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import api as sync

CHANGES_SHOWN = 5


@page()
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Administrator settings as a tree; each person sees the branches the role allows."""
    return render(request, "settings/index.html")


@page("settings.edit")
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """Firm > Settings > File: Automatic File Numbering, with the other product's switch beside ours (SEQ-9)."""
    actor = actor_of(request)
    firm, rows = firm_numbering(), sequences()
    form = FileNumberingForm(request.POST or None, firm=firm, sequences=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_numbering(
                actor=actor, at=now(), separate=data["separate"], resets=data["resets"], sequences=form.changes
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The numbering is saved.")
            return redirect("settings:file")
    context = {"form": form, "peer_switch": _peer_switch(firm.separate_numbering_sequences), "events": _changes()}
    context |= {"counts": _counts(), "following": next_numbers()}
    return render(request, "settings/file.html", context, status=422 if form.errors else 200)


def _peer_switch(ours: bool) -> dict[str, Any]:  # noqa: FBT001 - the state of a switch
    """What is known of Practice Management's own switch: on, off, or nothing yet."""
    theirs = sync.peer().policy.get("separate_numbering_sequences")
    return {"known": theirs is not None, "on": bool(theirs), "same": theirs is not None and bool(theirs) == ours}


def _counts() -> dict[str, int]:
    rows = Contact.objects.filter(deleted_at=None).values_list("contact_type").annotate(Count("pk"))
    return dict(rows)


def _changes() -> list[Event]:
    return list(Event.objects.filter(object_type="settings", verb="setting_changed").order_by("-id")[:CHANGES_SHOWN])
