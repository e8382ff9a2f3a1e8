"""What Practice Management tells Legal Accounting about itself with every beat."""

from typing import Any

from counterpart.foundation.users.models import User
from counterpart.practice.settings.queries import contact_settings

USERS_MAX = 500
"""The block has to stay small; a larger firm is compared by the connection check as far as it reaches."""


def policy_block() -> dict[str, Any]:
    """The switches both products need to know of each other, and the people (ONB-4, USR-2)."""
    settings = contact_settings()
    users = User.objects.order_by("email").values_list("email", "name", "is_active")[:USERS_MAX]
    return {
        "separate_numbering_sequences": settings.separate_numbering_sequences,
        "sync_addresses": settings.sync_addresses,
        "users": [{"email": email, "name": name, "active": active} for email, name, active in users],
    }
