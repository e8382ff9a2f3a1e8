"""New Contact and editing (CON-4, EDT-1)."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterpart.accounting.contacts.faces import face_of
from counterpart.accounting.contacts.fields import FIELDS, LABELS, Fields, cleaned
from counterpart.accounting.contacts.forms import ContactForm
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import Created, Draft, create_contact, edit_contact
from counterpart.accounting.contacts.permissions import can_set_number
from counterpart.accounting.contacts.views.access import visible_contact
from counterpart.accounting.contacts.views.numbers import hint_of
from counterpart.accounting.contacts.views.record import record_context
from counterpart.accounting.record_pages import Saving, save_edit
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.cards import Seen
from counterpart.foundation.alike.saving import created_anyway, question_of, strong_matches
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.pages import done


@page()
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The New Contact tab; the number of the chosen type is proposed (NUM-12, SEQ-4)."""
    actor = actor_of(request)
    actor.require("contact.create")
    may_number = can_set_number(actor)
    form = ContactForm(request.POST or None, may_number=may_number, initial=_carried(request))
    strong: list[Seen] = []
    if request.method == "POST" and form.is_valid() and "anyway" not in request.POST:
        strong = strong_matches(actor, face_of(cleaned(form.given)))
    if request.method == "POST" and form.is_valid() and not strong:
        number = form.cleaned_data["number"] if may_number else ""
        draft = Draft(form.given, number, keep_sequence=form.cleaned_data["keep_sequence"])
        try:
            created = _created(draft, actor, request.POST.get("anyway", ""))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{created.name} is saved with number {created.number}.")
            another = "another" in request.POST
            return done(request, reverse("contacts:new") if another else reverse("contacts:general", args=[created.id]))
    scheme = str(form["contact_type"].value() or "client")
    context = {
        "form": form,
        "may_number": may_number,
        "hint": hint_of(actor, str(form["number"].value() or ""), scheme),
        **question_of(strong),
    }
    return render(request, "contacts/new.html", context, status=409 if strong else 422 if form.errors else 200)


@transaction.atomic
def _created(draft: Draft, actor: Actor, shown: str) -> Created:
    """Create the contact; with what was shown as alike, it is remembered to be none of them (WIN-7)."""
    created = create_contact(draft, actor=actor, at=now())
    created_anyway(actor=actor, contact_id=created.id, shown=shown, at=now())
    return created


@page()
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Edit a contact. If somebody else saved meanwhile, both values are shown and the typing is kept (EDT-1)."""
    contact = visible_contact(request, contact_id)
    actor = actor_of(request)
    actor.require("contact.edit")
    stored = _stored(contact)
    form = ContactForm(request.POST or None, contact=stored, version=contact.version)
    saving = Saving(is_saved=False)
    if request.method == "POST" and form.is_valid():
        saving = save_edit(form, partial(edit_contact, contact_id=contact.pk, actor=actor, at=now()), LABELS)
    if saving.is_saved:
        messages.success(request, form.saved_words(contact.version))
        return done(request, contact.get_absolute_url())
    context = record_context(request, contact, "general") | {"form": form, "clashes": saving.clashes}
    return render(request, "contacts/edit.html", context, status=409 if saving.clashes else 422 if form.errors else 200)


def _stored(contact: Contact) -> Fields:
    return {name: getattr(contact, name) for name in FIELDS}


def _carried(request: HttpRequest) -> dict[str, str]:
    """What was typed into a search box goes along into the form (SRC-6)."""
    return {name: request.GET.get(name, "")[:100] for name in ("first", "last")}
