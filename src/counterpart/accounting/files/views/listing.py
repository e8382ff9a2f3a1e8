"""The File Manager: its columns, filters and views (LA-FIL-4, 8), and the files of one contact (LA-CON-5)."""

from collections.abc import Iterable
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from counterpart.accounting.contacts.views.access import visible_contact
from counterpart.accounting.contacts.views.listing import COLOURS
from counterpart.accounting.contacts.views.record import record_context
from counterpart.accounting.files.models import File, FilePayer
from counterpart.accounting.files.queries import file_codes, files_of, files_visible_to, payers_of, staff
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.restricted import new_file_restriction
from counterpart.accounting.files.views import cells
from counterpart.accounting.files.views.lines import Line, lines_of
from counterpart.accounting.files.views.many import ACTS
from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.filters import Asked, Choice, Choices, Date, Person, Scope, Text, YesNo, any_of
from counterpart.foundation.lists.spec import DAYS, NUMBERS, BuiltIn, Column, Empty, ListSpec, register
from counterpart.foundation.lists.views import list_page
from counterpart.foundation.text import fold
from counterpart.foundation.users.access import actor_of, page
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

ROWS: Final = 50


class Client(Text):
    """The name of one who pays a share."""

    def condition(self, asked: Asked, scope: Scope) -> Q:
        payers = FilePayer.objects.filter(ended_at=None)
        if asked.how == "empty":
            return ~Q(pk__in=payers.values("file_id"))
        if asked.how != "filled":
            payers = payers.filter(super().condition(asked, scope))
        return Q(pk__in=payers.values("file_id"))


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


def _rows(scope: Scope) -> QuerySet[File]:
    return files_visible_to(scope.actor)


def _lines(files: Any, _scope: Scope) -> list[Line]:
    return lines_of(files)


def _people(_scope: Scope) -> Choices:
    return [(str(one.pk), one.name) for one in staff()]


def _codes(listing: str, _scope: Scope) -> Choices:
    return [(str(one.pk), str(one)) for one in file_codes()[listing]]


def _head(actor: Actor) -> dict[str, Any]:
    may_create = actor.may("file.create") and new_file_restriction() is None
    return {"create_url": reverse("files:new") if may_create else "", "create_label": "New file"}


_FIRST: Final = (
    FilePayer.objects.filter(file=OuterRef("pk"), ended_at=None).order_by("position").values("contact__sort_name")[:1]
)

FILES: Final = register(
    ListSpec(
        key="files",
        noun="file",
        nouns="files",
        title="Files",
        url_name="files:manager",
        right="file.read",
        columns=(
            Column(
                "number",
                "Number",
                lambda line: line.file.number,
                ("number_length", "number_key"),
                fixed=True,
                orders=NUMBERS,
                css="nowrap",
                shows=cells.number,
            ),
            Column("description", "Description", lambda line: line.file.description, ("search_text",)),
            Column(
                "client",
                "Client",
                lambda line: "; ".join(one.name for one in line.clients),
                ("client_sort", "number_key"),
                shows=cells.client,
            ),
            Column(
                "responsible", "Responsible", lambda line: line.file.responsible.name if line.file.responsible else ""
            ),
            Column(
                "opened",
                "Opened",
                lambda line: line.file.opened_on,
                ("opened_on",),
                orders=DAYS,
                css="nowrap",
                shows=cells.opened,
            ),
            Column("link", "Link", lambda line: line.link.word if line.link else "", shows=cells.link),
            Column(
                "updated",
                "Last changed",
                lambda line: line.file.updated_at,
                ("updated_at",),
                orders=DAYS,
                css="nowrap",
                shows=cells.updated,
            ),
            Column("status", "Status", lambda line: line.file.get_status_display(), shown=False),
            Column("area", "Area of practice", lambda line: str(line.file.area_of_practice), shown=False),
            Column(
                "assigned", "Assigned", lambda line: line.file.assigned.name if line.file.assigned else "", shown=False
            ),
            Column("closed", "Closed", lambda line: line.file.closed_on, shown=False, css="nowrap", shows=cells.closed),
            Column("hold", "On hold", lambda line: line.file.hold_reason, shown=False),
            Column(
                "created",
                "Created",
                lambda line: line.file.created_at,
                ("id",),
                shown=False,
                orders=DAYS,
                css="nowrap",
                shows=cells.created,
            ),
            Column("updated_by", "Changed by", lambda line: line.file.updated_by, shown=False),
        ),
        filters=(
            Choice(key="status", label="Status", choices=File.Status.choices, quick=True),
            Person(key="responsible", label="Responsible", field="responsible_id", choices=_people, quick=True),
            Choice(
                key="sync",
                label="Link",
                choices=COLOURS,
                quick=True,
                is_partition=True,
                apply=any_of(partial(sync.with_status, KIND)),
            ),
            Person(key="assigned", label="Assigned", field="assigned_id", choices=_people),
            Choice(
                key="area",
                label="Area of practice",
                field="area_of_practice_id",
                choices=partial(_codes, "area_of_practice"),
            ),
            Choice(key="rate", label="Rate group", field="rate_group_id", choices=partial(_codes, "rate_group")),
            Choice(
                key="billing", label="Billing group", field="billing_group_id", choices=partial(_codes, "billing_group")
            ),
            YesNo(
                key="hold",
                label="On hold",
                yes=lambda _scope: Q(billing_hold=True) | Q(entry_hold=True) | Q(trust_hold=True),
            ),
            YesNo(key="from_pm", label="Has a matter"),
            Text(key="number", label="Number", field="number_key", fold=number_key),
            Text(key="description", label="Description"),
            Client(key="client", label="Client", field="contact__sort_name", fold=fold),
            Date(key="opened", label="Opened", field="opened_on"),
            Date(key="closed", label="Closed", field="closed_on"),
            Date(key="updated", label="Last changed", field="updated_at", moments=True),
            Text(key="updated_by", label="Changed by"),
        ),
        views=(
            BuiltIn("mine", "My files", "status=open&responsible=me"),
            BuiltIn("active", "Open files", "status=open"),
            BuiltIn("recent", "Recently changed", "status=all&updated=last:7&sort=-updated"),
            BuiltIn("unsynchronised", "Not synchronised", "status=all&sync=none:green"),
            BuiltIn("errors", "Sync errors", "status=all&sync=red"),
        ),
        acts=ACTS,
        rows=_rows,
        lines=_lines,
        sort="number",
        begins={"status": "open"},
        annotations={"number_length": Length("number"), "client_sort": Coalesce(Subquery(_FIRST), Value(""))},
        search_label="Number, description or client",
        empty=Empty("folders", "No open files", "A matter opened in Practice Management appears here as a file."),
        head="files/manager_head.html",
        head_context=_head,
        related=("responsible", "assigned", "area_of_practice"),
        export_url_name="files-export",
        export_right="file.export",
    )
)

manager = list_page(FILES)
