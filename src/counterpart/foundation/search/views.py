"""The search box's answers while somebody types, and the page of everything that was found (SRC-1 to SRC-8)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden
from counterpart.foundation.search.finding import COUNTED_MAX, best, ranked
from counterpart.foundation.search.sections import Facet, Hit, Offer, Section, sections_for
from counterpart.foundation.search.words import TEXT_MAX
from counterpart.foundation.users.access import actor_of, page

TEXT_MIN: Final = 2
FEW: Final = 5
"""So many of each kind stand together (SRC-5)."""
ALONE: Final = 50


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind."""

    section: Section
    hits: list[Hit]
    count: int
    is_cut: bool = False
    offer: Offer | None = None
    notices: Sequence[str] = ()
    page: Page[Any] | None = None
    facets: list["ShownFacet"] = field(default_factory=list)

    @property
    def said_count(self) -> str:
        """How many, in words and figures."""
        return f"{COUNTED_MAX:,}+" if self.is_cut else f"{self.count:,}"


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet with its choices as this search has them: value, label, hits (None where they are not counted)."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, str, int | None]]


@page()
@require_safe
def box(request: HttpRequest) -> HttpResponse:
    """The few best of each kind for the box in the header; what changed last while it is empty (SRC-5, SRC-6)."""
    actor, text = actor_of(request), _text(request)
    shown = [_few(section, actor, text) for section in sections_for(actor)]
    context = {"text": text, "groups": shown, "count": sum(group.count for group in shown), "is_recent": not text}
    return render(request, "search/box.html", context)


@page()
@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """Everything that matches: some of each kind, or one kind with its facets, page by page (SRC-5, SRC-8)."""
    actor, text = actor_of(request), _text(request)
    sections = sections_for(actor)
    if not sections:
        raise Forbidden("Your roles show nothing that could be found. An administrator can change that.")
    only = next((section for section in sections if section.name == request.GET.get("only")), None)
    groups = [_whole(only, actor, text, request)] if only else [_some(one, actor, text) for one in sections]
    context = {
        "text": text, "sections": sections, "only": only, "groups": groups,
        "nothing": bool(text) and not any(group.count for group in groups),
        "narrowed": any(facet.value for group in groups for facet in group.facets),
    }  # fmt: skip
    return render(request, "search/results.html", context)


def groups_of(actor: Actor, text: str, limit: int) -> list[Group]:
    """The best of each kind this person may see, for programs."""
    return [_few(section, actor, text, limit) for section in sections_for(actor)]


def _few(section: Section, actor: Actor, text: str, limit: int = FEW) -> Group:
    visible = section.visible(actor)
    if not text:
        rows = list(visible.order_by("-updated_at", "-pk")[:limit])
        return Group(section, section.hits(actor, rows, ""), len(rows))
    found = best(visible, text, limit)
    rows = list(visible.filter(pk__in=found.records))
    rows.sort(key=lambda row: found.records.index(row.pk))
    offer = None if found.count else section.offer(actor, text)
    notices = () if found.count else tuple(section.notices(actor, text))
    hits = section.hits(actor, rows, text) if rows else []
    return Group(section, hits, found.count, found.is_cut, offer, notices)


def _some(section: Section, actor: Actor, text: str) -> Group:
    rows = _found(section, actor, text)
    count = rows.count()
    hits = section.hits(actor, list(rows[:FEW]), text)
    return Group(
        section, hits, count, offer=_offer(section, actor, text, count), notices=_notices(section, actor, text)
    )


def _whole(section: Section, actor: Actor, text: str, request: HttpRequest) -> Group:
    rows = _found(section, actor, text)
    chosen = {facet.name: _chosen(facet, actor, request) for facet in section.facets}
    shown = [
        _shown(facet, _narrowed(section, rows, chosen, actor, but=facet), chosen, actor) for facet in section.facets
    ]
    narrowed = _narrowed(section, rows, chosen, actor)
    one = Paginator(narrowed, ALONE).get_page(request.GET.get("page"))
    count = one.paginator.count
    hits = section.hits(actor, list(one.object_list), text)
    offer = _offer(section, actor, text, count) if not any(chosen.values()) else None
    return Group(section, hits, count, offer=offer, notices=_notices(section, actor, text), page=one, facets=shown)


def _found(section: Section, actor: Actor, text: str) -> QuerySet[Any]:
    visible = section.visible(actor)
    return ranked(visible, text) if text else visible.order_by("-updated_at", "-pk")


def _offer(section: Section, actor: Actor, text: str, count: int) -> Offer | None:
    return section.offer(actor, text) if text and not count else None


def _notices(section: Section, actor: Actor, text: str) -> Sequence[str]:
    return tuple(section.notices(actor, text)) if text else ()


def _narrowed(
    section: Section, rows: QuerySet[Any], chosen: dict[str, str], actor: Actor, but: Facet | None = None
) -> QuerySet[Any]:
    for facet in section.facets:
        if facet is not but and chosen[facet.name]:
            rows = facet.narrow(rows, chosen[facet.name], actor)
    return rows


def _chosen(facet: Facet, actor: Actor, request: HttpRequest) -> str:
    value = request.GET.get(facet.name, "")
    return value if value in {known for known, _ in facet.choices(actor)} else ""


def _shown(facet: Facet, rows: QuerySet[Any], chosen: dict[str, str], actor: Actor) -> ShownFacet:
    """The facet with how many of what the other facets leave each choice would keep."""
    counts: dict[str, int] | None = None
    if facet.column:
        counted = rows.order_by().values_list(facet.column).annotate(hits=Count("pk"))
        counts = {str(value): hits for value, hits in counted}
    choices = [(value, label, _hits(counts, value, actor)) for value, label in facet.choices(actor)]
    value = chosen[facet.name]
    return ShownFacet(facet.name, facet.label, value, [one for one in choices if one[2] != 0 or one[0] == value])


def _hits(counts: dict[str, int] | None, value: str, actor: Actor) -> int | None:
    if counts is None:
        return None
    return counts.get(str(actor.user_id) if value == "me" else value, 0)


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:TEXT_MAX]
