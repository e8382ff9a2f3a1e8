"""/contacts: list, create, read, change, delete, many at once, and exchange now."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import ValidationError

from counterpart.accounting.api.v1.asking import actor_of, narrowed
from counterpart.accounting.api.v1.schemas import (
    BATCH_MAX,
    BatchOut,
    ContactBatch,
    ContactFilters,
    ContactIn,
    ContactOut,
    ContactPatch,
)
from counterpart.accounting.api.v1.shapes import contacts_out
from counterpart.accounting.contacts import operations
from counterpart.accounting.contacts.faces import face_of
from counterpart.accounting.contacts.fields import FIELDS, cleaned
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import Created, Draft
from counterpart.accounting.contacts.queries import contacts_visible_to
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.contacts.views.listing import CONTACTS
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.api import MatchesOut, matches_answer
from counterpart.foundation.alike.merges import raise_if_merged
from counterpart.foundation.api.making import answer
from counterpart.foundation.api.paging import Page, page_of
from counterpart.foundation.api.problems import error_item
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.clock import now
from counterpart.foundation.errors import FieldError, Missing, Stale
from counterpart.foundation.lists.api import listed, order_of
from counterpart.sync import api as sync

router = Router(tags=["Contacts"])


@router.get("/contacts", response=Page[ContactOut], summary="List contacts")
def list_contacts(request: HttpRequest, filters: Query[ContactFilters]) -> HttpResponse:
    """Oldest first. `q` searches as the pages do; a former number finds its contact."""
    actor = actor_of(request)
    actor.require("contact.read")
    contacts = _filtered(contacts_visible_to(actor), filters)
    contacts = listed(contacts, CONTACTS, filters, actor, but=("number", "status", "contact_type"))
    order = order_of(CONTACTS, filters.sort)
    rows, following = page_of(contacts.only(*(name.lstrip("-") for name in order)), params=filters, order=order)
    return answer({"items": contacts_out(row.pk for row in rows), "next": following})


@router.post("/contacts", response={201: ContactOut}, summary="Create a contact")
def create_contact(request: HttpRequest, payload: ContactIn) -> HttpResponse:
    """Without `number` the next one of the sequence is given; with it, that one, if it was never given before."""
    created = operations.create_contact(_draft(payload), actor=actor_of(request), at=now())
    return _contact(created.id, status=201)


@router.post("/contacts/batch", response=BatchOut, summary=f"Create up to {BATCH_MAX:,} contacts")
def create_batch(request: HttpRequest, payload: ContactBatch) -> HttpResponse:
    """A result per item, at its place; what is refused does not stop the others. Numbers are given in this order."""
    results: list[dict[str, Any]] = []
    drafts: dict[int, Draft] = {}
    for index, given in enumerate(payload.items):
        results.append({"index": index, "status": 422, "id": None, "contact": None, "errors": []})
        try:
            drafts[index] = _draft(ContactIn.model_validate(given))
        except ValidationError as error:
            results[index]["errors"] = [_pydantic_error(one) for one in error.errors()]
    answers = operations.create_contacts(list(drafts.values()), actor=actor_of(request), at=now())
    for index, one in zip(drafts, answers, strict=True):
        if isinstance(one, Created):
            results[index] |= {"status": 201, "id": one.id}
        else:
            results[index]["errors"] = [error_item(error) for error in one.errors]
    created = contacts_out(result["id"] for result in results if result["id"])
    shapes = {shape["id"]: shape for shape in created}
    for result in results:
        result["contact"] = shapes.get(result["id"])
    return answer({"items": results, "created": len(shapes), "failed": len(results) - len(shapes)})


@router.post("/contacts/check-duplicates", response=MatchesOut, summary="Contacts that could be the same")
def check_duplicates(request: HttpRequest, payload: ContactIn, except_for: UUID | None = None) -> HttpResponse:
    """Those that could be the one described, which need not be complete; nothing is stored. `except_for`: the contact
    being edited. The same check as beside the form; best first, at most 20.
    """
    draft = _draft(payload)
    return matches_answer(actor_of(request), face_of(cleaned(draft.given) | {"number": draft.number}), except_for)


@router.get("/contacts/{uuid:contact_id}", response=ContactOut, summary="Read a contact")
def read_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """The ETag is the version, for If-Match."""
    actor_of(request).require("contact.read")
    return _contact(_visible(request, contact_id).pk)


@router.patch("/contacts/{uuid:contact_id}", response=ContactOut, summary="Change a contact")
def change_contact(request: HttpRequest, contact_id: UUID, payload: ContactPatch) -> HttpResponse:
    """Fields left out stay. A number given here is a typed one, with the same rules as on the pages."""
    actor, at = actor_of(request), now()
    _visible(request, contact_id)
    given = _given(payload)
    renumbers = payload.number is not None
    with transaction.atomic():
        sync.lock(KIND, [contact_id])
        version = expected_version(request)
        if payload.status is not None:
            version = _change_status(contact_id, payload.status, actor, version)
        if given or renumbers or payload.status is None:
            operations.edit_contact(
                contact_id=contact_id,
                given=given,
                actor=actor,
                at=at,
                version=version,
                number=payload.number,
                keep_sequence=payload.keep_sequence,
            )
    return _contact(contact_id)


@router.delete("/contacts/{uuid:contact_id}", response={204: None}, summary="Delete a contact here")
def delete_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Practice Management keeps its own. The number is never given again."""
    _visible(request, contact_id)
    version = expected_version(request)
    operations.delete_contact(contact_id=contact_id, actor=actor_of(request), at=now(), version=version)
    return HttpResponse(status=204)


