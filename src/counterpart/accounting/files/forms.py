"""Reading the forms of files. They parse and check; saving is the operations' business."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms

from counterpart.accounting.files.fields import ALLOCATIONS, CODES, FIELDS, HOLDS, LABELS, STAFF, cleaned, field_errors
from counterpart.accounting.files.models import REASON_MAX, File
from counterpart.accounting.files.queries import Payer, file_codes, staff
from counterpart.accounting.files.shares import percent, share_of, with_shares
from counterpart.accounting.record_forms import NumberForm, RecordForm, RefusableForm
from counterpart.accounting.split import Line, LineProblem, parse_lines
from counterpart.contracts.matter import LIMITS
from counterpart.foundation.errors import Refusal, Refused
from counterpart.protocol.numbers import FILE_NUMBER_MAX

ON_FORM: Final = tuple(name for name in FIELDS if name not in (*HOLDS, "hold_reason"))
"""What New File and editing ask for; holds have a form of their own, under Other."""
LINES_LONGEST: Final = 200_000
"""Characters of pasted lines; more than any bill has."""


class FileNumberForm(NumberForm):
    """A file number and whether its sequence shall stay where it is (MAT-18)."""

    longest = FILE_NUMBER_MAX

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].label = "New file number"


class FileForm(RecordForm):
    """New File and editing: the same fields; the number only on a new file (LA-FIL-1, LA-FIL-2, LA-FIL-3)."""

    longest = FILE_NUMBER_MAX
    record_fields = ON_FORM

    description = forms.CharField(label=LABELS["description"], max_length=LIMITS["title"])
    opened_on = forms.DateField(
        label=LABELS["opened_on"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter the day the file was opened."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        file: File | None = None,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        codes = file_codes()
        people = list(staff())
        if file is None:
            defaults = {name: next((code.pk for code in codes[name] if code.is_default), None) for name in CODES}
            kwargs.setdefault("initial", {"opened_on": today, **defaults})
        else:
            values = stored(file)
            shown = {name: percent(values[name]) for name in ALLOCATIONS if values[name] is not None}
            kwargs["initial"] = {**values, **shown, "version": file.version, "seen": values}
            people += [one for one in _people_of(file) if one not in people]
        super().__init__(data, **kwargs)
        self._file = file
        self.fields["number"].label = "Number"
        self.fields["description"].widget.attrs["autocomplete"] = "off"
        for name in CODES:
            choices = [(code.pk, str(code)) for code in codes[name]]
            self.fields[name] = forms.TypedChoiceField(
                coerce=int, empty_value=None, label=LABELS[name], choices=[("", "—"), *choices], required=False
            )
        for role in STAFF:
            choices = [(person.pk, person.name) for person in people]
            self.fields[role] = forms.TypedChoiceField(
                coerce=int, empty_value=None, label=LABELS[role], choices=[("", "—"), *choices], required=False
            )
            self.fields[f"{role}_allocation"] = _percent_box(LABELS[f"{role}_allocation"] + " (%)")

    def clean(self) -> dict[str, Any]:
        """Check the whole file with the rules every other way of writing obeys."""
        data: dict[str, Any] = super().clean() or {}
        before = {} if self._file is None else {"base": {**_everything(self._file)}}
        base = before.get("base")
        errors = field_errors(cleaned(self.given, base), base) if base else field_errors(cleaned(self.given))
        for error in errors:
            if error.field not in self.errors:
                self.add_error(error.field if error.field in self.fields else None, error.message)
        return data

    @property
    def given(self) -> dict[str, Any]:
        """The file's fields as typed, in the shape the operations take."""
        return {name: self.cleaned_data.get(name) for name in ON_FORM}

    @property
    def what_was_seen(self) -> dict[str, Any] | None:
        """What the person saw, with its date as one."""
        seen = super().what_was_seen
        return cleaned_seen(seen) if seen is not None else None

    def see(self, theirs: Mapping[str, Any]) -> None:
        """Note what somebody else saved (EDT-1)."""
        super().see({name: _plain(value) for name, value in theirs.items()})

    def word(self, name: str, value: Any) -> Any:
        """Say a value as people read it: the name of a person or code, a percentage, a day."""
        if name in (*CODES, *STAFF):
            return dict(self.fields[name].choices).get(value, "")  # type: ignore[attr-defined]  # a choice field
        if name in ALLOCATIONS and isinstance(value, int):
            return f"{percent(value)} %"
        return _plain(value)

    @property
    def staff_rows(self) -> list[dict[str, Any]]:
        """Each role with its two boxes, for the template."""
        return [{"person": self[role], "allocation": self[f"{role}_allocation"]} for role in STAFF]

    @property
    def code_boxes(self) -> list[Any]:
        """The five lists, for the template."""
        return [self[name] for name in CODES]


