"""Reading the forms of Firm > Settings > File and of the lists that files draw on."""

from collections.abc import Mapping
from typing import Any

from django import forms

from counterpart.accounting.contacts.requiring import required_label
from counterpart.accounting.files.models import CODE_MAX, CODE_NAME_MAX, FileOptions
from counterpart.accounting.numbering.models import (
    FILE_WIDTH_MAX,
    PREFIX_MAX,
    SEPARATORS,
    SEQUENCE_LABELS,
    FileSequence,
    FirmNumbering,
    NumberSequence,
)
from counterpart.accounting.numbering.operations import SequenceChange
from counterpart.accounting.record_forms import RefusableForm
from counterpart.contracts.contact import REQUIRABLE
from counterpart.protocol.numbers import CONTACT_NUMBER_MAX


class FileNumberingForm(RefusableForm):
    """The two switches, and prefix and next value of each sequence."""

    separate = forms.BooleanField(
        label="Use separate numbering sequences for clients, vendors, and other contact types", required=False
    )
    resets = forms.BooleanField(label="A typed number moves its sequence", required=False)

    def __init__(self, *args: Any, firm: FirmNumbering, sequences: dict[str, NumberSequence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sequences = sequences
        self.fields["separate"].initial = firm.separate_numbering_sequences
        self.fields["resets"].initial = firm.manual_number_resets_sequence
        for code, row in sequences.items():
            label = SEQUENCE_LABELS[code]
            self.fields[f"sequences.{code}.prefix"] = forms.CharField(
                label=f"Prefix, {label}", required=False, max_length=PREFIX_MAX, strip=True, initial=row.prefix
            )
            following = f"{row.next:0{row.width}d}"
            self.fields[f"sequences.{code}.next"] = forms.RegexField(
                r"^[0-9]+$", label=f"Next number, {label}", max_length=CONTACT_NUMBER_MAX, initial=following,
                error_messages={"invalid": "Digits only; the prefix has its own box."},
            )  # fmt: skip
            self.fields[f"sequences.{code}.was"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=following
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each sequence with its boxes, for the table."""
        return [
            {"row": row, "prefix": self[f"sequences.{code}.prefix"], "next": self[f"sequences.{code}.next"],
             "was": self[f"sequences.{code}.was"]}
            for code, row in self._sequences.items()
        ]  # fmt: skip

    @property
    def changes(self) -> dict[str, SequenceChange]:
        """What was really changed: a next number left alone must not set back a sequence that moved meanwhile."""
        found = {}
        for code in self._sequences:
            prefix = self.cleaned_data.get(f"sequences.{code}.prefix", "")
            following = self.cleaned_data.get(f"sequences.{code}.next", "")
            if following == self.cleaned_data.get(f"sequences.{code}.was"):
                found[code] = SequenceChange(prefix)
            else:
                width = len(following) if following.startswith("0") else 0
                found[code] = SequenceChange(prefix, int(following), width)
        return found


class FileNumbersForm(RefusableForm):
    """How files are numbered: by contact or by firm, and what the numbers look like (LA-NUM-3, MAT-10, MAT-11)."""

    scheme = forms.ChoiceField(label="File numbers", choices=FirmNumbering.FileScheme.choices, widget=forms.RadioSelect)
    width = forms.TypedChoiceField(
        label="Digits of the counter, by contact",
        coerce=int,
        choices=[(count, f"{count}: {'0' * (count - 1)}1") for count in range(1, FILE_WIDTH_MAX + 1)],
        help_text="At least so many; after 999 comes 1000.",
    )
    separator = forms.ChoiceField(
        label="Between number and counter", choices=[(one, f"25{one}001") for one in SEPARATORS]
    )
    next = forms.RegexField(
        r"^[0-9]+$",
        label="Next number, by firm",
        max_length=CONTACT_NUMBER_MAX,
        error_messages={"invalid": "Digits only."},
        help_text="By contact, each contact has a counter of its own.",
    )
    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, firm: FirmNumbering, sequence: FileSequence) -> None:
        following = f"{sequence.next:0{sequence.width}d}"
        initial = {
            "scheme": firm.file_scheme, "width": firm.file_width, "separator": firm.file_separator,
            "next": following, "was": following,
        }  # fmt: skip
        super().__init__(data, initial=initial)

    @property
    def following(self) -> int | None:
        """The next number if it was changed: one left alone must not set back a counter that moved meanwhile."""
        typed = self.cleaned_data["next"]
        return int(typed) if typed != self.cleaned_data.get("was") else None


class FileOptionsForm(forms.Form):
    """The firm's choices about files and their matters (IMP-10, IMP-11)."""

    publishes_staff = forms.BooleanField(
        label="Tell Practice Management who is responsible and who leads",
        required=False,
        help_text="Both then stand on the matter there, as Legal Accounting has them; they are changed here only.",
    )
    closes_in_step = forms.BooleanField(
        label="Close and reopen a file with its matter",
        required=False,
        help_text="Only where nothing stands in the way here; otherwise the file stays open and says why.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, options: FileOptions) -> None:
        super().__init__(data, initial={name: getattr(options, name) for name in self.base_fields})


class RequiredDetailsForm(RefusableForm):
    """Other Options: what people have to fill in on a new contact (IMP-8, ADR-7)."""

    required = forms.MultipleChoiceField(
        label="Ask for on every new contact",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(one, required_label(one)) for one in REQUIRABLE],
        help_text="Practice Management shows on its form that this is asked for. What arrives from there without it is "
        "accepted all the same, and listed in the Contact Manager under Details missing.",
    )


class ListEntryForm(RefusableForm):
    """Code and name of an entry of one of the firm's lists (LA-FIL-1)."""

    code = forms.CharField(label="Code", max_length=CODE_MAX)
    name = forms.CharField(label="Name", max_length=CODE_NAME_MAX)
