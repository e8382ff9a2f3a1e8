"""The steps of a product's guide, and how far a person and the firm have come."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.foundation.starting.models import Tick
from counterpart.foundation.web.frame import site_frame

WHOLE: Final = ""
"""The code under which the guide itself is put away."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``is_done``: whether the firm's data show it; None where only a person can say so."""

    code: str
    title: str
    text: str
    action: str
    url_name: str
    right: str = ""
    is_done: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A step as one person sees it."""

    step: Step
    url: str
    done: bool
    by_hand: bool
    """Ticked by this person rather than read from the data: it can be taken back."""
    current: bool
    """The first that is not done."""


def standings(actor: Actor) -> list[Standing]:
    """The steps of this product that the person may do, in order. One statement, and one for each step."""
    ticked = set(_ticks(actor).values_list("code", flat=True))
    found: list[Standing] = []
    for step in steps():
        if step.right and not actor.may(step.right):
            continue
        by_hand = step.code in ticked
        done = by_hand or bool(step.is_done and step.is_done())
        current = not done and all(one.done for one in found)
        found.append(Standing(step, reverse(step.url_name), done, by_hand, current))
    return found


def on_first_page(actor: Actor) -> list[Standing]:
    """The guide for the first page: nothing once the person has put it away, or all of it is done."""
    if is_put_away(actor):
        return []
    found = standings(actor)
    return [] if all(one.done for one in found) else found


def is_put_away(actor: Actor) -> bool:
    """Whether the person has taken the guide off the first page."""
    return _ticks(actor).filter(code=WHOLE).exists()


def tick(actor: Actor, code: str, *, at: datetime) -> bool:
    """Call a step done, or put the whole guide away (an empty code). False where there is no such step."""
    if code != WHOLE and code not in {step.code for step in steps()}:
        return False
    assert actor.user_id is not None, "the guide is a person's"
    Tick.objects.get_or_create(user_id=actor.user_id, code=code, defaults={"at": at})
    return True


def untick(actor: Actor, code: str) -> None:
    """Take that back."""
    _ticks(actor).filter(code=code).delete()


def _ticks(actor: Actor) -> QuerySet[Tick]:
    assert actor.user_id is not None, "the guide is a person's"
    return Tick.objects.filter(user_id=actor.user_id)


def steps() -> Sequence[Step]:
    """The steps of the running product, as its frame lists them."""
    return site_frame().guide
