"""Reading the settings form."""

from typing import Any

from django import forms

from counterpart.practice.settings.models import NameOrder


def _switch(label: str, help_text: str = "") -> forms.BooleanField:
    widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
    return forms.BooleanField(label=label, required=False, widget=widget, help_text=help_text)


class MatterSettingsForm(forms.Form):
    """Admin > General settings > Matters."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    close_in_step = _switch(
        "Close and reopen matters with their files in Legal Accounting",
        "A matter of which something is still open by its type's rules stays open, and its history says why. Legal "
        "Accounting has its own switch for its files.",
    )


class ContactSettingsForm(forms.Form):
    """Admin > General settings > Contacts (4.7)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    separate_numbering_sequences = _switch(
        "Allow separate Contact numbering sequences",
        "New contacts can be numbered as client, vendor or other. Off: everything takes a client number.",
    )
    sync_addresses = _switch(
        "Keep addresses in step with Legal Accounting",
        "Off: addresses are copied when a contact is created; afterwards each product keeps its own and says so "
        "where they differ.",
    )
    share_methods = _switch(
        "Carry further phone numbers, e-mails and counties to Legal Accounting",
        "The second and later numbers of a label, numbers for texts, further e-mail addresses and the county of an "
        "address appear there as additional methods, which can only be changed here. Off: they stay here.",
    )
    name_order = forms.ChoiceField(
        label="Display name format", choices=NameOrder.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    show_title = _switch("Title")
    show_middle = _switch("Middle name")
    show_suffix = _switch("Suffix")
    default_country = forms.ChoiceField(
        label="Default country",
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text="Filled in on new contacts.",
    )

    def __init__(self, *args: Any, countries: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["default_country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "None"), *countries.items()]
