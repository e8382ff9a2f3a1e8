"""Taking imported contacts back, and offering those that were held back (IMP-7, IMP-8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal, Refused
from counterpart.practice.contacts.operations import delete_contacts, edit_contacts
from counterpart.practice.contacts.rows import states_of
from counterpart.sync import api as sync

LABELS: Final = {
    "kind": "identity type", "email": "e-mail", "emails": "further e-mails", "phones": "phones",
    "physical_address": "physical address", "mailing_address": "mailing address",
    "external_reference": "external reference", "requested_reference": "reference",
    "requested_keep_sequence": "reference", "reference": "reference",
}  # fmt: skip
EMPTY: Final[Mapping[str, Any]] = {"emails": [], "phones": [], "physical_address": {}, "mailing_address": {}}
NUMBER: Final = ("reference", "requested_reference", "requested_keep_sequence")


class ContactRecords:
    """See ``foundation.importing.undoing.Records``."""

    kind = "contact"
    noun = "contact"
    given_there: Collection[str] = NUMBER

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def present(self, ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """Those that are not deleted; whoever imports contacts and may delete them need not be able to read others."""
        return {key: row for key, row in states_of(list(ids)).items() if row["deleted_at"] is None}

    def hidden(self, ids: Iterable[UUID]) -> Collection[UUID]:
        """No contact is kept from those who imported it."""
        del ids
        return ()

    def remove(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Refusal]:
        """Delete them by the ordinary operation, for which the right to delete is needed. Raises Forbidden."""
        return delete_contacts(actor=self.actor, contact_ids=ids, at=at)

    def put_back(self, items: Sequence[tuple[UUID, Mapping[str, Any]]], at: datetime) -> Mapping[UUID, Refusal]:
        """Give fields the values they had; a number that was granted meanwhile is asked back. Raises Forbidden."""
        answers = edit_contacts(actor=self.actor, items=[(key, _changes(fields)) for key, fields in items], at=at)
        pairs = zip((key for key, _ in items), answers, strict=True)
        return {key: answer for key, answer in pairs if isinstance(answer, Refused)}

    def label(self, field: str) -> str:
        """What a field is called within a sentence."""
        return LABELS.get(field, field.replace("_", " "))

    def release(self, ids: Sequence[UUID], at: datetime) -> None:
        """Offer them to Legal Accounting."""
        sync.identify("contact", ids, actor=self.actor, at=at, lane=sync.Lane.BULK)


def _changes(fields: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: EMPTY.get(name, "") if value is None else value for name, value in fields.items()}
    asked = [changes.pop(name) for name in NUMBER if name in changes]
    if asked:
        changes["reference"] = str(asked[0] or "")
    return changes
