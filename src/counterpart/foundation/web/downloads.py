"""Files that pages offer to take away."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from counterpart.foundation.csv_lines import csv_lines


def csv_download(name: str, rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A CSV file of these rows, made while it is sent. Cells from people go through ``cells.neutral`` first."""
    answer = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
