"""What the apps above show on the page of a contact: they say so, contacts know none of them (PAG-3, PAG-5)."""

from collections.abc import Callable
from dataclasses import dataclass

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
