"""Contacts for programs: the same operations and the same rules as the pages (API-3, PRM-6)."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import ValidationError

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.api import MatchesOut, matches_answer
from counterpart.foundation.alike.merges import raise_if_merged
from counterpart.foundation.api.making import answer
from counterpart.foundation.api.paging import Page, page_of
from counterpart.foundation.api.problems import error_item
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.clock import now
from counterpart.foundation.errors import FieldError, Missing, Refused, Stale
from counterpart.foundation.lists.api import listed, order_of
from counterpart.foundation.search.finding import matching
from counterpart.practice.api.v1.presenting import contact_json, contacts_json, created_row, newborn_json
from counterpart.practice.api.v1.schemas import (
    BatchIn,
    BatchOut,
    ContactFilters,
    ContactIn,
    ContactOut,
    ContactPatch,
)
from counterpart.practice.contacts import operations, queries
from counterpart.practice.contacts.drafts import Draft, columns_of
from counterpart.practice.contacts.faces import face_of
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.private import VIEW_SENSITIVE
from counterpart.practice.contacts.views.listing import CONTACTS
from counterpart.sync import api as sync

router = Router(tags=["Contacts"])


@router.get("", response=Page[ContactOut], summary="List contacts")
def list_contacts(request: HttpRequest, filters: Query[ContactFilters]) -> HttpResponse:
    """Those the caller may see, oldest first. Deleted ones are absent."""
    actor = _actor(request, "contact.read")
    found = matching(queries.contacts_visible_to(actor), filters.q or "")
    if filters.reference is not None:
        found = queries.numbered(found, filters.reference)
    if filters.sync_status:
        found = sync.with_status("contact", found, filters.sync_status)
    if filters.updated_since is not None:
        found = found.filter(updated_at__gte=filters.updated_since)
    if filters.status:
        found = found.filter(status=filters.status)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    found = listed(found, CONTACTS, filters, actor, but=("kind", "link", "status", "reference"))
    contacts, following = page_of(found, params=filters, order=order_of(CONTACTS, filters.sort))
    return answer({"items": contacts_json(contacts, actor), "next": following})


@router.post("", response={201: ContactOut}, summary="Create a contact")
def create_contact(request: HttpRequest, body: ContactIn) -> HttpResponse:
    """Answers at once; Legal Accounting gets the contact afterwards, and its number arrives by itself."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the token
    at = now()
    result = operations.create_contacts(actor=actor, drafts=[_draft(body)], at=at)[0]
    if isinstance(result, Refused):
        raise result
    shown = newborn_json([created_row(result.id, result.columns, actor.name, at)], actor, at)[0]
    return answer(shown, status=201, version=1, location=f"/api/v1/contacts/{result.id}")


@router.post("/batch", response=BatchOut, summary="Create up to 1,000 contacts")
def create_batch(request: HttpRequest, body: BatchIn) -> HttpResponse:
    """A result per item, at its place. Items that are refused do not stop the others."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the token
    actor.require("contact.create")
    drafts: list[Draft] = []
    places: list[int] = []
    results: list[dict[str, Any]] = []
    for index, given in enumerate(body.items):
        results.append({"index": index, "status": 422, "id": None, "contact": None, "errors": []})
        try:
            drafts.append(_draft(ContactIn.model_validate(given)))
            places.append(index)
        except ValidationError as error:
            results[index]["errors"] = [_pydantic_error(one) for one in error.errors()]
    at = now()
    rows = []
    for index, result in zip(places, operations.create_contacts(actor=actor, drafts=drafts, at=at), strict=True):
        if isinstance(result, Refused):
            results[index]["errors"] = [error_item(error) for error in result.errors]
        else:
            results[index] |= {"status": 201, "id": result.id}
            rows.append(created_row(result.id, result.columns, actor.name, at))
    shown = {one["id"]: one for one in newborn_json(rows, actor, at)}
    for one in results:
        one["contact"] = shown.get(one["id"])
    return answer({"items": results, "created": len(rows), "failed": len(results) - len(rows)})


@router.post("/check-duplicates", response=MatchesOut, summary="Contacts that could be the same")
def check_duplicates(request: HttpRequest, body: ContactIn, except_for: UUID | None = None) -> HttpResponse:
    """Those that could be the one described, which need not be complete; nothing is stored. `except_for`: the contact
    being edited. The same check as beside the form; best first, at most 20.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the token
    draft = _draft(body)
    if not actor.may(VIEW_SENSITIVE):
        draft.tax_number = ""  # nobody finds one out by trying
    return matches_answer(actor, face_of(columns_of(draft)), except_for)


