"""Giving one field of many records the same value, for records whose addresses are documents of parts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refused
from counterpart.foundation.lists.bulk import Values, why_of
from counterpart.foundation.lists.bulk_views import ActForm
from counterpart.foundation.lists.spec import Failed, Perform, Result, Skipped

Edit = Callable[[Actor, Sequence[tuple[UUID, Mapping[str, Any]]], datetime], Sequence[Any]]
"""Edits many records; answers for each with a Refused, with None where nothing differs, or with what was changed."""


class OneFieldForm(ActForm):
    """One field, and what it shall hold."""

    field = forms.ChoiceField(label="Field")
    value = forms.CharField(
        label="New value",
        max_length=200,
        required=False,
        help_text="Empty: the field is cleared. A country is its two letters, such as NZ.",
    )

    def __init__(self, *args: Any, named: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["field"]
        field.choices = [("", "Choose a field"), *named.items()]


def setting_a_field(model: type[Model], edit: Edit) -> Perform:
    """The act behind the form; ``address.part`` names a part of an address, whose other parts stay."""

    def perform(actor: Actor, ids: Sequence[UUID], values: Values, at: datetime) -> dict[UUID, Result]:
        name, _, part = values["field"].partition(".")
        text = values["value"]
        now = dict(model._default_manager.filter(pk__in=ids).values_list("pk", name)) if part else {}  # noqa: SLF001
        items = [(one, {name: {**now.get(one, {}), part: text} if part else text}) for one in ids]
        return {one: _said(answer) for one, answer in zip(ids, edit(actor, items, at), strict=True)}

    return perform


def _said(answer: Any) -> Result:
    if isinstance(answer, Refused):
        return Failed(why_of(answer))
    return Skipped("It is so already.") if answer is None else None
