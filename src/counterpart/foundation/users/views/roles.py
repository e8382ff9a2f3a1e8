"""Admin > Users and permissions: the roles and what they grant (PRM-1, PRM-2)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from counterpart.foundation import clock, history
from counterpart.foundation.errors import Refusal
from counterpart.foundation.users import operations
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.users.forms import NewRoleForm, RoleForm, take_over
from counterpart.foundation.users.models import User
from counterpart.foundation.users.queries import roles_visible_to
from counterpart.foundation.web.pages import done, layout


@page(operations.MANAGE)
def list_roles(request: SignedIn) -> HttpResponse:
    """The roles, with how many people hold each."""
    return render(request, "users/roles.html", {"roles": roles_visible_to(actor_of(request))})


@page(operations.MANAGE)
def add_role(request: SignedIn) -> HttpResponse:
    """A new role starts as a copy of another, never empty."""
    form = NewRoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            role = operations.create_role(actor=actor_of(request), at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            take_over(form, refusal)
        else:
            messages.success(request, f"The role {role.name} is made. Now say what it grants.")
            return done(request, f"/users/roles/{role.uuid}/")
    status = 422 if form.errors else 200
    return render(request, "users/new_role.html", {"form": form, "layout": layout(request)}, status=status)


@page(operations.MANAGE)
def show_role(request: SignedIn, role_id: UUID) -> HttpResponse:
    """One role with its rights as check boxes; the administrator role is fixed."""
    role = get_object_or_404(roles_visible_to(actor_of(request)), uuid=role_id)
    initial = {"name": role.name, "description": role.description, "rights": role.rights}
    form = RoleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_role(actor=actor_of(request), role=role, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            take_over(form, refusal)
        else:
            messages.success(request, f"The role {form.cleaned_data['name']} is saved. It applies from the next click.")
            return redirect("users:role", role_id)
    context = {
        "role": role,
        "form": form,
        "people": User.objects.filter(roles=role, is_active=True),
        "events": history.events_for("role", role.uuid)[:20],
    }
    return render(request, "users/role.html", context, status=422 if form.errors else 200)
