"""Said while typing: is this number free, and which one comes next (CON-4, IMP-3, IMP-4)."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from counterpart.contracts.contact import SCHEMES
from counterpart.practice.contacts import queries
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.settings.queries import separate_sequences_on
from counterpart.protocol.numbers import number_problem
from counterpart.sync import api as sync


@signed_in
@require_GET
def reference_check(request: HttpRequest) -> HttpResponse:
    """What is known about a typed reference: our own contacts at once, Legal Accounting if it answers in time."""
    actor = actor_of(request)
    number = request.GET.get("reference", "").strip()
    scheme = request.GET.get("numbering_sequence", "client")
    scheme = scheme if scheme in SCHEMES and separate_sequences_on() else "client"
    contact_id: UUID | None = None
    with suppress(ValueError):
        contact_id = UUID(request.GET.get("contact", ""))
    context: dict[str, object] = {"number": number, "peer": sync.peer().name}
    if number:
        context["problem"] = number_problem(number)
        holder = queries.number_holder(actor, number, other_than=contact_id)
        if holder is not None:
            context["holder"] = holder
            contact = holder.contact
            context["holder_name"] = display_name(contact.__dict__, queries.name_format()) if contact else ""
    if not context.get("problem"):
        sync_id = str(sync.link_state("contact", contact_id).sync_id or "") if contact_id else ""
        context["answer"] = sync.ask("number", number=number, scheme=scheme, sync_id=sync_id)
    return render(request, "contacts/reference_check.html", context)
