"""The File Manager: search and pick (LA-FIL-4), and the files of one contact (LA-CON-5)."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpart.accounting.contacts.views.access import visible_contact
from counterpart.accounting.contacts.views.listing import COLOURS, TEXT_MAX
from counterpart.accounting.contacts.views.record import record_context
from counterpart.accounting.files.models import File, FilePayer
from counterpart.accounting.files.queries import files_of, files_visible_to, payers_of, search, staff
from counterpart.accounting.files.registers import KIND
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import api as sync

ROWS: Final = 50
SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "number": (Length("number"), "number_key"),
    "description": ("search_text", "id"),
    "client": ("client_sort", "number_key"),
    "updated": ("-updated_at", "-id"),
}
SORT_LABELS: Final = (
    ("number", "Number"), ("description", "Description"), ("client", "Client"), ("updated", "Last changed"),
)  # fmt: skip


@page()
@require_GET
def manager(request: HttpRequest) -> HttpResponse:
    """List files: every choice stands in the address (LST-4); the list alone for htmx."""
    actor = actor_of(request)
    actor.require("file.read")
    people = list(staff())
    choices = _choices(request, [str(person.pk) for person in people])
    rows = Paginator(_filtered(files_visible_to(actor), choices), ROWS).get_page(request.GET.get("page"))
    with_facts(rows.object_list)
    context = {
        "page": rows, "files": rows.object_list, "choices": choices, "people": people, "colours": COLOURS,
        "sorts": SORT_LABELS, "may_create": actor.may("file.create"),
        "narrowed": any(choices[name] for name in ("q", "responsible", "sync")) or choices["status"] != "open",
    }  # fmt: skip
    is_fragment = request.headers.get("HX-Target") == "file-list"
    part = "files/manager.html#list" if is_fragment else "files/manager.html"
    return render(request, part, context | {"is_fragment": is_fragment})


@page()
@require_GET
def of_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """The Files tab of a contact: where it pays or paid, closed files too (LA-CON-5)."""
    contact = visible_contact(request, contact_id)
    actor = actor_of(request)
    actor.require("file.read")
    files = files_visible_to(actor).filter(pk__in=files_of(contact.pk).values("pk"))
    rows = Paginator(files.select_related("responsible").order_by("-status", "-opened_on", "-id"), ROWS).get_page(
        request.GET.get("page")
    )
    with_facts(rows.object_list)
    context = record_context(request, contact, "files") | {
        "page": rows, "files": rows.object_list, "may_create": actor.may("file.create"),
    }  # fmt: skip
    return render(request, "files/of_contact.html", context)


def with_facts(files: Iterable[File]) -> None:
    """Give each file its link state and its payers, in a constant number of queries."""
    shown = list(files)
    ids = [file.pk for file in shown]
    states, payers = sync.link_states(KIND, ids), payers_of(ids)
    for file in shown:
        file.link = states.get(file.pk)  # type: ignore[attr-defined]  # for the template
        file.clients = payers.get(file.pk, [])  # type: ignore[attr-defined]


def _choices(request: HttpRequest, people: list[str]) -> dict[str, str]:
    def one_of(name: str, allowed: list[str], default: str = "") -> str:
        value = request.GET.get(name, default)
        return value if value in allowed else default

    return {
        "q": request.GET.get("q", "")[:TEXT_MAX].strip(),
        "status": one_of("status", ["open", "closed", "all"], "open"),
        "responsible": one_of("responsible", people),
        "sync": one_of("sync", [colour for colour, _ in COLOURS]),
        "sort": one_of("sort", list(SORTS), "number"),
    }


def _filtered(files: QuerySet[File], choices: dict[str, str]) -> QuerySet[File]:
    if choices["status"] != "all":
        files = files.filter(status=choices["status"])
    if choices["responsible"]:
        files = files.filter(responsible_id=int(choices["responsible"]))
    if choices["sync"]:
        found: QuerySet[Model] = sync.with_status(KIND, files, choices["sync"])
        files = found  # type: ignore[assignment]  # the engine keeps the model of the rows it filters
    if choices["q"]:
        return search(files, choices["q"]).select_related("responsible")
    if choices["sort"] == "client":
        first = FilePayer.objects.filter(file=OuterRef("pk"), ended_at=None).order_by("position")
        files = files.annotate(client_sort=Subquery(first.values("contact__sort_name")[:1]))
    return files.select_related("responsible").order_by(*SORTS[choices["sort"]])
