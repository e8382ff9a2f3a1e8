"""Asking for a change of many records: what will be done to which, then the doing (LST-8, 3.3.4)."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from counterpart.foundation import clock
from counterpart.foundation.jobs import operations as jobs
from counterpart.foundation.jobs import running
from counterpart.foundation.lists.asking import Listing, ids_in, read
from counterpart.foundation.lists.bulk import KIND, act_of
from counterpart.foundation.lists.presenting import FIRST_PAGE
from counterpart.foundation.lists.spec import BulkAct, ListSpec
from counterpart.foundation.users.access import SignedIn, actor_of, page

TICKED_MAX: Final = 1_000
SHOWN: Final = 10
AT_ONCE_S: Final = 1.0
"""What is done within this time needs no waiting."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The records an act is meant for: those ticked, or everything the list shows."""

    listing: Listing
    ids: tuple[UUID, ...]
    is_all: bool

    @property
    def rows(self) -> Any:
        """They, as far as the person may see them, in the order of the list."""
        if self.is_all:
            return self.listing.queryset()
        return self.listing.ordered(self.listing.spec.rows(self.listing.scope).filter(pk__in=self.ids))


@require_POST
@page()
def bulk(request: SignedIn, spec: ListSpec) -> HttpResponse:
    """Say what will be done to how many, ask what has to be known, and begin."""
    actor = actor_of(request)
    actor.require(spec.right)
    listing = read(spec, request.POST.get("query", ""), actor)
    back = f"{reverse(spec.url_name)}?{listing.query() or FIRST_PAGE}"
    act = act_of(spec, request.POST.get("act", ""), actor)
    chosen = Chosen(listing, tuple(ids_in(request.POST.getlist("id")[:TICKED_MAX])), "all" in request.POST)
    if problem := _problem(spec, act, chosen):
        messages.warning(request, problem)
        return redirect(back)
    if act.url_name:
        return redirect(_elsewhere(act, chosen))
    total = chosen.rows.order_by().count()
    if not total:
        messages.warning(request, f"There are no {spec.nouns} left to change.")
        return redirect(back)
    confirmed = "confirmed" in request.POST
    form = _form(act, request)
    if confirmed and (form is None or form.is_valid()):
        values = form.kept() if form is not None else {}
        return _begin(request, act, chosen, values, total, back)
    records = list(chosen.rows.select_related(*spec.related)[:SHOWN])
    facts = {
        "spec": spec, "act": act, "form": form, "chosen": chosen, "total": total, "back": back,
        "noun": spec.noun if total == 1 else spec.nouns, "lines": listing.lines(records), "more": total - len(records),
        "query": listing.query(), "words": listing.words(), "url": reverse(f"{spec.key}-bulk"),
    }  # fmt: skip
    return render(request, "lists/bulk.html", facts, status=422 if confirmed else 200)


class ActForm(forms.Form):
    """What an act has to know. ``kept``: the values as a job keeps them, so they must be storable."""

    def kept(self) -> dict[str, Any]:
        """The values for ``perform``."""
        return dict(self.cleaned_data)


def _form(act: BulkAct, request: SignedIn) -> Any:
    if act.form is None:
        return None
    form = act.form(actor_of(request))
    return form(request.POST if "confirmed" in request.POST else None)


def _problem(spec: ListSpec, act: BulkAct, chosen: Chosen) -> str:
    if chosen.is_all:
        return "" if act.whole else f"Tick the {spec.nouns} for “{act.label}”; it is not done with all at once."
    if not chosen.ids:
        return f"Tick the {spec.nouns} first."
    return f"Tick at least {act.least} {spec.nouns} for “{act.label}”." if len(chosen.ids) < act.least else ""


def _elsewhere(act: BulkAct, chosen: Chosen) -> str:
    pairs = [] if chosen.is_all else [(act.parameter, str(one)) for one in chosen.ids]
    query = chosen.listing.query(page=1) if chosen.is_all else urlencode(pairs)
    return f"{reverse(act.url_name)}?{query}" if query else reverse(act.url_name)


def _begin(
    request: SignedIn, act: BulkAct, chosen: Chosen, values: dict[str, Any], total: int, back: str
) -> HttpResponse:
    spec, at = chosen.listing.spec, clock.now()
    options: dict[str, Any] = {"list": spec.key, "act": act.key, "values": values}
    if chosen.is_all:
        options |= {
            "query": chosen.listing.query(page=1),
            "today": chosen.listing.scope.today.isoformat(),
            "last": str(_last(chosen)),
        }
    else:
        options["ids"] = sorted(str(one) for one in chosen.ids)
    said = act.words(values) if act.words else ""
    noun = spec.noun if total == 1 else spec.nouns
    title = f"{act.verb or act.label} {total:,} {noun} {said}".strip()
    job = jobs.start(KIND, actor=actor_of(request), at=at, title=title, options=options, total=total, back_url=back)
    job = running.run_for(job, clock=clock.now, seconds=AT_ONCE_S)
    return redirect("jobs:job", job.pk)


def _last(chosen: Chosen) -> Any:
    """The newest of them: what comes while the act runs is not meant."""
    return chosen.listing.found().order_by("-pk").values_list("pk", flat=True).first()
