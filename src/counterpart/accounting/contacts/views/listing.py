"""The Contact Manager: search and pick (CON-4)."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.queries import contacts_visible_to, required_details, search
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.contacts.requiring import lacking
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import api as sync

ROWS: Final = 50
TEXT_MAX: Final = 200
SORTS: Final[dict[str, tuple[Any, ...]]] = {
    "name": ("sort_name", "id"),
    "number": (Length("number"), "number_key"),
    "updated": ("-updated_at", "-id"),
}
NARROWING: Final = ("q", "contact_type", "sync", "details")
COLOURS: Final = (
    ("green", "In sync"), ("gray", "Not in sync"), ("lightblue", "Syncing"), ("yellow", "Status unavailable"),
    ("red", "Sync error"),
)  # fmt: skip


@page()
@require_GET
def manager(request: HttpRequest) -> HttpResponse:
    """List contacts: every choice stands in the address (LST-4); the list alone for htmx."""
    actor = actor_of(request)
    actor.require("contact.read")
    choices = _choices(request)
    contacts = _filtered(contacts_visible_to(actor), choices)
    rows = Paginator(contacts, ROWS).get_page(request.GET.get("page"))
    with_links(rows.object_list)
    context = {
        "page": rows, "contacts": rows.object_list, "choices": choices, "types": Contact.ContactType.choices,
        "colours": COLOURS, "sorts": [("name", "Name"), ("number", "Number"), ("updated", "Last changed")],
        "narrowed": choices["status"] != "all" or any(choices[name] for name in NARROWING),
        "asks_for_details": bool(required_details()),
        "may_create": actor.may("contact.create"), "may_import": actor.may("import.run"),
    }  # fmt: skip
    is_fragment = request.headers.get("HX-Target") == "contact-list"
    part = "contacts/manager.html#list" if is_fragment else "contacts/manager.html"
    return render(request, part, context | {"is_fragment": is_fragment})


def with_links(contacts: Any) -> None:
    """Give each contact its link state, in a constant number of queries."""
    states = sync.link_states(KIND, [contact.pk for contact in contacts])
    for contact in contacts:
        contact.link = states.get(contact.pk)


def _choices(request: HttpRequest) -> dict[str, str]:
    def one_of(name: str, allowed: list[str], default: str = "") -> str:
        value = request.GET.get(name, default)
        return value if value in allowed else default

    return {
        "q": request.GET.get("q", "")[:TEXT_MAX].strip(),
        "contact_type": one_of("contact_type", list(Contact.ContactType.values)),
        "status": one_of("status", ["active", "closed", "all"], "all"),
        "sync": one_of("sync", [colour for colour, _ in COLOURS]),
        "details": one_of("details", ["missing"]),
        "sort": one_of("sort", list(SORTS), "name"),
    }


def _filtered(contacts: QuerySet[Contact], choices: dict[str, str]) -> QuerySet[Contact]:
    if choices["contact_type"]:
        contacts = contacts.filter(contact_type=choices["contact_type"])
    if choices["status"] != "all":
        contacts = contacts.filter(status=choices["status"])
    if choices["details"]:
        contacts = contacts.filter(lacking(required_details()))
    if choices["sync"]:
        found: QuerySet[Model] = sync.with_status(KIND, contacts, choices["sync"])
        contacts = found  # type: ignore[assignment]  # the engine keeps the model of the rows it filters
    if choices["q"]:
        return search(contacts, choices["q"])
    return contacts.order_by("status", *SORTS[choices["sort"]])
