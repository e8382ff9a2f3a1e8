"""/files: list, open, read, change, close; their clients, their split and what a bill would come to."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from counterpart.accounting.api.v1.asking import actor_of, narrowed
from counterpart.accounting.api.v1.file_reading import checked_shares, given_fields, given_lines, held_shares
from counterpart.accounting.api.v1.file_schemas import (
    ClientIn,
    FileFilters,
    FileIn,
    FileOut,
    FilePatch,
    PayerIn,
    PreviewIn,
    PreviewOut,
    SplitIn,
    SplitOut,
)
from counterpart.accounting.api.v1.file_shapes import files_out, preview_out, split_out
from counterpart.accounting.files import operations
from counterpart.accounting.files.models import File, FilePayer
from counterpart.accounting.files.operations import Draft
from counterpart.accounting.files.queries import files_visible_to, payers_of
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.views.listing import FILES
from counterpart.foundation.actor import Actor
from counterpart.foundation.api.making import answer
from counterpart.foundation.api.paging import Page, page_of
from counterpart.foundation.api.versions import expected_version
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Missing, Stale
from counterpart.foundation.lists.api import listed, order_of
from counterpart.sync import api as sync

router = Router(tags=["Files"])


@router.get("/files", response=Page[FileOut], summary="List files")
def list_files(request: HttpRequest, filters: Query[FileFilters]) -> HttpResponse:
    """Oldest first. `q` searches as the pages do; a former number finds its file."""
    actor = actor_of(request)
    actor.require("file.read")
    files = listed(
        _filtered(files_visible_to(actor), filters), FILES, filters, actor, but=("number", "status", "responsible")
    )
    order = order_of(FILES, filters.sort)
    rows, following = page_of(files.only(*(name.lstrip("-") for name in order)), params=filters, order=order)
    return answer({"items": files_out(row.pk for row in rows), "next": following})


@router.post("/files", response={201: FileOut}, summary="Open a file")
def create_file(request: HttpRequest, payload: FileIn) -> HttpResponse:
    """Only while the integration is off; otherwise files begin as matters in Practice Management (409)."""
    payers, actor, at = payload.payers or [], actor_of(request), now()
    clients = [payer.contact_id for payer in payers]
    draft = Draft(given_fields(payload), clients, payload.group_id, payload.number or "", payload.keep_sequence)
    with transaction.atomic():
        created = operations.create_file(draft, actor=actor, at=at)
        _set_shares(created.id, payers, actor)
    return _file(created.id, status=201)


@router.get("/files/{uuid:file_id}", response=FileOut, summary="Read a file")
def read_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The ETag is the version, for If-Match."""
    return _file(_visible(request, file_id).pk)


@router.patch("/files/{uuid:file_id}", response=FileOut, summary="Change a file")
def change_file(request: HttpRequest, file_id: UUID, payload: FilePatch) -> HttpResponse:
    """Fields left out stay. Another order or set of clients is refused while the integration is on (409)."""
    actor, at = actor_of(request), now()
    _visible(request, file_id)
    given = given_fields(payload)
    with transaction.atomic():
        sync.lock(KIND, [file_id])
        file = File.objects.select_for_update().get(pk=file_id)
        version = expected_version(request)
        if version is not None and version != file.version:
            raise Stale("This file was changed meanwhile; read it again.", current_version=file.version)
        if payload.status is not None and payload.status != file.status:
            _change_status(file, payload.status, actor)
        if payload.payers is not None:
            _change_payers(file_id, payload.payers, actor)
        if given or payload.number is not None or (payload.status is None and payload.payers is None):
            operations.edit_file(
                file_id=file_id,
                given=given,
                actor=actor,
                at=at,
                number=payload.number,
                keep_sequence=payload.keep_sequence,
            )
    return _file(file_id)


@router.delete("/files/{uuid:file_id}", response={204: None}, summary="Delete a file here")
def delete_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Practice Management keeps its matter. The number is never given again."""
    _visible(request, file_id)
    version = expected_version(request)
    operations.delete_file(file_id=file_id, actor=actor_of(request), at=now(), version=version)
    return HttpResponse(status=204)


@router.post("/files/{uuid:file_id}/sync", response={202: FileOut}, summary="Exchange now")
def sync_file(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Clears an error and asks for an exchange without a change (IMP-5)."""
    file = _visible(request, file_id)
    with transaction.atomic():
        sync.force(KIND, [file.pk], actor=actor_of(request), at=now(), lane=sync.Lane.INTERACTIVE)
    return _file(file.pk, status=202)


@router.post("/files/{uuid:file_id}/clients", response={201: FileOut}, summary="Add a client")
def add_client(request: HttpRequest, file_id: UUID, payload: ClientIn) -> HttpResponse:
    """At 0 %, last in order. Refused while the integration is on (409)."""
    _visible(request, file_id)
    version = expected_version(request)
    operations.add_client(
        file_id=file_id, contact_id=payload.contact_id, actor=actor_of(request), at=now(), version=version
    )
    return _file(file_id, status=201)


