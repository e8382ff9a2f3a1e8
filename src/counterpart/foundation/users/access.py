"""The actor behind a page request."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User

Rest = ParamSpec("Rest")


class SignedIn(HttpRequest):
    """A request whose person is known; `user` is never anonymous."""

    user: User


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts on this page. Only behind a sign-in."""
    user = request.user
    assert isinstance(user, User), "a view forgot `page`"
    return Actor.of(user, "screen", request)


def page(
    *rights: str,
) -> Callable[
    [Callable[Concatenate[SignedIn, Rest], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, Rest], HttpResponseBase],
]:
    """Mark a view as a page for signed-in people who hold all the given rights.

    The operations check again; this keeps forms away from those who could not send them.
    """

    def decorate(
        view: Callable[Concatenate[SignedIn, Rest], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            actor = actor_of(request)
            for right in rights:
                actor.require(right)
            return view(cast("SignedIn", request), *args, **kwargs)

        return login_required(guarded)

    return decorate
