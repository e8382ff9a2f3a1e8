"""Merging on the screen: whom, which values, a look at what will happen, and then it happens (DUP-7, DUP-11)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.asking import alike
from counterpart.foundation.alike.cards import seen_by
from counterpart.foundation.alike.choosing import NAMES
from counterpart.foundation.alike.merging import RIGHT, TOGETHER_MAX, Merged, Preview, merge_contacts, preview
from counterpart.foundation.alike.product import Card, product
from counterpart.foundation.errors import Blocked, Blocker, Missing, Refusal
from counterpart.foundation.ids import parse_id
from counterpart.foundation.search.finding import ranked
from counterpart.foundation.users.access import SignedIn, actor_of, page

CHOICE: Final = "choose-"
FOUND_MAX: Final = 10


@page("contact.read", RIGHT)
@require_http_methods(["GET", "POST"])
def merge(request: SignedIn) -> HttpResponse:
    """GET: ``?contact=…&contact=…`` (one: choose the others first). POST: ``act`` is look, choose or merge."""
    actor = actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    ids = _ids(given)
    if len(ids) == 1:
        return _choose_others(request, actor, ids[0])
    survivor = parse_id(given.get("survivor", "")) or _proposed(ids, actor)
    ordered = [survivor, *(one for one in ids if one != survivor)] if survivor in ids else ids
    act = request.POST.get("act", "")
    # Whose values are proposed depends on who stays: whoever chooses another one looks at the values again.
    stays = request.POST.get("shown", str(ordered[0])) == str(ordered[0])
    choices = _choices(given) if stays else {}
    act = act if stays else "choose"
    blockers: Sequence[Blocker] = ()
    problem = ""
    if act == "merge":
        try:
            return _merged(request, actor, ordered, choices, _versions(given))
        except Blocked as refusal:
            blockers = refusal.blockers
        except Refusal as refusal:
            problem = refusal.message
    seen = preview(actor=actor, survivor=ordered[0], losers=ordered[1:], choices=choices)
    is_last = act in ("look", "merge")
    return _page(request, seen, choices, is_last=is_last, is_turned=not stays, blockers=blockers, problem=problem)


def _merged(
    request: SignedIn, actor: Actor, ids: Sequence[UUID], choices: Mapping[str, str], versions: Mapping[UUID, int]
) -> HttpResponse:
    result = merge_contacts(
        actor=actor, survivor=ids[0], losers=ids[1:], choices=choices, at=clock.now(), versions=versions
    )
    messages.success(request, _said(result))
    return redirect(product().cards([ids[0]], actor)[ids[0]].url)


def _said(result: Merged) -> str:
    said = []
    if result.done:
        names = ", ".join(one.loser_label for one in result.done)
        said.append(f"Merged: {names}. It can be undone for 30 days under Contacts > Merges.")
    if result.asked:
        names = ", ".join(one.loser_label for one in result.asked)
        said.append(f"{settings.COUNTERPART_PEER_NAME} is asked to merge {names}; until it has, they stay as they are.")
    return " ".join(said)


def _page(
    request: SignedIn,
    seen: Preview,
    choices: Mapping[str, str],
    *,
    is_last: bool,
    is_turned: bool,
    blockers: Sequence[Blocker],
    problem: str,
) -> HttpResponse:
    made = {f"{CHOICE}{name}": value for name, value in choices.items() if name != NAMES}
    context: dict[str, Any] = {
        "seen": seen, "blockers": blockers or seen.blockers, "problem": problem, "is_last": is_last,
        "is_turned": is_turned,
        "names": choices.get(NAMES, "1") != "", "choices": made,
        "questions": [row for row in seen.rows if row.is_question], "moves": _moves(seen.counts),
        "same": [row for row in seen.rows if not row.is_question and row.cells[0].lines], "source": product(),
        "peer_name": settings.COUNTERPART_PEER_NAME,
    }  # fmt: skip
    status = 409 if blockers or problem else 200
    return render(request, "alike/merge.html", context, status=status)


def _moves(counts: Mapping[str, int]) -> str:
    """What moves, as a sentence."""
    one = {"parties": "party", "files": "file", "groups": "group"}
    said = [f"{count} {one.get(what, what) if count == 1 else what}" for what, count in counts.items() if count]
    if not said:
        return "Nothing else points at what goes away."
    return f"{' and '.join(said)} {'moves' if sum(counts.values()) == 1 else 'move'}."


def _choose_others(request: SignedIn, actor: Actor, contact_id: UUID) -> HttpResponse:
    """The contact alone: those that are alike are offered, and any other can be searched for."""
    visible = product().visible(actor)
    if not visible.filter(pk=contact_id).exists():
        raise Missing
    (card,) = product().cards([contact_id], actor).values()
    columns = product().columns([contact_id])[contact_id]
    text = request.GET.get("q", "").strip()
    found: list[Card] = []
    if text:
        ids = list(ranked(visible, text).exclude(pk=contact_id).values_list("pk", flat=True)[:FOUND_MAX])
        cards = product().cards(ids, actor)
        found = [cards[one] for one in ids if one in cards]
    matches = seen_by(actor, alike(product().face(columns), except_for=contact_id), at_most=TOGETHER_MAX)
    offered = [one for one in matches if one.card is not None]
    context = {"card": card, "offered": offered, "found": found, "text": text}
    return render(request, "alike/choose.html", context)


def _proposed(ids: Sequence[UUID], actor: Actor) -> UUID:
    """Whom to keep, unless somebody says otherwise: an open contact with a number before the others, the first of them.

    Raises Missing where fewer than two are there.
    """
    cards = product().cards(product().visible(actor).filter(pk__in=ids).values_list("pk", flat=True), actor)
    if len(ids) < 2 or len(cards) != len(ids):  # noqa: PLR2004 - a pair
        raise Missing("Choose two contacts at least, from the list or the finder. One of these may be gone already.")
    return min(ids, key=lambda one: (cards[one].is_closed, not cards[one].number, ids.index(one)))


def _ids(given: QueryDict) -> list[UUID]:
    ids = dict.fromkeys(one for text in given.getlist("contact") if (one := parse_id(text)))
    return list(ids)


def _choices(given: QueryDict) -> dict[str, str]:
    choices = {name.removeprefix(CHOICE): value for name, value in given.items() if name.startswith(CHOICE)}
    if "has_names" in given:
        choices[NAMES] = given.get("names", "")
    return {name: str(value) for name, value in choices.items()}


def _versions(given: QueryDict) -> dict[UUID, int]:
    found = {}
    for text in given.getlist("version"):
        key, _, version = text.partition(":")
        if (one := parse_id(key)) and version.isdigit():
            found[one] = int(version)
    return found
