"""The first pages of an import: the file, what its columns are, and how its rows are meant (IMP-1 to IMP-3)."""

from typing import IO, Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refusal, Refused
from counterpart.foundation.ids import new_id
from counterpart.foundation.importing import acts, beginning, uploads
from counterpart.foundation.importing.columns import layout_of, left_aside, record_of
from counterpart.foundation.importing.models import ImportRun, SavedMapping, State
from counterpart.foundation.importing.reading import KINDS, Reading
from counterpart.foundation.importing.reading.encodings import ENCODINGS
from counterpart.foundation.importing.reading.texts import DELIMITERS
from counterpart.foundation.importing.staging import Staged
from counterpart.foundation.importing.subjects import Subject
from counterpart.foundation.importing.views.ground import (
    CHANGEABLE,
    RIGHT,
    acting,
    addresses,
    run_or_404,
    seen,
    steps_shown,
    to,
)
from counterpart.foundation.jobs import running as jobs
from counterpart.foundation.users.access import SignedIn, page
from counterpart.foundation.users.forms import take_over

UPLOAD_MAX: Final = 500 * 1024 * 1024
AT_ONCE_BYTES: Final = 2 * 1024 * 1024
"""A file up to this size is read while the person waits; a longer one by the background runner."""
EARLIER_SHOWN: Final = 20
PREVIEW_ROWS: Final = 20
SAMPLES: Final = 3
AT_ONCE_S: Final = 1.0
"""So long a page waits for background work that may be done at once."""


