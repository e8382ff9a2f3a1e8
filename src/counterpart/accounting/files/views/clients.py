"""The clients of a file: add, remove, choose the primary. With the integration on, Practice Management does (4.2)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from counterpart.accounting.files.operations import add_client, change_primary, remove_client
from counterpart.accounting.files.queries import contacts_by_id
from counterpart.accounting.files.views.access import visible_file
from counterpart.accounting.files.views.record import record_context
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.ids import parse_id
from counterpart.foundation.users.access import actor_of, page


@page()
@require_POST
def add(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Add a client: it enters at 0 % (LA-SPL-1)."""
    file = visible_file(request, file_id)
    contact_id = _posted(request)
    add_client(file_id=file.pk, contact_id=contact_id, actor=actor_of(request), at=now())
    messages.success(request, f"{_name(contact_id)} is a client of the file now, with 0 %. Set the percentages next.")
    return redirect(file.get_absolute_url())


@page()
@require_POST
def remove(request: HttpRequest, file_id: UUID, contact_id: UUID) -> HttpResponse:
    """Remove a client: its percentage goes to the primary (LA-SPL-3)."""
    file = visible_file(request, file_id)
    remove_client(file_id=file.pk, contact_id=contact_id, actor=actor_of(request), at=now())
    text = f"{_name(contact_id)} is a client of the file no more; its percentage went to the primary."
    messages.success(request, text)
    return redirect(file.get_absolute_url())


@page()
@require_http_methods(["GET", "POST"])
def primary(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Other > Change Primary Contact (LA-FIL-8)."""
    file = visible_file(request, file_id)
    actor = actor_of(request)
    refusal = ""
    chosen = parse_id(request.POST.get("contact", ""))
    if request.method == "POST":
        actor.require("file.edit_clients")
        try:
            change_primary(file_id=file.pk, contact_id=chosen or UUID(int=0), actor=actor, at=now())
        except Refused as problem:
            refusal = problem.message
        else:
            messages.success(request, f"{_name(chosen)} is the primary contact now. Check the percentages.")
            return redirect(reverse("files:split", args=[file.pk]))
    context = record_context(request, file, "other") | {"refusal": refusal, "chosen": chosen}
    return render(request, "files/primary.html", context, status=422 if refusal else 200)


def _posted(request: HttpRequest) -> UUID:
    contact_id = parse_id(request.POST.get("contact", ""))
    if contact_id is None:
        raise Http404
    return contact_id


def _name(contact_id: UUID | None) -> str:
    contact = contacts_by_id([contact_id]).get(contact_id) if contact_id is not None else None
    return contact.name if contact is not None else "The contact"
