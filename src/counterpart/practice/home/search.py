"""The search over everything: contacts and matters in one list each (SRC-1 to SRC-7)."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.practice.contacts import queries as contacts
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.contacts.views.listing import lines_of as contact_lines
from counterpart.practice.matters import queries as matters
from counterpart.practice.matters.views.lines import lines_of as matter_lines

BOTH: Final = 5
"""So many of each kind stand together; the page of one kind shows more (SRC-5)."""
ALONE: Final = 50
KINDS: Final = ("contacts", "matters")


@signed_in
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that matches, active records first, each with why it was found (SRC-2, SRC-4, SRC-5).

    A person who may not see one kind of record finds none of it, and nothing hidden is counted (SRC-7).
    """
    actor = actor_of(request)
    text = request.GET.get("q", "").strip()[:200]
    only = request.GET.get("only", "")
    only = only if only in KINDS else ""
    people, work = contacts.contacts_visible_to(actor), matters.matters_visible_to(actor)
    if text:
        people = contacts.ranked(contacts.matching(people, text), text)
        work = matters.ranked(matters.matching(work, text), text)
    else:
        people, work = people.order_by("-updated_at", "-id"), work.order_by("-updated_at", "-id")
    number = request.GET.get("page") if only else None
    contact_page = Paginator(people, ALONE if only == "contacts" else BOTH).get_page(number)
    matter_page = Paginator(work, ALONE if only == "matters" else BOTH).get_page(number)
    context = {
        "text": text,
        "only": only,
        "contacts": contact_page,
        "matters": matter_page,
        "contact_lines": contact_lines(list(contact_page.object_list), contacts.name_format(), text),
        "matter_lines": matter_lines(list(matter_page.object_list), text),
        "may_read_contacts": actor.may("contact.read"),
        "may_read_matters": actor.may("matter.read"),
        "may_create": actor.may("contact.create"),
        "may_create_matter": actor.may("matter.create"),
    }
    return render(request, "home/search.html", context)
