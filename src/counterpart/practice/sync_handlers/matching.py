"""What contacts and matters of this product are recognised by when two filled products meet (section 11, GOL-7)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterpart.contracts import matching as forms
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.search.finding import matching
from counterpart.practice.contacts import queries
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.relocating import relocate_references
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.models import ACTIVE as ACTIVE_MATTER
from counterpart.practice.matters.models import Matter, Party
from counterpart.practice.matters.naming import matter_title
from counterpart.practice.matters.operations.relocating import relocate_file_references
from counterpart.practice.matters.rows import clients_of_matters
from counterpart.protocol.matching import Keys
from counterpart.sync import api as sync


class Matching:
    """The part of a handler that both kinds have in common."""

    def compatible(self, left: Keys, right: Keys) -> bool:
        return forms.compatible(left, right)

    def judge_numbers(self, numbers: Iterable[str]) -> Mapping[str, str]:  # noqa: ARG002  # Legal Accounting gives them
        return {}


class ContactMatching(Matching):
    """Contacts, closed ones too: they may be somebody's over there."""

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, sync.Values]:
        """The handler's own."""
        raise NotImplementedError

    def census(self) -> QuerySet[Contact]:
        return Contact.objects.filter(ACTIVE)

    def match_keys(self, local_ids: Sequence[UUID]) -> dict[UUID, Keys]:
        return {key: forms.contact_keys(str(key), values) for key, values in self.read(local_ids).items()}

    def modified(self, local_ids: Sequence[UUID]) -> dict[UUID, datetime]:
        return dict(Contact.objects.filter(pk__in=local_ids).values_list("pk", "updated_at"))

    def hidden(self, local_ids: Sequence[UUID]) -> set[UUID]:  # noqa: ARG002  # no contact is restricted
        return set()

    def paired(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        style = queries.name_format()
        found = Contact.objects.filter(pk__in=local_ids).values("id", "kind", *queries.NAME_COLUMNS)
        events = [
            history.NewEvent("contact", row["id"], display_name(row, style), "paired", actor, at, {}) for row in found
        ]
        history.record(events)

    def relocate_numbers(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> int:
        return relocate_references(local_ids, actor=actor, at=at)

    def look_alike(self, keys: Keys, text: str, *, limit: int) -> list[UUID]:
        rows = Contact.objects.filter(ACTIVE)
        asked: list[QuerySet[Contact]] = []
        if keys.number:
            asked.append(rows.filter(Q(reference_key=keys.number) | Q(requested_key=keys.number)))
        if keys.email:
            asked.append(rows.filter(email__iexact=keys.email))
        asked += [rows.filter(phone_digits__contains=phone) for phone in keys.phones[:3]]
        if words := text or (keys.parts[0] if keys.parts else ""):
            asked.append(matching(rows, words))
        return _first(asked, limit)


class MatterMatching(Matching):
    """Matters that have a client; templates are nobody's."""

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, sync.Values]:
        """The handler's own."""
        raise NotImplementedError

    def census(self) -> QuerySet[Matter]:
        clients = Party.objects.filter(matter_id=OuterRef("pk"), role__is_primary=True)
        return Matter.objects.filter(ACTIVE_MATTER).exclude(status=Status.TEMPLATE).filter(Exists(clients))

    def match_keys(self, local_ids: Sequence[UUID]) -> dict[UUID, Keys]:
        clients = clients_of_matters(local_ids)
        return {
            key: forms.matter_keys(str(key), values, [str(one) for one in clients.get(key, ())])
            for key, values in self.read(local_ids).items()
        }

    def modified(self, local_ids: Sequence[UUID]) -> dict[UUID, datetime]:
        return dict(Matter.objects.filter(pk__in=local_ids).values_list("pk", "updated_at"))

    def hidden(self, local_ids: Sequence[UUID]) -> set[UUID]:
        """The name of a restricted matter is for those who may see it (PRM-4)."""
        return set(Matter.objects.filter(pk__in=local_ids, restricted=True).values_list("pk", flat=True))

    def paired(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        found = Matter.objects.filter(pk__in=local_ids).values_list("pk", "matter_number", "name")
        events = [
            history.NewEvent("matter", pk, matter_title(number, name), "paired", actor, at, {})
            for pk, number, name in found
        ]
        history.record(events)

    def relocate_numbers(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> int:
        return relocate_file_references(local_ids, actor=actor, at=at)

    def look_alike(self, keys: Keys, text: str, *, limit: int) -> list[UUID]:
        rows = Matter.objects.filter(ACTIVE_MATTER)
        asked: list[QuerySet[Any]] = []
        if keys.number:
            asked.append(rows.filter(Q(file_reference_key=keys.number) | Q(requested_key=keys.number)))
        if keys.owners and keys.owners[0]:
            owned = Party.objects.filter(contact_id=UUID(keys.owners[0]), role__is_primary=True)
            asked.append(rows.filter(pk__in=owned.values("matter_id")))
        if words := text or keys.name:
            asked.append(matching(rows, words))
        return _first(asked, limit)


def _first(asked: Sequence[QuerySet[Any]], limit: int) -> list[UUID]:
    found: dict[UUID, None] = {}
    for rows in asked:
        if len(found) < limit:
            found.update(dict.fromkeys(rows.values_list("pk", flat=True)[: limit - len(found)]))
    return list(found)
