"""Whether somebody may see or do something, asked alike of a person and of an actor."""

from typing import TYPE_CHECKING

from counterpart.foundation.actor import Actor

if TYPE_CHECKING:
    from counterpart.foundation.users.models import User


def may(viewer: "User | Actor", right: str) -> bool:
    """Whether the person, or whoever acts, holds the right."""
    if isinstance(viewer, Actor):
        return viewer.may(right)
    return right in viewer.grants().rights


def rights_of(viewer: "User | Actor") -> frozenset[str]:
    """Everything the viewer may; for a person one query."""
    return viewer.rights if isinstance(viewer, Actor) else viewer.grants().rights


def user_id_of(viewer: "User | Actor") -> int:
    """The person behind the viewer, 0 for a part of the system."""
    found = viewer.user_id if isinstance(viewer, Actor) else viewer.pk
    return found or 0
