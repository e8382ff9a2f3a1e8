"""Bring a site's database to the present and connect it with its peer. Both may be repeated at will."""

from __future__ import annotations

import json
from typing import Any

from counterpart.cli.onsite import command_output
from counterpart.cli.say import Stop


def prepare(_facts: dict[str, Any]) -> dict[str, Any]:
    """Migrate and make the cache table; answers with this site's card for its peer."""
    from django.contrib.auth import get_user_model
    from django.db import OperationalError

    try:
        command_output("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise Stop(f"The database cannot be reached: {str(error).strip().splitlines()[0]}") from None
    command_output("createcachetable", verbosity=0)
    return {
        "card": json.loads(command_output("sync_identity")),
        "people": get_user_model().objects.count(),
    }


def connect(facts: dict[str, Any]) -> dict[str, Any]:
    """Store the peer's card and address; a repetition with the same facts changes nothing."""
    command_output("sync_connect", "--card", json.dumps(facts["card"]), "--peer-url", facts["url"])
    return {}
