"""What can be done with many contacts at once (LST-8, LA-CON-6)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from counterpart.accounting.contacts import operations
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.registers import KIND
from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.bulk import Values, export, may, one_by_one, sync_now
from counterpart.foundation.lists.one_field import OneFieldForm, setting_a_field
from counterpart.foundation.lists.spec import BulkAct
from counterpart.sync import api as sync

FIELDS: Final = {
    "contact_type": "Contact type", "company": "Company", "title": "Title", "alias": "Alias",
    "main_address.city": "City", "main_address.state": "State", "main_address.postcode": "Postal code",
    "main_address.country": "Country",
}  # fmt: skip
"""What several contacts can have in common."""

LOCK: Final = partial(sync.lock, KIND)


class EditForm(OneFieldForm):
    """One of the fields above. A contact type is one of three; the number stays whatever it becomes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, named=FIELDS, **kwargs)
        self.fields["value"].help_text = f"{self.fields['value'].help_text} A type is client, vendor or other."

    def clean(self) -> dict[str, Any]:
        """The type in its stored form."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("field") == "contact_type":
            cleaned["value"] = cleaned.get("value", "").strip().lower()
            if cleaned["value"] not in Contact.ContactType.values:
                self.add_error("value", "Type client, vendor or other.")
        return cleaned


def _with_status(ids: Sequence[UUID], _values: Values, *, status: Contact.Status) -> Iterable[UUID]:
    return Contact.objects.filter(pk__in=ids, status=status).values_list("pk", flat=True)


def _edit(actor: Actor, items: Any, at: datetime) -> Sequence[Any]:
    return operations.edit_contacts(actor=actor, items=items, at=at)


def _close(actor: Actor, contact_id: UUID, _values: Values, at: datetime) -> None:
    operations.close_contact(contact_id=contact_id, actor=actor, at=at)


def _reopen(actor: Actor, contact_id: UUID, _values: Values, at: datetime) -> None:
    operations.reopen_contact(contact_id=contact_id, actor=actor, at=at)


def _sync(actor: Actor, ids: Sequence[UUID], at: datetime) -> None:
    sync.force(KIND, ids, actor=actor, at=at)


ACTS: Final = (
    BulkAct(
        "edit",
        "Change a field…",
        "pencil",
        may("contact.edit"),
        verb="Change a field of",
        perform=setting_a_field(Contact, _edit),
        form=lambda _actor: EditForm,
        words=lambda values: f"({FIELDS[values['field']]})",
        chunk=500,
    ),
    BulkAct(
        "close",
        "Close…",
        "archive",
        may("contact.close"),
        verb="Close",
        perform=one_by_one(_close, lock=LOCK, already=partial(_with_status, status=Contact.Status.CLOSED)),
        note="Those that pay for an open file, are a group or in one, or still owe or hold money stay open.",
    ),
    BulkAct(
        "reopen",
        "Reopen…",
        "archive-off",
        may("contact.close"),
        verb="Reopen",
        perform=one_by_one(_reopen, lock=LOCK, already=partial(_with_status, status=Contact.Status.ACTIVE)),
    ),
    sync_now(_sync, partial(sync.sync_ids, KIND), "It is not kept in step."),
    export("contact.export", "contacts-export"),
    BulkAct(
        "merge",
        "Merge…",
        "git-compare",
        may("contact.merge"),
        url_name="alike:merge",
        parameter="contact",
        least=2,
        whole=False,
    ),
)
