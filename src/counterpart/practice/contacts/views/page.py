"""The contact page: who is it, is it in step, what needs me (PAG-1 to PAG-4, HIS-2)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.history.models import Event
from counterpart.foundation.masking import masked
from counterpart.practice.contacts import operations, queries
from counterpart.practice.contacts.addresses import address_lines
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name, initials
from counterpart.practice.contacts.parts import parts_for
from counterpart.practice.contacts.personal import FURTHER
from counterpart.practice.contacts.private import VIEW_SENSITIVE
from counterpart.practice.contacts.registers import PHONE_OF_LABEL, phone_label_text
from counterpart.practice.contacts.remedies import remedies
from counterpart.practice.contacts.views.access import actor_of, contact_or_404, signed_in
from counterpart.practice.contacts.views.events import history_page, shown_events
from counterpart.sync import api as sync

RECENT_EVENTS = 4


@signed_in
@require_safe
def contact_page(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Overview. The part that depends on the link reloads itself when the indicator changes."""
    # The state first: a contact that is read later can only be newer than what the state says of it.
    link = sync.link_state("contact", contact_id)
    contact = contact_or_404(request, contact_id)
    actor = actor_of(request)
    events = history.events_for("contact", contact.pk)
    context = heading(request, contact, "overview") | {
        "link": link,
        "remedies": remedies(contact.pk, link, actor) if link.colour == "red" else [],
        "holder": _holder(actor, contact) if link.colour == "red" else None,
        "phones": _phones(contact),
        "has_personal": any(getattr(contact, name) for name in FURTHER),
        "born": date.fromisoformat(contact.date_of_birth) if contact.date_of_birth else None,
        "sees_private": actor.may(VIEW_SENSITIVE),
        "tax_number": contact.tax_number if actor.may(VIEW_SENSITIVE) else masked(contact.tax_number),
        "physical": address_lines(contact.physical_address),
        "mailing": address_lines(contact.mailing_address),
        "differs": {one.register for one in link.differences},
        "events": shown_events(events[:RECENT_EVENTS]),
        "last_there": _last_change(events),
        "may_retry": actor.may("integration.retry") and not link.severed_by,
    }
    context["panels"] = [part.panel(request, contact) for part in context["parts"]]
    return render(request, "contacts/contact.html", context)


@signed_in
@require_safe
def contact_history(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Every change of every field: who, when, in which product."""
    contact = contact_or_404(request, contact_id)
    events = history.events_for("contact", contact.pk)
    context = heading(request, contact, "history") | history_page(request, events, shown_events)
    return render(request, "contacts/history.html", context)


def heading(request: HttpRequest, contact: Contact, tab: str) -> dict[str, Any]:
    """What the heading of every tab shows; ``tab`` is the name of the tab, or of its address if it is from above."""
    actor = actor_of(request)
    return {
        "contact": contact,
        "parts": parts_for(actor),
        "name": display_name(contact.__dict__, queries.name_format()),
        "initials": initials(contact.__dict__),
        "tab": tab,
        "may_edit": actor.may("contact.edit"),
        "may_close": actor.may("contact.close"),
        "may_delete": actor.may("contact.delete"),
        "blockers": operations.delete_blockers(contact, actor) if actor.may("contact.delete") else (),
    }


def _holder(actor: Actor, contact: Contact) -> dict[str, str] | None:
    """Who has the number this contact asks for, named to those who may see them (NUM-10)."""
    if not contact.requested_reference:
        return None
    found = queries.number_holder(actor, contact.requested_reference, other_than=contact.pk)
    if found is None or found.contact is None:
        return None
    name = display_name(found.contact.__dict__, queries.name_format())
    return {"name": name, "url": found.contact.get_absolute_url()}


def _phones(contact: Contact) -> list[dict[str, Any]]:
    """The numbers in order; the first of each label is the one Legal Accounting shares (PHN-1)."""
    seen: set[str] = set()
    shown = []
    for phone in contact.phones:
        label = phone["label"]
        shown.append(
            {
                "label": phone_label_text(label),
                "number": phone["number"],
                "href": "".join(one for one in phone["number"] if one in "+0123456789"),
                "shared": label in PHONE_OF_LABEL and label not in seen,
            }
        )
        seen.add(label)
    return shown


def _last_change(events: Any) -> Event | None:
    """The newest change that was made in the other product."""
    found: Event | None = events.filter(site="la").first()
    return found
