"""Matters as JSON, straight from rows, a constant number of statements for any number of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import F

from counterpart.foundation.users.models import User
from counterpart.practice.api.v1.presenting import link_json
from counterpart.practice.matters import operations
from counterpart.practice.matters.models import Matter, MatterAccess, MatterType, Role
from counterpart.practice.matters.rows import PartyRow, parties_of_matters
from counterpart.sync import api as sync

OUT_COLUMNS: Final = (
    "id", "matter_number", "name", "file_reference", "requested_reference", "external_reference", "matter_type_id",
    "status", "priority", "date", "restricted", "responsible_email", "lead_email", "version", "created_at",
    "created_by", "updated_at", "updated_by",
)  # fmt: skip


def matters_json(matter_ids: Sequence[UUID], *, states: Mapping[UUID, sync.LinkState] | None = None) -> list[Any]:
    """Matters with their parties and links, in order.

    The rows are read after the states: a change that arrives in between makes a matter newer than its state says,
    never a state that vouches for values it has not seen.
    """
    links = states if states is not None else sync.link_states("matter", matter_ids)
    names = {
        "type_name": F("matter_type__name"), "assigned_email": F("assigned_to__email"),
        "assigned_name": F("assigned_to__name"),
    }  # fmt: skip
    rows = {row["id"]: row for row in Matter.objects.filter(pk__in=matter_ids).values(*OUT_COLUMNS, **names)}
    parties = parties_of_matters(matter_ids)
    access = _access(row["id"] for row in rows.values() if row["restricted"])
    return [
        _matter_json(rows[matter_id], parties[matter_id], access.get(matter_id, []), links[matter_id])
        for matter_id in matter_ids
        if matter_id in rows
    ]


def party_json(row: PartyRow) -> dict[str, Any]:
    """One party."""
    return {
        "id": row.id, "role": row.role_name, "role_id": row.role_id, "contact_id": row.contact_id,
        "contact_name": row.contact_name, "position": row.position + 1,
        "is_primary_client": row.is_primary and row.position == 0, "represents": row.represents,
    }  # fmt: skip


def role_json(role: Role) -> dict[str, Any]:
    """One role."""
    return {
        "id": role.pk, "name": role.name, "required": role.is_required, "many": role.is_many,
        "limited_to": role.limited_to or None, "is_primary": role.is_primary,
    }  # fmt: skip


def type_json(found: MatterType) -> dict[str, Any]:
    """One matter type with its roles."""
    return {
        "id": found.pk, "name": found.name, "is_active": found.is_active,
        "needs_roles_to_close": found.needs_roles_to_close, "needs_link_to_close": found.needs_link_to_close,
        "roles": [role_json(role) for role in found.roles.all()], "version": found.version,
    }  # fmt: skip


def role_draft(given: Any) -> operations.RoleDraft:
    """A role as a program sent it."""
    return operations.RoleDraft(
        given.name, given.id, given.required, given.many, given.limited_to or "", given.is_primary
    )


def person_json(person: User) -> dict[str, Any]:
    """Somebody a matter can be assigned to."""
    return {"id": person.uuid, "name": person.name, "email": person.email}


def _matter_json(
    row: Mapping[str, Any], parties: Iterable[PartyRow], access: list[str], link: sync.LinkState
) -> dict[str, Any]:
    return {
        "id": row["id"],
        "matter_number": row["matter_number"],
        "name": row["name"],
        "file_reference": row["file_reference"] or row["requested_reference"] or None,
        "requested_reference": row["requested_reference"] or None,
        "external_reference": row["external_reference"] or None,
        "matter_type": row["type_name"],
        "matter_type_id": row["matter_type_id"],
        "assigned_to": row["assigned_email"],
        "assigned_to_name": row["assigned_name"],
        "status": row["status"],
        "priority": row["priority"],
        "date": row["date"],
        "restricted": row["restricted"],
        "access": access,
        "parties": [party_json(party) for party in parties],
        "responsible": row["responsible_email"] or None,
        "lead": row["lead_email"] or None,
        **{name: row[name] for name in ("version", "created_at", "created_by", "updated_at", "updated_by")},
        "sync": link_json(link),
    }


def _access(matter_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    ids = list(matter_ids)
    found: dict[UUID, list[str]] = {}
    if ids:
        listed = MatterAccess.objects.filter(matter_id__in=ids).order_by("user__email")
        for matter_id, email in listed.values_list("matter_id", "user__email"):
            found.setdefault(matter_id, []).append(email)
    return found
