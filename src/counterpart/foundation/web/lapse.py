"""When a sign-in ends: a while after the last page was asked for, with a warning before (11.2)."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from counterpart.foundation import clock

SEEN_KEY: Final = "seen_at"
NOTED_EVERY_S: Final = 300
"""The session is written at most this often, so that reading pages costs no write."""


class LapseMiddleware:
    """Moves the end of the sign-in on while the person uses the product; what polls by itself does not count."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        by_itself = request.method == "GET" and request.headers.get("HX-Request")
        if not by_itself and request.user.is_authenticated:
            note(request)
        return self.get_response(request)


def note(request: HttpRequest, *, at_once: bool = False) -> None:
    """The person is there; saving the session moves its end on."""
    now = clock.now().timestamp()
    if at_once or now - request.session.get(SEEN_KEY, 0) > NOTED_EVERY_S:
        request.session[SEEN_KEY] = now


def seconds_left(request: HttpRequest) -> int:
    """Return how long the sign-in lasts if nothing more is asked for."""
    seen = request.session.get(SEEN_KEY, clock.now().timestamp())
    return max(0, int(seen + settings.SESSION_COOKIE_AGE - clock.now().timestamp()))
