"""Group contacts: New Group Contact, Group Members, Member Of (LA-SPL-4, GRP-15 to GRP-17)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.contacts.views.access import visible_contact
from counterpart.accounting.contacts.views.record import record_context
from counterpart.accounting.files.forms import GroupForm
from counterpart.accounting.files.operations import add_members, create_group
from counterpart.accounting.files.operations import remove_member as take_out
from counterpart.accounting.files.queries import members_of, memberships_of
from counterpart.accounting.files.restricted import group_restriction, require_unrestricted
from counterpart.accounting.files.views.picking import offered
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.ids import parse_id
from counterpart.foundation.users.access import actor_of, page


@page("group.edit")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The New Group Contact tab: a name, and members looked up one after another."""
    restricted = group_restriction()
    if request.method == "POST":
        require_unrestricted(restricted)
    chosen = _chosen(request)
    looking = "look" in request.POST or request.headers.get("HX-Target") == "member-picker"
    form = GroupForm(request.POST if request.method == "POST" and not looking else None, initial=request.POST.dict())
    if request.method == "POST" and not looking and form.is_valid():
        members = [contact.pk for contact in chosen]
        try:
            made = create_group(name=form.cleaned_data["name"], members=members, actor=actor_of(request), at=now())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{made.name} is saved with number {made.number}.")
            return redirect(reverse("files:members", args=[made.id]))
    find = request.POST.get("find", "")
    context = {
        "form": form, "restricted": restricted, "chosen": chosen, "find": find,
        "found": offered(request, find, without=[contact.pk for contact in chosen]),
    }  # fmt: skip
    part = (
        "files/new_group.html#picker" if request.headers.get("HX-Target") == "member-picker" else "files/new_group.html"
    )
    return render(request, part, context, status=422 if form.errors else 200)


@page()
@require_http_methods(["GET", "POST"])
def members(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """The Group Members tab of a group contact; a post adds one."""
    group = _visible_group(request, contact_id)
    actor = actor_of(request)
    restricted = group_restriction(group.pk)
    if request.method == "POST":
        member = parse_id(request.POST.get("contact", ""))
        if member is None:
            raise Http404
        add_members(group_id=group.pk, contact_ids=[member], actor=actor, at=now())
        messages.success(request, "The member is added. Files of the group have it as a client with 0 %.")
        return redirect(request.path)
    rows = members_of(group.pk)
    find = request.GET.get("find", "")
    may_change = actor.may("group.edit") and restricted is None
    context = record_context(request, group, "members") | {
        "members": rows, "restricted": restricted, "has_group_right": actor.may("group.edit"), "may_change": may_change,
        "find": find,
        "found": offered(request, find, without=[row.contact_id for row in rows]) if may_change else [],
    }  # fmt: skip
    is_fragment = request.headers.get("HX-Target") == "client-picker"
    return render(request, "files/members.html#picker" if is_fragment else "files/members.html", context)


@page()
@require_POST
def remove_member(request: HttpRequest, contact_id: UUID, member_id: UUID) -> HttpResponse:
    """Take a member out of a group."""
    group = _visible_group(request, contact_id)
    take_out(group_id=group.pk, contact_id=member_id, actor=actor_of(request), at=now())
    messages.success(request, "The member is taken out of the group.")
    return redirect(reverse("files:members", args=[group.pk]))


@page()
@require_GET
def memberships(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """The Member Of tab: the visible groups a contact is in; hidden ones are never shown (GRP-3)."""
    contact = visible_contact(request, contact_id)
    context: dict[str, Any] = record_context(request, contact, "memberships")
    return render(request, "files/memberships.html", context | {"memberships": memberships_of(contact.pk)})


def _visible_group(request: HttpRequest, contact_id: UUID) -> Contact:
    contact = visible_contact(request, contact_id)
    if not contact.is_group:
        raise Http404
    return contact


def _chosen(request: HttpRequest) -> list[Contact]:
    """The contacts ticked so far, in the order they were ticked."""
    ids = [found for text in request.POST.getlist("members") if (found := parse_id(text)) is not None]
    contacts = contacts_visible_to(actor_of(request)).filter(is_group=False).in_bulk(ids)
    return [contacts[one] for one in dict.fromkeys(ids) if one in contacts]