@router.get("/{uuid:contact_id}", response=ContactOut, summary="Read a contact")
def read_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """With an ETag, to be sent back as If-Match when the contact is changed."""
    return _shown(_actor(request, "contact.read"), contact_id)


@router.patch("/{uuid:contact_id}", response=ContactOut, summary="Change a contact")
def change_contact(request: HttpRequest, contact_id: UUID, body: ContactPatch) -> HttpResponse:
    """Only the members that are sent are changed. A status closes or reopens."""
    actor = _actor(request, "contact.read")
    _visible(actor, contact_id)
    changes = _changes(body)
    status = changes.pop("status", None)
    keep_sequence = changes.pop("keep_sequence", False)
    at, version = now(), expected_version(request)
    with transaction.atomic():
        if changes or status is None:
            operations.edit_contact(
                actor=actor,
                contact_id=contact_id,
                changes=changes,
                keep_sequence=keep_sequence,
                at=at,
                version=version,
            )
            version = None  # compared already; the edit raised it
        if status is not None:
            _ensure_version(contact_id, version)
            act = operations.close_contact if status == "closed" else operations.reopen_contact
            act(actor=actor, contact_id=contact_id, at=at)
    return _shown(actor, contact_id)


@router.delete("/{uuid:contact_id}", response={204: None}, summary="Delete a contact")
def delete_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Recoverable for 30 days. Legal Accounting keeps its record."""
    actor = _actor(request, "contact.read")
    _visible(actor, contact_id)
    with transaction.atomic():
        _ensure_version(contact_id, expected_version(request))
        operations.delete_contact(actor=actor, contact_id=contact_id, at=now())
    return HttpResponse(status=204)


@router.post("/{uuid:contact_id}/sync", response={202: ContactOut}, summary="Exchange a contact now")
def sync_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """*Sync now*: an exchange without an edit."""
    actor = _actor(request, "contact.read")
    contact = _visible(actor, contact_id)
    operations.sync_now(actor=actor, contact_ids=[contact_id], at=now())
    return answer(contacts_json([contact], actor)[0], status=202, version=contact.version)


def _actor(request: HttpRequest, right: str) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the token
    actor.require(right)
    return actor


def _visible(actor: Actor, contact_id: UUID) -> Contact:
    contact = queries.contacts_visible_to(actor).filter(pk=contact_id).first()
    if contact is None:
        raise_if_merged(contact_id, actor)
        raise Missing
    return contact


def _shown(actor: Actor, contact_id: UUID) -> HttpResponse:
    # The state first: the row read after it can only be newer than what the state says.
    link = sync.link_state("contact", contact_id)
    contact = _visible(actor, contact_id)
    return answer(contact_json(contact.__dict__, link, actor), version=contact.version)


def _ensure_version(contact_id: UUID, version: int | None) -> None:
    """Compare under the lock that the following operation takes again."""
    if version is None:
        return
    sync.lock("contact", [contact_id])
    current = Contact.objects.select_for_update().filter(pk=contact_id).values_list("version", flat=True).first()
    if current != version:
        raise Stale("The contact was changed meanwhile.", current_version=current)


def _draft(body: ContactIn) -> Draft:
    given = _plain(body.model_dump(exclude_unset=True, exclude={"status"}))
    return Draft(**given)


def _changes(body: ContactPatch) -> dict[str, Any]:
    given = _plain(body.model_dump(exclude_unset=True))
    # null for what can't be empty says nothing.
    return {
        name: value
        for name, value in given.items()
        if value is not None or name not in ("kind", "numbering_sequence", "status")
    }


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """Null is empty, in the form drafts have."""
    empty: dict[str, Any] = {"emails": [], "phones": [], "physical_address": {}, "mailing_address": {}}
    for name, value in given.items():
        if value is None and name not in ("kind", "status"):
            given[name] = "client" if name == "numbering_sequence" else empty.get(name, "")
    return given


def _pydantic_error(error: Any) -> dict[str, str]:
    field = ".".join(str(part) for part in error["loc"])
    return error_item(FieldError(field, str(error["msg"]).removeprefix("Value error, "), str(error["type"])))