@router.delete("/files/{uuid:file_id}/clients/{uuid:contact_id}", response=FileOut, summary="Remove a client")
def remove_client(request: HttpRequest, file_id: UUID, contact_id: UUID) -> HttpResponse:
    """The share goes to the primary contact. Refused while the integration is on (409)."""
    _visible(request, file_id)
    version = expected_version(request)
    operations.remove_client(file_id=file_id, contact_id=contact_id, actor=actor_of(request), at=now(), version=version)
    return _file(file_id)


@router.put("/files/{uuid:file_id}/primary", response=FileOut, summary="Change the primary contact")
def change_primary(request: HttpRequest, file_id: UUID, payload: ClientIn) -> HttpResponse:
    """Shares that were set stay with their people. Refused while the integration is on (409)."""
    _visible(request, file_id)
    version = expected_version(request)
    operations.change_primary(
        file_id=file_id, contact_id=payload.contact_id, actor=actor_of(request), at=now(), version=version
    )
    return _file(file_id)


@router.get("/files/{uuid:file_id}/split", response=SplitOut, summary="Read the split")
def read_split(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Who pays how much of future bills. The ETag is the file's version."""
    return _split(_visible(request, file_id))


@router.put("/files/{uuid:file_id}/split", response=SplitOut, summary="Set shares")
def set_split(request: HttpRequest, file_id: UUID, payload: SplitIn) -> HttpResponse:
    """Shares stay in Legal Accounting. An open task to confirm them is done by this."""
    _visible(request, file_id)
    version = expected_version(request)
    with transaction.atomic():
        shares, _ = checked_shares(payload.payers, _locked_shares(file_id))
        operations.set_split(file_id=file_id, shares=shares, actor=actor_of(request), at=now(), version=version)
    return _split(_visible(request, file_id))


@router.post("/files/{uuid:file_id}/split/preview", response=PreviewOut, summary="Divide lines of a bill")
def preview_split(request: HttpRequest, file_id: UUID, payload: PreviewIn) -> HttpResponse:
    """What each payer would be billed, to the cent; nothing is stored. `payers` tries other shares."""
    file = _visible(request, file_id)
    payers = payers_of([file.pk])[file.pk]
    shares = held_shares(payers)
    if payload.payers is not None:
        _, shares = checked_shares(payload.payers, shares)
    return answer(preview_out(payers, shares, given_lines(payload.lines)))


def _visible(request: HttpRequest, file_id: UUID) -> File:
    actor = actor_of(request)
    actor.require("file.read")
    file = files_visible_to(actor).filter(pk=file_id).first()
    if file is None:
        raise Missing("There is no such file.")
    return file


def _filtered(files: QuerySet[File], filters: FileFilters) -> QuerySet[File]:
    if filters.contact_id is not None:
        paid = FilePayer.objects.filter(contact_id=filters.contact_id, ended_at=None)
        files = files.filter(pk__in=paid.values("file_id"))
    if filters.responsible is not None:
        files = files.filter(responsible__email=filters.responsible.strip().lower())
    if filters.status is not None:
        files = files.filter(status=filters.status)
    return narrowed(files, filters, kind=KIND, text=filters.q)


def _change_status(file: File, wanted: str, actor: Actor) -> None:
    at = now()
    if wanted == "closed":
        operations.close_file(file_id=file.pk, closed_on=at.date(), actor=actor, at=at)
    else:
        operations.reopen_file(file_id=file.pk, actor=actor, at=at)


def _change_payers(file_id: UUID, payers: list[PayerIn], actor: Actor) -> None:
    clients = [payer.contact_id for payer in payers]
    if clients != [contact for contact, _ in _locked_shares(file_id)]:
        operations.set_clients(file_id=file_id, clients=clients, actor=actor, at=now())
    _set_shares(file_id, payers, actor)


def _set_shares(file_id: UUID, payers: list[PayerIn], actor: Actor) -> None:
    """Set the shares that were given and differ; who only names clients needs no right to divide bills."""
    if all(payer.percent is None for payer in payers):
        return
    before = _locked_shares(file_id)
    shares, after = checked_shares(payers, before)
    if after != before:
        operations.set_split(file_id=file_id, shares=shares, actor=actor, at=now())


def _locked_shares(file_id: UUID) -> list[tuple[UUID, int]]:
    sync.lock(KIND, [file_id])
    list(File.objects.select_for_update().filter(pk=file_id).values_list("pk"))
    return held_shares(payers_of([file_id])[file_id])


def _split(file: File) -> HttpResponse:
    return answer(split_out(file), version=file.version)


def _file(file_id: UUID, *, status: int = 200) -> HttpResponse:
    (shape,) = files_out([file_id])
    location = f"/api/v1/files/{file_id}" if status == 201 else ""  # noqa: PLR2004 - created
    return answer(shape, status=status, version=shape["version"], location=location)
