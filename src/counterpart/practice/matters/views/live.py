"""Said while typing: is this File Reference free, and which one comes next (MAT-2, IMP-3, IMP-4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.matters import queries
from counterpart.practice.matters.models import Role
from counterpart.practice.matters.views.finding import uuid_of
from counterpart.protocol.numbers import FILE_NUMBER_MAX, number_problem
from counterpart.sync import api as sync


@signed_in
@require_safe
def reference_check(request: HttpRequest) -> HttpResponse:
    """What is known about a typed reference: our own matters at once, Legal Accounting if it answers in time.

    With numbers by contact the answer depends on the primary client, who is sent along.
    """
    actor = actor_of(request)
    number = request.GET.get("file_reference", "").strip()
    matter_id = uuid_of(request.GET.get("matter", ""))
    if matter_id and not queries.matters_visible_to(actor).filter(pk=matter_id).exists():
        matter_id = None
    context: dict[str, object] = {"number": number, "peer": sync.peer().name}
    if number:
        context["problem"] = number_problem(number, longest=FILE_NUMBER_MAX, noun="file reference")
        context["holder"] = queries.reference_holder(actor, number, other_than=matter_id)
    if not context.get("problem") and actor.may("matter.read"):
        client = _primary_client(request, matter_id)
        identity = sync.sync_ids("contact", [client]).get(client) if client else None
        own = sync.sync_ids("matter", [matter_id]).get(matter_id) if matter_id else None
        context["answer"] = sync.ask("file_number", number=number, client=str(identity or ""), sync_id=str(own or ""))
    return render(request, "matters/reference_check.html", context)


def _primary_client(request: HttpRequest, matter_id: UUID | None) -> UUID | None:
    """The first client in the form's grid, or the first one of the matter that is edited."""
    if matter_id:
        clients = queries.clients_of([matter_id])[matter_id]
        return clients[0].pk if clients else None
    pairs = [party.partition(":")[::2] for party in request.GET.getlist("party")]
    ids = {found for role, _ in pairs if (found := uuid_of(role))}
    primary = set(Role.objects.filter(pk__in=ids, is_primary=True).values_list("pk", flat=True))
    return next((uuid_of(contact) for role, contact in pairs if uuid_of(role) in primary), None)
