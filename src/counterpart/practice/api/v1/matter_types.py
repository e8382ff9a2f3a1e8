"""Matter types and the people matters are assigned to, for programs (PTY-2, API-9)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from counterpart.foundation.actor import Actor
from counterpart.foundation.api.making import answer
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Missing
from counterpart.practice.api.v1.asking import actor_of
from counterpart.practice.api.v1.matter_presenting import person_json, role_draft, role_json, type_json
from counterpart.practice.api.v1.matter_schemas import (
    CreateForm,
    StaffOut,
    TypeIn,
    TypeOut,
    TypePatch,
    TypesOut,
)
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.drafts import OPEN_STATUSES
from counterpart.practice.matters.enums import Priority
from counterpart.practice.matters.models import MatterType

router = Router(tags=["Matter types"])
staff_router = Router(tags=["Staff"])
READ = "matter.read"
GUARDS = ("is_active", "needs_roles_to_close", "needs_link_to_close")


@router.get("", response=TypesOut, summary="List the matter types")
def list_types(request: HttpRequest) -> HttpResponse:
    """All of them in their order, those out of use as well."""
    actor_of(request, READ)
    return answer({"items": [type_json(one) for one in queries.matter_types(only_active=False)]})


@router.post("", response={201: TypeOut}, summary="Create a matter type")
def create_type(request: HttpRequest, body: TypeIn) -> HttpResponse:
    """With its roles; exactly one is primary."""
    made = operations.create_matter_type(
        actor=actor_of(request), name=body.name, roles=[role_draft(one) for one in body.roles], at=now(),
        **_guards(body),
    )  # fmt: skip
    return answer(type_json(made), status=201, version=made.version, location=f"/api/v1/matter-types/{made.pk}")


@router.get("/{uuid:type_id}", response=TypeOut, summary="Read a matter type")
def read_type(request: HttpRequest, type_id: UUID) -> HttpResponse:
    """With an ETag."""
    return _shown(_found(actor_of(request, READ), type_id))


@router.patch("/{uuid:type_id}", response=TypeOut, summary="Change a matter type")
def change_type(request: HttpRequest, type_id: UUID, body: TypePatch) -> HttpResponse:
    """Only the members that are sent are changed; roles are all roles, in order."""
    changes: dict[str, Any] = _guards(body)
    if body.name is not None:
        changes["name"] = body.name
    roles = None if body.roles is None else [role_draft(one) for one in body.roles]
    actor = actor_of(request)
    operations.edit_matter_type(
        actor=actor, type_id=type_id, changes=changes, roles=roles, at=now(), version=expected_version(request)
    )
    return _shown(_found(actor, type_id))


@router.delete("/{uuid:type_id}", response={204: None}, summary="Delete a matter type")
def delete_type(request: HttpRequest, type_id: UUID) -> HttpResponse:
    """Only one that no matter ever had; others can be taken out of use."""
    operations.delete_matter_type(actor=actor_of(request), type_id=type_id, at=now(), version=expected_version(request))
    return HttpResponse(status=204)


@router.get("/{uuid:type_id}/create-form", response=CreateForm, summary="What creating such a matter asks for")
def create_form(request: HttpRequest, type_id: UUID) -> HttpResponse:
    """Which members must be there, what stands for the others, and the roles."""
    actor = actor_of(request, READ)
    found = _found(actor, type_id)
    fields = [
        _field("name", required=True),
        _field("file_reference"),
        _field("assigned_to", required=True, default=actor.email or None),
        _field("priority", default="normal", choices=Priority.values),
        _field("status", default="active", choices=OPEN_STATUSES),
        _field("date", default=now().date().isoformat()),
        _field("restricted", default="false"),
        _field("external_reference"),
    ]
    roles = [role_json(role) for role in found.roles.all()]
    return answer({"matter_type": found.name, "matter_type_id": found.pk, "fields": fields, "roles": roles})


@staff_router.get("", response=StaffOut, summary="List the people matters can be assigned to")
def list_staff(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, by name."""
    actor_of(request, READ)
    return answer({"items": [person_json(one) for one in queries.staff()]})


def _found(actor: Actor, type_id: UUID) -> MatterType:
    actor.require(READ)
    found = MatterType.objects.prefetch_related("roles").filter(pk=type_id).first()
    if found is None:
        raise Missing("There is no such matter type.")
    return found


def _shown(found: MatterType) -> HttpResponse:
    return answer(type_json(found), version=found.version)


def _guards(body: TypeIn | TypePatch) -> dict[str, bool]:
    return {name: value for name in GUARDS if (value := getattr(body, name)) is not None}


def _field(
    name: str, *, required: bool = False, default: str | None = None, choices: Sequence[str] | None = None
) -> dict[str, Any]:
    return {"name": name, "required": required, "default": default, "choices": list(choices) if choices else None}
