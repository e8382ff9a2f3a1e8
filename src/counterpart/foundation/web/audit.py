"""The firm's audit log: everything in the history, for those who may read it (HIS-2, HIS-3)."""

import json
from collections.abc import Iterator
from typing import Final

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from counterpart.foundation import clock, history
from counterpart.foundation.actor import Actor
from counterpart.foundation.cells import neutral
from counterpart.foundation.history import NewEvent
from counterpart.foundation.history.models import Event
from counterpart.foundation.history.veils import hidden_from
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.web.downloads import csv_download
from counterpart.foundation.web.pages import fragment_layout

READ: Final = "audit.read"
PER_PAGE: Final = 50
EXPORT_MAX: Final = 100_000
COLUMNS: Final = (
    "id", "at", "actor_name", "actor_email", "actor_ip", "origin", "site", "object_type", "object_id",
    "object_label", "verb", "changes", "reason", "message_id", "hash",
)  # fmt: skip


class LogFilter(forms.Form):
    """What part of the log to show."""

    person = forms.CharField(label="Who", max_length=200, required=False)
    about = forms.CharField(label="About", max_length=200, required=False)
    verb = forms.CharField(label="What", max_length=40, required=False)
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


@page(READ)
def show_log(request: SignedIn) -> HttpResponse:
    """The events, newest first. Paged by place, so that a long log costs no more than a short one."""
    form = LogFilter(request.GET)
    found = list(_filtered(form, actor_of(request))[: PER_PAGE + 1])
    older = found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None
    context = {"form": form, "events": found[:PER_PAGE], "older": older}
    return render(request, "web/audit.html", context, status=422 if form.errors else 200)


@require_POST
@page(READ)
def verify_chain(request: SignedIn) -> HttpResponse:
    """Walk the whole chain and say whether anything was altered or removed."""
    broken = history.verify()
    return render(
        request, "web/audit_check.html", {"broken": broken, "at": clock.now(), "layout": fragment_layout(request)}
    )


@page(READ)
def export_log(request: SignedIn) -> StreamingHttpResponse:
    """The same events as CSV; that someone took them out is itself in the log."""
    form = LogFilter(request.GET)
    rows = _filtered(form, actor_of(request))[:EXPORT_MAX]
    said = {name: [None, str(value)] for name, value in form.cleaned_data.items() if value}
    event = NewEvent("audit_log", None, "Audit log", "exported", actor_of(request), clock.now(), said)
    history.record([event])
    return csv_download("audit-log.csv", _rows(rows))


def _rows(events: QuerySet[Event]) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for row in events.values_list(*COLUMNS).iterator(chunk_size=2_000):
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return neutral(value)


def _filtered(form: LogFilter, actor: Actor) -> QuerySet[Event]:
    events = Event.objects.exclude(hidden_from(actor)).order_by("-id")
    if not form.is_valid():
        return events.none()
    wanted = form.cleaned_data
    if wanted["person"]:
        events = events.filter(Q(actor_name__icontains=wanted["person"]) | Q(actor_email__icontains=wanted["person"]))
    if wanted["about"]:
        kind = wanted["about"].strip().lower().replace(" ", "_")
        events = events.filter(Q(object_label__icontains=wanted["about"]) | Q(object_type=kind))
    if wanted["verb"]:
        events = events.filter(verb__icontains=wanted["verb"].strip().replace(" ", "_"))
    if wanted["since"]:
        events = events.filter(at__date__gte=wanted["since"])
    if wanted["until"]:
        events = events.filter(at__date__lte=wanted["until"])
    if wanted["before"]:
        events = events.filter(pk__lt=wanted["before"])
    return events
