"""What contacts and files of Legal Accounting are recognised by when two filled products meet (section 11, GOL-7)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.files.models import File, FilePayer
from counterpart.accounting.numbering.models import FileNumberLedger, FirmNumbering, NumberLedger
from counterpart.accounting.numbering.queries import firm_numbering, sequences
from counterpart.contracts import matching as forms
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked
from counterpart.foundation.search.finding import matching
from counterpart.protocol.matching import Keys
from counterpart.sync import api as sync

TAKEN = "taken"
FOREIGN = "foreign"


class Matching:
    """The part of a handler that both kinds have in common."""

    def compatible(self, left: Keys, right: Keys) -> bool:
        return forms.compatible(left, right)

    def hidden(self, local_ids: Sequence[UUID]) -> set[UUID]:  # noqa: ARG002  # nothing is restricted here
        return set()

    def relocate_numbers(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> int:  # noqa: ARG002
        raise Blocked("Numbers are given here; there is none to move.")


class ContactMatching(Matching):
    """Contacts, closed ones too; groups are this product's own."""

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, sync.Values]:
        """The handler's own."""
        raise NotImplementedError

    def census(self) -> QuerySet[Contact]:
        return Contact.objects.filter(deleted_at=None, is_group=False)

    def match_keys(self, local_ids: Sequence[UUID]) -> dict[UUID, Keys]:
        return {key: forms.contact_keys(str(key), values) for key, values in self.read(local_ids).items()}

    def modified(self, local_ids: Sequence[UUID]) -> dict[UUID, datetime]:
        return dict(Contact.objects.filter(pk__in=local_ids).values_list("pk", "updated_at"))

    def paired(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        found = Contact.objects.filter(pk__in=local_ids)
        history.record([history.NewEvent("contact", one.pk, one.name, "paired", actor, at, {}) for one in found])

    def judge_numbers(self, numbers: Iterable[str]) -> Mapping[str, str]:
        wanted = set(numbers)
        given = set(NumberLedger.objects.filter(key__in=wanted).values_list("key", flat=True))
        prefixes = [row.rule.prefix.casefold() for row in sequences().values()]
        return {
            number: TAKEN if number in given else FOREIGN
            for number in wanted
            if number in given or not any(_follows(prefix, number) for prefix in prefixes)
        }

    def look_alike(self, keys: Keys, text: str, *, limit: int) -> list[UUID]:
        rows = self.census()
        asked: list[QuerySet[Any]] = []
        if keys.number:
            asked.append(rows.filter(number_key=keys.number))
        if keys.email:
            asked.append(rows.filter(email__iexact=keys.email))
        asked += [rows.filter(phone_digits__contains=phone) for phone in keys.phones[:3]]
        if words := text or (keys.parts[0] if keys.parts else ""):
            asked.append(matching(rows, words))
        return _first(asked, limit)


class MatterMatching(Matching):
    """Files, whoever made them: one that is paired belongs to Practice Management from then on."""

    def read(self, local_ids: Sequence[UUID]) -> dict[UUID, sync.Values]:
        """The handler's own."""
        raise NotImplementedError

    def census(self) -> QuerySet[File]:
        return File.objects.filter(deleted_at=None)

    def match_keys(self, local_ids: Sequence[UUID]) -> dict[UUID, Keys]:
        payers: dict[UUID, list[str]] = {}
        rows = FilePayer.objects.filter(file_id__in=local_ids, ended_at=None).order_by("position")
        for file_id, contact_id in rows.values_list("file_id", "contact_id"):
            payers.setdefault(file_id, []).append(str(contact_id))
        return {
            key: forms.matter_keys(str(key), values, payers.get(key, ()))
            for key, values in self.read(local_ids).items()
        }

    def modified(self, local_ids: Sequence[UUID]) -> dict[UUID, datetime]:
        return dict(File.objects.filter(pk__in=local_ids).values_list("pk", "updated_at"))

    def paired(self, local_ids: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
        """A file with a matter is one that came from there (MAT-1, GRP-17)."""
        found = File.objects.filter(pk__in=local_ids)
        found.update(from_pm=True)
        history.record([history.NewEvent("matter", one.pk, one.description, "paired", actor, at, {}) for one in found])

    def judge_numbers(self, numbers: Iterable[str]) -> Mapping[str, str]:
        wanted, firm = set(numbers), firm_numbering()
        given = set(FileNumberLedger.objects.filter(key__in=wanted).values_list("key", flat=True))
        by_contact = firm.file_scheme == FirmNumbering.FileScheme.CONTACT
        shape = re.compile(rf".+{re.escape(firm.file_separator)}\d+" if by_contact else r"\d+")
        return {
            number: TAKEN if number in given else FOREIGN
            for number in wanted
            if number in given or not shape.fullmatch(number)
        }

    def look_alike(self, keys: Keys, text: str, *, limit: int) -> list[UUID]:
        rows = self.census()
        asked: list[QuerySet[Any]] = []
        if keys.number:
            asked.append(rows.filter(number_key=keys.number))
        if keys.owners and keys.owners[0]:
            paid = FilePayer.objects.filter(Q(contact_id=UUID(keys.owners[0])), ended_at=None)
            asked.append(rows.filter(pk__in=paid.values("file_id")))
        if words := text or keys.name:
            asked.append(matching(rows, words))
        return _first(asked, limit)


def _follows(prefix: str, number: str) -> bool:
    rest = number[len(prefix) :]
    return number.startswith(prefix) and rest.isascii() and rest.isdigit()


def _first(asked: Sequence[QuerySet[Any]], limit: int) -> list[UUID]:
    found: dict[UUID, None] = {}
    for rows in asked:
        if len(found) < limit:
            found.update(dict.fromkeys(rows.values_list("pk", flat=True)[: limit - len(found)]))
    return list(found)
