"""What can be done with many contacts at once (LST-8)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms

from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.bulk import Values, export, may, one_by_one, sync_now
from counterpart.foundation.lists.bulk_views import ActForm
from counterpart.foundation.lists.one_field import OneFieldForm, setting_a_field
from counterpart.foundation.lists.spec import BulkAct
from counterpart.practice.contacts import operations
from counterpart.practice.contacts.enums import Status
from counterpart.practice.contacts.models import Contact
from counterpart.sync import api as sync

FIELDS: Final = {
    "company": "Company", "title": "Title", "alias": "Alias",
    "physical_address.city": "City", "physical_address.state": "State", "physical_address.postcode": "Postal code",
    "physical_address.country": "Country", "mailing_address.city": "Mailing city",
    "mailing_address.state": "Mailing state", "mailing_address.postcode": "Mailing postal code",
    "mailing_address.country": "Mailing country",
}  # fmt: skip
"""What several contacts can have in common."""

LOCK: Final = partial(sync.lock, "contact")


class EditForm(OneFieldForm):
    """One of the fields above."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, named=FIELDS, **kwargs)


class CloseForm(ActForm):
    """Why, for the history."""

    reason = forms.CharField(label="Reason", max_length=300, required=False, help_text="Kept in the history of each.")


def _with_status(ids: Sequence[UUID], _values: Values, *, status: Status) -> Iterable[UUID]:
    return Contact.objects.filter(pk__in=ids, status=status).values_list("pk", flat=True)


def _edit(actor: Actor, items: Any, at: datetime) -> Sequence[Any]:
    return operations.edit_contacts(actor=actor, items=items, at=at)


def _close(actor: Actor, contact_id: UUID, values: Values, at: datetime) -> None:
    operations.close_contact(actor=actor, contact_id=contact_id, at=at, reason=values.get("reason", ""))


def _reopen(actor: Actor, contact_id: UUID, _values: Values, at: datetime) -> None:
    operations.reopen_contact(actor=actor, contact_id=contact_id, at=at)


def _delete(actor: Actor, contact_id: UUID, _values: Values, at: datetime) -> None:
    operations.delete_contact(actor=actor, contact_id=contact_id, at=at)


def _sync(actor: Actor, ids: Sequence[UUID], at: datetime) -> None:
    operations.sync_now(actor=actor, contact_ids=ids, at=at)


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
        perform=one_by_one(_close, lock=LOCK, already=partial(_with_status, status=Status.CLOSED)),
        form=lambda _actor: CloseForm,
        note="Closed contacts leave the lists. They keep their numbers and stay in the search.",
    ),
    BulkAct(
        "reopen",
        "Reopen…",
        "archive-off",
        may("contact.close"),
        verb="Reopen",
        perform=one_by_one(_reopen, lock=LOCK, already=partial(_with_status, status=Status.ACTIVE)),
    ),
    sync_now(_sync, partial(sync.sync_ids, "contact"), "It is not kept in step."),
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
    BulkAct(
        "delete",
        "Delete…",
        "trash",
        may("contact.delete"),
        verb="Delete",
        perform=one_by_one(_delete, lock=LOCK),
        is_danger=True,
        note="Deleted contacts can be restored for 30 days. Those that are on a matter, or named as employer, stay.",
    ),
)
