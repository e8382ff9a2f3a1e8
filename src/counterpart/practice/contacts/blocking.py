"""What of the apps above stands in the way of deleting a contact: they say so, contacts know none of them (CLS-7)."""

from collections.abc import Callable

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocker
from counterpart.practice.contacts.models import Contact

FindBlockers = Callable[[Contact, Actor], list[Blocker]]
"""Names what the contact is used by, as far as this actor may know."""

_finders: list[FindBlockers] = []


def register_blockers(find: FindBlockers) -> None:
    """Let an app that uses contacts name its uses; once, in the site's wiring."""
    _finders.append(find)


def blockers_elsewhere(contact: Contact, actor: Actor) -> list[Blocker]:
    """Everything the apps above have against deleting the contact."""
    return [blocker for find in _finders for blocker in find(contact, actor)]
