"""The import of matters as people meet it at a page; the pages themselves are ``foundation.importing.views``."""

from pathlib import Path
from typing import Any, Final

from django import forms

from counterpart.foundation.actor import Actor
from counterpart.foundation.importing.running import Import
from counterpart.foundation.importing.subjects import Subject, UploadForm
from counterpart.practice.matters.importing import COLUMNS, Options, matter_import
from counterpart.practice.matters.queries import matter_types, staff


class MatterUploadForm(UploadForm):
    """What there is to choose besides the file."""

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
    docket_as_reference = forms.BooleanField(
        label="Docket numbers become File References",
        required=False,
        help_text="Otherwise Legal Accounting numbers the files, and matters are found by their docket number as well.",
    )
    field_order = ["file", "client_role", "assigned_to", "matter_type", "docket_as_reference", "again"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", "Me"), *((person.email, person.name) for person in staff())]
        types = [(one.name, one.name) for one in matter_types()]
        for name, choices in (("assigned_to", people), ("matter_type", types)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


def _job(actor: Actor, path: Path, options: dict[str, Any], file_name: str) -> Import:
    return matter_import(actor, path, Options(**options), file_name=file_name)


MATTERS: Final = Subject(
    key="matters",
    title="Import matters",
    noun="matters",
    back="matters:list",
    rights=("matter.create", "contact.create"),
    form=MatterUploadForm,
    job=_job,
    columns=COLUMNS,
)
