"""What the forms of contacts and files have in common: the number box, and what the person saw (EDT-1)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict

from counterpart.contracts.contact import tidy
from counterpart.foundation.errors import FieldError, Refusal, Stale
from counterpart.protocol.numbers import CONTACT_NUMBER_MAX, number_problem

NUMBER_TOUCH: Final = 40
"""Longest input the number box takes: more than is allowed, so that the refusal can say so."""


class RefusableForm(forms.Form):
    """A form that shows what an operation refused beside the fields it names."""

    def refuse(self, refusal: Refusal) -> None:
        """Put each sentence of a refusal at its field."""
        self.complain(refusal.errors)

    def complain(self, errors: Iterable[FieldError]) -> None:
        """Put each sentence at its field; what has no field here stands above them all."""
        for error in errors:
            box = self.box_of(error.field or "")
            self.add_error(box if box in self.fields else None, error.message)

    def box_of(self, field: str) -> str:
        """The name of the box in which a field's value was typed."""
        return field

    def outdated(self, stale: Stale) -> None:
        """Say that the record changed meanwhile. The typing stays, and the next save knows of the change."""
        self.add_error(None, f"{stale.message} What you typed is still below; saving again uses it.")
        self.show({"version": str(stale.current_version)})

    def show(self, values: Mapping[str, str]) -> None:
        """Let boxes hold other values than were posted."""
        posted = self.data.dict() if isinstance(self.data, QueryDict) else self.data
        self.data = {**posted, **values}


class NumberForm(RefusableForm):
    """A number and whether its sequence shall stay where it is (IMP-3); a contact's, unless a subclass differs."""

    longest: ClassVar[int] = CONTACT_NUMBER_MAX

    number = forms.CharField(label="New contact number", required=False, max_length=NUMBER_TOUCH)
    keep_sequence = forms.BooleanField(label="Use this number and keep the sequence", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean_number(self) -> str:
        """Refuse characters a number can't have (NUM-5)."""
        number = tidy(self.cleaned_data["number"]) or ""
        if number and (problem := number_problem(number, longest=self.longest, noun="number")):
            raise forms.ValidationError(problem)
        return number


class RecordForm(NumberForm):
    """A record's fields with what was seen when the form was opened, to tell a clash from a merge (EDT-1)."""

    record_fields: ClassVar[Collection[str]]
    """Names of the fields a person can edit."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_number: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_number:
            self.fields["number"].disabled = self.fields["keep_sequence"].disabled = True

    @property
    def given(self) -> dict[str, Any]:
        """The record's fields as typed, in the shape the operations take."""
        raise NotImplementedError

    def saved_words(self, version: int) -> str:
        """What the person is told; ``version`` is the one before saving, which may not be the one that was read."""
        kept = " What others changed meanwhile was kept." if self.cleaned_data["version"] != version else ""
        return f"Saved.{kept}"

    def word(self, name: str, value: Any) -> Any:
        """Say a value of a field as people read it."""
        del name
        return value

    @property
    def what_was_seen(self) -> dict[str, Any] | None:
        """What the person saw, if it is whole."""
        seen = self.cleaned_data.get("seen")
        return seen if isinstance(seen, dict) and set(seen) == set(self.record_fields) else None

    def see(self, theirs: Mapping[str, Any]) -> None:
        """Note what somebody else saved in fields that clash: the next save has seen it, so it may overwrite it.

        The version stays the one that was read, so whatever else they changed is merged and not undone (EDT-1).
        """
        self.show({"seen": self.fields["seen"].prepare_value({**(self.cleaned_data.get("seen") or {}), **theirs})})