@router.post("/contacts/{uuid:contact_id}/sync", response={202: ContactOut}, summary="Exchange now")
def sync_contact(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    """Clears an error and asks for an exchange without a change (IMP-5)."""
    contact = _visible(request, contact_id)
    with transaction.atomic():
        sync.force(KIND, [contact.pk], actor=actor_of(request), at=now(), lane=sync.Lane.INTERACTIVE)
    return _contact(contact.pk, status=202)


def _visible(request: HttpRequest, contact_id: UUID) -> Contact:
    contact = contacts_visible_to(actor_of(request)).filter(pk=contact_id).first()
    if contact is None:
        raise_if_merged(contact_id, actor_of(request))
        raise Missing("There is no such contact.")
    return contact


def _filtered(contacts: QuerySet[Contact], filters: ContactFilters) -> QuerySet[Contact]:
    if filters.contact_type is not None:
        contacts = contacts.filter(contact_type=filters.contact_type)
    if filters.status is not None:
        contacts = contacts.filter(status=filters.status)
    return narrowed(contacts, filters, kind=KIND, text=filters.q)


def _given(payload: ContactPatch) -> dict[str, Any]:
    given = payload.model_dump(exclude_unset=True)
    # null for what can't be empty says nothing.
    return {
        name: given[name]
        for name in FIELDS
        if name in given and (given[name] is not None or name not in ("contact_type", "display_as"))
    }


def _draft(payload: ContactIn) -> Draft:
    return Draft(_given(payload), payload.number or "", keep_sequence=payload.keep_sequence)


def _pydantic_error(error: Any) -> dict[str, str]:
    field = ".".join(str(part) for part in error["loc"])
    return error_item(FieldError(field, str(error["msg"]).removeprefix("Value error, "), str(error["type"])))


def _change_status(contact_id: UUID, wanted: str, actor: Actor, version: int | None) -> int | None:
    """Close or reopen; returns the version to expect of the edit that follows in the same transaction."""
    present = Contact.objects.select_for_update().get(pk=contact_id)
    if version is not None and version != present.version:
        raise Stale("This contact was changed meanwhile; read it again.", current_version=present.version)
    if present.status == wanted:
        return version
    change = operations.close_contact if wanted == "closed" else operations.reopen_contact
    change(contact_id=contact_id, actor=actor, at=now())
    return None if version is None else version + 1


def _contact(contact_id: UUID, *, status: int = 200) -> HttpResponse:
    (shape,) = contacts_out([contact_id])
    location = f"/api/v1/contacts/{contact_id}" if status == 201 else ""  # noqa: PLR2004 - created
    return answer(shape, status=status, version=shape["version"], location=location)
