"""The matter of Practice Management, as the sync engine sees it: created here only, shared fields edited in both."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterpart.contracts.contact import KIND as CONTACT
from counterpart.contracts.matter import KIND, REGISTERS, problems, request_value
from counterpart.foundation.actor import Actor
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.models import ACTIVE, Matter, Party, matter_url
from counterpart.practice.matters.naming import matter_title
from counterpart.practice.matters.operations.receiving import Received
from counterpart.practice.matters.operations.telling import client_identities
from counterpart.practice.matters.registers import REGISTER_LABELS, is_asking, values_of
from counterpart.practice.matters.rows import clients_of_matters, states_of
from counterpart.practice.settings.queries import matter_settings
from counterpart.practice.sync_handlers.authors import actor_of, local_users
from counterpart.practice.sync_handlers.matching import MatterMatching
from counterpart.protocol.registers import Register
from counterpart.sync import api as sync

NO_CLIENT: Final = "This matter won't reach Legal Accounting until it has a client."
TEMPLATE: Final = "Templates are not synchronised."


class MatterHandler(MatterMatching):
    """Turns columns and clients into registers and back; whole batches, a constant number of statements."""

    kind = KIND
    registers: Mapping[str, Register] = REGISTERS
    requires_number = True

    def prepare(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        """Clients are known to the engine before the matter that names them (MAT-4)."""
        clients = {client for held in clients_of_matters(local_ids).values() for client in held}
        sync.identify(CONTACT, clients, actor=actor, at=at)

    def excluded(self, local_ids: Sequence[UUID]) -> dict[UUID, str]:
        clients = Party.objects.filter(matter_id=OuterRef("pk"), role__is_primary=True)
        apart = Matter.objects.filter(pk__in=list(local_ids)).filter(Q(status=Status.TEMPLATE) | ~Exists(clients))
        return {pk: TEMPLATE if s == Status.TEMPLATE else NO_CLIENT for pk, s in apart.values_list("pk", "status")}

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, sync.Values]:
        """A reference typed before the products were connected is asked for with the first exchange (scenario 32)."""
        states = {key: row for key, row in states_of(local_ids).items() if row["deleted_at"] is None}
        clients = clients_of_matters(states)
        identities = sync.sync_ids(CONTACT, {one for held in clients.values() for one in held})
        return {key: _values(row, client_identities(clients.get(key, []), identities)) for key, row in states.items()}

    def check(self, values: sync.Values) -> sync.Refusal | None:
        for problem in problems(values):
            return sync.Refusal(problem.code, problem.text, problem.register)
        return None

    def everything(self) -> QuerySet[Matter]:
        return Matter.objects.filter(ACTIVE)

    def admit(self, newcomers: Sequence[sync.Newcomer], at: datetime) -> dict[UUID, sync.Outcome]:
        """Matters are created here only (MAT-1); a record that says otherwise is refused whole."""
        del at
        text = "Matters are created in Practice Management only."
        return {one.sync_id: sync.Refusal("authority", text) for one in newcomers}

    def amend(self, amendments: Sequence[sync.Amendment], at: datetime) -> dict[UUID, sync.Outcome]:
        users = local_users(one.author for one in amendments)
        unknown = operations.amend_matters(
            [Received(one.local_id, one.changed, actor_of(one.author, users)) for one in amendments], at
        )
        return {
            one.sync_id: sync.Stored(refusal=_unknown(unknown[one.local_id]) if one.local_id in unknown else None)
            for one in amendments
        }

    def follow(self, closures: Sequence[sync.Closure], at: datetime) -> set[UUID]:
        """A matter closes with its file only where the firm wants it (MAT-24, IMP-10)."""
        if not matter_settings().close_in_step:
            return set()
        users = local_users(one.author for one in closures)
        return operations.follow_closures([(c.local_id, c.presence, actor_of(c.author, users)) for c in closures], at)

    def labels(self, local_ids: Iterable[UUID]) -> dict[UUID, sync.Label]:
        found = Matter.objects.filter(pk__in=list(local_ids))
        columns = ("pk", "matter_number", "name", "file_reference", "requested_reference")
        return {
            pk: sync.Label(matter_title(number, name), reference or requested, matter_url(pk))
            for pk, number, name, reference, requested in found.values_list(*columns)
        }

    def visible(self, user: Any) -> QuerySet[Matter]:
        return queries.matters_visible_to(user)

    def register_label(self, register: str) -> str:
        return REGISTER_LABELS.get(register, register)

    def overwrite(self, *, local_id: UUID, register: str, value: Any, actor: Actor, at: datetime) -> None:
        operations.set_register(actor=actor, matter_id=local_id, register=register, value=value, at=at)

    def delete(self, *, local_id: UUID, actor: Actor, at: datetime) -> None:
        operations.delete_matter(actor=actor, matter_id=local_id, at=at)


def _values(columns: Mapping[str, Any], clients: list[str]) -> sync.Values:
    values = values_of(columns, clients)
    if is_asking(columns):
        keep = columns["requested_keep_sequence"]
        values["requested_number"] = request_value(columns["requested_reference"], keep_sequence=keep)
    return values


def _unknown(email: str) -> sync.Refusal:
    """MAT-23: the person is named by e-mail address, which is all both products know."""
    text = (
        f"Nobody in Practice Management has the e-mail address {email}."
        if email
        else "A matter in Practice Management is assigned to somebody."
    )
    return sync.Refusal("unknown_staff", text, "assigned")
