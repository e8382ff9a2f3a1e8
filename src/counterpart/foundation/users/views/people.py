"""Admin > Users and permissions: the people (PRM-2, PRM-3)."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from counterpart.foundation import clock, history
from counterpart.foundation.errors import Refusal
from counterpart.foundation.users import operations
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.users.forms import NewUserForm, PasswordForm, RolesForm, UserForm, take_over
from counterpart.foundation.users.models import User
from counterpart.foundation.users.queries import reasons, users_visible_to
from counterpart.foundation.web.pages import done, layout

PER_PAGE = 50


@page(operations.MANAGE)
def list_users(request: SignedIn) -> HttpResponse:
    """Everybody, searchable by name and e-mail."""
    typed = request.GET.get("find", "").strip()
    people = users_visible_to(actor_of(request))
    if typed:
        people = people.filter(Q(name__icontains=typed) | Q(email__icontains=typed))
    found = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "users/list.html", {"page": found, "find": typed})


@page(operations.MANAGE)
def add_user(request: SignedIn) -> HttpResponse:
    """Add a person; page and dialog are one."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data | {"roles": list(form.cleaned_data["roles"])}
        try:
            user = operations.create_user(actor=actor_of(request), at=clock.now(), **facts)
        except Refusal as refusal:
            take_over(form, refusal)
        else:
            messages.success(request, f"{user.name} can sign in now.")
            return done(request, "/users/")
    status = 422 if form.errors else 200
    return render(request, "users/new.html", {"form": form, "layout": layout(request)}, status=status)


@page(operations.MANAGE)
def show_user(request: SignedIn, user_id: UUID) -> HttpResponse:
    """One person: name, roles, what they may and why, password, history."""
    user = get_object_or_404(users_visible_to(actor_of(request)), uuid=user_id)
    form = UserForm(request.POST or None, initial={"name": user.name, "email": user.email})
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_user(actor=actor_of(request), user=user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            take_over(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("users:user", user_id)
    return _user_page(request, user, form=form)


@require_POST
@page(operations.MANAGE)
def change_roles(request: SignedIn, user_id: UUID) -> HttpResponse:
    """Give the person exactly the ticked roles."""
    user = get_object_or_404(users_visible_to(actor_of(request)), uuid=user_id)
    form = RolesForm(request.POST)
    if form.is_valid():
        try:
            roles = list(form.cleaned_data["roles"])
            operations.set_roles(actor=actor_of(request), user=user, roles=roles, at=clock.now())
        except Refusal as refusal:
            take_over(form, refusal)
        else:
            messages.success(request, f"The roles of {user.name} are saved.")
            return redirect("users:user", user_id)
    return _user_page(request, user, roles_form=form)


@require_POST
@page(operations.MANAGE)
def change_password(request: SignedIn, user_id: UUID) -> HttpResponse:
    """Give the person a new password."""
    user = get_object_or_404(users_visible_to(actor_of(request)), uuid=user_id)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            operations.set_password(
                actor=actor_of(request), user=user, password=form.cleaned_data["password"], at=clock.now()
            )
        except Refusal as refusal:
            take_over(form, refusal)
        else:
            messages.success(request, f"{user.name} has a new password.")
            return redirect("users:user", user_id)
    return _user_page(request, user, password_form=form)


@require_POST
@page(operations.MANAGE)
def suspend(request: SignedIn, user_id: UUID) -> HttpResponse:
    """Switch a person's sign-in off, or with `lift` on again."""
    user = get_object_or_404(users_visible_to(actor_of(request)), uuid=user_id)
    change = operations.enable_user if request.POST.get("lift") else operations.disable_user
    try:
        change(actor=actor_of(request), user=user, at=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{user.name} may {'' if request.POST.get('lift') else 'no longer '}sign in.")
    return redirect("users:user", user_id)


def _user_page(
    request: SignedIn,
    user: User,
    form: UserForm | None = None,
    roles_form: RolesForm | None = None,
    password_form: PasswordForm | None = None,
) -> HttpResponse:
    forms = (form, roles_form, password_form)
    context = {
        "person": user,
        "form": form or UserForm(initial={"name": user.name, "email": user.email}),
        "roles_form": roles_form or RolesForm(initial={"roles": user.roles.all()}),
        "password_form": password_form or PasswordForm(),
        "reasons": reasons(user),
        "events": history.events_for("user", user.uuid)[:20],
    }
    return render(request, "users/user.html", context, status=422 if any(f and f.errors for f in forms) else 200)