class HoldsForm(RefusableForm):
    """The three holds and why (LA-FIL-6)."""

    billing_hold = forms.BooleanField(
        label=LABELS["billing_hold"], required=False, help_text="The file is left out of bill runs."
    )
    entry_hold = forms.BooleanField(
        label=LABELS["entry_hold"], required=False, help_text="No new time or disbursement without a reason."
    )
    trust_hold = forms.BooleanField(
        label=LABELS["trust_hold"], required=False, help_text="No withdrawal from trust; for disputes."
    )
    hold_reason = forms.CharField(label=LABELS["hold_reason"], required=False, max_length=REASON_MAX)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, file: File) -> None:
        super().__init__(data, initial={name: getattr(file, name) for name in (*HOLDS, "hold_reason", "version")})

    @property
    def given(self) -> dict[str, Any]:
        """The holds as ticked, in the shape the operations take."""
        return {name: self.cleaned_data[name] for name in (*HOLDS, "hold_reason")}


class GroupForm(RefusableForm):
    """A new group contact: its name and its first members (LA-SPL-4)."""

    name = forms.CharField(label="Name of the group", max_length=LIMITS["title"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"


class SplitForm(RefusableForm):
    """The co-payers' percentages, the primary's computed from them, and lines to try them on (LA-SPL-1, LA-SPL-2)."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    lines = forms.CharField(
        label="Lines of a bill",
        required=False,
        max_length=LINES_LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, payers: Sequence[Payer], version: int, locked: bool = False
    ) -> None:
        super().__init__(data, initial={"version": version})
        self.payers = list(payers)
        self._co_payers = self.payers[1:]
        self._locked = locked
        for payer in self._co_payers:
            field = _percent_box(f"Percentage of {payer.name}")
            field.initial, field.disabled = payer.percent, locked
            self.fields[_box(payer.contact_id)] = field
        self._read: dict[UUID, int] = {}
        self._lines: tuple[Line, ...] = ()
        self.line_problems: tuple[LineProblem, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Read every percentage, and see that the primary is not pushed below 0 (LA-SPL-2)."""
        data: dict[str, Any] = super().clean() or {}
        for payer in self._co_payers:
            box = _box(payer.contact_id)
            try:
                self._read[payer.contact_id] = share_of(data.get(box) or "0")
            except ValueError as problem:
                self.add_error(box, str(problem))
        if not self.errors:
            try:
                with_shares([(one.contact_id, one.share) for one in self.payers], self._read)
            except Refused as refusal:
                self.refuse(refusal)
        pasted = parse_lines(data.get("lines") or "")
        self._lines, self.line_problems = pasted.lines, pasted.problems
        return data

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal at the boxes it is about: those that were raised, where the sum is too much."""
        places = {f"shares.{place}": _box(payer.contact_id) for place, payer in enumerate(self.payers)}
        for error in refusal.errors:
            if error.field in places and places[error.field] in self.fields:
                self.add_error(places[error.field], error.message)
            elif error.field == "shares" and (raised := self._raised()):
                self.add_error(raised[0], error.message)
            else:
                self.add_error(None, error.message)

    @property
    def shares(self) -> dict[UUID, int]:
        """The co-payers' shares as typed."""
        return dict(self._read)

    @property
    def all_shares(self) -> list[int]:
        """Everybody's share as typed, the primary's computed, in payer order."""
        after = with_shares([(one.contact_id, one.share) for one in self.payers], self._read)
        return [share for _, share in after]

    @property
    def bill_lines(self) -> tuple[Line, ...]:
        """The lines that were typed or pasted."""
        return self._lines

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each payer with its box; the primary has none, and its percentage is what the others leave."""
        first = [{"payer": self.payers[0], "box": None}] if self.payers else []
        return first + [{"payer": payer, "box": self[_box(payer.contact_id)]} for payer in self._co_payers]

    @property
    def rest(self) -> str:
        """The primary's percentage as the boxes stand, or empty while it can't be told."""
        try:
            typed = [share_of(self[_box(payer.contact_id)].value() or "0") for payer in self._co_payers]
        except ValueError:
            return ""
        left = share_of("100") - sum(typed)
        return percent(left) if left >= 0 else f"-{percent(-left)}"

    @property
    def is_changed(self) -> bool:
        """Whether the boxes say something else than what is in force."""
        return any(self._read.get(payer.contact_id, payer.share) != payer.share for payer in self._co_payers)

    def _raised(self) -> list[str]:
        return [_box(one.contact_id) for one in self._co_payers if self._read.get(one.contact_id, 0) > one.share]


def stored(file: File) -> dict[str, Any]:
    """The fields of the form as they are stored, in values a form can carry along."""
    return {name: _plain(value) for name, value in _everything(file).items() if name in ON_FORM}


def cleaned_seen(seen: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen, in the values the operations compare."""
    whole = cleaned(seen)
    return {name: whole[name] for name in ON_FORM}


def _everything(file: File) -> dict[str, Any]:
    return {name: getattr(file, f"{name}_id" if name in (*CODES, *STAFF) else name) for name in FIELDS}


def _people_of(file: File) -> list[Any]:
    """Those who hold a part in the file, also if they may no longer sign in: saving must not lose them."""
    return [person for role in STAFF if (person := getattr(file, role)) is not None]


def _percent_box(label: str) -> forms.CharField:
    field = forms.CharField(label=label, required=False, max_length=20)
    field.widget.attrs.update(inputmode="decimal", autocomplete="off")
    return field


def _box(contact_id: UUID) -> str:
    return f"share-{contact_id}"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
