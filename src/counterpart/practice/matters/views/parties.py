"""The Parties tab and everything that is done there (PTY-1 to PTY-6). Every act is a form that works without script.

A change of the primary client is confirmed first while Legal Accounting is connected: the operation refuses, the
refusal is shown as a question, and the same form is sent again with the answer.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, Refusal, Refused, Stale
from counterpart.foundation.web.pages import done, in_dialog, layout
from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.models import Matter, Party, Role
from counterpart.practice.matters.operations import PartiesChange, PrimaryChanges
from counterpart.practice.matters.views.access import matter_or_404, party_or_404
from counterpart.practice.matters.views.finding import (
    Finder,
    make_contact,
    new_contact_form,
    posted_contact_form,
    uuid_of,
)
from counterpart.practice.matters.views.page import heading
from counterpart.practice.matters.views.people import by_party, by_role, rows_of
from counterpart.sync import api as sync

VIEWS: Final = ("role", "party")
VIEW_COOKIE: Final = "parties-view"
YEAR_S: Final = 365 * 86_400
MOVES: Final = {"up", "down", "first"}


@signed_in
@require_safe
def parties_page(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Who is on the matter, by role or by party; the choice is remembered (PTY-5)."""
    link = sync.link_state("matter", matter_id)
    matter = matter_or_404(request, matter_id)
    wanted = request.GET.get("view") or request.COOKIES.get(VIEW_COOKIE, "")
    view = wanted if wanted in VIEWS else VIEWS[0]
    rows = rows_of(queries.parties_of(matter.pk))
    roles = list(matter.matter_type.roles.all())
    groups = by_role(roles, rows)
    shown = {group.role.pk for group in groups}
    context = heading(request, matter, "parties") | {
        "link": link,
        "view": view,
        "groups": groups,
        "vacant": [role for role in roles if role.pk not in shown],
        "rows": by_party(rows),
        "count": len(rows),
        "at": request.GET.get("at", ""),
    }
    response = render(request, "matters/parties.html", context)
    if "view" in request.GET:
        response.set_cookie(VIEW_COOKIE, view, max_age=YEAR_S, samesite="Lax", httponly=True)
    return response


@signed_in
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """*Add party*: choose a role, find somebody or create a contact."""
    matter = matter_or_404(request, matter_id, "matter.edit")
    roles = list(matter.matter_type.roles.all())
    wanted = uuid_of(request.POST.get("role") or request.GET.get("role", ""))
    role = next((one for one in roles if one.pk == wanted), roles[0])

    def put(contact_id: UUID, given: dict[str, Any]) -> PartiesChange:
        return operations.add_party(
            actor=actor_of(request), matter_id=matter.pk, role=role.pk, contact_id=contact_id, at=now(), **given
        )

    return _choosing(request, matter, put, {"roles": roles, "role": role})


@signed_in
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, matter_id: UUID, party_id: UUID) -> HttpResponse:
    """*Change party*: somebody else takes the place, in the same role (PTY-6)."""
    matter = matter_or_404(request, matter_id, "matter.edit")
    party = party_or_404(matter, party_id)

    def put(contact_id: UUID, given: dict[str, Any]) -> PartiesChange:
        return operations.change_party(
            actor=actor_of(request), matter_id=matter.pk, party_id=party.pk, contact_id=contact_id, at=now(), **given
        )

    return _choosing(request, matter, put, {"role": party.role, "party_id": party.pk, "party_name": _name(party)})


@signed_in
@require_POST
def move(request: HttpRequest, matter_id: UUID, party_id: UUID) -> HttpResponse:
    """*Make primary*, *Move up*, *Move down* (PTY-3)."""
    matter = matter_or_404(request, matter_id, "matter.edit")
    party = party_or_404(matter, party_id)
    where = request.POST.get("where", "")
    where = where if where in MOVES else "up"

    def put(given: dict[str, Any]) -> PartiesChange:
        facts: dict[str, Any] = {"actor": actor_of(request), "matter_id": matter.pk, "party_id": party.pk, "at": now()}
        if where == "first":
            return operations.make_primary(**facts, **given)
        return operations.move_party(**facts, direction="down" if where == "down" else "up", **given)

    return _done_or_why(request, matter, put, f"{_name(party)} moved.", {"where": where}, party.pk)


