"""*Use the other value* of a conflict: an ordinary edit that gives one register this value."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.practice.matters.drafts import PartyDraft
from counterpart.practice.matters.models import Role
from counterpart.practice.matters.operations.editing import edit_matter
from counterpart.practice.matters.operations.looking_up import locked_one
from counterpart.practice.matters.operations.parties import set_parties
from counterpart.practice.matters.rows import parties_of_matters
from counterpart.sync import api as sync


@transaction.atomic
def set_register(*, actor: Actor, matter_id: UUID, register: str, value: Any, at: datetime) -> None:
    """Give a register the value that lost. A number is asked for, since only Legal Accounting gives it.

    Raises Forbidden, Missing, Refused, Blocked.
    """
    if register == "clients":
        _set_clients(actor, matter_id, value or [], at)
        return
    changes: dict[str, Any]
    if register in ("number", "requested_number"):
        changes = {"file_reference": (value.get("number") if isinstance(value, dict) else value) or ""}
    elif register == "title":
        changes = {"name": value}
    elif register == "assigned":
        changes = {"assigned_to": value or ""}
    elif register == "opened":
        changes = {"date": date.fromisoformat(value)}
    else:
        raise Refused([FieldError("", "Only Legal Accounting changes this.", "authority")])
    edit_matter(actor=actor, matter_id=matter_id, changes=changes, at=at)


def _set_clients(actor: Actor, matter_id: UUID, identities: list[str], at: datetime) -> None:
    """The other parties stay; the clients become those Legal Accounting had, in its order."""
    actor.require("matter.edit")
    locked_one(actor, matter_id)
    wanted = [UUID(one) for one in identities]
    known = sync.local_ids("contact", wanted)
    if len(known) != len(wanted) or not wanted:
        raise Refused([FieldError("parties", "Not every one of these clients exists here.", "contact.unknown")])
    rows = parties_of_matters([matter_id])[matter_id]
    kept = [PartyDraft(row.role_id, row.contact_id, row.represents) for row in rows if not row.is_primary]
    represents = {row.contact_id: row.represents for row in rows if row.is_primary}
    role = _client_role(matter_id)
    clients = [PartyDraft(role, known[one], represents.get(known[one], ())) for one in wanted]
    set_parties(actor=actor, matter_id=matter_id, parties=[*clients, *kept], at=at, primary_confirmed=True)


def _client_role(matter_id: UUID) -> UUID:
    return Role.objects.get(matter_type__matters=matter_id, is_primary=True).pk