class UploadForm(forms.Form):
    """The file alone; what it is, is found out."""

    file = forms.FileField(
        label="File",
        help_text="A text table (CSV), a spreadsheet (XLSX) or an address book (vCard), as other programs write them.",
        widget=forms.FileInput(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,.vcf,.vcard,text/csv,text/vcard"}
        ),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too long to be one."""
        given = self.cleaned_data["file"]
        if given.size > UPLOAD_MAX:
            raise forms.ValidationError(f"A file can have at most {UPLOAD_MAX // 1024**2} MB.", code="too_large")
        return given


@require_http_methods(["GET", "POST"])
@page(RIGHT)
def upload(request: SignedIn, subject: Subject) -> HttpResponse:
    """Choose a file; nothing is written before somebody has seen what it would make."""
    actor = acting(request, subject)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        run = _receive(subject, actor, form.cleaned_data["file"], form.cleaned_data["file"].name)
        if not (fault := _read(run)):
            return to(subject, "columns", run)
        seen(request, run)
        run.delete()
        take_over(form, Refused([FieldError("file", fault, "file.unreadable")]))
    runs = ImportRun.objects.filter(user=request.user, subject=subject.key).exclude(state=State.DISCARDED)
    context = {
        "subject": subject,
        "form": form,
        "runs": runs.order_by("-started_at")[:EARLIER_SHOWN],
        "steps": steps_shown(subject, None, "upload"),
        "fields": subject.fields.all,
        **addresses(subject),
    }
    return render(request, "importing/upload.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(RIGHT)
def columns(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """Say what each column is, looking at the first rows; remembered for the next file with these headings."""
    actor = acting(request, subject)
    run = run_or_404(actor, subject, run_id)
    if run.state not in CHANGEABLE:
        return to(subject, "run", run)
    seen(request, run)
    error, chosen = "", list(run.mapping)
    if request.method == "POST":
        chosen = [request.POST.get(f"column-{place}", "") for place in range(len(run.header))]
        try:
            beginning.choose_columns(
                run, subject, chosen, actor=actor, at=clock.now(),
                save_as=request.POST.get("save_as", ""), for_firm=bool(request.POST.get("for_firm")),
            )  # fmt: skip
        except Refused as refusal:
            error = refusal.message
        else:
            return to(subject, "options", run)
    elif saved := request.GET.get("mapping"):
        chosen = _mapping(subject, run, actor.user_id, saved)
    context = _columns_context(subject, run, chosen) | {
        "error": error,
        "typed_name": request.POST.get("save_as", ""),
        "saved": _saved(subject, actor.user_id),
        "may_save_for_all": actor.may("settings.edit"),
        "earlier": beginning.earlier_imports(run),
    }
    return render(request, "importing/columns.html", context, status=422 if error else 200)


@require_POST
@page(RIGHT)
def reading(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """Read the same file otherwise: its encoding, delimiter, sheet, and whether its first row names the columns."""
    actor = acting(request, subject)
    run = run_or_404(actor, subject, run_id)
    if run.state not in CHANGEABLE or not uploads.path_of(run.pk).is_file():
        raise Refusal(acts.GONE)
    given = Reading(
        encoding=request.POST.get("encoding", "") if request.POST.get("encoding") in ENCODINGS else "",
        delimiter=request.POST.get("delimiter", "") if request.POST.get("delimiter") in DELIMITERS else "",
        sheet=request.POST.get("sheet", ""),
        has_header=bool(request.POST.get("has_header")),
    )
    acts.start("read", run, actor=actor, at=clock.now(), back_url=addresses(subject, run)["run_url"], reading=given)
    if fault := _read(run):
        messages.error(request, fault)
    return to(subject, "columns", run)


@require_http_methods(["GET", "POST"])
@page(RIGHT)
def options(request: SignedIn, subject: Subject, run_id: UUID) -> HttpResponse:
    """How the rows are meant; then they are tried, and nothing is written."""
    actor = acting(request, subject)
    run = run_or_404(actor, subject, run_id)
    if run.state not in CHANGEABLE:
        return to(subject, "run", run)
    mapped = [name for name in run.mapping if name]
    initial = _initial(run, mapped)
    form: Any = (
        subject.form(request.POST, mapped=mapped)
        if request.method == "POST"
        else subject.form(initial=initial, mapped=mapped)
    )
    if form.is_valid():
        try:
            beginning.choose_options(run, subject, form.options())
            job = acts.start("try", run, actor=actor, at=clock.now(), back_url=addresses(subject, run)["run_url"])
        except Refused as refusal:
            take_over(form, refusal)
        else:
            jobs.run_for(job, clock=clock.now, seconds=AT_ONCE_S)
            return to(subject, "run", run)
    context = {
        "subject": subject, "run": run, "form": form, "steps": steps_shown(subject, run, "options"),
        **addresses(subject, run),
    }  # fmt: skip
    return render(request, "importing/options.html", context, status=422 if form.errors else 200)


def _receive(subject: Subject, actor: Actor, given: IO[bytes], file_name: str) -> ImportRun:
    """Keep the file and have it read; the request itself reads nothing of it. Raises Forbidden, Refusal."""
    run_id, at = new_id(), clock.now()
    try:
        uploads.keep(given, run_id)
        with transaction.atomic():
            run = beginning.receive(subject, actor, run_id, file_name=file_name, at=at)
            acts.start("read", run, actor=actor, at=at, back_url=addresses(subject, run)["run_url"])
    except (Refusal, OSError):
        uploads.forget(run_id)
        raise
    return run


def _read(run: ImportRun) -> str:
    """Read a small file at once; what is wrong with it, or ''. The run is as the reading left it."""
    if run.job is not None and uploads.path_of(run.pk).stat().st_size <= AT_ONCE_BYTES:
        job = jobs.run_for(run.job, clock=clock.now, seconds=AT_ONCE_S)
        run.refresh_from_db()
        return job.fault
    return ""


def _initial(run: ImportRun, mapped: list[str]) -> dict[str, Any]:
    """What was chosen before, else what the columns suggest."""
    if run.options:
        return {**run.options, "dates": "month" if run.options.get("month_first", True) else "day"}
    by = next((name for name in ("external_reference", "reference") if name in mapped), "")
    return {"match_by": by}


def _columns_context(subject: Subject, run: ImportRun, chosen: list[str]) -> dict[str, Any]:
    rows: list[tuple[int, list[str]]] = []
    if uploads.rows_of(run.pk).is_file():
        with Staged(uploads.rows_of(run.pk)) as staged:
            rows = staged.lines(at_most=PREVIEW_ROWS)
    groups: dict[str, list[Any]] = {}
    for one in subject.fields.all:
        groups.setdefault(one.group, []).append(one)
    layout = layout_of(subject.fields, chosen)
    labels = {one.name: one.label for one in subject.fields.all}
    heads = [_key_label(key, labels) for _, key in layout]
    shown = [(number, list(zip(heads, record_of(cells, layout).values(), strict=True))) for number, cells in rows]
    columns = [
        {
            "place": place, "name": name, "field": chosen[place],
            "samples": [cells[place] for _, cells in rows if place < len(cells) and cells[place]][:SAMPLES],
        }
        for place, name in enumerate(run.header)
    ]  # fmt: skip
    filled = run.facts.get("filled", ())
    if run.facts.get("kind") == "vcard":
        # Most cards use few of the columns a card can have; the others say nothing and only stand in the way.
        said = {place for place, count in enumerate(filled) if count}
        columns = [one for one in columns if one["place"] in said or one["field"] in ("first", "last", "company")]
    return {
        "subject": subject, "run": run, "columns": columns, "groups": list(groups.items()), "heads": heads,
              "rows": shown,
        "hidden": [(place, field) for place,
              field in enumerate(chosen) if place not in {one["place"] for one in columns}],
        "aside": left_aside(run.header, chosen, filled, run.row_word), "kind": KINDS.get(run.facts.get("kind", ""), ""),
        "encodings": ENCODINGS, "delimiters": DELIMITERS, "encoding": _encoding(run), "steps": steps_shown(subject,
              run, "columns"),
        **addresses(subject, run),
    }  # fmt: skip


def _encoding(run: ImportRun) -> str:
    return str(run.facts.get("encoding", "")).removesuffix("-sig").removesuffix("-le").removesuffix("-be")


def _key_label(key: str, labels: dict[str, str]) -> str:
    name, _, number = key.rpartition(" ")
    return f"{labels[name]} {number}" if name in labels else labels[key]


def _saved(subject: Subject, user_id: int | None) -> list[SavedMapping]:
    known = SavedMapping.objects.filter(Q(user=None) | Q(user__pk=user_id), subject=subject.key)
    return list(known.order_by("name", "id")[:100])


def _mapping(subject: Subject, run: ImportRun, user_id: int | None, wanted: str) -> list[str]:
    """A saved mapping by its key, or what the headings themselves say."""
    if wanted == "headings" or not wanted.isdigit():
        return subject.fields.guessed(run.header).fields
    saved = next((one for one in _saved(subject, user_id) if one.pk == int(wanted)), None)
    return list(run.mapping) if saved is None else beginning.applied(saved, run.header, subject).fields
