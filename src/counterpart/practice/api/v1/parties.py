"""The parties of a matter, for programs (PTY-1 to PTY-6). Nothing asks for confirmation here: a program has decided."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from counterpart.foundation.actor import Actor
from counterpart.foundation.api.making import answer
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.clock import now
from counterpart.practice.api.v1.asking import actor_of
from counterpart.practice.api.v1.matter_presenting import party_json
from counterpart.practice.api.v1.matter_schemas import (
    PartiesIn,
    PartiesOut,
    PartyChangeIn,
    PartyIn,
    PartyMove,
    PartyOut,
)
from counterpart.practice.api.v1.matters import READ, id_or_name, party_drafts, visible
from counterpart.practice.matters import operations
from counterpart.practice.matters.rows import parties_of_matters

router = Router(tags=["Matters"])


@router.get("/{uuid:matter_id}/parties", response=PartiesOut, summary="List the parties of a matter")
def list_parties(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """In the order of roles and places; the first client is the primary client."""
    return _shown(actor_of(request, READ), matter_id)


@router.post("/{uuid:matter_id}/parties", response={201: PartyOut}, summary="Add a party")
def add_party(request: HttpRequest, matter_id: UUID, body: PartyIn) -> HttpResponse:
    """Last in its role; a position is not taken."""
    actor = actor_of(request, READ)
    done = operations.add_party(
        actor=actor, matter_id=matter_id, role=id_or_name(body.role), contact_id=body.contact_id,
        represents=body.represents, at=now(), primary_confirmed=True,
    )  # fmt: skip
    made = next(row for row in parties_of_matters([matter_id])[matter_id] if row.id == done.party_id)
    location = f"/api/v1/matters/{matter_id}/parties/{made.id}"
    return answer(party_json(made), status=201, version=done.version, location=location)


@router.put("/{uuid:matter_id}/parties", response=PartiesOut, summary="Set all parties of a matter")
def set_parties(request: HttpRequest, matter_id: UUID, body: PartiesIn) -> HttpResponse:
    """Exactly these, in this order within each role; all or none."""
    actor = actor_of(request, READ)
    operations.set_parties(actor=actor, matter_id=matter_id, parties=party_drafts(body.items), **_sure(request))
    return _shown(actor, matter_id)


@router.patch("/{uuid:matter_id}/parties/{uuid:party_id}", response=PartiesOut, summary="Change a party")
def change_party(request: HttpRequest, matter_id: UUID, party_id: UUID, body: PartyChangeIn) -> HttpResponse:
    """Another contact in the same role and place."""
    actor = actor_of(request, READ)
    operations.change_party(
        actor=actor, matter_id=matter_id, party_id=party_id, contact_id=body.contact_id, **_sure(request)
    )
    return _shown(actor, matter_id)


@router.delete("/{uuid:matter_id}/parties/{uuid:party_id}", response={204: None}, summary="Remove a party")
def remove_party(request: HttpRequest, matter_id: UUID, party_id: UUID) -> HttpResponse:
    """Behind a removed first client the next one becomes primary; the last one of a known matter stays."""
    actor = actor_of(request, READ)
    operations.remove_party(actor=actor, matter_id=matter_id, party_id=party_id, **_sure(request))
    return HttpResponse(status=204)


@router.post("/{uuid:matter_id}/parties/{uuid:party_id}/make-primary", response=PartiesOut, summary="Put a party first")
def make_primary(request: HttpRequest, matter_id: UUID, party_id: UUID) -> HttpResponse:
    """First in its role; of the clients that makes it the primary client."""
    actor = actor_of(request, READ)
    operations.make_primary(actor=actor, matter_id=matter_id, party_id=party_id, **_sure(request))
    return _shown(actor, matter_id)


@router.post("/{uuid:matter_id}/parties/{uuid:party_id}/move", response=PartiesOut, summary="Move a party")
def move_party(request: HttpRequest, matter_id: UUID, party_id: UUID, body: PartyMove) -> HttpResponse:
    """One place up or down within its role."""
    actor = actor_of(request, READ)
    operations.move_party(
        actor=actor, matter_id=matter_id, party_id=party_id, direction=body.direction, **_sure(request)
    )
    return _shown(actor, matter_id)


def _sure(request: HttpRequest) -> dict[str, Any]:
    """When, which version was seen, and that a change of the primary client is meant."""
    return {"at": now(), "version": expected_version(request), "primary_confirmed": True}


def _shown(actor: Actor, matter_id: UUID) -> HttpResponse:
    matter = visible(actor, matter_id)
    rows = parties_of_matters([matter_id])[matter_id]
    return answer({"items": [party_json(row) for row in rows]}, version=matter.version)
