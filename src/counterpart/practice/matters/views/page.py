"""The matter page: what is it, for whom, is it in step, what needs me (MAT-4, MAT-6, HIS-2)."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.foundation import history
from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.contacts.views.events import history_page
from counterpart.practice.matters import queries
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.remedies import remedies
from counterpart.practice.matters.views.access import matter_or_404
from counterpart.practice.matters.views.events import shown_events
from counterpart.practice.matters.views.people import phones_of, rows_of
from counterpart.sync import api as sync

RECENT_EVENTS: Final = 4
PARTIES_SHOWN: Final = 12


@signed_in
@require_safe
def matter_page(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Overview. The part that depends on the link reloads itself when the indicator changes."""
    # The state first: a matter that is read later can only be newer than what the state says of it.
    link = sync.link_state("matter", matter_id)
    matter = matter_or_404(request, matter_id)
    actor = actor_of(request)
    events = history.events_for("matter", matter.pk)
    parties = queries.parties_of(matter.pk)
    context = heading(request, matter, "overview") | {
        "link": link,
        "remedies": remedies(matter.pk, link, actor) if link.colour in ("red", "gray") else [],
        "holder": _holder(request, matter) if link.colour == "red" else None,
        "parties": rows_of(parties[:PARTIES_SHOWN]),
        "party_count": len(parties),
        "listed": queries.access_of(matter.pk) if matter.restricted else [],
        "events": shown_events(events[:RECENT_EVENTS]),
        "last_there": events.filter(site="la").first(),
        "may_retry": actor.may("integration.retry") and not link.severed_by and not link.is_excluded,
    }
    return render(request, "matters/matter.html", context)


@signed_in
@require_safe
def matter_history(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Every change of every field and every party: who, when, in which product."""
    matter = matter_or_404(request, matter_id)
    events = history.events_for("matter", matter.pk)
    context = heading(request, matter, "history") | history_page(request, events, shown_events)
    return render(request, "matters/history.html", context)


def heading(request: HttpRequest, matter: Matter, tab: str) -> dict[str, Any]:
    """What the heading of every tab shows."""
    actor = actor_of(request)
    clients = queries.clients_of([matter.pk])[matter.pk]
    return {
        "matter": matter,
        "tab": tab,
        "primary": _primary(clients[0]) if clients else None,
        "client_count": len(clients),
        "may_edit": actor.may("matter.edit"),
        "may_close": actor.may("matter.close") and not matter.is_template,
        "may_delete": actor.may("matter.delete"),
        "may_restrict": actor.may("matter.restrict"),
    }


def _primary(client: Contact) -> dict[str, Any]:
    phones = phones_of(client)
    return {
        "name": display_name(client.__dict__, contacts.name_format()),
        "url": client.get_absolute_url(),
        "phone": phones[0] if phones else None,
        "email": client.email,
    }


def _holder(request: HttpRequest, matter: Matter) -> Matter | None:
    """Who has the number this matter asks for, named to those who may see them (MAT-9, PRM-4)."""
    if not matter.requested_reference:
        return None
    found = queries.reference_holder(actor_of(request), matter.requested_reference, other_than=matter.pk)
    return found.matter if found else None
