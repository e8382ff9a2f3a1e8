"""What a person chooses about an import of records (IMP-2, IMP-3, IMP-8)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

MODES: Final = (
    ("create", "Add new ones only"), ("update", "Change those that are here only"),
    ("both", "Change those that are here, add the others"),
)  # fmt: skip
DUPLICATES: Final = (
    ("ask", "Let me decide, one by one"), ("skip", "Leave the row out"), ("update", "Change the record that is here"),
    ("create", "Add it all the same"),
)  # fmt: skip
BLANKS: Final = (("keep", "Keep what is there"), ("clear", "Empty the field"))


class OptionsForm(forms.Form):
    """``mapped``: the fields that have a column; only by those rows can be matched."""

    mode = forms.ChoiceField(label="What to do", choices=MODES, initial="create", widget=forms.RadioSelect)
    match_by = forms.ChoiceField(
        label="Rows are matched by",
        required=False,
        help_text="How a row finds the record that is here already.",
    )
    blanks = forms.ChoiceField(
        label="Empty cells", choices=BLANKS, initial="keep", widget=forms.RadioSelect,
        help_text="What an empty cell does to a record that is changed.",
    )  # fmt: skip
    duplicates = forms.ChoiceField(
        label="Rows that look like somebody who is here",
        choices=DUPLICATES,
        initial="ask",
        widget=forms.RadioSelect,
        help_text="By name, e-mail, phone and address, as when a contact is typed.",
    )
    move_sequence = forms.BooleanField(
        label="The numbers in the file move the sequence: numbering goes on behind the last one", required=False
    )
    hold = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, mapped: Sequence[str] = (), matches: Mapping[str, str], peer: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", "Nothing: every row is new"),
            *((name, label) for name, label in matches.items() if name in mapped),
        ]
        field = self.fields["match_by"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        self.fields["hold"].label = f"Hold back from {peer} until I release it" if peer else ""
        self.fields[
            "hold"
        ].help_text = (
            "You can look at everything first, and undo it without a trace there. What is changed goes at once."
        )
        if not peer:
            del self.fields["hold"]
        if "reference" not in mapped:
            del self.fields["move_sequence"]

    def clean(self) -> dict[str, Any]:
        """Whoever changes records must say how they are found."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("mode") in ("update", "both") and not given.get("match_by"):
            self.add_error("match_by", "Say how a row finds the record it changes.")
        return given

    def options(self) -> dict[str, Any]:
        """What was chosen, as it is kept with the run."""
        return dict(self.cleaned_data)
