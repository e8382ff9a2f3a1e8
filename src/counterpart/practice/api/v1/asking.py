"""What every view of this API begins with."""

from django.http import HttpRequest

from counterpart.foundation.actor import Actor


def actor_of(request: HttpRequest, *rights: str) -> Actor:
    """Who calls. Raises Forbidden unless they hold the rights."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the token
    for right in rights:
        actor.require(right)
    return actor
