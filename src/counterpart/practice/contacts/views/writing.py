"""The Create Contact window and the edit form (WIN-1 to WIN-14, PAG-7, EDT-1)."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.cards import Seen
from counterpart.foundation.alike.saving import created_anyway, question_of, strong_matches
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Forbidden, Refused
from counterpart.foundation.web.pages import done, in_dialog, layout
from counterpart.practice.contacts import operations, queries
from counterpart.practice.contacts.drafts import columns_of
from counterpart.practice.contacts.faces import face_of
from counterpart.practice.contacts.forms import REFERENCE_CHANGE_HELP, ContactForm, base_of, initial_of
from counterpart.practice.contacts.models import Contact, contact_url
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations import EditClash
from counterpart.practice.contacts.private import VIEW_SENSITIVE
from counterpart.practice.contacts.views.access import actor_of, contact_or_404, signed_in
from counterpart.practice.contacts.views.clashes import posted_base, shown_clashes
from counterpart.practice.number_locks import REFERENCE_LOCK
from counterpart.practice.settings.models import ContactSettings
from counterpart.practice.settings.queries import contact_settings
from counterpart.practice.tokens import new_token
from counterpart.sync import api as sync


@signed_in
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create Contact, as a dialog over any page or as a page of its own."""
    actor = actor_of(request)
    actor.require("contact.create")
    settings = contact_settings()
    if request.method == "GET":
        return _create_page(request, _blank_form(request, settings))
    form = _form(request, settings, data=request.POST)
    if not form.is_valid():
        return _create_page(request, form)
    contact_id = form.contact_id()
    if not queries.contacts_visible_to(actor).filter(pk=contact_id).exists():  # else it is the second of two presses
        strong = [] if "anyway" in request.POST else strong_matches(actor, face_of(columns_of(form.draft())))
        if strong:
            return _create_page(request, form, strong)
        result = _create(actor, contact_id, form, request.POST.get("anyway", ""))
        if isinstance(result, Refused):
            form.add_errors(result.errors)
            return _create_page(request, form)
        if result is not None:
            messages.success(request, f"Contact created: {display_name(result.columns)}. {_link_sentence()}")
    return _another(request, settings) if "another" in request.POST else done(request, contact_url(contact_id))


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """The create form, filled. Saving sends only what was changed, and says so when somebody else was quicker."""
    contact = contact_or_404(request, contact_id)
    actor_of(request).require("contact.edit")
    columns = contact.__dict__
    if request.method == "GET":
        form = _edit_form(request, initial=_filled(columns))
        base = base_of(columns, sees_private=_sees_private(request))
        return _edit_page(request, contact, form, base, contact.version)
    form = _edit_form(request, data=request.POST, initial=_filled(columns))
    base, version = posted_base(request), int(request.POST.get("version") or 0)
    if not form.is_valid():
        return _edit_page(request, contact, form, base, version)
    try:
        after = _save(request, contact, form, base)
    except EditClash as clash:
        # What others changed is what the form now starts from: a second save is a decision, not an accident.
        theirs = {one.field: one.theirs for one in clash.clashes}
        contact.refresh_from_db()
        return _edit_page(request, contact, form, {**base, **theirs}, contact.version, clash)
    except (Refused, Forbidden) as refusal:
        form.add_errors(refusal.errors)
        return _edit_page(request, contact, form, base, version)
    note = " What others changed meanwhile was kept." if version and after["version"] > version + 1 else ""
    messages.success(request, f"Contact saved.{note}")
    return done(request, contact.get_absolute_url())


def _save(request: HttpRequest, contact: Contact, form: ContactForm, base: dict[str, Any]) -> dict[str, Any]:
    changes = form.fields_of()
    for name in request.POST.getlist("take"):
        changes.pop(name, None)  # *keep theirs*
    keep_sequence = bool(form.cleaned_data.get("keep_sequence"))
    return operations.edit_contact(
        actor=actor_of(request),
        contact_id=contact.pk,
        changes=changes,
        at=now(),
        base=base,
        keep_sequence=keep_sequence,
    )


@signed_in
@require_GET
def state_field(request: HttpRequest) -> HttpResponse:
    """The State/Province field for the chosen country (WIN-13)."""
    prefix = "mailing" if request.GET.get("prefix") == "mailing" else "physical"
    form = _form(request, contact_settings(), initial={f"{prefix}_country": request.GET.get(f"{prefix}_country", "")})
    return render(request, "contacts/state_field.html", {"field": form[f"{prefix}_state"], "prefix": prefix})


