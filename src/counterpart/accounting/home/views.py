"""The first page: what is new, what needs someone, what comes next."""

from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.contacts.views.listing import COLOURS, with_links
from counterpart.accounting.files.queries import files_visible_to, review_count
from counterpart.accounting.files.views.listing import with_facts
from counterpart.accounting.numbering.file_numbers import next_file_number
from counterpart.accounting.numbering.queries import firm_numbering, next_numbers
from counterpart.foundation.actor import Actor
from counterpart.foundation.starting.guide import on_first_page
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.frame import Task
from counterpart.sync import api as sync

RECENT: Final = 8


@page()
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the state of the house to those who may see contacts or files; to others, where to turn."""
    actor = actor_of(request)
    context = _contact_facts(actor) if actor.may("contact.read") else {}
    context |= _file_facts(actor) if actor.may("file.read") else {}
    context |= {
        "start_steps": on_first_page(actor),
        "may_create": actor.may("contact.create"), "sees_contacts": actor.may("contact.read"),
        "sees_files": actor.may("file.read"),
    }  # fmt: skip
    return render(request, "home/home.html", context)


def tasks(actor: Actor) -> list[Task]:
    """What waits for this person: splits to confirm after clients changed (IMP-12)."""
    count = review_count(actor) if actor.may("file.read") else 0
    return [Task(f"{count} split{'' if count == 1 else 's'} to confirm", "files:splits", count)] if count else []


def _contact_facts(actor: Actor) -> dict[str, Any]:
    contacts = contacts_visible_to(actor)
    recent = list(contacts.order_by("-updated_at", "-id")[:RECENT])
    with_links(recent)
    counts = contacts.aggregate(
        client=Count("pk", filter=Q(contact_type="client")),
        vendor=Count("pk", filter=Q(contact_type="vendor")),
        other=Count("pk", filter=Q(contact_type="other")),
    )
    found = sync.summary(viewer=actor)
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


def _file_facts(actor: Actor) -> dict[str, Any]:
    files = files_visible_to(actor)
    recent = list(files.order_by("-updated_at", "-id")[:RECENT])
    with_facts(recent)
    counts = files.aggregate(open=Count("pk", filter=Q(status="open")), closed=Count("pk", filter=Q(status="closed")))
    return {
        "recent_files": recent, "file_counts": counts, "next_file": next_file_number(),
        "waiting_splits": review_count(actor),
    }  # fmt: skip
