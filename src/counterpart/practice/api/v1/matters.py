"""Matters for programs: the same operations and the same rules as the pages (API-3, PRM-4, PRM-6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.api.making import answer
from counterpart.foundation.api.paging import Page, page_of
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.clock import now
from counterpart.foundation.errors import FieldError, Missing, Refused
from counterpart.foundation.lists.api import listed
from counterpart.foundation.search.finding import matching
from counterpart.foundation.users.models import User
from counterpart.practice.api.v1.asking import actor_of
from counterpart.practice.api.v1.matter_presenting import matters_json
from counterpart.practice.api.v1.matter_schemas import (
    MatterFilters,
    MatterIn,
    MatterOut,
    MatterPatch,
    PartyIn,
    ReassignIn,
    ReassignOut,
)
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.drafts import Draft, PartyDraft
from counterpart.practice.matters.models import Matter, Party
from counterpart.practice.matters.naming import folded_key
from counterpart.practice.matters.views.listing import MATTERS
from counterpart.sync import api as sync

router = Router(tags=["Matters"])
READ = "matter.read"
UNPLACED = 10**9


@router.get("", response=Page[MatterOut], summary="List matters")
def list_matters(request: HttpRequest, filters: Query[MatterFilters]) -> HttpResponse:
    """Those the caller may see, oldest first unless sorted. Deleted ones are absent."""
    actor = actor_of(request, READ)
    found = _filtered(queries.matters_visible_to(actor), filters)
    found = listed(found, MATTERS, filters, actor, but=("status", "restricted"))
    matters, following = page_of(found, params=filters, order=queries.SORTS[filters.sort])
    return answer({"items": matters_json([matter.pk for matter in matters]), "next": following})


@router.post("", response={201: MatterOut}, summary="Create a matter")
def create_matter(request: HttpRequest, body: MatterIn) -> HttpResponse:
    """Answers at once; Legal Accounting gets the matter afterwards, and its number arrives by itself."""
    actor, at = actor_of(request), now()
    with transaction.atomic():
        (result,) = operations.create_matters(actor=actor, drafts=[_draft(body)], at=at)
        if isinstance(result, Refused):
            raise result
        shown = matters_json([result.id])[0]
    return answer(shown, status=201, version=1, location=f"/api/v1/matters/{result.id}")


@router.post("/reassign", response=ReassignOut, summary="Assign many matters to somebody else")
def reassign(request: HttpRequest, body: ReassignIn) -> HttpResponse:
    """All or none."""
    actor = actor_of(request, READ)
    try:
        done = operations.reassign_matters(
            actor=actor, matter_ids=body.matter_ids, assigned_to=body.assigned_to, at=now()
        )
    except Missing as missing:
        text = "One of these matters does not exist, or you can't view it."
        raise Refused([FieldError("matter_ids", text, "matter.unknown")]) from missing
    return answer({"changed": done.changed, "unchanged": done.unchanged})


@router.get("/{uuid:matter_id}", response=MatterOut, summary="Read a matter")
def read_matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """With an ETag, to be sent back as If-Match when the matter is changed."""
    return shown(actor_of(request, READ), matter_id)


@router.patch("/{uuid:matter_id}", response=MatterOut, summary="Change a matter")
def change_matter(request: HttpRequest, matter_id: UUID, body: MatterPatch) -> HttpResponse:
    """Only the members that are sent are changed, all of them or none."""
    actor, at = actor_of(request, READ), now()
    with transaction.atomic():
        with history.collected() as events:
            state = operations.locked_one(actor, matter_id, expected_version(request))
            _change(actor, state, body, at)
        history.record(events)
    return shown(actor, matter_id)


@router.delete("/{uuid:matter_id}", response={204: None}, summary="Delete a matter")
def delete_matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Recoverable for 30 days. Legal Accounting keeps its file."""
    actor = actor_of(request, READ)
    operations.delete_matter(actor=actor, matter_id=matter_id, at=now(), version=expected_version(request))
    return HttpResponse(status=204)


@router.post("/{uuid:matter_id}/sync", response={202: MatterOut}, summary="Exchange a matter now")
def sync_matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """*Sync now*: an exchange without an edit."""
    actor = actor_of(request, READ)
    matter = visible(actor, matter_id)
    operations.sync_now(actor=actor, matter_ids=[matter_id], at=now())
    return answer(matters_json([matter_id])[0], status=202, version=matter.version)


def visible(actor: Actor, matter_id: UUID) -> Matter:
    """The matter. Raises Missing for one the caller may not see as for one that does not exist."""
    matter = queries.matters_visible_to(actor).filter(pk=matter_id).first()
    if matter is None:
        raise Missing
    return matter


def shown(actor: Actor, matter_id: UUID) -> HttpResponse:
    """The matter as it is now. The state first: what is read after it can only be newer than what the state says."""
    states = sync.link_states("matter", [matter_id])
    visible(actor, matter_id)
    (found,) = matters_json([matter_id], states=states)
    return answer(found, version=found["version"])


def party_drafts(given: Sequence[PartyIn]) -> list[PartyDraft]:
    """Parties as a program sent them: by their positions, those without one behind, otherwise as they stand."""
    ordered = sorted(given, key=lambda one: one.position or UNPLACED)
    return [PartyDraft(id_or_name(one.role), one.contact_id, one.represents) for one in ordered]


