"""Split/Advanced Billing: who pays which part of a file's bills, and what a bill would come to (LA-SPL-1 to 4.6)."""

from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterpart.accounting.files.forms import SplitForm
from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations import set_split
from counterpart.accounting.files.previewing import SplitPreview, preview_split
from counterpart.accounting.files.queries import former_payers_of, payers_of
from counterpart.accounting.files.views.access import visible_file
from counterpart.accounting.files.views.record import record_context
from counterpart.foundation.cells import neutral
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused, Stale
from counterpart.foundation.users.access import actor_of, page
from counterpart.foundation.web.downloads import csv_download
from counterpart.foundation.web.pages import done

CELLS_MAX: Final = 4_000
"""Figures shown line by line at once; the totals always count every line, and the download has them all."""


@page()
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The percentages: co-payers typed, the primary's computed; one post for any number of payers (LA-SPL-2)."""
    file = visible_file(request, file_id)
    actor = actor_of(request)
    form = _form(request, file)
    status = 200
    if request.method == "POST":
        actor.require("file.edit_split")
        status = 422
        if form.is_valid():
            version = form.cleaned_data["version"]
            try:
                set_split(file_id=file.pk, shares=form.shares, actor=actor, at=now(), version=version)
            except Refused as refusal:
                form.refuse(refusal)
            except Stale as stale:
                form.outdated(stale)
                status = 409
            else:
                messages.success(request, "The split is saved. It counts from the next bill on.")
                return done(request, reverse("files:split", args=[file.pk]))
    return render(request, "files/split.html", _context(request, file, form), status=status)


@page()
@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """Split pasted lines with the percentages as they stand in the boxes, saved or not; nothing is stored (4.6)."""
    file = visible_file(request, file_id)
    form = _form(request, file)
    shown = None
    if request.method == "POST" and form.is_valid() and form.bill_lines and not form.line_problems:
        cells_max = None if "download" in request.POST else CELLS_MAX
        shown = preview_split(form.payers, form.all_shares, form.bill_lines, cells_max=cells_max)
        if cells_max is None:
            return _download(file, shown)
    asked = request.method == "POST"
    context = _context(request, file, form) | {"preview": shown, "asked": asked}
    is_fragment = request.headers.get("HX-Target") == "split-preview"
    part = "files/split.html#preview" if is_fragment else "files/split.html"
    return render(request, part, context, status=422 if asked and shown is None else 200)


def _form(request: HttpRequest, file: File) -> SplitForm:
    locked = not actor_of(request).may("file.edit_split")
    payers = payers_of([file.pk])[file.pk]
    return SplitForm(request.POST or None, payers=payers, version=file.version, locked=locked)


def _context(request: HttpRequest, file: File, form: SplitForm) -> dict[str, Any]:
    return record_context(request, file, "split") | {"form": form, "former": former_payers_of(file.pk)}


def _download(file: File, shown: SplitPreview) -> StreamingHttpResponse:
    """The whole table as a file for a spreadsheet."""
    names = [neutral(column.payer.name) for column in shown.columns]
    lines = ([row.number, neutral(row.description), row.amount, *row.shares] for row in shown.rows)
    total = ["", "Total", shown.total, *(column.amount for column in shown.columns)]
    return csv_download(f"split-{file.number}.csv", chain([["Line", "Description", "Amount", *names]], lines, [total]))
