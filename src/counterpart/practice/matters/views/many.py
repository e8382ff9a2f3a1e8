"""What can be done with many matters at once (LST-8, MAT-9)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms

from counterpart.foundation.actor import Actor
from counterpart.foundation.lists.bulk import Values, export, may, one_by_one, sync_now
from counterpart.foundation.lists.bulk_views import ActForm
from counterpart.foundation.lists.spec import BulkAct, Result, Skipped
from counterpart.foundation.users.models import User
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.enums import Priority, Status
from counterpart.practice.matters.forms import ASSIGNED_CHANGE_HELP, PersonChoice
from counterpart.practice.matters.models import Matter
from counterpart.sync import api as sync

KIND: Final = "matter"
OPEN: Final = ((Status.ACTIVE.value, Status.ACTIVE.label), (Status.INACTIVE.value, Status.INACTIVE.label))
LOCK: Final = partial(sync.lock, KIND)
NOT_IN_STEP: Final = "It is not kept in step: it has no client yet, or is a template."


class AssignForm(ActForm):
    """To whom they go (MAT-9)."""

    assigned_to = PersonChoice("New assignee", help_text=ASSIGNED_CHANGE_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["assigned_to"]
        assert isinstance(person, PersonChoice)
        person.offer(queries.staff(), nobody="Choose a person")

    def clean_assigned_to(self) -> int:
        """Somebody has to be chosen."""
        person: int | None = self.cleaned_data["assigned_to"]
        if person is None:
            raise forms.ValidationError("Choose to whom they go.", code="required")
        return person

    def kept(self) -> dict[str, Any]:
        """With the name, for the title of the work."""
        person = self.cleaned_data["assigned_to"]
        return {"assigned_to": person, "name": User.objects.get(pk=person).name}


class StatusForm(ActForm):
    """Active or inactive; closing is a step of its own."""

    status = forms.ChoiceField(label="Status", choices=OPEN)


class PriorityForm(ActForm):
    """How urgent they are."""

    priority = forms.ChoiceField(label="Priority", choices=Priority.choices)


class CloseForm(ActForm):
    """Why, and whether also those are closed on which something is open."""

    reason = forms.CharField(label="Reason", max_length=300, required=False, help_text="Kept in the history of each.")
    force = forms.BooleanField(label="Close also those on which something is open", required=False)

    def clean(self) -> dict[str, Any]:
        """Closing in spite of something open needs a reason."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("force") and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Say why they are closed although something is open.")
        return cleaned


class QuietCloseForm(CloseForm):
    """For those who may not close in spite of something open."""

    force = None  # type: ignore[assignment]  # Django takes the field away


def assign(actor: Actor, ids: Sequence[UUID], values: Values, at: datetime) -> dict[UUID, Result]:
    """Give them to somebody else; set-based (MAT-9)."""
    done = operations.reassign_matters(actor=actor, matter_ids=ids, assigned_to=values["assigned_to"], at=at)
    so_already = Skipped(f"It is assigned to {values['name']} already.")
    return dict.fromkeys(done.changed) | dict.fromkeys(done.unchanged, so_already)


def _has(ids: Sequence[UUID], values: Values, *, name: str) -> Iterable[UUID]:
    return Matter.objects.filter(pk__in=ids, **{name: values[name]}).values_list("pk", flat=True)


def _closed(ids: Sequence[UUID], _values: Values) -> Iterable[UUID]:
    return Matter.objects.filter(pk__in=ids, status=Status.CLOSED).values_list("pk", flat=True)


def _not_closed(ids: Sequence[UUID], _values: Values) -> Iterable[UUID]:
    return Matter.objects.filter(pk__in=ids).exclude(status=Status.CLOSED).values_list("pk", flat=True)


def _edit(actor: Actor, matter_id: UUID, values: Values, at: datetime) -> None:
    operations.edit_matter(actor=actor, matter_id=matter_id, changes=values, at=at)


def _close(actor: Actor, matter_id: UUID, values: Values, at: datetime) -> None:
    reason, force = values.get("reason", ""), bool(values.get("force"))
    operations.close_matter(actor=actor, matter_id=matter_id, at=at, reason=reason, force=force)


def _reopen(actor: Actor, matter_id: UUID, _values: Values, at: datetime) -> None:
    operations.reopen_matter(actor=actor, matter_id=matter_id, at=at)


def _sync(actor: Actor, ids: Sequence[UUID], at: datetime) -> None:
    operations.sync_now(actor=actor, matter_ids=list(ids), at=at)


def _close_form(actor: Actor) -> type[ActForm]:
    return CloseForm if actor.may("matter.force_close") else QuietCloseForm


ACTS: Final = (
    BulkAct(
        "assign",
        "Reassign…",
        "user-check",
        may("matter.edit"),
        verb="Reassign",
        perform=assign,
        form=lambda _actor: AssignForm,
        words=lambda values: f"to {values['name']}",
        chunk=500,
    ),
    BulkAct(
        "status",
        "Change the status…",
        "replace",
        may("matter.edit"),
        verb="Change the status of",
        perform=one_by_one(_edit, lock=LOCK, already=partial(_has, name="status")),
        form=lambda _actor: StatusForm,
        words=lambda values: f"to {Status(values['status']).label}",
    ),
    BulkAct(
        "priority",
        "Change the priority…",
        "bolt",
        may("matter.edit"),
        verb="Change the priority of",
        perform=one_by_one(_edit, lock=LOCK, already=partial(_has, name="priority")),
        form=lambda _actor: PriorityForm,
        words=lambda values: f"to {Priority(values['priority']).label}",
    ),
    BulkAct(
        "close",
        "Close…",
        "archive",
        may("matter.close"),
        verb="Close",
        perform=one_by_one(_close, lock=LOCK, already=_closed, why="It is closed already."),
        form=_close_form,
        note="The files in Legal Accounting stay as they are.",
    ),
    BulkAct(
        "reopen",
        "Reopen…",
        "archive-off",
        may("matter.close"),
        verb="Reopen",
        perform=one_by_one(_reopen, lock=LOCK, already=_not_closed, why="It is not closed."),
    ),
    sync_now(_sync, partial(sync.sync_ids, KIND), NOT_IN_STEP),
    export("matter.export", "matters-export"),
)
