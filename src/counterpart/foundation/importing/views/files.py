"""Files to take away: refused rows to correct, templates to fill in, and what each column means (IMP-5, IMP-10)."""

import io
from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET

from counterpart.foundation.csv_lines import csv_lines
from counterpart.foundation.importing import refused_rows
from counterpart.foundation.importing.subjects import Subject
from counterpart.foundation.importing.views.ground import RIGHT, acting, run_or_404
from counterpart.foundation.users.access import SignedIn, page

CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@page(RIGHT)
def failed(request: SignedIn, subject: Subject, run_id: UUID) -> StreamingHttpResponse:
    """The rows that were refused, with the reason; corrected, the file can be imported as it is."""
    return _rows(request, subject, run_id, skipped=False)


@require_GET
@page(RIGHT)
def skipped(request: SignedIn, subject: Subject, run_id: UUID) -> StreamingHttpResponse:
    """The rows that were left out, with the reason."""
    return _rows(request, subject, run_id, skipped=True)


@require_GET
@page(RIGHT)
def template(request: SignedIn, subject: Subject) -> HttpResponse:
    """A file with every column and an example row; it can be imported as it is."""
    acting(request, subject)
    return _download("".join(csv_lines(_template(subject))).encode(), CSV, f"{subject.key}.csv")


@require_GET
@page(RIGHT)
def workbook(request: SignedIn, subject: Subject) -> HttpResponse:
    """The same as a spreadsheet, with what each column means on a second sheet."""
    acting(request, subject)
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True})
        for name, rows in ((subject.noun.capitalize(), _template(subject)), ("Columns", list(_dictionary(subject)))):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write_string(number, place, cell, bold if number == 0 else None)
            sheet.autofit()
    return _download(written.getvalue(), XLSX, f"{subject.key}.xlsx")


@require_GET
@page(RIGHT)
def dictionary(request: SignedIn, subject: Subject) -> HttpResponse:
    """What each column means, and the names by which it is known."""
    acting(request, subject)
    return _download("".join(csv_lines(_dictionary(subject))).encode(), CSV, f"{subject.key}-columns.csv")


def _template(subject: Subject) -> list[Sequence[str]]:
    fields = subject.fields.all
    return [[one.name for one in fields], [one.example for one in fields]]


def _dictionary(subject: Subject) -> Iterator[Sequence[str]]:
    yield "column", "label", "what it holds", "example", "several", "also known as"
    for one in subject.fields.all:
        several = "yes" if one.repeats else ""
        yield one.name, one.label, one.meaning, one.example, several, ", ".join(one.synonyms[:10])


def _rows(request: SignedIn, subject: Subject, run_id: UUID, *, skipped: bool) -> StreamingHttpResponse:
    run = run_or_404(acting(request, subject), subject, run_id)
    rows = run.failures.filter(is_skipped=skipped).values_list("reason", "cells").iterator(chunk_size=2_000)
    answer = StreamingHttpResponse(refused_rows.lines(run.header, rows), content_type=CSV)
    name = "left-out-rows.csv" if skipped else "refused-rows.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
