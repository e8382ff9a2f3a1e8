"""The Create Matter window and the edit form (MAT-1 to MAT-3, MAT-7, EDT-1)."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, Forbidden, Refused
from counterpart.foundation.users.models import User
from counterpart.foundation.web.pages import done, in_dialog, layout
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.contacts.views.clashes import posted_base
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.forms import EditMatterForm, NewMatterForm, base_of, initial_of, read_base
from counterpart.practice.matters.models import Matter, MatterType, matter_url
from counterpart.practice.matters.rows import states_of
from counterpart.practice.matters.views.access import matter_or_404, number_lock
from counterpart.practice.matters.views.events import shown_clashes
from counterpart.practice.matters.views.finding import uuid_of
from counterpart.practice.matters.views.grid import Grid
from counterpart.practice.matters.views.lines import waiting_for
from counterpart.practice.tokens import new_token
from counterpart.sync import api as sync

TYPES_TO_FILTER = 7
"""More types than this get a box to find one in."""


@signed_in
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create Matter, as a dialog over any page or as a page of its own."""
    actor = actor_of(request)
    actor.require("matter.create")
    types = queries.types_last_used_first(actor)
    if request.method == "GET":
        grid = Grid(actor, types[0] if types else None)
        if (client := uuid_of(request.GET.get("contact", ""))) and (role := _client_role(grid)):
            grid.add(role, client)
        return _create_page(request, _new_form(request, types, initial=_blank(request, grid)), grid, types)
    kind = next((one for one in types if str(one.pk) == request.POST.get("matter_type")), None)
    grid = Grid.read(request, actor, kind or (types[0] if types else None))
    if pressed := request.POST.get("act", ""):
        if pressed == "type" and kind:
            grid.move_to(kind)
        grid.act(pressed)
        return _create_page(request, _new_form(request, types, initial=_typed(request)), grid, types)
    form = _new_form(request, types, data=request.POST)
    if not form.is_valid():
        return _create_page(request, form, grid, types)
    if unfinished := grid.unfinished():
        form.add_error(None, unfinished)
        return _create_page(request, form, grid, types)
    return _create(request, actor, form, grid, types)


def _create(
    request: HttpRequest, actor: Actor, form: NewMatterForm, grid: Grid, types: Sequence[MatterType]
) -> HttpResponse:
    matter_id = form.matter_id()
    if not queries.matters_visible_to(actor).filter(pk=matter_id).exists():  # else it is the second of two presses
        try:
            drafts = [form.draft(grid.drafts())]
            result = operations.create_matters(actor=actor, drafts=drafts, at=now(), ids=[matter_id])[0]
        except IntegrityError:
            result = None  # the other of two presses made it at this very moment
        if isinstance(result, Refused):
            form.add_errors(result.errors)
            return _create_page(request, form, grid, types)
        if result is not None:
            columns = result.columns
            messages.success(
                request,
                f"Matter created: {columns['matter_number']} {columns['name']}. {_what_next(matter_id)}".strip(),
            )
    return done(request, matter_url(matter_id))


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """The matter's own fields. Saving sends only what was changed, and says so when somebody else was quicker."""
    matter = matter_or_404(request, matter_id, "matter.edit")
    columns = states_of([matter.pk])[matter.pk]
    if request.method == "GET":
        form = _edit_form(request, matter, initial=initial_of(columns))
        return _edit_page(request, matter, form, base_of(columns), matter.version)
    form = _edit_form(request, matter, data=request.POST, initial=initial_of(columns))
    base, version = posted_base(request), int(request.POST.get("version") or 0)
    if not form.is_valid():
        return _edit_page(request, matter, form, base, version)
    changes = form.fields_of()
    for name in request.POST.getlist("take"):
        changes.pop(name, None)  # *keep theirs*
    try:
        after = operations.edit_matter(
            actor=actor_of(request),
            matter_id=matter.pk,
            changes=changes,
            at=now(),
            base=read_base(base),
            keep_sequence=form.keeps_sequence(),
        )
    except operations.EditClash as clash:
        # What others changed is what the form now starts from: a second save is a decision, not an accident.
        theirs = base_of(states_of([matter.pk])[matter.pk])
        base |= {one.field: theirs[one.field] for one in clash.clashes}
        matter.refresh_from_db()
        return _edit_page(request, matter, form, base, matter.version, clash)
    except (Refused, Forbidden, Blocked) as refusal:
        form.add_errors(refusal.errors)
        return _edit_page(request, matter, form, base, version)
    note = " What others changed meanwhile was kept." if version and after["version"] > version + 1 else ""
    messages.success(request, f"Matter saved.{note}")
    return done(request, matter.get_absolute_url())


