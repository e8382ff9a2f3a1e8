"""Sign-ins and what goes wrong with them are in the firm's log (HIS-3)."""

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from counterpart.foundation import clock, history
from counterpart.foundation.actor import Actor
from counterpart.foundation.history import NewEvent
from counterpart.foundation.users.models import User
from counterpart.foundation.web.lapse import note


def connect() -> None:
    """Called once, when the app is ready."""
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)
    password_changed.connect(_password_changed)
    authenticator_added.connect(_second_step_added)
    authenticator_removed.connect(_second_step_removed)


def _record(user: User | None, request: HttpRequest | None, verb: str, reason: str = "") -> None:
    if user is None:
        return
    actor = Actor.of(user, "screen", request)
    history.record([NewEvent("user", user.uuid, user.name, verb, actor, clock.now(), reason=reason)])


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    note(request, at_once=True)
    _record(user, request, "signed_in")


def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    _record(user, request, "signed_out")


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    _record(user, request, "password_changed")


def _second_step_added(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _record(user, request, "second_step_added", str(authenticator.type))


def _second_step_removed(request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    _record(user, request, "second_step_removed", str(authenticator.type))


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Log a failure; text that is no e-mail address is not kept, it may be a password in the wrong field."""
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    try:
        validate_email(typed)
    except ValidationError:
        typed = "(not an e-mail address)"
    user = User.objects.filter(email=typed).only("uuid", "name").first()
    address = str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""
    actor = Actor.unknown(typed, address)
    event = NewEvent("user", user.uuid if user else None, typed, "sign_in_failed", actor, clock.now())
    history.record([event])
