"""What the engine is told of a matter: its registers, with the clients by their sync identities.

A client list is told whole or not at all (GRP-1, GRP-2): clients get their identities first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from counterpart.contracts.matter import request_value
from counterpart.foundation.actor import Actor
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.registers import values_of
from counterpart.practice.matters.rows import clients_of_matters
from counterpart.sync import api as sync


class Edit(NamedTuple):
    """A matter before and after, with its clients; what is to be told."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    clients_before: Sequence[UUID]
    clients_after: Sequence[UUID]
    names_request: bool = False
    """Whether the edit made or withdrew a request for a number: an unrelated edit must not touch one that was answered
    meanwhile."""


def is_exchanged(columns: Mapping[str, Any], clients: Sequence[UUID]) -> bool:
    """Whether a matter is one for Legal Accounting: it has a client and is no template (MAT-3, MAT-25)."""
    return bool(clients) and columns["status"] != Status.TEMPLATE


def tell_born(
    items: Iterable[tuple[Mapping[str, Any], Sequence[UUID]]], actor: Actor, at: datetime, lane: sync.Lane
) -> None:
    """Tell the engine of new matters, given as columns and clients."""
    exchanged = [(columns, clients) for columns, clients in items if is_exchanged(columns, clients)]
    identities = _identities((client for _, clients in exchanged for client in clients), actor, at, lane)
    born = [(c["id"], _with_request(_values(c, clients, identities), c)) for c, clients in exchanged]
    sync.born(kind="matter", items=born, actor=actor, at=at, lane=lane)


def tell_saved(edits: Iterable[Edit], actor: Actor, at: datetime, lane: sync.Lane = sync.Lane.INTERACTIVE) -> None:
    """Tell the engine of edits. A matter that has just got its first client is offered by this."""
    told = [edit for edit in edits if is_exchanged(edit.after, edit.clients_after)]
    every = (client for edit in told for client in (*edit.clients_before, *edit.clients_after))
    identities = _identities(every, actor, at, lane)
    items = []
    for edit in told:
        after = _values(edit.after, edit.clients_after, identities)
        after = _with_request(after, edit.after) if edit.names_request else after
        items.append((edit.after["id"], _values(edit.before, edit.clients_before, identities), after))
    sync.saved(kind="matter", items=items, actor=actor, at=at, lane=lane)


def tell_own(
    pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
    actor: Actor,
    at: datetime,
    *,
    names_request: bool = False,
    lane: sync.Lane = sync.Lane.INTERACTIVE,
) -> None:
    """Tell the engine of edits of the matters' own columns, given as before and after; the clients stay."""
    clients = clients_of_matters([after["id"] for _, after in pairs])
    edits = []
    for before, after in pairs:
        held = clients.get(after["id"], [])
        edits.append(Edit(before, after, held, held, names_request))
    tell_saved(edits, actor, at, lane)


def _identities(clients: Iterable[UUID], actor: Actor, at: datetime, lane: sync.Lane) -> dict[UUID, UUID]:
    wanted = set(clients)
    known = sync.sync_ids("contact", wanted) if wanted else {}
    if strangers := wanted - known.keys():
        sync.identify("contact", strangers, actor=actor, at=at, lane=lane)
        known |= sync.sync_ids("contact", strangers)
    return known


def _values(columns: Mapping[str, Any], clients: Sequence[UUID], identities: Mapping[UUID, UUID]) -> sync.Values:
    return values_of(columns, client_identities(clients, identities))


def client_identities(clients: Sequence[UUID], identities: Mapping[UUID, UUID]) -> list[str]:
    """The clients as the contract names them; none at all as long as one of them has no identity."""
    if any(client not in identities for client in clients):
        return []
    return [str(identities[client]) for client in clients]


def _with_request(values: sync.Values, columns: Mapping[str, Any]) -> sync.Values:
    requested, keep = columns["requested_reference"], columns["requested_keep_sequence"]
    return {**values, "requested_number": request_value(requested or None, keep_sequence=keep)}
