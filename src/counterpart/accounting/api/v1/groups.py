"""/contacts/groups and /contacts/{id}/members: group contacts, stand-alone (LA-SPL-4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from counterpart.accounting.api.v1.asking import actor_of
from counterpart.accounting.api.v1.file_schemas import GroupIn, MembersIn, MembersOut
from counterpart.accounting.api.v1.file_shapes import members_out
from counterpart.accounting.api.v1.schemas import ContactOut
from counterpart.accounting.api.v1.shapes import contacts_out
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.files import operations
from counterpart.foundation.api.making import answer
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Missing

router = Router(tags=["Group contacts"])


@router.post("/contacts/groups", response={201: ContactOut}, summary="Create a group contact")
def create_group(request: HttpRequest, payload: GroupIn) -> HttpResponse:
    """With its members in this order. Refused while the integration is on (409)."""
    created = operations.create_group(
        name=payload.name, members=payload.members, number=payload.number or "", actor=actor_of(request), at=now()
    )
    (shape,) = contacts_out([created.id])
    location = f"/api/v1/contacts/{created.id}"
    return answer(shape, status=201, version=shape["version"], location=location)


@router.get("/contacts/{uuid:contact_id}/members", response=MembersOut, summary="List the members of a group")
def list_members(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Empty for a contact that is no group."""
    _require_visible(request, contact_id)
    return answer(members_out(contact_id))


@router.post("/contacts/{uuid:contact_id}/members", response={201: MembersOut}, summary="Add members to a group")
def add_members(request: HttpRequest, contact_id: UUID, payload: MembersIn) -> HttpResponse:
    """The group's files get them as clients at 0 %. Refused while the integration is on (409)."""
    _require_visible(request, contact_id)
    operations.add_members(group_id=contact_id, contact_ids=payload.contact_ids, actor=actor_of(request), at=now())
    return answer(members_out(contact_id), status=201)


@router.delete(
    "/contacts/{uuid:contact_id}/members/{uuid:member_id}", response=MembersOut, summary="Remove a member from a group"
)
def remove_member(request: HttpRequest, contact_id: UUID, member_id: UUID) -> HttpResponse:
    """The group's files lose it as a client too. Refused while the integration is on (409)."""
    _require_visible(request, contact_id)
    operations.remove_member(group_id=contact_id, contact_id=member_id, actor=actor_of(request), at=now())
    return answer(members_out(contact_id))


def _require_visible(request: HttpRequest, contact_id: UUID) -> None:
    actor = actor_of(request)
    actor.require("contact.read")
    if not contacts_visible_to(actor).filter(pk=contact_id).exists():
        raise Missing("There is no such contact.")
