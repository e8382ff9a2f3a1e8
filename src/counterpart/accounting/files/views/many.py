"""What can be done with many files at once (LST-8, LA-FIL-7)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms

from counterpart.accounting.files import operations
from counterpart.accounting.files.fields import CODES, LABELS, STAFF
from counterpart.accounting.files.models import File
from counterpart.accounting.files.queries import file_codes, staff
from counterpart.accounting.files.registers import KIND
from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.bulk import Values, export, may, one_by_one, sync_now
from counterpart.foundation.lists.bulk_views import ActForm
from counterpart.foundation.lists.spec import BulkAct
from counterpart.sync import api as sync

AS_IT_IS: Final = ("", "Leave as it is")
LOCK: Final = partial(sync.lock, KIND)


class EditForm(ActForm):
    """Staff and billing settings; what is left empty stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.pk), one.name) for one in staff()]
        for role in STAFF:
            self.fields[role] = forms.ChoiceField(label=LABELS[role], choices=[AS_IT_IS, *people], required=False)
        codes = file_codes()
        for listing in CODES:
            entries = [(str(one.pk), str(one)) for one in codes[listing]]
            self.fields[listing] = forms.ChoiceField(
                label=LABELS[listing], choices=[AS_IT_IS, *entries], required=False
            )

    def clean(self) -> dict[str, Any]:
        """Something has to change."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.values()):
            raise forms.ValidationError("Choose at least one thing that shall change.", code="required")
        return cleaned

    def kept(self) -> dict[str, Any]:
        """What was chosen."""
        return {name: int(value) for name, value in self.cleaned_data.items() if value}


def _has(ids: Sequence[UUID], values: Values) -> Iterable[UUID]:
    columns = {f"{name}_id": value for name, value in values.items()}
    return File.objects.filter(pk__in=ids, **columns).values_list("pk", flat=True)


def _with_status(ids: Sequence[UUID], _values: Values, *, status: File.Status) -> Iterable[UUID]:
    return File.objects.filter(pk__in=ids, status=status).values_list("pk", flat=True)


def _edit(actor: Actor, file_id: UUID, values: Values, at: datetime) -> None:
    operations.edit_file(file_id=file_id, given=values, actor=actor, at=at)


def _close(actor: Actor, file_id: UUID, _values: Values, at: datetime) -> None:
    operations.close_file(file_id=file_id, closed_on=at.date(), actor=actor, at=at)


def _reopen(actor: Actor, file_id: UUID, _values: Values, at: datetime) -> None:
    operations.reopen_file(file_id=file_id, actor=actor, at=at)


def _sync(actor: Actor, ids: Sequence[UUID], at: datetime) -> None:
    sync.force(KIND, ids, actor=actor, at=at)


def _words(values: Values) -> str:
    return f"({', '.join(LABELS[name] for name in values)})"


ACTS: Final = (
    BulkAct(
        "edit",
        "Change staff and settings…",
        "pencil",
        may("file.edit"),
        verb="Change",
        perform=one_by_one(_edit, lock=LOCK, already=_has),
        form=lambda _actor: EditForm,
        words=_words,
    ),
    BulkAct(
        "close",
        "Close…",
        "archive",
        may("file.close"),
        verb="Close",
        perform=one_by_one(_close, lock=LOCK, already=partial(_with_status, status=File.Status.CLOSED)),
        note="Files with a hold, or on which money is open, stay open; the reasons are listed.",
    ),
    BulkAct(
        "reopen",
        "Reopen…",
        "archive-off",
        may("file.close"),
        verb="Reopen",
        perform=one_by_one(_reopen, lock=LOCK, already=partial(_with_status, status=File.Status.OPEN)),
    ),
    sync_now(_sync, partial(sync.sync_ids, KIND), "It has no matter in Practice Management."),
    export("file.export", "files-export"),
)
