"""The import of matters as people meet it; the pages themselves are ``foundation.importing.views``."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.conf import settings

from counterpart.foundation.importing.subjects import Subject
from counterpart.practice.matters.importing.columns import FIELDS, NEEDS
from counterpart.practice.matters.importing.importer import MatterImport
from counterpart.practice.matters.importing.options import Options
from counterpart.practice.matters.importing.undoing import MatterUndoer
from counterpart.practice.matters.queries import matter_types, staff
from counterpart.sync import api as sync

MODES: Final = (
    ("create", "Add new ones, and parties that are missing on those that are here"),
    ("both", "The same, and change those that are here as the file says"),
    ("update", "Change those that are here only"),
)


class MatterOptionsForm(forms.Form):
    """What there is to choose besides the file."""

    mode = forms.ChoiceField(
        label="What to do", choices=MODES, initial="create", widget=forms.RadioSelect,
        help_text="A matter is found again by its court and number, or by its external reference.",
    )  # fmt: skip
    client_role = forms.CharField(
        label="Role of the clients in the file",
        max_length=60,
        initial="Client",
        help_text="Such as Plaintiff; they keep it beside being clients. The first one is the primary client.",
    )
    assigned_to = forms.ChoiceField(
        label="Assigned to", required=False, help_text="Gets the matters whose row names nobody who works here."
    )
    matter_type = forms.ChoiceField(label="Matter type", required=False, help_text="Of matters whose row names none.")
    dates = forms.ChoiceField(
        label="3/4/2026 is",
        choices=(("month", "4 March"), ("day", "3 April")),
        initial="month",
        widget=forms.RadioSelect,
    )
    docket_as_reference = forms.BooleanField(
        label="Matter numbers become File References",
        required=False,
        help_text="Otherwise Legal Accounting numbers the files, and matters are found by their own number as well.",
    )
    hold = forms.BooleanField(required=False)

    def __init__(self, *args: Any, mapped: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", "Me"), *((person.email, person.name) for person in staff())]
        types = [(one.name, one.name) for one in matter_types()]
        for name, choices in (("assigned_to", people), ("matter_type", types)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if "participant_role" not in mapped:
            self.fields["client_role"].required = False
            self.fields["client_role"].widget = forms.HiddenInput()
        if sync.is_on():
            self.fields["hold"].label = f"Hold back from {settings.COUNTERPART_PEER_NAME} until I release it"
            self.fields["hold"].help_text = "You can look at everything first, and undo it without a trace there."
        else:
            del self.fields["hold"]

    def options(self) -> dict[str, Any]:
        """What was chosen, as it is kept with the run."""
        given = dict(self.cleaned_data)
        given["month_first"] = given.pop("dates") != "day"
        given["client_role"] = given["client_role"] or "Client"
        return given


def _what(options: Mapping[str, Any]) -> str:
    return Options.of(options).what


MATTERS: Final = Subject(
    key="matters",
    title="Import matters",
    noun="matters",
    back="matters:list",
    rights=("matter.create", "contact.create"),
    fields=FIELDS,
    needs_one_of=NEEDS,
    form=MatterOptionsForm,
    importer=MatterImport,
    undoer=MatterUndoer,
    what=_what,
    hint="A row is a matter, or one party of it. Import the contacts first: clients are found among them by name, "
    "e-mail, number or external reference, and made where they are missing.",
)
