"""The first page: what is new, what needs someone, what comes next."""

from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.contacts.views.listing import COLOURS, with_links
from counterpart.accounting.numbering.queries import firm_numbering, next_numbers
from counterpart.foundation.actor import Actor
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import api as sync

RECENT: Final = 8


@page()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the state of the house to those who may see contacts; to others, where to turn."""
    actor = actor_of(request)
    context = _facts(actor) if actor.may("contact.read") else {}
    context |= {"may_create": actor.may("contact.create"), "may_see": actor.may("contact.read")}
    return render(request, "contacts/home.html", context)


def _facts(actor: Actor) -> dict[str, Any]:
    contacts = contacts_visible_to(actor)
    recent = list(contacts.order_by("-updated_at", "-id")[:RECENT])
    with_links(recent)
    counts = contacts.aggregate(
        client=Count("pk", filter=Q(contact_type="client")),
        vendor=Count("pk", filter=Q(contact_type="vendor")),
        other=Count("pk", filter=Q(contact_type="other")),
    )
    found = sync.summary()
    following = next_numbers()
    separate = firm_numbering().separate_numbering_sequences
    labels = {"client": "Clients", "vendor": "Vendors", "other": "Others"}
    return {
        "recent": recent,
        "types": [(code, label, counts[code], following.get(code, "")) for code, label in labels.items()],
        "separate": separate,
        "next_number": following.get("client", ""),
        "links": [(colour, word, found.counts.get(colour, 0)) for colour, word in COLOURS],
        "attention": found.attention,
        "conflicts": found.conflicts,
    }
