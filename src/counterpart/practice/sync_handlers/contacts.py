"""The contact of Practice Management, as the sync engine sees it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from counterpart.contracts.contact import KIND, REGISTERS, problems
from counterpart.foundation.actor import Actor
from counterpart.foundation.alike import merging, undoing
from counterpart.foundation.reading import dicts_of
from counterpart.practice.contacts import operations, queries
from counterpart.practice.contacts.models import ACTIVE, Contact, contact_url
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.receiving import Received
from counterpart.practice.contacts.registers import (
    REGISTER_COLUMNS,
    REGISTER_LABELS,
    is_asking,
    values_of,
    with_request,
)
from counterpart.practice.settings.queries import creation_rules
from counterpart.practice.sync_handlers.authors import actor_of, local_users
from counterpart.practice.sync_handlers.matching import ContactMatching
from counterpart.protocol.registers import Register
from counterpart.sync import api as sync


class ContactHandler(ContactMatching):
    """Turns columns into registers and back; whole batches, one statement each."""

    kind = KIND
    registers: Mapping[str, Register] = REGISTERS
    requires_number = True

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, sync.Values]:
        """A reference typed before the products were connected is asked for with the first exchange (scenario 32)."""
        found = dicts_of(Contact.objects.filter(ACTIVE, pk__among=local_ids).values("id", *REGISTER_COLUMNS))
        shares = creation_rules().share_methods
        values = {row["id"]: (values_of(row, shares_methods=shares), row) for row in found}
        return {key: with_request(held, row) if is_asking(row) else held for key, (held, row) in values.items()}

    def prepare(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        """A contact refers to no other record."""

    def excluded(self, local_ids: Sequence[UUID]) -> dict[UUID, str]:  # noqa: ARG002  # every contact is exchanged
        return {}

    def check(self, values: sync.Values) -> sync.Refusal | None:
        for problem in problems(values):
            return sync.Refusal(problem.code, problem.text, problem.register)
        return None

    def everything(self) -> QuerySet[Contact]:
        return Contact.objects.filter(ACTIVE)

    def admit(self, newcomers: Sequence[sync.Newcomer], at: datetime) -> dict[UUID, sync.Outcome]:
        users = local_users(one.author for one in newcomers)
        operations.admit_contacts(
            [Received(one.local_id, one.values, actor_of(one.author, users)) for one in newcomers], at
        )
        return {one.sync_id: sync.Stored() for one in newcomers}

    def amend(self, amendments: Sequence[sync.Amendment], at: datetime) -> dict[UUID, sync.Outcome]:
        users = local_users(one.author for one in amendments)
        own = operations.amend_contacts(
            [Received(one.local_id, one.changed, actor_of(one.author, users)) for one in amendments], at
        )
        return {one.sync_id: sync.Stored(own=own.get(one.local_id, {})) for one in amendments}

    def follow(self, closures: Sequence[sync.Closure], at: datetime) -> set[UUID]:  # noqa: ARG002
        """Each product closes its own contacts (CLS-6)."""
        return set()

    def labels(self, local_ids: Iterable[UUID]) -> dict[UUID, sync.Label]:
        style = queries.name_format()
        found = Contact.objects.filter(pk__in=list(local_ids)).values("id", "kind", *queries.NAME_COLUMNS)
        return {
            row["id"]: sync.Label(
                display_name(row, style), row["reference"] or row["requested_reference"], contact_url(row["id"])
            )
            for row in found
        }

    def visible(self, user: Any) -> QuerySet[Contact]:
        return queries.contacts_visible_to(user)

    def register_label(self, register: str) -> str:
        return REGISTER_LABELS.get(register, register)

    def overwrite(self, *, local_id: UUID, register: str, value: Any, actor: Actor, at: datetime) -> None:
        operations.set_register(actor=actor, contact_id=local_id, register=register, value=value, at=at)

    def absorb(self, survivor: UUID, loser: UUID, *, asked: bool, author: sync.Author, at: datetime) -> None:
        """Legal Accounting has decided (it never asks): everything here follows."""
        assert not asked
        actor = actor_of(author, local_users([author]))
        merging.follow(survivor=survivor, loser=loser, actor=actor, at=at)

    def separate(self, survivor: UUID, loser: UUID, *, asked: bool, author: sync.Author, at: datetime) -> None:
        """Legal Accounting has undone a merge."""
        assert not asked
        actor = actor_of(author, local_users([author]))
        undoing.follow_apart(survivor=survivor, loser=loser, actor=actor, at=at)

    def delete(self, *, local_id: UUID, actor: Actor, at: datetime) -> None:
        operations.delete_contact(actor=actor, contact_id=local_id, at=at)
