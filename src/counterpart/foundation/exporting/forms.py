"""What a person says of an export: which file, which columns."""

from typing import Any

from django import forms

from counterpart.foundation.exporting import formats, sheets
from counterpart.foundation.exporting.sheets import Sheet

_SEPARATORS = (("comma", "Comma"), ("semicolon", "Semicolon (Excel in much of Europe)"), ("tab", "Tab"))


class ExportForm(forms.Form):
    """The choices of one list."""

    format = forms.ChoiceField(label="File", widget=forms.RadioSelect, initial=formats.CSV)
    which = forms.ChoiceField(
        label="Columns", widget=forms.RadioSelect, initial=sheets.SHOWN, help_text="A vCard has its own."
    )
    delimiter = forms.ChoiceField(label="CSV: between the cells", choices=_SEPARATORS, initial="comma")
    bom = forms.BooleanField(
        label="CSV: begin with a byte order mark", required=False, help_text="So that Excel sees that it is UTF-8."
    )

    def __init__(self, sheet: Sheet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which = [(sheets.SHOWN, "Those the list shows"), (sheets.ALL, "All columns of the list")]
        if sheet.fields:
            which.append((sheets.FIELDS, f"Every field of the {sheet.spec.nouns}, as an import takes them"))
        self.fields["format"].choices = [(one.key, one.label) for one in sheet.formats]  # type: ignore[attr-defined]
        self.fields["which"].choices = which  # type: ignore[attr-defined]
