"""The list of contacts: its columns, filters and views (8)."""

from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.filters import Choice, Choices, Date, Phone, Scope, Text, any_of
from counterpart.foundation.lists.spec import DAYS, NUMBERS, BuiltIn, Column, Empty, ListSpec, register
from counterpart.foundation.lists.views import list_page
from counterpart.foundation.text import fold
from counterpart.practice.contacts import queries
from counterpart.practice.contacts.enums import Kind, Numbering, Status
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.views import cells
from counterpart.practice.contacts.views.lines import Line, lines_of
from counterpart.practice.contacts.views.many import ACTS
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

LINK_STATES: Final = (
    ("synchronized", "In sync"),
    ("pending", "Syncing"),
    ("error", "Sync error"),
    ("unsynchronized", "Not in sync"),
    ("unknown", "Status unavailable"),
)


def _statuses(scope: Scope) -> Choices:
    deleted = [("deleted", "Deleted")] if scope.actor.may("contact.delete") else []
    return [*Status.choices, *deleted]


def _rows(scope: Scope) -> QuerySet[Contact]:
    return queries.contacts_visible_to(scope.actor)


def _deleted(scope: Scope) -> QuerySet[Contact]:
    return queries.deleted_contacts_visible_to(scope.actor)


def _lines(contacts: Any, scope: Scope) -> list[Line]:
    return lines_of(contacts, queries.name_format(), viewer=scope.actor)


def _head(actor: Actor) -> dict[str, Any]:
    may_create = actor.may("contact.create")
    return {
        "create_url": reverse("contacts:create") if may_create else "",
        "create_label": "New contact",
        "create_in_dialog": True,
        "import_url": reverse("contacts-import") if may_create and actor.may("import.run") else "",
    }


CONTACTS: Final = register(
    ListSpec(
        key="contacts",
        noun="contact",
        nouns="contacts",
        title="Contacts",
        url_name="contacts:list",
        right="contact.read",
        columns=(
            Column("name", "Name", lambda line: line.name, ("sort_name",), fixed=True, shows=cells.name),
            Column(
                "reference",
                "Reference",
                lambda line: line.contact.shown_reference,
                ("reference_key",),
                orders=NUMBERS,
                css="reference",
                shows=cells.reference,
            ),
            Column("type", "Type", lambda line: line.contact.get_numbering_sequence_display(), shows=cells.type_of),
            Column("kind", "Kind", lambda line: line.contact.get_kind_display(), shown=False),
            Column("email", "E-mail", lambda line: line.contact.email, ("email",), css="clip", shows=cells.email),
            Column("phone", "Phone", lambda line: line.phone),
            Column("city", "City", lambda line: line.city),
            Column("matters", "Open matters", lambda line: line.count, css="number", shows=cells.matters),
            Column("link", "Link", lambda line: line.link.word if line.link else "", shows=cells.link),
            Column(
                "updated",
                "Updated",
                lambda line: line.contact.updated_at,
                ("updated_at",),
                orders=DAYS,
                shows=cells.updated,
            ),
            Column("company", "Company", lambda line: line.contact.company, shown=False),
            Column("alias", "Alias", lambda line: line.contact.alias, shown=False),
            Column("status", "Status", lambda line: line.contact.get_status_display(), shown=False),
            Column("region", "State", lambda line: line.place("state"), shown=False),
            Column("country", "Country", lambda line: line.place("country"), shown=False),
            Column(
                "external_reference", "External reference", lambda line: line.contact.external_reference, shown=False
            ),
            Column("emails", "Further e-mail addresses", lambda line: ", ".join(line.contact.emails), shown=False),
            Column("website", "Website", lambda line: line.contact.website, shown=False),
            Column("occupation", "Occupation", lambda line: line.contact.occupation, shown=False),
            Column("date_of_birth", "Date of birth", lambda line: line.contact.date_of_birth, shown=False),
            Column("tax_number", "Tax number", lambda line: line.tax_number, shown=False),
            Column(
                "created",
                "Created",
                lambda line: line.contact.created_at,
                ("id",),
                shown=False,
                orders=DAYS,
                shows=cells.created,
            ),
            Column("updated_by", "Updated by", lambda line: line.contact.updated_by, shown=False),
        ),
        filters=(
            Choice(key="kind", label="Kind", choices=Kind.choices, quick=True),
            Choice(key="type", label="Type", field="numbering_sequence", choices=Numbering.choices, quick=True),
            Choice(
                key="link",
                label="Link",
                choices=LINK_STATES,
                quick=True,
                is_partition=True,
                apply=any_of(partial(sync.with_status, "contact")),
            ),
            Choice(key="status", label="Status", choices=_statuses, quick=True),
            Text(key="name", label="Name", field="sort_name", fold=fold, in_words=True),
            Text(key="company", label="Company", in_words=True),
            Text(key="email", label="E-mail", in_words=True),
            Phone(key="phone", label="Phone", field="phone_digits"),
            Text(key="reference", label="Reference", field="reference_key", fold=number_key),
            Text(key="external_reference", label="External reference"),
            Text(key="city", label="City", field="physical_address", part="city", in_words=True),
            Text(key="country", label="Country", field="physical_address", part="country"),
            Date(key="created", label="Created", field="created_at", moments=True),
            Date(key="updated", label="Updated", field="updated_at", moments=True),
            Text(key="updated_by", label="Updated by"),
        ),
        views=(
            BuiltIn("active", "Active contacts", "status=active"),
            BuiltIn("recent", "Recently changed", "status=all&updated=last:7&sort=-updated"),
            BuiltIn("unsynchronised", "Not synchronised", "status=all&link=none:synchronized"),
            BuiltIn("errors", "Sync errors", "status=all&link=error"),
        ),
        acts=ACTS,
        rows=_rows,
        deleted=_deleted,
        lines=_lines,
        sort="name",
        begins={"status": "active"},
        search_label="Name, alias, company, reference, e-mail or phone",
        empty=Empty(
            "address-book", "No contacts yet", "Create the first one, or import a file from where they are now."
        ),
        head_context=_head,
        export_url_name="contacts-export",
        export_right="contact.export",
        changed_event="contacts-changed",
        css="contacts",
    )
)

contact_list = list_page(CONTACTS)