def _new_form(request: HttpRequest, types: Sequence[MatterType], **kwargs: Any) -> NewMatterForm:
    actor = actor_of(request)
    return NewMatterForm(
        types=types, people=queries.staff(), me=actor.user_id or 0, number_lock=number_lock(actor),
        may_restrict=actor.may("matter.restrict"), **kwargs,
    )  # fmt: skip


def _edit_form(request: HttpRequest, matter: Matter, **kwargs: Any) -> EditMatterForm:
    lock = number_lock(actor_of(request), "matter.edit_reference")
    people = _with(queries.staff(), matter.assigned_to)
    return EditMatterForm(people=people, number_lock=lock, is_closed=matter.is_closed, **kwargs)


def _with(people: list[User], person: User) -> list[User]:
    """Somebody who left stays where they stand until another is chosen."""
    return people if person in people else [person, *people]


def _blank(request: HttpRequest, grid: Grid) -> dict[str, Any]:
    return {
        "token": new_token(),
        "matter_type": grid.type.pk if grid.type else "",
        "name": request.GET.get("name", "")[:250],
        "assigned_to": actor_of(request).user_id,
        "priority": "normal",
        "status": "active",
        "date": localtime(now()).date(),
    }


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What stands in the form, to be shown again as it is: nothing is checked before it is saved (UI-6)."""
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in NewMatterForm.base_fields}
    return typed | {"access": request.POST.getlist("access")}


def _client_role(grid: Grid) -> UUID | None:
    return next((role.pk for role in grid.roles if role.is_primary), None)


def _create_page(request: HttpRequest, form: NewMatterForm, grid: Grid, types: Sequence[MatterType]) -> HttpResponse:
    form.mark_required()
    context = {
        "form": form,
        "grid": grid.shown(),
        "layout": layout(request),
        "dialog": in_dialog(request),
        "action": request.path,
        "filter_types": len(types) > TYPES_TO_FILTER,
    }
    if request.headers.get("HX-Target") == "parties":
        response = render(request, "matters/grid.html", context)
        return trigger_client_event(response, "parties-changed")
    return render(request, "matters/create.html", context, status=422 if form.errors else 200)


def _edit_page(
    request: HttpRequest,
    matter: Matter,
    form: EditMatterForm,
    base: dict[str, Any],
    version: int,
    clash: operations.EditClash | None = None,
) -> HttpResponse:
    form.mark_required()
    context = {
        "matter": matter,
        "form": form,
        "layout": layout(request),
        "dialog": in_dialog(request),
        "base": json.dumps(base),
        "version": version,
        "clash": clash,
        "clashes": shown_clashes(clash) if clash else (),
        "may_delete": actor_of(request).may("matter.delete"),
    }
    status = 409 if clash else 422 if form.errors else 200
    return render(request, "matters/edit.html", context, status=status)


def _what_next(matter_id: UUID) -> str:
    """What happens now, said with the success: the link's own words, or why nothing is sent (MAT-3)."""
    if not sync.is_on():
        return ""
    state = sync.link_state("matter", matter_id)
    if state.colour == "gray":
        return state.detail
    waiting = waiting_for([matter_id])
    if names := waiting.get(matter_id):
        return f"Waiting for client {', '.join(names)} to synchronise."
    return f"{sync.peer().name} gets it now."
