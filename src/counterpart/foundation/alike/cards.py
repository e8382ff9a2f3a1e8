"""Matches as one person may see them (WIN-5, DUP-5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.asking import Match
from counterpart.foundation.alike.product import Card, product

SHOWN_MAX: Final = 5
HIDDEN: Final = "A contact you can’t view matches. Ask an administrator, who can see every contact."


@dataclass(frozen=True, slots=True)
class Seen:
    """A match; without a card if the person may not see the contact, and then without reasons, too."""

    card: Card | None
    score: int
    is_strong: bool
    reasons: tuple[str, ...]


def seen_by(actor: Actor, matches: Sequence[Match], *, at_most: int = SHOWN_MAX) -> list[Seen]:
    """The best matches as this person may see them; three statements.

    However many contacts are hidden, they are told of once, after the others: nothing else of them is said.
    """
    best = matches[:at_most]
    ids = [match.contact_id for match in best]
    visible = set(product().visible(actor).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    cards = product().cards(visible, actor) if visible else {}
    seen = [
        Seen(cards[match.contact_id], match.score, match.is_strong, match.reasons)
        for match in best
        if match.contact_id in cards
    ]
    hidden = [match for match in best if match.contact_id not in visible]
    if hidden:
        seen.append(Seen(None, 0, any(match.is_strong for match in hidden), ()))
    return seen
