"""What can be done to a contact from its page; every one is a form that works without script."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, Refused
from counterpart.foundation.web.pages import done, in_dialog, layout, next_url
from counterpart.practice.contacts import operations, queries
from counterpart.practice.contacts.forms import ReferenceForm
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.views.access import actor_of, contact_or_404, signed_in
from counterpart.practice.number_locks import REFERENCE_LOCK
from counterpart.sync import api as sync


@signed_in
@require_POST
def close(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Close the contact (PAG-9)."""
    contact = contact_or_404(request, contact_id)
    operations.close_contact(actor=actor_of(request), contact_id=contact.pk, at=now())
    messages.success(request, "Contact closed. It stays in the search and can be reopened.")
    return redirect(contact)


@signed_in
@require_POST
def reopen(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Undo closing."""
    contact = contact_or_404(request, contact_id)
    operations.reopen_contact(actor=actor_of(request), contact_id=contact.pk, at=now())
    messages.success(request, "Contact reopened.")
    return redirect(contact)


@signed_in
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """What stands in the way and what will happen; then it happens (DEL-1, DEL-2)."""
    contact = contact_or_404(request, contact_id)
    actor = actor_of(request)
    actor.require("contact.delete")
    blockers = operations.delete_blockers(contact, actor)
    status = 200
    if request.method == "POST":
        try:
            operations.delete_contact(actor=actor, contact_id=contact.pk, at=now())
        except Blocked as refusal:
            blockers, status = refusal.blockers, refusal.status
        else:
            messages.success(request, "Contact deleted. It can be restored for 30 days: Contacts, status Deleted.")
            return done(request, reverse("contacts:list"))
    context = {
        "contact": contact,
        "name": display_name(contact.__dict__, queries.name_format()),
        "blockers": blockers,
        "link": sync.link_state("contact", contact.pk),
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    return render(request, "contacts/delete.html", context, status=status)


@signed_in
@require_POST
def restore(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Bring a deleted contact back."""
    operations.restore_contact(actor=actor_of(request), contact_id=contact_id, at=now())
    messages.success(request, "Contact restored.")
    return redirect("contacts:contact", contact_id)


@signed_in
@require_http_methods(["GET", "POST"])
def reference(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """*Choose another* number (NUM-11, NUM-13)."""
    contact = contact_or_404(request, contact_id)
    actor = actor_of(request)
    actor.require("contact.edit_reference")
    REFERENCE_LOCK.ensure_open(actor)
    form = ReferenceForm(request.POST or None, initial={"reference": contact.requested_reference or contact.reference})
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_contact(
                actor=actor,
                contact_id=contact.pk,
                changes={"reference": form.cleaned_data["reference"]},
                keep_sequence=form.cleaned_data["keep_sequence"],
                at=now(),
            )
        except Refused as refusal:
            form.add_error("reference", refusal.message)
        else:
            messages.success(request, "Legal Accounting is asked for this number.")
            return done(request, contact.get_absolute_url())
    context = {
        "contact": contact,
        "name": display_name(contact.__dict__, queries.name_format()),
        "form": form,
        "link": sync.link_state("contact", contact.pk),
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    return render(request, "contacts/reference.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def withdraw_reference(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """*Let Legal Accounting number it*, or keep the number it has."""
    contact = contact_or_404(request, contact_id)
    operations.withdraw_reference(actor=actor_of(request), contact_id=contact.pk, at=now())
    kept = f"{contact.reference} stays." if contact.reference else "Legal Accounting gives the next number."
    messages.success(request, f"Request withdrawn. {kept}")
    return redirect(contact)


@signed_in
@require_POST
def copy_addresses(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """One click that gives both products the same addresses (IND-5)."""
    contact = contact_or_404(request, contact_id)
    here = request.POST.get("direction") == "here"
    copied = operations.copy_addresses(
        actor=actor_of(request), contact_id=contact.pk, direction="here" if here else "there", at=now()
    )
    if not copied:
        messages.info(request, "The addresses are the same already.")
    else:
        messages.success(request, "Address taken over." if here else "Address copied to Legal Accounting.")
    return redirect(next_url(request, contact.get_absolute_url()))
