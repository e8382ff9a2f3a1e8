"""What Legal Accounting tells Practice Management besides records: its numbering, and whether a number is free."""

from typing import Any, Final
from uuid import UUID

from counterpart.accounting.contacts.queries import names_of, taken_sentence
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.numbering.queries import number_locked_emails, preview, settings_facts
from counterpart.accounting.sync_handlers.requests import holder_sync_ids
from counterpart.contracts.contact import SCHEMES, tidy
from counterpart.foundation.users.models import User
from counterpart.sync import api as sync

USERS_MAX: Final = 500
"""The block must stay small; firms with more users are matched on the connection check by e-mail on demand."""


def policy_block() -> dict[str, Any]:
    """Facts that travel in every beat: numbering, whom the number restriction binds, and the people (NUM-17, SEQ-9)."""
    users = User.objects.order_by("email").values_list("email", "name", "is_active")[:USERS_MAX]
    return {
        **settings_facts(),
        "number_locked_emails": sorted(number_locked_emails()),
        "users": [{"email": email, "name": name, "active": active} for email, name, active in users],
        # Nothing is forced on what arrives, whatever people must fill in here (ADR-7).
        "required_contact_fields": [],
    }


def answer_number(question: dict[str, Any]) -> dict[str, Any]:
    """Say whether a number typed in Practice Management is free, and what comes next (IMP-3, IMP-4).

    Nobody is named: who holds the number is told by its sync identity, and shown there to those who may see it.
    """
    number = tidy(str(question.get("number") or "")) or ""
    scheme = question.get("scheme") if question.get("scheme") in SCHEMES else "client"
    asking = _local(str(question.get("sync_id") or ""))
    found = preview(number, scheme=str(scheme), contact_id=asking)
    problem, holder = found.problem, ""
    if found.owner is not None:
        holder = holder_sync_ids({number: found.owner})[number]
        problem = taken_sentence(number, names_of([found.owner]).get(found.owner), named=False)
    return {
        "free": found.is_free, "holder": holder, "problem": problem, "next": found.next, "next_after": found.next_after,
    }  # fmt: skip


def _local(sync_id: str) -> UUID | None:
    try:
        return sync.find_local(KIND, UUID(sync_id))
    except ValueError:
        return None
