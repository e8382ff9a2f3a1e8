"""The list of matters to take away, as it is filtered and sorted (LST-1, PRM-4, HIS-3)."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from counterpart.foundation import history
from counterpart.foundation.clock import now
from counterpart.foundation.csv_lines import safe_cell
from counterpart.foundation.web.downloads import csv_download
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.matters import queries
from counterpart.practice.matters.models import Matter
from counterpart.practice.matters.views.lines import Line, lines_of
from counterpart.practice.matters.views.listing import Filters, found

COLUMNS: Final = (
    "matter_id", "name", "file_reference", "external_reference", "matter_type", "status", "priority", "date",
    "assigned_to", "primary_client", "other_clients", "restricted", "link",
)  # fmt: skip
CHUNK: Final = 1_000


@signed_in
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows, all pages of it, as CSV. That somebody took it out, and by which filter, is in the log."""
    actor = actor_of(request)
    actor.require("matter.export")
    filters = Filters.of(request, queries.matter_types(only_active=False), queries.staff())
    ids = list(found(actor, filters).values_list("pk", flat=True))
    said: dict[str, list[object]] = {name: [None, value] for name, value in request.GET.items() if value}
    event = history.NewEvent("matters", None, "Matters", "exported", actor, now(), {**said, "rows": [None, len(ids)]})
    history.record([event])
    return csv_download("matters.csv", _rows(ids))


def _rows(ids: Sequence[UUID]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        matters = Matter.objects.select_related("matter_type", "assigned_to").in_bulk(chunk)
        for line in lines_of([matters[pk] for pk in chunk if pk in matters]):
            yield [safe_cell(value) for value in _cells(line)]


def _cells(line: Line) -> list[object]:
    matter = line.matter
    primary, *others = [client.name for client in line.clients] or [""]
    return [
        matter.matter_number, matter.name, matter.shown_reference, matter.external_reference, matter.matter_type.name,
        matter.status, matter.priority, matter.date.isoformat(), matter.assigned_to.email, primary,
        "; ".join(others), "yes" if matter.restricted else "", line.link.status if line.link else "",
    ]  # fmt: skip
