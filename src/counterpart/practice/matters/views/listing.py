"""The list of matters: its columns, filters and views (8, MAT-9)."""

from functools import partial
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.filters import (
    Asked,
    Choice,
    Choices,
    Date,
    Number,
    Person,
    Scope,
    Text,
    YesNo,
    any_of,
)
from counterpart.foundation.lists.spec import DAYS, NUMBERS, BuiltIn, Column, Empty, ListSpec, register
from counterpart.foundation.lists.views import list_page
from counterpart.foundation.text import fold
from counterpart.practice.contacts.views.listing import LINK_STATES
from counterpart.practice.matters import queries
from counterpart.practice.matters.enums import Priority, Status
from counterpart.practice.matters.models import Matter, Party
from counterpart.practice.matters.views import cells
from counterpart.practice.matters.views.lines import Line, lines_of
from counterpart.practice.matters.views.many import ACTS
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync


class Client(Text):
    """The name of a client; of any of them."""

    def condition(self, asked: Asked, scope: Scope) -> Q:
        clients = Party.objects.filter(role__is_primary=True)
        if asked.how == "empty":
            return ~Q(pk__in=clients.values("matter_id"))
        if asked.how != "filled":
            clients = clients.filter(super().condition(asked, scope))
        return Q(pk__in=clients.values("matter_id"))


def _statuses(scope: Scope) -> Choices:
    deleted = [("deleted", "Deleted")] if scope.actor.may("matter.delete") else []
    return [*Status.choices, *deleted]


def _types(_scope: Scope) -> Choices:
    return [(str(one.pk), one.name) for one in queries.matter_types(only_active=False)]


def _people(_scope: Scope) -> Choices:
    return [(str(one.pk), one.name) for one in queries.staff()]


def _rows(scope: Scope) -> QuerySet[Matter]:
    return queries.matters_visible_to(scope.actor)


def _deleted(scope: Scope) -> QuerySet[Matter]:
    return queries.deleted_matters_visible_to(scope.actor)


def _lines(matters: Any, _scope: Scope) -> list[Line]:
    return lines_of(matters)


def _head(actor: Actor) -> dict[str, Any]:
    return {
        "create_url": reverse("matters:create") if actor.may("matter.create") else "",
        "create_label": "New matter",
        "create_in_dialog": True,
        "import_url": reverse("matters-import") if actor.may("import.run") else "",
    }


MATTERS: Final = register(
    ListSpec(
        key="matters",
        noun="matter",
        nouns="matters",
        title="Matters",
        url_name="matters:list",
        right="matter.read",
        columns=(
            Column(
                "name",
                "Matter",
                lambda line: line.matter.name,
                ("sort_name",),
                fixed=True,
                css="the-matter",
                shows=cells.name,
            ),
            Column(
                "number",
                "Matter ID",
                lambda line: line.matter.matter_number,
                ("matter_number",),
                shown=False,
                orders=NUMBERS,
                css="number",
            ),
            Column(
                "reference",
                "File Reference",
                lambda line: line.matter.shown_reference,
                ("file_reference_key",),
                orders=NUMBERS,
                css="reference",
                shows=cells.reference,
            ),
            Column("type", "Type", lambda line: line.matter.matter_type.name, shown=False),
            Column(
                "clients",
                "Clients",
                lambda line: "; ".join(one.name for one in line.clients),
                css="client-names",
                shows=cells.clients,
            ),
            Column("assigned", "Assigned to", lambda line: line.matter.assigned_to.name),
            Column("status", "Status", lambda line: line.matter.get_status_display(), ("status",), shows=cells.status),
            Column("priority", "Priority", lambda line: line.matter.get_priority_display(), shown=False),
            Column("date", "Date", lambda line: line.matter.date, ("date",), orders=DAYS, shows=cells.date),
            Column("link", "Link", lambda line: line.link.word if line.link else "", shows=cells.link),
            Column(
                "updated",
                "Last activity",
                lambda line: line.matter.updated_at,
                ("updated_at",),
                orders=DAYS,
                shows=cells.updated,
            ),
            Column("external", "External reference", lambda line: line.matter.external_reference, shown=False),
            Column(
                "restricted", "Restricted", lambda line: line.matter.restricted, shown=False, shows=cells.restricted
            ),
            Column(
                "created",
                "Created",
                lambda line: line.matter.created_at,
                ("id",),
                shown=False,
                orders=DAYS,
                shows=cells.created,
            ),
            Column("updated_by", "Updated by", lambda line: line.matter.updated_by, shown=False),
        ),
        filters=(
            Choice(key="type", label="Type", field="matter_type_id", choices=_types, quick=True),
            Choice(key="status", label="Status", choices=_statuses, quick=True),
            Person(key="assigned", label="Assigned to", field="assigned_to_id", choices=_people, quick=True),
            Choice(
                key="link",
                label="Link",
                choices=LINK_STATES,
                quick=True,
                is_partition=True,
                apply=any_of(partial(sync.with_status, "matter")),
            ),
            YesNo(key="restricted", label="Restricted"),
            Text(key="name", label="Name", field="sort_name", fold=fold, in_words=True),
            Client(key="client", label="Client", field="contact__sort_name", fold=fold),
            Text(key="reference", label="File Reference", field="file_reference_key", fold=number_key),
            Number(key="number", label="Matter ID", field="matter_number"),
            Choice(key="priority", label="Priority", choices=Priority.choices),
            Text(key="external", label="External reference", field="external_reference"),
            Date(key="date", label="Date"),
            Date(key="created", label="Created", field="created_at", moments=True),
            Date(key="updated", label="Last activity", field="updated_at", moments=True),
            Text(key="updated_by", label="Updated by"),
        ),
        views=(
            BuiltIn("mine", "My matters", "status=active&assigned=me"),
            BuiltIn("active", "Active matters", "status=active"),
            BuiltIn("recent", "Recently changed", "status=all&updated=last:7&sort=-updated"),
            BuiltIn("unsynchronised", "Not synchronised", "status=none:template&link=none:synchronized"),
            BuiltIn("errors", "Sync errors", "status=all&link=error"),
        ),
        acts=ACTS,
        rows=_rows,
        deleted=_deleted,
        lines=_lines,
        sort="name",
        begins={"status": "active"},
        search_label="Name, Matter ID, File Reference or client",
        empty=Empty(
            "briefcase", "No active matters yet", "Create the first one, or import a file from where they are now."
        ),
        head_context=_head,
        related=("matter_type", "assigned_to"),
        export_url_name="matters-export",
        export_right="matter.export",
        changed_event="matters-changed",
        css="contacts matters",
    )
)

matter_list = list_page(MATTERS)
