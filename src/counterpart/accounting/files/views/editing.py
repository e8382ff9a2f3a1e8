"""New File and editing (LA-FIL-1, EDT-1)."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.files.fields import LABELS
from counterpart.accounting.files.forms import FileForm
from counterpart.accounting.files.operations import Draft, create_file, edit_file
from counterpart.accounting.files.permissions import can_set_number
from counterpart.accounting.files.restricted import Restriction, new_file_restriction, require_unrestricted
from counterpart.accounting.files.views.access import visible_file
from counterpart.accounting.files.views.numbers import hint_of
from counterpart.accounting.files.views.picking import offered
from counterpart.accounting.files.views.record import record_context
from counterpart.accounting.record_pages import Saving, save_edit
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.ids import parse_id
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.pages import done


@page("file.create")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The New File tab: first whose file it is, then the file. While the integration is on, the way to PM (MAT-2)."""
    restricted = new_file_restriction()
    if request.method == "POST":
        require_unrestricted(restricted)
    contact = _chosen(request)
    if contact is None or restricted is not None:
        return _ask_whose(request, restricted)
    return _open_for(request, contact)


@page()
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Edit a file. If somebody else saved meanwhile, both values are shown and the typing is kept (EDT-1)."""
    file = visible_file(request, file_id)
    actor = actor_of(request)
    actor.require("file.edit")
    form = FileForm(request.POST or None, file=file)
    saving = Saving(is_saved=False)
    if request.method == "POST" and form.is_valid():
        saving = save_edit(form, partial(edit_file, file_id=file.pk, actor=actor, at=now()), LABELS)
    if saving.is_saved:
        messages.success(request, form.saved_words(file.version))
        return done(request, file.get_absolute_url())
    context = record_context(request, file, "general") | {"form": form, "clashes": saving.clashes}
    return render(request, "files/edit.html", context, status=409 if saving.clashes else 422 if form.errors else 200)


def _ask_whose(request: HttpRequest, restricted: Restriction | None) -> HttpResponse:
    find = request.GET.get("find", "")
    found = [] if restricted else offered(request, find, groups=True)
    context = {"restricted": restricted, "find": find, "found": found}
    is_fragment = request.headers.get("HX-Target") == "client-picker"
    return render(request, "files/new_client.html#picker" if is_fragment else "files/new_client.html", context)


def _open_for(request: HttpRequest, contact: Contact) -> HttpResponse:
    """The form of a new file for this client, or for the members of this group."""
    actor = actor_of(request)
    may_number = can_set_number(actor)
    form = FileForm(request.POST or None, may_number=may_number, today=now().date())
    if request.method == "POST" and form.is_valid():
        whose: dict[str, Any] = {"group": contact.pk} if contact.is_group else {"clients": [contact.pk]}
        number = form.cleaned_data["number"] if may_number else ""
        draft = Draft(form.given, number=number, keep_sequence=form.cleaned_data["keep_sequence"], **whose)
        try:
            created = create_file(draft, actor=actor, at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"File {created.number} is opened for {contact.name}.")
            return done(request, reverse("files:general", args=[created.id]))
    hint = hint_of(actor, str(form["number"].value() or ""), contact=contact)
    context = {"form": form, "contact": contact, "may_number": may_number, "hint": hint}
    return render(request, "files/new.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest) -> Contact | None:
    """The contact in the address, where the one who asks may see it and it can have files."""
    contact_id = parse_id(request.GET.get("contact", ""))
    open_ones = contacts_visible_to(actor_of(request)).filter(status=Contact.Status.ACTIVE)
    return open_ones.filter(pk=contact_id).first() if contact_id is not None else None
