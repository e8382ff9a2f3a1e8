"""The list of contacts (8), and contacts as lines of any list."""

from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from counterpart.foundation.actor import Actor
from counterpart.foundation.text import fold
from counterpart.practice.contacts import queries
from counterpart.practice.contacts.enums import Kind, Numbering, Status
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.naming import NameFormat, display_name
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.sync import api as sync

PAGE_SIZES: Final = (50, 25, 100, 200)
LINK_STATES: Final = (
    ("synchronized", "In sync"), ("pending", "Syncing"), ("error", "Sync error"),
    ("unsynchronized", "Not in sync"), ("unknown", "Status unavailable"),
)  # fmt: skip
COLUMNS: Final = (
    ("name", "Name"), ("reference", "Reference"), ("", "Type"), ("email", "E-mail"), ("", "Phone"), ("", "City"),
    ("", "Link"), ("updated", "Updated"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is asked for; all of it stands in the address (LST-4)."""

    q: str
    kind: str
    type: str
    link: str
    status: str
    sort: str
    size: int

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        """Read the address; what is not known is ignored."""
        given = request.GET
        size = given.get("size", "")
        sort = given.get("sort", "")
        return cls(
            q=given.get("q", "").strip()[:200],
            kind=one_of(given.get("kind"), Kind.values),
            type=one_of(given.get("type"), Numbering.values),
            link=one_of(given.get("link"), [code for code, _ in LINK_STATES]),
            status=one_of(given.get("status"), [*Status.values, "all", "deleted"]),
            sort=sort if sort in queries.SORTS else "",
            size=int(size) if size.isdigit() and int(size) in PAGE_SIZES else PAGE_SIZES[0],
        )

    @property
    def narrowing(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.q or self.kind or self.type or self.link or self.status)


@dataclass(frozen=True, slots=True)
class Line:
    """One contact in a list."""

    contact: Contact
    name: str
    link: Any
    why: str = ""

    @property
    def phone(self) -> str:
        """The first number."""
        phones: list[dict[str, str]] = self.contact.phones
        return phones[0]["number"] if phones else ""

    @property
    def city(self) -> str:
        """Where they are, or where their mail goes."""
        found: str = self.contact.physical_address.get("city") or self.contact.mailing_address.get("city", "")
        return found


@signed_in
def contact_list(request: HttpRequest) -> HttpResponse:
    """Search, filter, sort and page through the contacts this person may see."""
    actor = actor_of(request)
    actor.require("contact.read")
    filters = Filters.of(request)
    page: Page[Contact] = Paginator(_found(actor, filters), filters.size).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "page": page,
        "lines": lines_of(list(page.object_list), queries.name_format()),
        "columns": [column(name, label, filters.sort) for name, label in COLUMNS],
        "kinds": Kind.choices,
        "types": Numbering.choices,
        "links": LINK_STATES,
        "statuses": [*Status.choices, ("all", "Active and closed"), *_deleted_choice(actor)],
        "sizes": PAGE_SIZES,
        "may_create": actor.may("contact.create"),
        "may_import": actor.may("contact.create") and actor.may("import.run"),
    }
    template = "contacts/list.html#results" if request.headers.get("HX-Target") == "results" else "contacts/list.html"
    return render(request, template, context)


def lines_of(contacts: list[Contact], style: NameFormat, text: str = "") -> list[Line]:
    """The contacts with their names and link states; a constant number of statements."""
    states = sync.link_states("contact", [contact.pk for contact in contacts])
    return [
        Line(contact, display_name(contact.__dict__, style), states.get(contact.pk), _why(contact, text))
        for contact in contacts
    ]


def _found(actor: Actor, filters: Filters) -> QuerySet[Contact]:
    if filters.status == "deleted":
        contacts = queries.deleted_contacts_visible_to(actor)
    else:
        contacts = queries.contacts_visible_to(actor)
    if filters.kind:
        contacts = contacts.filter(kind=filters.kind)
    if filters.type:
        contacts = contacts.filter(numbering_sequence=filters.type)
    if filters.status in Status.values:
        contacts = contacts.filter(status=filters.status)
    elif not filters.status and not filters.q:
        contacts = contacts.filter(status=Status.ACTIVE)  # closed ones are out of the default list (PAG-9)
    if filters.link:
        contacts = sync.with_status("contact", contacts, filters.link)
    contacts = queries.matching(contacts, filters.q)
    if filters.q and not filters.sort:
        return queries.ranked(contacts, filters.q)
    return contacts.order_by(*queries.SORTS[filters.sort or "name"])


def column(name: str, label: str, sort: str) -> dict[str, str]:
    """The heading of a column: what a press on it sorts by, and how it is sorted now (LST-3)."""
    if not name:
        return {"label": label}
    state = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
    return {"label": label, "sort": f"-{name}" if sort == name else name, "state": state}


def _deleted_choice(actor: Actor) -> list[tuple[str, str]]:
    return [("deleted", "Deleted")] if actor.may("contact.delete") else []


def one_of(value: str | None, known: list[str]) -> str:
    """A choice from the address, or nothing if it is none of ours."""
    return value if value in known and value is not None else ""


def _why(contact: Contact, text: str) -> str:
    """Which field the words were found in, where it is not the name that stands there anyway (SRC-5)."""
    words = fold(text).split()
    if not words:
        return ""
    fields = {
        "Reference": contact.shown_reference,
        "Alias": contact.alias,
        "Company": "" if contact.is_company else contact.company,
        "E-mail": contact.email,
        "City": contact.physical_address.get("city", ""),
        "Mailing city": contact.mailing_address.get("city", ""),
    }
    name = fold(display_name(contact.__dict__))
    if all(word in name for word in words):
        return ""
    for label, value in fields.items():
        if value and any(word in fold(value) for word in words):
            return f"{label}: {value}"
    return "Phone number"
