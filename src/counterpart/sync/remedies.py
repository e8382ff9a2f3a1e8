"""Ways out of a state: each product says what a person may do about a record, in its own pages (STA-4, IND-3).

The engine knows that number 40 is taken; only a product knows where another can be chosen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.sync.states import LinkState, peer_page


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way out, shown as a button: a page to go to, or a form to send there."""

    label: str
    url: str
    method: Literal["get", "post"] = "get"
    fields: Mapping[str, str] = field(default_factory=dict)
    """Hidden fields of the form (only for ``post``)."""
    register: str = ""
    """The register this remedy is about, for *copy to the other product*; empty for the record as a whole."""
    note: str = ""
    """What will happen, when the label alone does not say it."""


RemedyFinder = Callable[[UUID, LinkState, Actor], list[Remedy]]
"""(local_id, state, actor) -> the ways out this actor may take; called for single records and short pages."""

_finders: dict[str, RemedyFinder] = {}


def register_remedies(kind: str, finder: RemedyFinder) -> None:
    """Name the product's remedies for a kind of record; once, in the site's wiring."""
    _finders[kind] = finder


def remedies_for(kind: str, local_id: UUID, state: LinkState, actor: Actor) -> list[Remedy]:
    """The ways out of this state for this actor; none for a kind without any."""
    finder = _finders.get(kind)
    found = finder(local_id, state, actor) if finder else []
    return [*_of_drift(kind, local_id, state, actor), *found]


def _of_drift(kind: str, local_id: UUID, state: LinkState, actor: Actor) -> list[Remedy]:
    """What differs without a reason is decided by a person, in the product whose values shall stand (section 12)."""
    if state.error_code != "drift" or not actor.may("integration.retry"):
        return []
    note = "They are saved again and sent to the other product."
    address = reverse("sync:use-here", args=[kind, local_id])
    found = [Remedy("Use the values from here", address, "post", note=note)]
    there = peer_page(kind, local_id)
    return [*found, Remedy("Use those from there", there, note="Press the same button there.")] if there else found
