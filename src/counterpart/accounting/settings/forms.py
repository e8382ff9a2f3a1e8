"""Reading the form of Automatic File Numbering."""

from typing import Any

from django import forms

from counterpart.accounting.numbering.models import PREFIX_MAX, SEQUENCE_LABELS, FirmNumbering, NumberSequence
from counterpart.accounting.numbering.operations import SequenceChange
from counterpart.foundation.errors import Refusal
from counterpart.protocol.numbers import CONTACT_NUMBER_MAX


class FileNumberingForm(forms.Form):
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

    def refuse(self, refusal: Refusal) -> None:
        """Show what the operation refused beside the boxes it names."""
        for error in refusal.errors:
            self.add_error(error.field if error.field in self.fields else None, error.message)
