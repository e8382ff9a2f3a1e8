"""One question before a contact is created that is surely there already (WIN-7)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.apart import remember
from counterpart.foundation.alike.asking import alike
from counterpart.foundation.alike.cards import HIDDEN, Seen, seen_by
from counterpart.foundation.alike.faces import Face
from counterpart.foundation.alike.models import AlikeOptions
from counterpart.foundation.alike.options import options
from counterpart.foundation.alike.product import KIND, product
from counterpart.foundation.ids import parse_id


def strong_matches(actor: Actor, face: Face) -> list[Seen]:
    """The contacts that are so alike that creating another has to be confirmed; none if the firm does not ask."""
    if options().check_when == AlikeOptions.Check.OFF:
        return []
    return seen_by(actor, [match for match in alike(face) if match.is_strong])


def question_of(strong: Sequence[Seen]) -> dict[str, Any]:
    """What ``alike/confirm.html`` needs in the context of the form."""
    ids = ",".join(str(one.card.id) for one in strong if one.card is not None)
    return {"strong": strong, "strong_ids": ids or "none", "hidden": HIDDEN}


def created_anyway(*, actor: Actor, contact_id: UUID, shown: str, at: datetime) -> None:
    """Remember that the new contact is none of those that were shown, and note the decision in its history.

    ``shown``: the ids the question carried. Part of the transaction that created it.
    """
    others = _known(shown, contact_id)
    if not others:
        return
    cards = product().cards([contact_id, *others], actor)
    remember([(contact_id, other) for other in others], actor=actor, at=at, how="create")
    names = [cards[other].name for other in others if other in cards]
    name = cards[contact_id].name if contact_id in cards else ""
    changes = {"not_a_duplicate_of": [None, names]}
    history.record([history.NewEvent(KIND, contact_id, name, "created_anyway", actor, at, changes)])


def _known(shown: str, contact_id: UUID) -> list[UUID]:
    wanted: Collection[UUID] = {one for text in shown.split(",") if (one := parse_id(text)) and one != contact_id}
    return sorted(product().everything().filter(pk__in=wanted).values_list("pk", flat=True))
