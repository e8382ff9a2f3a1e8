"""The matters of one contact: a tab and a panel on the contact's page (PAG-3, PAG-5)."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.parts import Part
from counterpart.practice.contacts.views.access import actor_of, contact_or_404, signed_in
from counterpart.practice.contacts.views.page import heading as contact_heading
from counterpart.practice.matters import queries
from counterpart.practice.matters.views.lines import lines_of

SHOWN: Final = 6


@signed_in
@require_safe
def contact_matters(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Every matter of the contact this person may see."""
    contact = contact_or_404(request, contact_id)
    actor_of(request).require("matter.read")
    context = contact_heading(request, contact, PART.url_name) | _lines(request, contact, None)
    return render(request, "matters/of_contact.html", context)


def panel(request: HttpRequest, contact: Contact) -> str:
    """The first of them, on the contact's overview."""
    return render_to_string("matters/contact_panel.html", _lines(request, contact, SHOWN), request=request)


def _lines(request: HttpRequest, contact: Contact, limit: int | None) -> dict[str, Any]:
    actor = actor_of(request)
    found = queries.matters_of_contact(actor, contact.pk)
    roles = {one.matter.pk: one.roles for one in found}
    return {
        "contact": contact,
        "lines": lines_of([one.matter for one in found[:limit]], roles=roles),
        "count": len(found),
        "hidden": queries.hidden_matter_count(actor, contact.pk),
        "may_create_matter": actor.may("matter.create"),
    }


PART: Final = Part("Matters", "matters:of-contact", "matter.read", panel)
