"""The Contact Manager: its columns, filters and views (CON-4, 8)."""

from functools import partial
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.urls import reverse

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to, required_details
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.contacts.requiring import lacking
from counterpart.accounting.contacts.views import cells
from counterpart.accounting.contacts.views.lines import Line, lines_of
from counterpart.accounting.contacts.views.many import ACTS
from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.filters import Choice, Date, Phone, Scope, Text, YesNo, any_of
from counterpart.foundation.lists.spec import DAYS, NUMBERS, BuiltIn, Column, Empty, ListSpec, address, register
from counterpart.foundation.lists.views import list_page
from counterpart.foundation.text import fold
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync

ROWS: Final = 50
TEXT_MAX: Final = 200
COLOURS: Final = (
    ("green", "In sync"),
    ("gray", "Not in sync"),
    ("lightblue", "Syncing"),
    ("yellow", "Status unavailable"),
    ("red", "Sync error"),
)


def with_links(contacts: Any) -> None:
    """Give each contact its link state, in a constant number of queries."""
    states = sync.link_states(KIND, [contact.pk for contact in contacts])
    for contact in contacts:
        contact.link = states.get(contact.pk)


def _rows(scope: Scope) -> QuerySet[Contact]:
    return contacts_visible_to(scope.actor)


def _lines(contacts: Any, _scope: Scope) -> list[Line]:
    return lines_of(contacts)


def _lacking(contacts: QuerySet[Contact], _values: Any, _scope: Scope) -> QuerySet[Contact]:
    return contacts.filter(lacking(required_details()))


def _head(actor: Actor) -> dict[str, Any]:
    may_create = actor.may("contact.create")
    return {
        "create_url": reverse("contacts:new") if may_create else "",
        "create_label": "New contact",
        "import_url": address("contacts-import") if may_create and actor.may("import.run") else "",
    }


CONTACTS: Final = register(
    ListSpec(
        key="contacts",
        noun="contact",
        nouns="contacts",
        title="Contacts",
        url_name="contacts:manager",
        right="contact.read",
        columns=(
            Column("name", "Name", lambda line: line.contact.name, ("sort_name",), fixed=True, shows=cells.name),
            Column(
                "number",
                "Number",
                lambda line: line.contact.number,
                ("number_length", "number_key"),
                orders=NUMBERS,
                css="number",
            ),
            Column("contact_type", "Type", lambda line: line.contact.get_contact_type_display()),
            Column("email", "E-mail", lambda line: line.contact.email, ("email",), css="clip", shows=cells.email),
            Column("phone", "Phone", lambda line: line.phone, css="nowrap"),
            Column("city", "City", lambda line: line.place("city")),
            Column("link", "Link", lambda line: line.link.word if line.link else "", shows=cells.link),
            Column(
                "updated",
                "Last changed",
                lambda line: line.contact.updated_at,
                ("updated_at",),
                orders=DAYS,
                css="nowrap",
                shows=cells.updated,
            ),
            Column("company", "Company", lambda line: line.contact.company, shown=False),
            Column("alias", "Alias", lambda line: line.contact.alias, shown=False),
            Column("status", "Status", lambda line: line.contact.get_status_display(), shown=False),
            Column("state", "State", lambda line: line.place("state"), shown=False),
            Column("country", "Country", lambda line: line.place("country"), shown=False),
            Column(
                "external_reference", "External reference", lambda line: line.contact.external_reference, shown=False
            ),
            Column(
                "created",
                "Created",
                lambda line: line.contact.created_at,
                ("id",),
                shown=False,
                orders=DAYS,
                css="nowrap",
                shows=cells.created,
            ),
            Column("updated_by", "Changed by", lambda line: line.contact.updated_by, shown=False),
        ),
        filters=(
            Choice(key="contact_type", label="Type", choices=Contact.ContactType.choices, quick=True),
            Choice(key="status", label="Status", choices=Contact.Status.choices, quick=True),
            Choice(
                key="sync",
                label="Link",
                choices=COLOURS,
                quick=True,
                is_partition=True,
                apply=any_of(partial(sync.with_status, KIND)),
            ),
            Choice(
                key="details",
                label="Details",
                choices=(("missing", "Missing"),),
                apply=_lacking,
                quick=True,
                gate=lambda _actor: bool(required_details()),
            ),
            Choice(key="display_as", label="Displayed as", choices=Contact.DisplayAs.choices),
            YesNo(key="is_group", label="Group"),
            Text(key="name", label="Name", field="sort_name", fold=fold, in_words=True),
            Text(key="company", label="Company", in_words=True),
            Text(key="number", label="Number", field="number_key", fold=number_key),
            Text(key="email", label="E-mail", in_words=True),
            Phone(key="phone", label="Phone", field="phone_digits"),
            Text(key="external_reference", label="External reference"),
            Text(key="city", label="City", field="main_address", part="city", in_words=True),
            Text(key="country", label="Country", field="main_address", part="country"),
            Date(key="created", label="Created", field="created_at", moments=True),
            Date(key="updated", label="Last changed", field="updated_at", moments=True),
            Text(key="updated_by", label="Changed by"),
        ),
        views=(
            BuiltIn("active", "Active contacts", "status=active"),
            BuiltIn("recent", "Recently changed", "updated=last:7&sort=-updated"),
            BuiltIn("unsynchronised", "Not synchronised", "sync=none:green&is_group=no"),
            BuiltIn("errors", "Sync errors", "sync=red"),
        ),
        acts=ACTS,
        rows=_rows,
        lines=_lines,
        sort="name",
        annotations={"number_length": Length("number")},
        search_label="Name, number, e-mail or phone",
        empty=Empty(
            "address-book",
            "No contacts yet",
            "Contacts made here appear in Practice Management too, and the other way round.",
        ),
        head="contacts/manager_head.html",
        head_context=_head,
        export_url_name="contacts-export",
        export_right="contact.export",
    )
)

manager = list_page(CONTACTS)
