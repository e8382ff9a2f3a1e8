"""What of the apps above stands in the way of deleting contacts: they say so, contacts know none of them (CLS-7)."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocker
from counterpart.practice.contacts.models import Contact

FindBlockers = Callable[[Sequence[Contact], Actor], Mapping[UUID, list[Blocker]]]
"""Names what each contact is used by, as far as this actor may know; a constant number of statements."""

_finders: list[FindBlockers] = []


def register_blockers(find: FindBlockers) -> None:
    """Let an app that uses contacts name its uses; once, in the site's wiring."""
    _finders.append(find)


def blockers_elsewhere(contacts: Sequence[Contact], actor: Actor) -> dict[UUID, list[Blocker]]:
    """Everything the apps above have against deleting the contacts."""
    found: dict[UUID, list[Blocker]] = {}
    for find in _finders:
        for contact_id, blockers in find(contacts, actor).items():
            found.setdefault(contact_id, []).extend(blockers)
    return found
