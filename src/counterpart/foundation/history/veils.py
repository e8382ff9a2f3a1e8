"""What of the history a person may not see although the log is open to them: events of records hidden from them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from counterpart.foundation.actor import Actor

Veil = Callable[["Actor"], Q]
"""Gives the events (of ``history.models.Event``) that are hidden from this person."""

_veils: list[Veil] = []


def register_veil(veil: Veil) -> None:
    """Hide events from people; called once by each product, in its wiring (PRM-4)."""
    _veils.append(veil)


def hidden_from(actor: "Actor") -> Q:
    """The events hidden from this person; an empty Q never matches anything it is excluded by."""
    hidden = Q(pk__in=[])
    for veil in _veils:
        hidden |= veil(actor)
    return hidden
