"""Contacts somebody knows to be different: remembered both ways, listed, and undoable (DUP-6, WIN-7)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import combinations
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.models import Apart, Group, Member
from counterpart.foundation.alike.product import KIND, product
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import FieldError, Missing, Refused
from counterpart.foundation.history import NewEvent

TOGETHER_MAX: Final = 50
"""Contacts told apart in one go: each with every other."""

Pair = tuple[UUID, UUID]


def apart_from(contact_id: UUID) -> set[UUID]:
    """The contacts known to be different from this one."""
    rows = Apart.objects.filter(Q(one=contact_id) | Q(other=contact_id)).values_list("one", "other")
    return {other if one == contact_id else one for one, other in rows}


def apart_pairs(ids: Collection[UUID]) -> set[Pair]:
    """The pairs among these contacts that are known to be different, the smaller id first."""
    return set(Apart.objects.filter(one__in=ids, other__in=ids).values_list("one", "other"))


@transaction.atomic
def tell_apart(*, actor: Actor, contact_ids: Iterable[UUID], at: datetime, how: str = "finder") -> int:
    """Say that none of these contacts is the same as another of them; returns how many pairs that is.

    Raises Forbidden, Missing, Refused.
    """
    actor.require("contact.edit")
    ids = sorted(set(contact_ids))
    visible = set(product().visible(actor).filter(pk__in=ids).values_list("pk", flat=True))
    if len(visible) != len(ids):
        raise Missing("One of these contacts does not exist, or you can't view it.")
    if not 1 < len(ids) <= TOGETHER_MAX:
        text = f"Choose two contacts at least and {TOGETHER_MAX} at most."
        raise Refused([FieldError("contact", text, "count")])
    remember(list(combinations(ids, 2)), actor=actor, at=at, how=how)
    _leave_groups(set(ids))
    cards = product().cards(ids, actor)
    names = [cards[one].name for one in ids if one in cards]
    history.record(
        [
            NewEvent(KIND, one, cards[one].name, "told_apart", actor, at, {"not_a_duplicate_of": [None, names]})
            for one in ids
            if one in cards
        ]
    )
    return len(ids) * (len(ids) - 1) // 2


def remember(pairs: Iterable[Pair], *, actor: Actor, at: datetime, how: str) -> None:
    """Store pairs of different contacts; those known already stay."""
    rows = [(*sorted(pair), at, actor.name, how) for pair in pairs]
    insert_rows(Apart, ("one", "other", "at", "by", "how"), rows, ignore_conflicts=True)


@transaction.atomic
def forget(*, actor: Actor, apart_id: int, at: datetime) -> None:
    """Take back that two contacts are different. Raises Forbidden, Missing."""
    actor.require("contact.edit")
    found = Apart.objects.select_for_update().filter(pk=apart_id).first()
    if found is None:
        raise Missing("This was taken back already.")
    found.delete()
    cards = product().cards([found.one, found.other], actor)
    names = [card.name for card in cards.values()]
    history.record(
        [
            NewEvent(KIND, key, card.name, "told_apart_undone", actor, at, {"not_a_duplicate_of": [names, None]})
            for key, card in cards.items()
        ]
    )


def _leave_groups(ids: set[UUID]) -> None:
    """Take the contacts out of the groups in which all of them stand; what is left of a pair is no group."""
    shared: dict[int, set[UUID]] = {}
    for group_id, contact_id in Member.objects.filter(contact_id__in=ids).values_list("group_id", "contact_id"):
        shared.setdefault(group_id, set()).add(contact_id)
    groups = [group_id for group_id, members in shared.items() if len(members) > 1]
    Member.objects.filter(group_id__in=groups, contact_id__in=ids).delete()
    drop_small(groups)


def drop_small(groups: Iterable[int]) -> None:
    """Remove groups with fewer than two contacts left."""
    for group in Group.objects.filter(pk__in=list(groups)).prefetch_related("members"):
        if len(group.members.all()) < 2:  # noqa: PLR2004 - a pair
            group.delete()
