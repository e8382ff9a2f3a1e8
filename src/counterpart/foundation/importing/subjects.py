"""What a product lets people import at a page: one subject for each kind of record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django import forms

from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.running import Import

UPLOAD_MAX: Final = 100 * 1024 * 1024


class UploadForm(forms.Form):
    """The file; a subject adds what there is to choose."""

    file = forms.FileField(
        label="CSV file",
        help_text="The first line names the columns. UTF-8, separated by commas, semicolons or tabs.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    again = forms.BooleanField(
        label="Import the file once more if it was imported before", required=False, initial=False
    )
    field_order: Sequence[str] | None = None

    def clean_file(self) -> Any:
        """Refuse a file that is too long to be one."""
        given = self.cleaned_data["file"]
        if given.size > UPLOAD_MAX:
            raise forms.ValidationError(f"A file can have at most {UPLOAD_MAX // 1024**2} MB.", code="too_large")
        return given

    def options(self) -> dict[str, Any]:
        """What was chosen, as it is kept with the run."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("file", "again")}


@dataclass(frozen=True, slots=True)
class Subject:
    """``job`` makes the import of a file with the options chosen; it raises Refused for those that make no sense.

    ``columns``: name, meaning and example of each. ``back``: the name of the list's address.
    """

    key: str
    title: str
    noun: str
    back: str
    rights: tuple[str, ...]
    form: type[UploadForm]
    job: Callable[[Actor, Path, dict[str, Any], str], Import]
    columns: Sequence[tuple[str, str, str]]
