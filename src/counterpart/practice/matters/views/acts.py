"""What can be done to a matter from its page; every one is a form that works without script."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, Refused
from counterpart.foundation.users.models import User
from counterpart.foundation.web.pages import done, in_dialog, layout
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.forms import AccessForm, ClosureForm, ReferenceForm
from counterpart.practice.matters.views.access import matter_or_404
from counterpart.practice.number_locks import FILE_REFERENCE_LOCK
from counterpart.sync import api as sync


@signed_in
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """What is open, each with where to settle it; who may closes it all the same and says why (MAT-5)."""
    matter = matter_or_404(request, matter_id, "matter.close")
    actor = actor_of(request)
    blockers = operations.close_blockers(matter.pk, matter.matter_type_id)
    form = ClosureForm(_sent(request))
    may_force = actor.may("matter.force_close")
    status = 200
    if request.method == "POST" and form.is_valid():
        force = "force" in request.POST
        try:
            reason = form.cleaned_data["reason"]
            operations.close_matter(actor=actor, matter_id=matter.pk, at=now(), reason=reason, force=force)
        except Blocked as refusal:
            blockers, status = refusal.blockers, refusal.status
        except Refused as refusal:
            status = refusal.status
            for error in refusal.errors:
                form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, "Matter closed. It stays in the search and can be reopened.")
            return done(request, matter.get_absolute_url())
    context = {
        "matter": matter,
        "blockers": blockers,
        "form": form,
        "may_force": may_force,
        "link": sync.link_state("matter", matter.pk),
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    return render(request, "matters/close.html", context, status=status)


@signed_in
@require_POST
def reopen(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Undo closing."""
    matter = matter_or_404(request, matter_id)
    operations.reopen_matter(actor=actor_of(request), matter_id=matter.pk, at=now())
    messages.success(request, "Matter reopened.")
    return redirect(matter)


@signed_in
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """What will happen; then it happens."""
    matter = matter_or_404(request, matter_id, "matter.delete")
    if request.method == "POST":
        operations.delete_matter(actor=actor_of(request), matter_id=matter.pk, at=now())
        messages.success(request, "Matter deleted. It can be restored for 30 days: Matters, status Deleted.")
        return done(request, reverse("matters:list"))
    context = {
        "matter": matter,
        "link": sync.link_state("matter", matter.pk),
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    return render(request, "matters/delete.html", context)


@signed_in
@require_POST
def restore(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Bring a deleted matter back."""
    operations.restore_matter(actor=actor_of(request), matter_id=matter_id, at=now())
    messages.success(request, "Matter restored.")
    return redirect("matters:matter", matter_id)


@signed_in
@require_http_methods(["GET", "POST"])
def access(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Who may see the matter: everybody who sees matters, or the people listed here (PRM-4)."""
    matter = matter_or_404(request, matter_id, "matter.restrict")
    actor = actor_of(request)
    listed = queries.access_of(matter.pk)
    people = [one for one in _with_listed(queries.staff(), listed) if one.pk != actor.user_id]
    form = AccessForm(_sent(request), people=people, initial={"access": [str(one.pk) for one in listed]})
    if request.method == "POST" and "lift" in request.POST:
        operations.unrestrict_matter(actor=actor, matter_id=matter.pk, at=now())
        messages.success(request, "Restriction lifted: everybody who sees matters sees this one.")
        return done(request, matter.get_absolute_url())
    if request.method == "POST" and form.is_valid():
        operations.restrict_matter(actor=actor, matter_id=matter.pk, user_ids=form.user_ids(), at=now())
        messages.success(request, "Matter restricted. Only the people listed see it.")
        return done(request, matter.get_absolute_url())
    context = {"matter": matter, "form": form, "layout": layout(request), "dialog": in_dialog(request)}
    return render(request, "matters/access.html", context, status=422 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def reference(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """*Choose another* number (MAT-9, MAT-18)."""
    matter = matter_or_404(request, matter_id, "matter.edit_reference")
    actor = actor_of(request)
    FILE_REFERENCE_LOCK.ensure_open(actor)
    form = ReferenceForm(
        _sent(request), initial={"file_reference": matter.requested_reference or matter.file_reference}
    )
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_matter(
                actor=actor,
                matter_id=matter.pk,
                changes={"file_reference": form.cleaned_data["file_reference"]},
                keep_sequence=form.cleaned_data["keep_sequence"],
                at=now(),
            )
        except Refused as refusal:
            form.add_error("file_reference", refusal.message)
        else:
            messages.success(request, "Legal Accounting is asked for this number.")
            return done(request, matter.get_absolute_url())
    context = {
        "matter": matter,
        "form": form,
        "link": sync.link_state("matter", matter.pk),
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    return render(request, "matters/reference.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def withdraw_reference(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """*Let Legal Accounting number it*, or keep the number it has."""
    matter = matter_or_404(request, matter_id)
    operations.withdraw_reference(actor=actor_of(request), matter_id=matter.pk, at=now())
    kept = f"{matter.file_reference} stays." if matter.file_reference else "Legal Accounting gives the next number."
    messages.success(request, f"Request withdrawn. {kept}")
    return redirect(matter)


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, even if it is nothing at all."""
    return request.POST if request.method == "POST" else None


def _with_listed(people: list[User], listed: list[User]) -> list[User]:
    """Somebody who left stays listed until they are taken off."""
    return [*people, *(one for one in listed if one not in people)]
