"""A small API on the shared plumbing, so that it is tested without either product."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from ninja import Field, Query, Router, Schema

from counterpart.foundation.api.making import answer, api_urls, make_api
from counterpart.foundation.api.paging import Page, PageParams, page_of
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.errors import Blocked, Blocker, FieldError, Refused, Stale
from counterpart.foundation.users.models import Role


class RoleIn(Schema):
    name: str


class BatchIn(Schema):
    items: list[Any] = Field(json_schema_extra={"items": {"x-schema": "RoleIn"}})


class RoleOut(Schema):
    id: int
    name: str


class RoleFilter(PageParams):
    q: str = ""


router = Router()


@router.get("/roles", response=Page[RoleOut])
def list_roles(request: HttpRequest, filters: Query[RoleFilter]) -> Any:
    rows, following = page_of(Role.objects.filter(name__icontains=filters.q), params=filters, order=("-name", "id"))
    return {"items": [{"id": row.pk, "name": row.name} for row in rows], "next": following}


@router.post("/roles", response={201: RoleOut})
def create_role(request: HttpRequest, payload: RoleIn) -> HttpResponse:
    request.actor.require("contact.create")  # type: ignore[attr-defined]
    if payload.name == "fault":
        Role.objects.create(name="fault")
        raise RuntimeError("secret inside")
    if not payload.name:
        raise Refused([FieldError("name", "Enter a name.", "name.required")])
    role = Role.objects.create(name=payload.name)
    return answer({"id": role.pk, "name": role.name}, status=201, version=1, location=f"/api/v1/roles/{role.pk}")


@router.post("/roles/batch", response=dict[str, int])
def create_batch(request: HttpRequest, payload: BatchIn) -> Any:
    return {"count": len(payload.items)}


@router.patch("/roles/{role_id}", response=RoleOut)
def edit_role(request: HttpRequest, role_id: int, payload: RoleIn) -> Any:
    if expected_version(request) not in (None, 7):
        raise Stale("Someone changed it.", current_version=7)
    return {"id": role_id, "name": payload.name}


@router.delete("/roles/{role_id}", response={204: None})
def delete_role(request: HttpRequest, role_id: int) -> Any:
    raise Blocked("It is in use.", [Blocker("3 people have it", "/users/", 3)])


api = make_api(title="Toy", version="1.0.0", description="For tests.")
api.add_router("", router)

urlpatterns = [
    path("api/v1/", include(api_urls(api))),
    path("", include("counterpart.foundation.urls")),
]
