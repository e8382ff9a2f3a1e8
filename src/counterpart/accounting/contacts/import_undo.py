"""Taking imported contacts back, and offering those that were held back (IMP-7, IMP-8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.fields import EMPTY, LABELS
from counterpart.accounting.contacts.operations import delete_contact, edit_contacts
from counterpart.accounting.contacts.rows import read_held
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refused
from counterpart.sync import api as sync


class ContactRecords:
    """See ``foundation.importing.undoing.Records``. A removed contact keeps its number as a tombstone (LA-NUM-7)."""

    kind = "contact"
    noun = "contact"

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def present(self, ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """Those that are not deleted."""
        return {key: {**held.fields, "number": held.number} for key, held in read_held(ids).items()}

    def remove(self, record_id: UUID, at: datetime) -> None:
        """Delete one by the ordinary operation, for which the right to delete is needed. Raises Refusal."""
        with transaction.atomic():
            delete_contact(contact_id=record_id, actor=self.actor, at=at)

    def put_back(self, record_id: UUID, fields: Mapping[str, Any], at: datetime) -> None:
        """Give fields the values they had; a former number is the contact's own still. Raises Refusal."""
        changes = {name: EMPTY.get(name, "") if value is None else value for name, value in fields.items()}
        (answer,) = edit_contacts(actor=self.actor, items=[(record_id, changes)], at=at)
        if isinstance(answer, Refused):
            raise answer

    def label(self, field: str) -> str:
        """What a field is called within a sentence."""
        return LABELS.get(field, field.replace("_", " ")).lower()

    def release(self, ids: Sequence[UUID], at: datetime) -> None:
        """Offer them to Practice Management."""
        sync.identify("contact", ids, actor=self.actor, at=at, lane=sync.Lane.BULK)