def id_or_name(given: str) -> UUID | str:
    """What names a type or a role."""
    try:
        return UUID(given)
    except ValueError:
        return given


def _draft(body: MatterIn) -> Draft:
    return Draft(
        name=body.name or "",
        matter_type=id_or_name(body.matter_type) if body.matter_type else None,
        assigned_to=body.assigned_to,
        reference=body.file_reference or "",
        keep_sequence=body.keep_sequence,
        status=body.status,
        priority=body.priority or "normal",
        date=body.date,
        restricted=bool(body.restricted),
        access=_people(body.access or ()),
        external_reference=body.external_reference or "",
        parties=party_drafts(body.parties or ()),
    )


def _change(actor: Actor, state: Mapping[str, Any], body: MatterPatch, at: datetime) -> None:
    """Everything the body asks for, each by the operation it would take on a page."""
    matter_id, given = state["id"], body.model_fields_set
    _ensure_type_stays(state, body.matter_type)
    if body.parties is not None:
        operations.set_parties(
            actor=actor, matter_id=matter_id, parties=party_drafts(body.parties), at=at, primary_confirmed=True
        )
    _restrict(actor, state, body, at)
    if body.status not in (None, "closed") and state["status"] == "closed":
        operations.reopen_matter(actor=actor, matter_id=matter_id, at=at)
    changes = _edits(body)
    if body.status in ("inactive", "template") or (body.status == "active" and state["status"] != "closed"):
        changes["status"] = body.status
    if changes or not given & {"parties", "restricted", "access", "status"}:
        operations.edit_matter(
            actor=actor, matter_id=matter_id, changes=changes, at=at, keep_sequence=body.keep_sequence
        )
    if body.status == "closed":
        operations.close_matter(actor=actor, matter_id=matter_id, at=at, reason=body.reason or "", force=body.force)


def _edits(body: MatterPatch) -> dict[str, Any]:
    """The members that are columns; null empties a text, and says nothing of what can't be empty."""
    given = body.model_fields_set
    texts = {name: getattr(body, name) or "" for name in ("name", "file_reference", "external_reference")}
    others = {name: getattr(body, name) for name in ("assigned_to", "priority", "date")}
    said = texts | {name: value for name, value in others.items() if value is not None}
    return {name: value for name, value in said.items() if name in given}


def _restrict(actor: Actor, state: Mapping[str, Any], body: MatterPatch, at: datetime) -> None:
    """What was read may be sent back by anybody; only a change needs the right to restrict."""
    matter_id = state["id"]
    wanted = state["restricted"] if body.restricted is None else body.restricted
    listed = [person.pk for person in queries.access_of(matter_id)] if wanted else []
    people = listed if body.access is None else _people(body.access)
    if not wanted and state["restricted"]:
        operations.unrestrict_matter(actor=actor, matter_id=matter_id, at=at)
    elif wanted and (not state["restricted"] or set(people) != set(listed)):
        operations.restrict_matter(actor=actor, matter_id=matter_id, user_ids=people, at=at)


def _people(emails: Sequence[str]) -> list[int]:
    """The keys of the people. Raises Refused if somebody is not of this firm."""
    wanted = {email.strip().lower() for email in emails}
    found = list(User.objects.filter(email__in=wanted).values_list("pk", flat=True)) if wanted else []
    if len(found) != len(wanted):
        raise Refused([FieldError("access", "Choose people of this firm.", "access.unknown")])
    return found


def _ensure_type_stays(state: Mapping[str, Any], wanted: str | None) -> None:
    if wanted is None:
        return
    held = operations.types_by([state["matter_type_id"]])
    facts = held.get(id_or_name(wanted))
    if facts is None or facts.id != state["matter_type_id"]:
        text = "The matter type is chosen when a matter is created and stays."
        raise Refused([FieldError("matter_type", text, "matter_type.fixed")])


def _filtered(found: QuerySet[Matter], filters: MatterFilters) -> QuerySet[Matter]:
    if filters.q:
        found = matching(found, filters.q)
    if filters.file_reference is not None:
        found = queries.referenced(found, filters.file_reference)
    if filters.external_reference is not None:
        found = found.filter(external_key=folded_key(filters.external_reference)).exclude(external_key="")
    if filters.matter_type is not None:
        wanted = id_or_name(filters.matter_type)
        by = {"matter_type": wanted} if isinstance(wanted, UUID) else {"matter_type__name_key": folded_key(wanted)}
        found = found.filter(**by)
    if filters.assigned_to is not None:
        found = found.filter(assigned_to__email=filters.assigned_to.strip().lower())
    if filters.contact_id is not None:
        found = found.filter(_has_party(contact_id=filters.contact_id))
    if filters.client_id is not None:
        found = found.filter(_has_party(contact_id=filters.client_id, role__is_primary=True))
    if filters.sync_status:
        found = sync.with_status("matter", found, filters.sync_status)
    plain = {"status": filters.status, "restricted": filters.restricted, "updated_at__gte": filters.updated_since}
    return found.filter(**{name: value for name, value in plain.items() if value is not None})


def _has_party(**facts: Any) -> Exists:
    return Exists(Party.objects.filter(matter_id=OuterRef("pk"), **facts))
