"""The contact's own page: General and History."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpart.accounting.contacts.fields import LABELS
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.permissions import can_set_number
from counterpart.accounting.contacts.queries import required_details
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.contacts.requiring import missing, required_label
from counterpart.accounting.contacts.views.access import visible_contact
from counterpart.accounting.numbering.queries import firm_numbering
from counterpart.foundation import history
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import api as sync

RECENT: Final = 4
EVENTS: Final = 50
CHOICES: Final = {
    "contact_type": dict(Contact.ContactType.choices),
    "display_as": dict(Contact.DisplayAs.choices),
    "status": dict(Contact.Status.choices),
}


@page()
@require_GET
def general(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show who the contact is, whether it is in step, and what needs someone."""
    contact = visible_contact(request, contact_id)
    events = _in_words(history.events_for(KIND, contact.pk)[:RECENT])
    context = record_context(request, contact, "general") | {
        "link": sync.link_state(KIND, contact.pk),
        "events": events,
        "labels": LABELS,
        "missing": _missing(contact),
        "separate": firm_numbering().separate_numbering_sequences,
    }
    part = (
        "contacts/general.html#body" if request.headers.get("HX-Target") == "record-body" else "contacts/general.html"
    )
    return render(request, part, context)


@page()
@require_GET
def history_tab(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Show who changed what, when, and in which product (HIS-2, LA-AUD-5)."""
    contact = visible_contact(request, contact_id)
    rows = Paginator(history.events_for(KIND, contact.pk), EVENTS).get_page(request.GET.get("page"))
    context = record_context(request, contact, "history") | {"page": rows, "events": _in_words(rows.object_list)}
    return render(request, "contacts/history.html", context)


def _missing(contact: Contact) -> list[str]:
    """The details the firm asks for that the contact came without (IMP-8)."""
    return [] if contact.is_group else [required_label(one) for one in missing(vars(contact), required_details())]


def _in_words(events: Iterable[Event]) -> list[Event]:
    """Events with the words of the choices instead of their codes; nothing is written back."""
    shown = list(events)
    for event in shown:
        event.changes = {
            name: [CHOICES[name].get(value, value) for value in change] if name in CHOICES else change
            for name, change in event.changes.items()
        }
    return shown


def record_context(request: HttpRequest, contact: Contact, tab: str) -> dict[str, Any]:
    """Return what the heading and the tabs of every page of the record need."""
    actor = actor_of(request)
    return {
        "contact": contact, "tab": tab, "may_edit": actor.may("contact.edit"), "may_close": actor.may("contact.close"),
        "may_delete": actor.may("contact.delete"), "may_number": can_set_number(actor),
    }  # fmt: skip