def _form(request: HttpRequest, settings: ContactSettings, **kwargs: Any) -> ContactForm:
    sequences, lock = settings.separate_numbering_sequences, _number_lock(request)
    return ContactForm(
        sequences=sequences, number_lock=lock, asked_there=_asked_there(), sees_private=_sees_private(request), **kwargs
    )


def _edit_form(request: HttpRequest, **kwargs: Any) -> ContactForm:
    # The sequence is chosen when a contact is created, and only then (CON-8).
    lock = _number_lock(request, "contact.edit_reference")
    form = ContactForm(
        sequences=False, number_lock=lock, asked_there=_asked_there(), sees_private=_sees_private(request), **kwargs
    )
    if form.numbers:
        form.fields["reference"].help_text = REFERENCE_CHANGE_HELP
    return form


def _sees_private(request: HttpRequest) -> bool:
    return actor_of(request).may(VIEW_SENSITIVE)


def _asked_there() -> list[str]:
    """What Legal Accounting's firm wants to know of a contact, as last heard (IMP-8)."""
    return list(sync.peer().policy.get("required_contact_fields") or ())


def _number_lock(request: HttpRequest, right: str = "") -> str:
    """Why this person may not define a reference; '' if they may (NUM-17)."""
    actor = actor_of(request)
    if right and not actor.may(right):
        return "Your role does not include changing references."
    return REFERENCE_LOCK.reason(actor)


def _blank_form(request: HttpRequest, settings: ContactSettings) -> ContactForm:
    country = settings.default_country
    initial = {
        "token": new_token(), "kind": "individual", "numbering_sequence": "client",
        "physical_country": country, "mailing_country": country,
    }  # fmt: skip
    kind = request.GET.get("kind", "")
    if kind in ("individual", "company"):
        initial["kind"] = kind
    for name in ("first", "last", "company"):
        initial[name] = request.GET.get(name, "")[:200]
    return _form(request, settings, initial=initial)


def _filled(columns: dict[str, Any]) -> dict[str, Any]:
    initial = initial_of(columns)
    country = contact_settings().default_country
    for prefix, name in (("physical", "physical_address"), ("mailing", "mailing_address")):
        if not columns[name]:
            initial[f"{prefix}_country"] = country
    return initial


def _create(actor: Actor, contact_id: UUID, form: ContactForm, shown: str) -> operations.Result | None:
    """Create the contact; None when the same form made it at this very moment. ``shown``: contacts that seemed to be
    the same, and that it is remembered not to be (WIN-7).
    """
    try:
        with transaction.atomic():
            result = operations.create_contacts(actor=actor, drafts=[form.draft()], at=now(), ids=[contact_id])[0]
            if not isinstance(result, Refused):
                created_anyway(actor=actor, contact_id=contact_id, shown=shown, at=now())
            return result
    except IntegrityError:
        return None


def _create_page(request: HttpRequest, form: ContactForm, strong: Sequence[Seen] = ()) -> HttpResponse:
    context = {
        **question_of(strong),
        "form": form,
        "layout": layout(request),
        "dialog": in_dialog(request),
        "action": request.path,
        "sequences_off_there": _sequences_off_there(form),
    }
    status = 409 if strong else 422 if form.errors else 200
    return render(request, "contacts/create.html", context, status=status)


def _edit_page(
    request: HttpRequest,
    contact: Contact,
    form: ContactForm,
    base: dict[str, Any],
    version: int,
    clash: EditClash | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    may_delete = actor.may("contact.delete")
    context = {
        "contact": contact,
        "name": display_name(contact.__dict__, queries.name_format()),
        "form": form,
        "layout": layout(request),
        "dialog": in_dialog(request),
        "base": json.dumps(base),
        "version": version,
        "clash": clash,
        "clashes": shown_clashes(clash) if clash else (),
        "may_delete": may_delete,
        "blockers": operations.delete_blockers(contact, actor) if may_delete else (),
    }
    status = 409 if clash else 422 if form.errors else 200
    return render(request, "contacts/edit.html", context, status=status)


def _another(request: HttpRequest, settings: ContactSettings) -> HttpResponse:
    if not in_dialog(request):
        return redirect(request.path)
    response = _create_page(request, _blank_form(request, settings))
    return trigger_client_event(response, "contacts-changed")


def _link_sentence() -> str:
    facts = sync.peer()
    return f"{facts.name} gets it now." if facts.connected else f"{facts.name} gets it when it can be reached."


def _sequences_off_there(form: ContactForm) -> bool:
    """CON-7: the choice has no effect while Legal Accounting has one sequence."""
    there = sync.peer().policy.get("separate_numbering_sequences")
    return "numbering_sequence" in form.fields and there is False
