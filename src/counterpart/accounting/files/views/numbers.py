"""Numbers of files on pages: the live check, and Other > Change File Number (MAT-18, IMP-3, IMP-4)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.contacts.views.numbers import Hint
from counterpart.accounting.files.forms import FileNumberForm, HoldsForm
from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations import change_file_number
from counterpart.accounting.files.permissions import RESTRICTED, can_set_number
from counterpart.accounting.files.queries import files_by_id, files_visible_to, members_of, payers_of, taken_sentence
from counterpart.accounting.files.views.access import visible_file
from counterpart.accounting.files.views.record import record_context
from counterpart.accounting.numbering.file_numbers import file_numbers_of, preview_file_number
from counterpart.contracts.contact import tidy
from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.ids import parse_id
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.pages import done


@page("file.read")
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Say while typing whether the number is free and what will come next."""
    actor = actor_of(request)
    number = tidy(request.GET.get("number", "")[:40]) or ""
    file_id, contact_id = parse_id(request.GET.get("file", "")), parse_id(request.GET.get("contact", ""))
    file = files_visible_to(actor).filter(pk=file_id).first() if file_id is not None else None
    contact = contacts_visible_to(actor).filter(pk=contact_id).first() if contact_id is not None else None
    if file is None and contact is None:
        raise Http404
    hint = hint_of(actor, number, file=file, contact=contact, keep="keep_sequence" in request.GET)
    return render(request, "contacts/number_hint.html", {"hint": hint, "may_number": can_set_number(actor)})


@page()
@require_http_methods(["GET", "POST"])
def other(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The Other tab: change the number, former numbers, primary contact, holds, close, delete."""
    file = visible_file(request, file_id)
    actor = actor_of(request)
    form = FileNumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number, keep = form.cleaned_data["number"], form.cleaned_data["keep_sequence"]
        try:
            change_file_number(file_id=file.pk, number=number, keep_sequence=keep, actor=actor, at=now())
        except Refused as refusal:
            form.add_error("number", refusal.message)
        else:
            messages.success(request, f"The file has a new number. {file.number} still finds it.")
            return done(request, reverse("files:other", args=[file.pk]))
    context = other_context(request, file, form=form)
    return render(request, "files/other.html", context, status=422 if form.errors else 200)


def other_context(
    request: HttpRequest, file: File, *, form: FileNumberForm | None = None, holds: HoldsForm | None = None
) -> dict[str, Any]:
    """Return what the Other tab shows; a refused form stands in it as it was typed."""
    number = form or FileNumberForm()
    hint = hint_of(actor_of(request), str(number["number"].value() or ""), file=file)
    return record_context(request, file, "other") | {
        "form": number, "holds_form": holds or HoldsForm(file=file), "hint": hint,
        "numbers": list(file_numbers_of(file.pk)),
    }  # fmt: skip


def hint_of(
    actor: Actor, number: str, *, file: File | None = None, contact: Contact | None = None, keep: bool = False
) -> Hint:
    """Work out what stands under the number box of this file, or of a new one for this contact."""
    contact_id, contact_number = _primary(file, contact)
    found = preview_file_number(
        number, contact_id=contact_id, contact_number=contact_number, file_id=file.pk if file else None
    )
    problem = found.problem
    if found.owner is not None:
        owner = files_by_id([found.owner]).get(found.owner)
        problem = taken_sentence(number, owner, named=actor.may("file.read"))
    about = {"file": file.pk} if file is not None else {"contact": contact.pk if contact is not None else ""}
    url = f"{reverse('files:number-check')}?{urlencode(about)}"
    return Hint(found, "file", problem, url, RESTRICTED, keep=keep)


def _primary(file: File | None, contact: Contact | None) -> tuple[UUID, str]:
    """Whose number the file's begins with: its primary contact's, a group's first member's, the contact's own."""
    if file is not None:
        primary = payers_of([file.pk])[file.pk][0]
        return primary.contact_id, primary.number
    assert contact is not None, "a number is previewed for a file or for the contact of a new one"
    members = members_of(contact.pk) if contact.is_group else []
    first = members[0].contact if members else contact
    return first.pk, first.number
