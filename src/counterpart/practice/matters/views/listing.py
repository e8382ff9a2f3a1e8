"""The list of matters, and giving many of them to somebody else (8, MAT-9)."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Missing, Refused
from counterpart.foundation.users.models import User
from counterpart.foundation.web.pages import next_url
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.contacts.views.listing import LINK_STATES, PAGE_SIZES, column, one_of
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.forms import ReassignmentForm
from counterpart.practice.matters.models import Matter, MatterType
from counterpart.practice.matters.views.finding import uuid_of
from counterpart.practice.matters.views.lines import lines_of
from counterpart.sync import api as sync

COLUMNS: Final = (
    ("name", "Matter"), ("reference", "File Reference"), ("", "Clients"), ("", "Assigned to"),
    ("status", "Status"), ("date", "Date"), ("", "Link"), ("updated", "Updated"),
)  # fmt: skip
ME: Final = "me"
REASSIGNED_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is asked for; all of it stands in the address (LST-4)."""

    q: str
    type: str
    status: str
    assigned: str
    link: str
    restricted: str
    sort: str
    size: int

    @classmethod
    def of(cls, request: HttpRequest, types: list[MatterType], people: list[User]) -> "Filters":
        """Read the address; what is not known is ignored."""
        given = request.GET
        size, sort = given.get("size", ""), given.get("sort", "")
        return cls(
            q=given.get("q", "").strip()[:200],
            type=one_of(given.get("type"), [str(one.pk) for one in types]),
            status=one_of(given.get("status"), [*Status.values, "all", "deleted"]),
            assigned=one_of(given.get("assigned"), [ME, *(str(one.pk) for one in people)]),
            link=one_of(given.get("link"), [code for code, _ in LINK_STATES]),
            restricted=one_of(given.get("restricted"), ["yes", "no"]),
            sort=sort if sort in queries.SORTS else "",
            size=int(size) if size.isdigit() and int(size) in PAGE_SIZES else PAGE_SIZES[0],
        )

    @property
    def narrowing(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.q or self.type or self.status or self.assigned or self.link or self.restricted)


@signed_in
@require_safe
def matter_list(request: HttpRequest) -> HttpResponse:
    """Search, filter, sort and page through the matters this person may see."""
    actor = actor_of(request)
    actor.require("matter.read")
    types, people = queries.matter_types(only_active=False), queries.staff()
    filters = Filters.of(request, types, people)
    page: Page[Matter] = Paginator(found(actor, filters), filters.size).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "lines": lines_of(list(page.object_list)),
        "columns": [column(name, label, filters.sort) for name, label in COLUMNS],
        "types": types,
        "people": people,
        "links": LINK_STATES,
        "statuses": [*Status.choices, ("all", "Any status"), *_deleted_choice(actor)],
        "may_create": actor.may("matter.create"),
        "may_import": actor.may("import.run"),
        "may_export": actor.may("matter.export"),
        "may_edit": actor.may("matter.edit") and filters.status != "deleted",
    }
    template = "matters/list.html#results" if request.headers.get("HX-Target") == "results" else "matters/list.html"
    return render(request, template, context)


@signed_in
@require_POST
def reassign(request: HttpRequest) -> HttpResponse:
    """What will change, then for whom, then what has changed (MAT-9)."""
    actor = actor_of(request)
    actor.require("matter.edit")
    ids = [found for one in request.POST.getlist("matter")[:REASSIGNED_MAX] if (found := uuid_of(one))]
    back = next_url(request, "/matters/")
    if not ids:
        messages.warning(request, "Tick the matters first that shall go to somebody else.")
        return redirect(back)
    visible = queries.matters_visible_to(actor).select_related("assigned_to", "matter_type")
    matters = list(visible.filter(pk__in=ids).order_by("assigned_to__name", "sort_name", "id"))
    if len(matters) != len(set(ids)):
        raise Missing
    chosen = "assigned_to" in request.POST
    form = ReassignmentForm(request.POST if chosen else None, people=queries.staff())
    if chosen and form.is_valid():
        try:
            result = operations.reassign_matters(
                actor=actor, matter_ids=ids, assigned_to=form.cleaned_data["assigned_to"] or "", at=now()
            )
        except Refused as refusal:
            for error in refusal.errors:
                form.add_error("assigned_to", error.message)
        else:
            return _summary(request, result.changed, result.unchanged, form.cleaned_data["assigned_to"], back)
    context = {"matters": matters, "form": form, "back": back}
    return render(request, "matters/reassign.html", context, status=422 if form.errors else 200)


def _summary(request: HttpRequest, changed: list[UUID], unchanged: list[UUID], person: int, back: str) -> HttpResponse:
    moved = queries.matters_visible_to(actor_of(request)).filter(pk__in=changed).order_by("sort_name", "id")
    context = {
        "changed": list(moved.select_related("matter_type")),
        "unchanged": len(unchanged),
        "person": User.objects.get(pk=person),
        "back": back,
    }
    return render(request, "matters/reassigned.html", context)


def found(actor: Actor, filters: Filters) -> QuerySet[Matter]:
    """The matters the list shows, in its order, of those this person may see."""
    is_bin = filters.status == "deleted"
    matters = queries.deleted_matters_visible_to(actor) if is_bin else queries.matters_visible_to(actor)
    matters = matters.select_related("matter_type", "assigned_to")
    exact: dict[str, Any] = {}
    if filters.type:
        exact["matter_type_id"] = filters.type
    if filters.assigned:
        exact["assigned_to_id"] = actor.user_id if filters.assigned == ME else int(filters.assigned)
    if filters.restricted:
        exact["restricted"] = filters.restricted == "yes"
    if filters.status in Status.values:
        exact["status"] = filters.status
    elif not filters.status and not filters.q:
        exact["status"] = Status.ACTIVE
    matters = matters.filter(**exact)
    if filters.link:
        matters = sync.with_status("matter", matters, filters.link)
    matters = queries.matching(matters, filters.q)
    if filters.q and not filters.sort:
        return queries.ranked(matters, filters.q)
    return matters.order_by(*queries.SORTS[filters.sort or "name"])


def _deleted_choice(actor: Actor) -> list[tuple[str, str]]:
    return [("deleted", "Deleted")] if actor.may("matter.delete") else []
