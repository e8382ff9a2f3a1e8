"""Taking imported contacts back, and offering those that were held back (IMP-7, IMP-8)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from counterpart.accounting.contacts.fields import EMPTY, LABELS
from counterpart.accounting.contacts.operations import delete_contacts, edit_contacts
from counterpart.accounting.contacts.rows import read_held
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal, Refused
from counterpart.sync import api as sync


class ContactRecords:
    """See ``foundation.importing.undoing.Records``. A removed contact keeps its number as a tombstone (LA-NUM-7)."""

    kind = "contact"
    noun = "contact"
    given_there: Collection[str] = ()

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def present(self, ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """Those that are not deleted."""
        return {key: {**held.fields, "number": held.number} for key, held in read_held(ids).items()}

    def hidden(self, ids: Iterable[UUID]) -> Collection[UUID]:
        """No contact is kept from those who imported it."""
        del ids
        return ()

    def remove(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Refusal]:
        """Delete them by the ordinary operation, for which the right to delete is needed. Raises Forbidden."""
        return delete_contacts(contact_ids=ids, actor=self.actor, at=at)

    def put_back(self, items: Sequence[tuple[UUID, Mapping[str, Any]]], at: datetime) -> Mapping[UUID, Refusal]:
        """Give fields the values they had; a former number is the contact's own still. Raises Forbidden."""
        wanted = [
            (key, {name: EMPTY.get(name, "") if value is None else value for name, value in fields.items()})
            for key, fields in items
        ]
        answers = edit_contacts(actor=self.actor, items=wanted, at=at)
        pairs = zip((key for key, _ in items), answers, strict=True)
        return {key: answer for key, answer in pairs if isinstance(answer, Refused)}

    def label(self, field: str) -> str:
        """What a field is called within a sentence."""
        return LABELS.get(field, field.replace("_", " ")).lower()

    def release(self, ids: Sequence[UUID], at: datetime) -> None:
        """Offer them to Practice Management."""
        sync.identify("contact", ids, actor=self.actor, at=at, lane=sync.Lane.BULK)
