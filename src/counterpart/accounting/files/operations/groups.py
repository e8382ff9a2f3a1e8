"""Visible group contacts and their members, stand-alone (LA-SPL-4, LA-CON-5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from counterpart.accounting.contacts.operations import Created, Draft, create_contact
from counterpart.accounting.contacts.registers import KIND as CONTACT
from counterpart.accounting.contacts.rows import Held as HeldContact
from counterpart.accounting.contacts.rows import read_held as read_contacts
from counterpart.accounting.files.models import File, GroupMember
from counterpart.accounting.files.operations.holding import with_payers, write_all
from counterpart.accounting.files.queries import contacts_by_id
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.restricted import group_restriction, require_unrestricted
from counterpart.accounting.files.reviews import Change, raise_reviews
from counterpart.accounting.files.rows import Held, contact_names, read_held
from counterpart.accounting.files.shares import after_clients
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.errors import Blocked, FieldError, Missing, Refused
from counterpart.sync import api as sync


@transaction.atomic
def create_group(*, name: str, members: Sequence[UUID], actor: Actor, at: datetime, number: str = "") -> Created:
    """Make a group contact with these members, in this order; it is numbered like any client (LA-SPL-4).

    Raises Forbidden, Refused (``company``, ``number``, ``members``), RestrictedByIntegration.
    """
    actor.require("group.edit")
    require_unrestricted(group_restriction())
    with history.collected() as events:
        draft = Draft({"company": name, "display_as": "company"}, number, is_group=True)
        created = create_contact(draft, actor=actor, at=at)
        names = _insert(created.id, [], members)
    events.append(_event(created.id, created.name, "members_added", actor, at, names, added=True))
    history.record(events)
    return created


@transaction.atomic
def add_members(*, group_id: UUID, contact_ids: Sequence[UUID], actor: Actor, at: datetime) -> None:
    """Add members, last in order. The group's files get them as clients at 0 %; their primary contacts stay (LA-SPL-4).

    Raises Missing, Forbidden, Refused, RestrictedByIntegration.
    """
    group, members = _held(group_id, actor)
    names = _insert(group_id, members, contact_ids)

    def joined(held: Held) -> list[UUID]:
        return [*held.clients, *(contact for contact in contact_ids if contact not in held.clients)]

    pairs = [(held, with_payers(held, after_clients(held.payers, joined(held)))) for held in _files_of(group_id)]
    events = _change_files(pairs, "client_added", actor, at)
    history.record([_event(group_id, group.label, "members_added", actor, at, names, added=True), *events])


@transaction.atomic
def remove_member(*, group_id: UUID, contact_id: UUID, actor: Actor, at: datetime) -> None:
    """Take a member out of the group, and off the group's files as a client: its share goes to the primary (LA-SPL-3).

    Raises Missing, Forbidden, Blocked for the last member of a group with files, RestrictedByIntegration.
    """
    group, members = _held(group_id, actor)
    if contact_id not in members:
        raise Missing("This contact is not a member of the group.")
    files = _files_of(group_id)
    if files and len(members) == 1:
        raise Blocked("The group's files need a client; add another member before you remove this one.")
    GroupMember.objects.filter(group_id=group_id, contact_id=contact_id).delete()
    pairs = []
    for held in files:
        staying = [client for client in held.clients if client != contact_id]
        pairs.append((held, with_payers(held, after_clients(held.payers, staying))))
    names = list(contact_names([contact_id]).values())
    events = _change_files(pairs, "client_removed", actor, at)
    history.record([_event(group_id, group.label, "member_removed", actor, at, names, added=False), *events])


def _held(group_id: UUID, actor: Actor) -> tuple[HeldContact, list[UUID]]:
    actor.require("group.edit")
    require_unrestricted(group_restriction(group_id))
    group = read_contacts([group_id], lock=True).get(group_id)
    if group is None or not group.is_group:
        raise Missing("There is no such group contact.")
    members = GroupMember.objects.filter(group_id=group_id).order_by("position")
    return group, list(members.values_list("contact_id", flat=True))


def _files_of(group_id: UUID) -> list[Held]:
    """The group's files, locked; closed ones too, so that they follow the group when they are reopened."""
    ids = File.objects.filter(group_id=group_id, deleted_at=None).values_list("pk", flat=True)
    return list(read_held(ids, lock=True).values())


def _change_files(pairs: Sequence[tuple[Held, Held]], verb: str, actor: Actor, at: datetime) -> list[history.NewEvent]:
    events = write_all(pairs, verb=verb, actor=actor, at=at)
    changes = [Change(before, after, actor) for before, after in pairs if before.payers != after.payers]
    sync.note_unstamped(KIND, [change.before.id for change in changes], "clients", actor=actor, at=at)
    return [*events, *raise_reviews(changes, at=at)]


def _insert(group_id: UUID, members: Sequence[UUID], joining: Sequence[UUID]) -> list[str]:
    """Write the new members and return their names. Raises Refused."""
    contacts = contacts_by_id(joining)
    error = None
    if not joining:
        error = FieldError("members", "Choose at least one contact.", "required")
    elif len({*members, *joining}) != len(members) + len(joining):
        error = FieldError("members", "A contact can be a member of a group only once.", "party.twice")
    elif len(contacts) != len(joining):
        error = FieldError("members", "One of these contacts does not exist or is a group itself.", "contact.unknown")
    if error:
        raise Refused([error])
    last = GroupMember.objects.filter(group_id=group_id).aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    rows = [(group_id, contact, place) for place, contact in enumerate(joining, start=first)]
    insert_rows(GroupMember, ("group_id", "contact_id", "position"), rows)
    return [contacts[contact].name for contact in joining]


def _event(
    group_id: UUID, label: str, verb: str, actor: Actor, at: datetime, names: list[str], *, added: bool
) -> history.NewEvent:
    change = [None, names] if added else [names, None]
    return history.NewEvent(CONTACT, group_id, label, verb, actor, at, {"members": change})
