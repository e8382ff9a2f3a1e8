"""Who calls."""

from django.http import HttpRequest

from counterpart.foundation.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor behind the token of this call."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the API's token check
    return actor
