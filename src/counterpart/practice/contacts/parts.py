"""What the apps above show on the page of a contact: they say so, contacts know none of them (PAG-3, PAG-5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.models import Contact


@dataclass(frozen=True, slots=True)
class Part:
    """A tab of the contact page, and a panel on its overview."""

    label: str
    url_name: str
    """The address of the tab; takes the contact's id."""
    right: str
    """Who lacks it sees neither tab nor panel."""
    panel: Callable[[HttpRequest, Contact], str]
    """The markup of the panel."""


_parts: list[Part] = []


def register_part(part: Part) -> None:
    """Let an app that uses contacts add to their page; once, in the site's wiring."""
    _parts.append(part)


def parts_for(actor: Actor) -> list[Part]:
    """Everything the apps above add, as far as this person may see it."""
    return [part for part in _parts if actor.may(part.right)]


CountOpen = Callable[[Actor, Sequence[UUID]], Mapping[UUID, int]]

_counters: list[CountOpen] = []


def register_counter(count: CountOpen) -> None:
    """Let an app that uses contacts count what is open for them, for lists; once, in the site's wiring."""
    _counters.append(count)


def counts_for(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How much is open for each of these contacts, as far as this person may see it."""
    found = dict.fromkeys(ids, 0)
    for count in _counters:
        for contact_id, number in count(actor, ids).items():
            found[contact_id] += number
    return found
