"""Messages to the person: shown once as a toast and kept for the length of the sign-in (UI-7)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponseBase
from django.utils.encoding import force_str

from counterpart.foundation import clock
from counterpart.foundation.notices import operations as stored

KEPT_KEY: Final = "notices"
UNSEEN_KEY: Final = "notices_unseen"
KEPT_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Notice:
    """A message as it is found again under the bell."""

    at: datetime
    level: str
    text: str
    url: str = ""


class KeepingStorage(SessionStorage):
    """Keeps the last messages of this sign-in, so that a toast that went by can be read again."""

    _queued_messages: list[Message]  # Django's own, which its types leave out

    def add(self, level: int, message: str, extra_tags: str | None = "") -> None:
        """Queue the message for the next page and keep a copy."""
        before = len(self._queued_messages)
        super().add(level, message, extra_tags)
        if len(self._queued_messages) == before:
            return
        added = self._queued_messages[-1]
        session = self.request.session
        entry = [clock.now().isoformat(), added.level_tag, force_str(added.message)]
        session[KEPT_KEY] = [entry, *session.get(KEPT_KEY, [])][:KEPT_MAX]
        session[UNSEEN_KEY] = min(session.get(UNSEEN_KEY, 0) + 1, KEPT_MAX)


def kept_notices(request: HttpRequest) -> list[Notice]:
    """Return the messages of this sign-in and what the person was told while elsewhere, newest first."""
    kept: list[list[str]] = request.session.get(KEPT_KEY, [])
    said = [Notice(datetime.fromisoformat(at), level, text) for at, level, text in kept]
    told = [Notice(found.at, found.level, found.text, found.url) for found in stored.notices_of(_person(request))]
    return sorted([*said, *told], key=lambda notice: notice.at, reverse=True)


def unseen_count(request: HttpRequest) -> int:
    """Return how many messages came since the person last looked."""
    return int(request.session.get(UNSEEN_KEY, 0)) + stored.unseen_count(_person(request))


def mark_seen(request: HttpRequest) -> None:
    """The person has looked."""
    if request.session.get(UNSEEN_KEY):
        request.session[UNSEEN_KEY] = 0
    stored.mark_seen(_person(request), at=clock.now())


def _person(request: HttpRequest) -> int:
    user_id = request.user.pk
    assert user_id is not None, "only behind a sign-in"
    return int(user_id)


class ToastMiddleware:
    """Fragments carry their messages in a header, since they bring no frame to show them in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        moves_on = response.has_header("HX-Redirect") or response.has_header("HX-Refresh")
        redirects = response.has_header("Location")
        if request.headers.get("HX-Request") and not moves_on and not redirects:
            storage: Any = get_messages(request)
            found = [{"level": m.level_tag, "text": force_str(m.message)} for m in storage] if len(storage) else []
            if found:
                triggers = json.loads(response.headers.get("HX-Trigger", "{}"))
                response.headers["HX-Trigger"] = json.dumps(triggers | {"toasts": found})
        return response
