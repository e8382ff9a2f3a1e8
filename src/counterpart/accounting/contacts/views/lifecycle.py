"""Closing, reopening, deleting, and copying addresses to the other product."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from counterpart.accounting.contacts.blockers import closing_blockers, deletion_blockers
from counterpart.accounting.contacts.operations import (
    close_contact,
    copy_address,
    delete_contact,
    reopen_contact,
    take_address,
)
from counterpart.accounting.contacts.views.access import visible_contact
from counterpart.accounting.contacts.views.record import record_context
from counterpart.accounting.record_pages import Act, asked_first
from counterpart.foundation.clock import now
from counterpart.foundation.users.access import actor_of, page


@page()
@require_http_methods(["GET", "POST"])
def closure(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Ask, then close; what stands in the way is listed with links (LA-CON-6)."""
    contact = visible_contact(request, contact_id)
    act = Act(
        "close",
        "contact.close",
        lambda: close_contact(contact_id=contact.pk, actor=actor_of(request), at=now()),
        lambda: closing_blockers(contact.pk),
        f"{contact.name} is closed. The number {contact.number} stays its own.",
        contact.get_absolute_url(),
    )
    return asked_first(request, act, "contacts/confirm.html", record_context(request, contact, "other"))


@page()
@require_POST
def reopening(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Reopen a closed contact."""
    contact = visible_contact(request, contact_id)
    reopen_contact(contact_id=contact.pk, actor=actor_of(request), at=now())
    messages.success(request, f"{contact.name} is open again.")
    return redirect(contact.get_absolute_url())


@page()
@require_http_methods(["GET", "POST"])
def deletion(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Ask, then delete here; the other product keeps its own (sync-protocol 16)."""
    contact = visible_contact(request, contact_id)
    act = Act(
        "delete",
        "contact.delete",
        lambda: delete_contact(contact_id=contact.pk, actor=actor_of(request), at=now()),
        lambda: deletion_blockers(contact.pk),
        f"{contact.name} is deleted here. Number {contact.number} is never given again.",
        reverse("contacts:manager"),
    )
    return asked_first(request, act, "contacts/confirm.html", record_context(request, contact, "other"))


@page()
@require_POST
def address_copy(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Make the addresses equal in one click: ours there, or theirs here (IMP-2)."""
    contact = visible_contact(request, contact_id)
    actor, peer = actor_of(request), settings.COUNTERPART_PEER_NAME
    if request.POST.get("direction") == "here":
        take_address(contact_id=contact.pk, actor=actor, at=now())
        messages.success(request, f"The addresses of {peer} are stored here.")
    else:
        copy_address(contact_id=contact.pk, actor=actor, at=now())
        messages.success(request, f"The addresses are on their way to {peer}.")
    return redirect(contact.get_absolute_url())