@signed_in
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, matter_id: UUID, party_id: UUID) -> HttpResponse:
    """*Remove*: what it means is said first; the last client of a matter LA knows stays (PTY-4, GRP-12)."""
    matter = matter_or_404(request, matter_id, "matter.edit")
    party = party_or_404(matter, party_id)
    if request.method == "POST":

        def put(given: dict[str, Any]) -> PartiesChange:
            return operations.remove_party(
                actor=actor_of(request), matter_id=matter.pk, party_id=party.pk, at=now(), **given
            )

        return _done_or_why(request, matter, put, f"{_name(party)} is no longer {party.role.name}.", {}, None)
    clients = Party.objects.filter(matter=matter, role__is_primary=True).exclude(pk=party.pk)
    context = {
        "matter": matter,
        "party": party,
        "name": _name(party),
        "is_last_client": party.role.is_primary and not clients.exists() and queries.is_offered(matter.pk),
        "leaves_no_client": party.role.is_primary and not clients.exists(),
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    return render(request, "matters/remove_party.html", context)


def _choosing(
    request: HttpRequest, matter: Matter, put: Callable[[UUID, dict[str, Any]], PartiesChange], context: dict[str, Any]
) -> HttpResponse:
    """Find or create a contact, then put it where it belongs."""
    actor, role = actor_of(request), context["role"]
    act, _, chosen = request.POST.get("act", "").partition(":")
    key = str(role.pk)
    typed = next((value for name, value in request.POST.items() if name.startswith("find_")), "")  # whatever the role
    finder = Finder(key, str(typed).strip()[:200], role.limited_to)
    new, errors, contact_id = None, [], None
    if request.method == "POST":
        if act == "new":
            new = new_contact_form(finder.text, role.limited_to)
        elif act == "make":
            new = posted_contact_form(request, checked=True)
            contact_id = make_contact(actor, new, role.limited_to)
        elif act == "role" and "new_role" in request.POST:
            new = posted_contact_form(request, checked=False)
        elif act in ("pick", "confirm"):
            contact_id = uuid_of(chosen.rpartition(":")[2])
    if contact_id is not None:
        sent = {f"find_{key}": finder.text, "role": key, "act": f"confirm:{contact_id}"}
        try:
            made = put(contact_id, _given(request))
        except PrimaryChanges as question:
            return _question(request, matter, question, sent)
        except (Refused, Blocked, Stale) as refusal:
            errors = [error.message for error in refusal.errors]
            new = None
        else:
            name = _name_of(contact_id)
            messages.success(request, f"{name} is now {role.name}.")
            return done(request, _at(matter, made.party_id or context.get("party_id")))
    finder.look(actor, contacts.name_format(), _held(matter, role))
    page = context | {
        "matter": matter,
        "finder": finder,
        "new": new,
        "errors": errors,
        "action": request.path,
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    is_refused = bool(errors or (new is not None and new.is_bound and new.errors))
    template = (
        "matters/choosing.html" if request.headers.get("HX-Target") == "choosing" else "matters/choose_party.html"
    )
    return render(request, template, page, status=422 if is_refused else 200)


def _done_or_why(
    request: HttpRequest,
    matter: Matter,
    put: Callable[[dict[str, Any]], PartiesChange],
    said: str,
    sent: dict[str, str],
    party_id: UUID | None,
) -> HttpResponse:
    """Do it and go back to the parties; or ask, or say why not."""
    try:
        put(_given(request))
    except PrimaryChanges as question:
        return _question(request, matter, question, sent)
    except (Refused, Blocked, Stale) as refusal:
        return _refusal(request, matter, refusal)
    messages.success(request, said)
    return done(request, _at(matter, party_id))


def _given(request: HttpRequest) -> dict[str, Any]:
    version = request.POST.get("version", "")
    return {
        "primary_confirmed": request.POST.get("confirmed") == "1",
        "version": int(version) if version.isdigit() else None,
    }


def _question(request: HttpRequest, matter: Matter, question: PrimaryChanges, sent: dict[str, str]) -> HttpResponse:
    context = {
        "matter": matter,
        "question": question,
        "sent": sent,
        "action": request.path,
        "layout": layout(request),
        "dialog": in_dialog(request),
    }
    return render(request, "matters/confirm_primary.html", context, status=question.status)


def _refusal(request: HttpRequest, matter: Matter, refusal: Refusal) -> HttpResponse:
    context = {"matter": matter, "refusal": refusal, "layout": layout(request), "dialog": in_dialog(request)}
    return render(
        request, "matters/refused.html", context, status=409 if isinstance(refusal, Stale) else refusal.status
    )


def _at(matter: Matter, party_id: UUID | None) -> str:
    """The Parties tab, with the focus on the party that was changed."""
    url = reverse("matters:parties", args=[matter.pk])
    return f"{url}?at={party_id}" if party_id else url


def _held(matter: Matter, role: Role) -> set[UUID]:
    return set(Party.objects.filter(matter=matter, role=role).values_list("contact_id", flat=True))


def _name(party: Party) -> str:
    return display_name(party.contact.__dict__, contacts.name_format())


def _name_of(contact_id: UUID) -> str:
    return display_name(get_object_or_404(Contact, pk=contact_id).__dict__, contacts.name_format())
