"""The page that lets people take a list away as it is shown (EXP-1)."""

import tempfile
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterpart.foundation.clock import now
from counterpart.foundation.exporting import formats, list_work, sheets
from counterpart.foundation.exporting.forms import ExportForm
from counterpart.foundation.exporting.sheets import Taking, sheet_of, taking_of
from counterpart.foundation.jobs import operations as jobs
from counterpart.foundation.jobs.models import Job
from counterpart.foundation.users.access import SignedIn, actor_of, page

IDS_MAX: Final = 1_000


@require_http_methods(["GET", "POST"])
@page()
def export_list(request: SignedIn, key: str) -> HttpResponseBase:
    """Choose what of the list, and which file; then download it, or have it made in the background."""
    actor, sheet = actor_of(request), sheet_of(key)
    given = request.POST if request.method == "POST" else request.GET
    ids = given.getlist("id")[:IDS_MAX]
    query = given.get("query", "") if request.method == "POST" else request.GET.urlencode()
    form = ExportForm(sheet, request.POST if request.method == "POST" else None)
    options: dict[str, Any] = {"query": query, "ids": ids}
    if form.is_valid():
        options |= form.cleaned_data
        taking = taking_of(key, options, actor)
        total = taking.count()
        if total > sheets.AT_ONCE_MAX:
            return redirect("jobs:job", _later(taking, options, total).pk)
        return file_of(taking)
    taking = taking_of(key, options, actor)
    total, spec = taking.count(), sheet.spec
    context = {
        "form": form, "spec": spec, "total": total, "ids": taking.ids, "words": taking.listing.words(),
        "query": taking.listing.query(page=1), "in_background": total > sheets.AT_ONCE_MAX,
        "noun": spec.noun if total == 1 else spec.nouns, "back": f"{reverse(spec.url_name)}?{taking.listing.query()}",
    }  # fmt: skip
    return render(request, "exporting/list.html", context, status=422 if form.errors else 200)


def file_of(taking: Taking) -> FileResponse:
    """The file, made in this request."""
    kind = formats.FORMATS[taking.format]
    with tempfile.TemporaryDirectory(prefix="export-", dir=settings.COUNTERPART_DATA) as folder:
        path = Path(folder) / "file"
        rows = sum(taking.write(path, taking.keys()))
        list_work.note(taking, rows, now())
        file = path.open("rb")  # stays readable when its name is gone
    return FileResponse(file, as_attachment=True, filename=taking.file_name, content_type=kind.content_type)


def _later(taking: Taking, options: dict[str, Any], total: int) -> Job:
    spec = taking.sheet.spec
    options = {
        **options,
        "list": taking.sheet.key,
        "today": taking.listing.scope.today.isoformat(),
        "right": taking.sheet.right,
    }
    return jobs.start(
        list_work.LIST_KIND, actor=taking.actor, at=now(), title=f"Export {total:,} {spec.nouns}", options=options,
        total=total, back_url=f"{reverse(spec.url_name)}?{taking.listing.query()}",
    )  # fmt: skip
