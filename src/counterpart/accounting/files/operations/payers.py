"""Who pays for a file, and how much: clients, the primary contact, shares (LA-SPL-1 to LA-SPL-3, LA-FIL-8)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import SplitReview
from counterpart.accounting.files.operations.holding import hold, with_payers, write
from counterpart.accounting.files.queries import contacts_by_id
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.restricted import clients_restriction, require_unrestricted
from counterpart.accounting.files.reviews import Change, raise_reviews
from counterpart.accounting.files.rows import Held
from counterpart.accounting.files.shares import after_clients, with_shares
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Blocker, FieldError, Missing, Refused
from counterpart.sync import api as sync


@transaction.atomic
def set_split(
    *, file_id: UUID, shares: Mapping[UUID, int], actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Set shares of co-payers; the primary contact has the rest (LA-SPL-2, GRP-6). They hold for future bills, and stay
    here (GRP-5). An open task to confirm the split is done by this.

    Raises Missing, Forbidden, Stale, Refused (fields ``shares`` or ``shares.<position>``).
    """
    actor.require("file.edit_split")
    held = hold(file_id, version)
    after = with_payers(held, with_shares(held.payers, shares))
    event = write(held, after, verb="split", actor=actor, at=at)
    _confirmed(file_id, actor, at)
    history.record([event] if event else [])


@transaction.atomic
def confirm_split(*, file_id: UUID, actor: Actor, at: datetime) -> None:
    """Say that the split is right as it is after the clients changed (IMP-12). Raises Missing, Forbidden, Blocked."""
    actor.require("file.edit_split")
    held = hold(file_id)
    if not _confirmed(file_id, actor, at):
        raise Blocked("There is nothing to confirm about this file's split.")
    history.record([history.NewEvent(KIND, file_id, held.label, "split_confirmed", actor, at)])


def add_client(*, file_id: UUID, contact_id: UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Make a contact a client of the file, last in order and at 0 % (LA-SPL-1). A former payer can come back.

    Raises Missing, Forbidden, Stale, Refused, Blocked, RestrictedByIntegration.
    """

    def added(held: Held) -> list[UUID]:
        if contact_id in held.clients:
            raise Refused([FieldError("contact_id", "This contact is a client of the file already.", "party.twice")])
        if contact_id not in contacts_by_id([contact_id]):
            text = "There is no such contact, or it can't be a client."
            raise Refused([FieldError("contact_id", text, "contact.unknown")])
        return [*held.clients, contact_id]

    _change_clients(file_id, added, "client_added", actor, at, version)


def remove_client(*, file_id: UUID, contact_id: UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Take a client off the file; its share goes to the primary contact, and it stays a former payer with what it still
    owes and owns (LA-SPL-3). Raises what ``add_client`` raises, and Blocked for the last client.
    """

    def removed(held: Held) -> list[UUID]:
        _require_client(held, contact_id)
        if held.clients == [contact_id]:
            raise Blocked("A file needs a client; add another one before you remove this one.")
        return [client for client in held.clients if client != contact_id]

    _change_clients(file_id, removed, "client_removed", actor, at, version)


def change_primary(*, file_id: UUID, contact_id: UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Make another client the primary contact (LA-FIL-8). Shares that were set stay with their people (GRP-10), and so
    do number, invoices and trust money; of a file that was never divided the new primary pays all.

    Raises what ``add_client`` raises.
    """

    def reordered(held: Held) -> list[UUID]:
        _require_client(held, contact_id)
        return [contact_id, *(client for client in held.clients if client != contact_id)]

    _change_clients(file_id, reordered, "primary_changed", actor, at, version, with_group=True)


def set_clients(
    *, file_id: UUID, clients: Sequence[UUID], actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Make these the clients of the file, in this order; shares move as when Practice Management sends such a list.

    Raises what ``add_client`` raises.
    """

    def listed(held: Held) -> list[UUID]:
        joining = [client for client in clients if client not in held.clients]
        error = None
        if not clients:
            error = FieldError("clients", "A file needs a client.", "required")
        elif len(set(clients)) != len(clients):
            error = FieldError("clients", "A contact can be a client of a file only once.", "party.twice")
        elif len(contacts_by_id(joining)) != len(joining):
            text = "One of these contacts does not exist or can't be a client."
            error = FieldError("clients", text, "contact.unknown")
        if error:
            raise Refused([error])
        return list(clients)

    _change_clients(file_id, listed, "clients_changed", actor, at, version)


@transaction.atomic
def _change_clients(
    file_id: UUID,
    wanted: Callable[[Held], list[UUID]],
    verb: str,
    actor: Actor,
    at: datetime,
    version: int | None,
    *,
    with_group: bool = False,
) -> None:
    actor.require("file.edit_clients")
    require_unrestricted(clients_restriction(file_id))
    held = hold(file_id, version)
    if held.group_id is not None and not with_group:
        group = Contact.objects.get(pk=held.group_id)
        raise Blocked(
            f"This file is for the group {group.name}: its clients are the members of the group.",
            [Blocker(f"Members of {group.name}", group.get_absolute_url())],
        )
    after = with_payers(held, after_clients(held.payers, wanted(held)))
    if event := write(held, after, verb=verb, actor=actor, at=at):
        sync.note_unstamped(KIND, [file_id], "clients", actor=actor, at=at)
        history.record([event, *raise_reviews([Change(held, after, actor)], at=at)])


def _require_client(held: Held, contact_id: UUID) -> None:
    if contact_id not in held.clients:
        raise Missing("This contact is not a client of the file.")


def _confirmed(file_id: UUID, actor: Actor, at: datetime) -> bool:
    done = SplitReview.objects.filter(file_id=file_id, done_at=None).update(done_at=at, done_by=actor.name)
    return bool(done)
