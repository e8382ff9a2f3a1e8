"""API tokens made from the command line act as the person named, with no more than that person's rights."""

from __future__ import annotations

from typing import Any

from counterpart.cli.say import Stop
from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal
from counterpart.foundation.users.models import User
from counterpart.foundation.users.operations import create_token


def create(facts: dict[str, Any]) -> dict[str, Any]:
    """The new token, which nobody can show again. Raises Stop when there is no such person, or not active."""
    email = facts["email"].strip().lower()
    person = User.objects.filter(email=email).first()
    if person is None:
        raise Stop(f"There is no user {email} in this product.")
    try:
        made = create_token(
            actor=Actor.system("Counterpart", "command"),
            user=person,
            label="command line",
            scopes=facts["scopes"],
            days=facts["days"],
            at=clock.now(),
        )
    except Refusal as refusal:
        raise Stop(str(refusal)) from None
    return {
        "token": made.secret,
        "email": person.email,
        "scopes": made.token.scopes,
        "expires": made.token.expires_at.date().isoformat(),
    }
