"""Opening files in Legal Accounting, stand-alone (LA-FIL-1, MAT-1, MAT-2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.fields import Fields, cleaned, field_errors
from counterpart.accounting.files.models import File, GroupMember
from counterpart.accounting.files.operations.holding import refusals_of
from counterpart.accounting.files.operations.references import reference_errors
from counterpart.accounting.files.permissions import require_number
from counterpart.accounting.files.queries import contacts_by_id, default_codes
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.restricted import new_file_restriction, require_unrestricted
from counterpart.accounting.files.rows import Held, given_fields, insert_files, readable
from counterpart.accounting.files.shares import after_clients
from counterpart.accounting.numbering.file_numbers import FileWish, give_file_numbers
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.ids import new_id


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to be: what was given for its fields, and its clients in order or the group contact it is for."""

    given: Mapping[str, Any]
    clients: Sequence[UUID] = ()
    group: UUID | None = None
    number: str = ""
    keep_sequence: bool = False
    is_demo: bool = False
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Created:
    """A file that was opened."""

    id: UUID
    number: str
    label: str


@transaction.atomic
def create_files(drafts: Sequence[Draft], *, actor: Actor, at: datetime) -> list[Created | Refused]:
    """Open files, numbered in the order given; each answer stands where its draft stood (LA-FIL-1).

    The first client is the primary contact and pays all, until shares are set (LA-SPL-1). A file for a group has its
    members as clients. Lists that are not given take the firm's defaults. A draft that is refused uses no number.
    Raises Forbidden, RestrictedByIntegration.
    """
    actor.require("file.create")
    require_unrestricted(new_file_restriction())
    if any(draft.number for draft in drafts):
        require_number(actor)
    clients = _clients_of(drafts)
    contacts = contacts_by_id({contact for listed in clients.values() for contact in listed})
    complete = _completed(drafts, at)
    problems = reference_errors(complete)
    answers: dict[UUID, Created | Refused] = {}
    files: dict[UUID, Held] = {}
    for draft in drafts:
        fields, listed = complete[draft.id], clients[draft.id]
        errors = [*_client_errors(draft, listed, contacts), *field_errors(fields), *problems[draft.id]]
        if errors:
            answers[draft.id] = Refused(errors)
            continue
        payers = after_clients([], listed)
        files[draft.id] = Held(
            draft.id, "", 1, File.Status.OPEN, from_pm=False, group_id=draft.group, opened_received=None,
            fields=fields, payers=payers,
        )  # fmt: skip
    given = _numbered([draft for draft in drafts if draft.id in files], files, contacts, at)
    answers |= refusals_of(given, actor)
    for key, number in given.items():
        if isinstance(number, str):
            files[key].number = number
            answers[key] = Created(key, number, files[key].label)
    opened = [files[draft.id] for draft in drafts if isinstance(answers[draft.id], Created)]
    demo = {draft.id for draft in drafts if draft.is_demo}
    insert_files([(held, actor.name, held.id in demo) for held in opened], at=at)
    changes = readable(given_fields(held) for held in opened)
    history.record(
        [
            history.NewEvent(KIND, held.id, held.label, "created", actor, at, shown)
            for held, shown in zip(opened, changes, strict=True)
        ]
    )
    return [answers[draft.id] for draft in drafts]


def create_file(draft: Draft, *, actor: Actor, at: datetime) -> Created:
    """Open one file. Raises Refused, Forbidden, RestrictedByIntegration."""
    (answer,) = create_files([draft], actor=actor, at=at)
    if isinstance(answer, Refused):
        raise answer
    return answer


def _completed(drafts: Sequence[Draft], at: datetime) -> dict[UUID, Fields]:
    defaults = default_codes()
    complete = {}
    for draft in drafts:
        given = {name: value for name, value in draft.given.items() if value not in (None, "")}
        complete[draft.id] = cleaned({"opened_on": at.date(), **defaults, **given})
    return complete


def _clients_of(drafts: Sequence[Draft]) -> dict[UUID, list[UUID]]:
    groups = {draft.group for draft in drafts if draft.group is not None}
    members: dict[UUID, list[UUID]] = {group: [] for group in groups}
    rows = GroupMember.objects.filter(group_id__in=groups, group__deleted_at=None).order_by("position")
    for group, contact in rows.values_list("group_id", "contact_id"):
        members[group].append(contact)
    return {draft.id: members[draft.group] if draft.group else list(draft.clients) for draft in drafts}


def _client_errors(draft: Draft, clients: Sequence[UUID], contacts: Mapping[UUID, Contact]) -> list[FieldError]:
    where = "group" if draft.group else "clients"
    if not clients:
        text = "Choose a group contact with at least one member." if draft.group else "Choose a contact for the file."
        return [FieldError(where, text, "required")]
    if len(set(clients)) != len(clients):
        return [FieldError(where, "A contact can be a client of a file only once.", "party.twice")]
    if any(client not in contacts for client in clients):
        return [FieldError(where, "One of these contacts does not exist or can't be a client.", "contact.unknown")]
    return []


def _numbered(
    drafts: Sequence[Draft], files: Mapping[UUID, Held], contacts: Mapping[UUID, Contact], at: datetime
) -> dict[UUID, Any]:
    wishes = []
    for draft in drafts:
        primary = contacts[files[draft.id].primary]
        wishes.append(FileWish(draft.id, primary.pk, primary.number, draft.number, draft.keep_sequence))
    return dict(zip((wish.file_id for wish in wishes), give_file_numbers(wishes, at=at), strict=True))
