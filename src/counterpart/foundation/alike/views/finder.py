"""The finder: groups of contacts that are alike, and those known to be different (DUP-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import searching
from counterpart.foundation.alike.apart import forget, tell_apart
from counterpart.foundation.alike.merging import RIGHT as MERGE
from counterpart.foundation.alike.models import Apart, Group, Member, Search
from counterpart.foundation.alike.options import weights
from counterpart.foundation.alike.product import Card, product
from counterpart.foundation.errors import Refusal
from counterpart.foundation.ids import parse_id
from counterpart.foundation.users.access import SignedIn, actor_of, page

GROUPS_SHOWN: Final = 20
PAIRS_SHOWN: Final = 50
KINDS: Final = (("individual", "Individuals"), ("company", "Companies"))


@dataclass(frozen=True, slots=True)
class Line:
    """A contact of a group."""

    card: Card
    score: int
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as a person sees it; contacts he may not see are counted."""

    group: Group
    lines: list[Line]
    hidden: int


@page("contact.read", searching.RIGHT)
@require_http_methods(["GET", "POST"])
def finder(request: SignedIn) -> HttpResponse:
    """Groups with reasons, filtered by score and kind; *Merge* and *Not duplicates* for the ticked ones."""
    actor = actor_of(request)
    if request.method == "POST":
        return _act(request, actor)
    if request.headers.get("HX-Request"):
        facts = {"job": searching.running_job(), "search": searching.last_search()}
        return render(request, "alike/finder.html#progress", facts)
    search = searching.last_search()
    choices = _choices(request.GET)
    rows = Paginator(_filtered(search, choices), GROUPS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "search": search, "job": searching.running_job(), "page": rows, "groups": _shown(rows, actor),
        "choices": choices, "kinds": KINDS, "weights": weights(), "may_merge": actor.may(MERGE), "tab": "finder",
        "source": product(),
    }  # fmt: skip
    return render(request, "alike/finder.html", context)


@page("contact.read", searching.RIGHT)
@require_http_methods(["GET", "POST"])
def apart(request: SignedIn) -> HttpResponse:
    """Who was told apart, by whom and when; each can be taken back."""
    actor = actor_of(request)
    if request.method == "POST":
        pair = request.POST.get("pair", "")
        forget(actor=actor, apart_id=int(pair) if pair.isascii() and pair.isdigit() else 0, at=clock.now())
        messages.success(request, "Taken back. The two are compared again from now on.")
        return redirect("alike:apart")
    rows = Paginator(Apart.objects.order_by("-at", "-id"), PAIRS_SHOWN).get_page(request.GET.get("page"))
    ids = {one for row in rows for one in (row.one, row.other)}
    visible = product().visible(actor).filter(pk__in=ids).values_list("pk", flat=True)
    cards = product().cards(list(visible), actor)
    pairs = [{"row": row, "one": cards.get(row.one), "other": cards.get(row.other)} for row in rows]
    return render(request, "alike/apart.html", {"page": rows, "pairs": pairs, "tab": "apart"})


def _act(request: SignedIn, actor: Actor) -> HttpResponse:
    act, at = request.POST.get("act", ""), clock.now()
    if act == "search":
        searching.start_search(actor=actor, at=at)
        return redirect("alike:finder")
    ids = [one for text in request.POST.getlist("contact") if (one := parse_id(text))]
    back = f"{request.path}?{request.META.get('QUERY_STRING', '')}".rstrip("?")
    if len(ids) < 2:  # noqa: PLR2004 - a pair
        messages.error(request, "Tick two contacts of the group at least.")
        return redirect(back)
    if act == "merge":
        query = QueryDict(mutable=True)
        query.setlist("contact", [str(one) for one in ids])
        return redirect(f"{reverse('alike:merge')}?{query.urlencode()}")
    try:
        tell_apart(actor=actor, contact_ids=ids, at=at)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Not duplicates: remembered. You find them under “Not duplicates”.")
    return redirect(back)


def _choices(query: QueryDict) -> dict[str, Any]:
    score = query.get("score", "")
    level = query.get("level", "strong")
    kind = query.get("kind", "")
    return {
        "level": level if level in ("strong", "possible", "all") else "strong",
        "score": int(score) if score.isdigit() and int(score) <= 100 else "",  # noqa: PLR2004 - points
        "kind": kind if kind in dict(KINDS) else "",
    }


def _filtered(search: Search | None, choices: dict[str, Any]) -> QuerySet[Group]:
    groups = Group.objects.filter(search=search).order_by("-score", "id") if search else Group.objects.none()
    if choices["level"] != "all":
        groups = groups.filter(is_strong=choices["level"] == "strong")
    if choices["score"] != "":
        groups = groups.filter(score__gte=choices["score"])
    if choices["kind"]:
        groups = groups.filter(is_company=choices["kind"] == "company")
    return groups


def _shown(groups: Page[Group] | Iterable[Group], actor: Actor) -> list[Shown]:
    listed = list(groups)
    members = list(Member.objects.filter(group__in=listed).order_by("-score", "id"))
    ids = {one.contact_id for one in members}
    here = set(product().everything().filter(pk__in=ids).values_list("pk", flat=True))
    visible = set(product().visible(actor).filter(pk__in=here).values_list("pk", flat=True))
    cards = product().cards(visible, actor)
    shown = []
    for group in listed:
        mine = [one for one in members if one.group_id == group.pk]
        lines = [Line(cards[one.contact_id], one.score, one.reasons) for one in mine if one.contact_id in cards]
        hidden = sum(one.contact_id in here and one.contact_id not in visible for one in mine)
        shown.append(Shown(group, lines, hidden))
    return shown
