"""The records behind a number of the report: decided one by one, included in bulk; in Legal Accounting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.foundation.users.access import actor_of, page
from counterpart.protocol.stamps import Site
from counterpart.sync.golive import deciding, runs
from counterpart.sync.golive.single import REASON_WORDS
from counterpart.sync.golive.tables import Candidate
from counterpart.sync.handler import Label
from counterpart.sync.link import my_site
from counterpart.sync.registry import has_handler
from counterpart.sync.web.access import MANAGE
from counterpart.sync.web.golive_words import CREATED, KIND_WORDS, REPORT_ROWS
from counterpart.sync.web.records import back_to

PAGE_SIZE: Final = 25
HIDDEN: Final = "A record you can’t view"
RESTRICTED: Final = "A restricted matter"


@dataclass(frozen=True, slots=True)
class Face:
    """One record as it stands in a list: what it is called, and what it is recognised by."""

    id: UUID
    name: str
    number: str
    facts: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A record of one product with those of the other that it is, or may be."""

    face: Face
    others: tuple[Face, ...]
    reason: str
    included: bool


@require_safe
@never_cache
@page(MANAGE)
def listed(request: HttpRequest, kind: str, what: str) -> HttpResponse:
    """One list of the report, a page of it."""
    word = _known(kind, what)
    rows = deciding.listed(kind, what).order_by("label", "local_id")
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    run = runs.current()
    context = {
        "kind": kind,
        "what": what,
        "word": word,
        "kind_word": KIND_WORDS[kind],
        "page": shown,
        "rows": _rows(kind, shown, actor_of(request)),
        "may_decide": run is not None and run.phase in (runs.Phase.APPROVE, runs.Phase.LIVE),
        "may_include": what in CREATED and run is not None and run.phase == runs.Phase.APPROVE,
        "reviews": what == "review",
        "proposes": what in ("A", "B", "C", "S"),
        "run": run,
    }
    return render(request, "sync/golive_list.html", context)


def _known(kind: str, what: str) -> str:
    words = dict(REPORT_ROWS)
    if my_site() is not Site.LA or not has_handler(kind) or kind not in KIND_WORDS or what not in words:
        raise Http404
    return words[what]


def _rows(kind: str, shown: "Page[Candidate]", actor: Actor) -> list[Row]:
    rows = list(cast("Sequence[Candidate]", shown.object_list))
    wanted = {UUID(one) for row in rows for one in row.rivals} | {row.partner for row in rows if row.partner}
    own = [row.local_id for row in rows if row.mine]
    here = {one.local_id: one for one in Candidate.objects.filter(kind=kind, mine=True, local_id__in=wanted)}
    labels = deciding.labels_here(kind, [*here, *own], actor)
    found = []
    for row in rows:
        partners = [row.partner] if row.partner else [UUID(one) for one in row.rivals]
        others = tuple(_face_here(here[one], labels.get(one)) for one in partners if one in here)
        face = _face_here(row, labels.get(row.local_id)) if row.mine else _face_there(row)
        found.append(Row(face, () if row.mine else others, REASON_WORDS.get(row.reason, ""), row.included))
    return found


def _face_there(row: Candidate) -> Face:
    return Face(row.local_id, row.label or RESTRICTED, row.number, _facts(row))


def _face_here(row: Candidate, label: Label | None) -> Face:
    if label is None:
        return Face(row.local_id, HIDDEN, "", ())
    return Face(row.local_id, label.name, label.number, _facts(row), label.url)


def _facts(row: Candidate) -> tuple[str, ...]:
    keys: dict[str, Any] = row.keys
    phones = [f"…{phone[-7:]}" for phone in keys.get("phones", ())[:2]]
    return tuple(fact for fact in (row.email, *phones, keys.get("postcode")) if fact)


@require_POST
@page(MANAGE)
def decide(request: HttpRequest, kind: str, peer_id: UUID) -> HttpResponse:
    """The same as one of those shown, or as none of them."""
    chosen = request.POST.get("same", "")
    back = reverse("sync:golive")
    try:
        if chosen:
            deciding.decide(kind, peer_id, "same", local_id=UUID(chosen), actor=actor_of(request), at=now())
        else:
            deciding.decide(kind, peer_id, "different", actor=actor_of(request), at=now())
    except (Blocked, Refusal) as refusal:
        messages.error(request, str(refusal))
    except ValueError as error:
        raise Http404 from error
    else:
        messages.success(request, "Noted: the same." if chosen else "Noted: different.")
    return back_to(request, back)


@require_POST
@page(MANAGE)
def include(request: HttpRequest, kind: str, what: str) -> HttpResponse:
    """Include or leave out the ticked records, or all of the list."""
    _known(kind, what)
    on = request.POST.get("act", "").startswith("include")
    everything = request.POST.get("act", "").endswith("all")
    try:
        ids = None if everything else [UUID(one) for one in request.POST.getlist("id")]
        count = deciding.include(kind, mine=what == "here", ids=ids, on=on, actor=actor_of(request))
    except (Blocked, Refusal) as refusal:
        messages.error(request, str(refusal))
    except ValueError as error:
        raise Http404 from error
    else:
        word = "included" if on else "left out"
        messages.success(request, f"{count} record{'' if count == 1 else 's'} {word}.")
    return back_to(request, reverse("sync:golive-list", args=[kind, what]))
