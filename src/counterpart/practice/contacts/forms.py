"""Reading what was typed into the contact form. Validation is the operation's; a form never saves."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.datastructures import MultiValueDict

from counterpart.contracts.contact import LIMITS as SHARED_LIMITS
from counterpart.foundation.countries import state_choices
from counterpart.foundation.errors import FieldError
from counterpart.foundation.web.country import CountryField
from counterpart.practice.contacts.drafts import ADDRESS_LINES, ADDRESSES, PERSON_ONLY, PHONES_MAX, Draft
from counterpart.practice.contacts.enums import Kind, Numbering, PhoneLabel
from counterpart.practice.contacts.models import EXTERNAL_REFERENCE_MAX
from counterpart.practice.contacts.personal import EMAILS_MAX
from counterpart.practice.contacts.personal import LIMITS as FURTHER_LIMITS
from counterpart.practice.tokens import id_of
from counterpart.protocol.numbers import CONTACT_NUMBER_MAX

REFERENCE_HELP: Final = (
    "Leave empty to number automatically. A number typed here also sets where automatic numbering continues."
)
REFERENCE_CHANGE_HELP: Final = (
    "Another number is asked of Legal Accounting; the old one stands until it agrees. It also sets where automatic "
    "numbering continues."
)
LINE_LABELS: Final = {
    "line1": "Line 1", "line2": "Line 2", "city": "City", "county": "County", "state": "State/Province",
    "postcode": "Zip/Post code", "country": "Country",
}  # fmt: skip
ASKED_THERE: Final = "Legal Accounting asks for this."
ASKED_FIELDS: Final = {
    "email": "email", "address.main.line1": "physical_line1", "address.main.city": "physical_city",
    "address.main.state": "physical_state",
}  # fmt: skip
"""Boxes of what Legal Accounting's firm may ask for (``contracts.contact.REQUIRABLE``, IMP-8)."""
PLAIN: Final = ("company", "alias", "email", "external_reference", "website")
PRIVATE: Final = "tax_number"
MORE: Final = ("occupation", "date_of_birth", "website", PRIVATE, "external_reference")
LIMITS: Final = {**SHARED_LIMITS, **FURTHER_LIMITS}
ROWS: Final = ("emails", "phones")
PREFIXES: Final = {"physical_address": "physical", "mailing_address": "mailing"}


class RowsWidget(forms.Widget):
    """Rows of inputs under one heading. Each wrong one is marked itself, so that it is seen and entered (WIN-8)."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.wrong: dict[int, str] = {}
        """Places of the rows with something wrong, and what of them is: a part's name, or '' for the whole row."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "RowsWidget":
        # Django copies the fields of a class for each form; one form's mistakes are no other's.
        made: RowsWidget = super().__deepcopy__(memo)
        made.wrong = {}
        return made

    def id_for_label(self, id_: str) -> str:
        """The first wrong input, to which the list of problems leads; '' if there is none."""
        return f"{id_}_{min(self.wrong)}" if self.wrong and id_ else ""

    def marked(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows, each with what is wrong with it."""
        return [
            {**row, "place": place, "is_wrong": place in self.wrong, "part": self.wrong.get(place, "")}
            for place, row in enumerate(rows)
        ]


class PhonesWidget(RowsWidget):
    """Rows of label and number; empty rows are there to be filled, and are left out when read."""

    template_name = "contacts/phones_widget.html"

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        del files
        if not hasattr(data, "getlist"):
            return data.get(name) or []
        pairs = zip(data.getlist("phone_label"), data.getlist("phone_number"), strict=False)
        return [{"label": label, "number": number} for label, number in list(pairs)[: PHONES_MAX + 10]]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        rows = [phone for phone in value or [] if (phone.get("number") or "").strip()]
        used = {phone["label"] for phone in rows}
        spare = {"label": next((label for label in PhoneLabel.values if label not in used), "other"), "number": ""}
        rows = self.marked([*rows, spare])
        context["widget"] |= {"rows": rows, "labels": PhoneLabel.choices, "longest": LIMITS["phone"]}
        return context


class EmailsWidget(RowsWidget):
    """A row for each further address, and an empty one that the script keeps until it is wanted."""

    template_name = "contacts/emails_widget.html"

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        del files
        typed = data.getlist("further_email") if hasattr(data, "getlist") else data.get(name) or []
        return [text for text in typed if text.strip()][: EMAILS_MAX + 10]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, None, attrs)
        rows = self.marked({"text": text} for text in [*(value or []), ""])
        context["widget"] |= {"rows": rows, "longest": LIMITS["email"]}
        return context


class EmailsField(forms.Field):
    widget = EmailsWidget


class PhonesField(forms.Field):
    widget = PhonesWidget

    def to_python(self, value: Any) -> list[dict[str, str]]:
        return [phone for phone in value or [] if (phone.get("number") or "").strip()]


def _text(label: str, limit: str, **attrs: Any) -> forms.CharField:
    # Other people's data: the browser must not offer the user's own name and address (WIN-14).
    attrs = {"autocomplete": "off", "class": "form-control", "maxlength": LIMITS[limit], **attrs}
    return forms.CharField(label=label, required=False, strip=False, widget=forms.TextInput(attrs=attrs))


class StateWidget(forms.Widget):
    """A list for countries that have one, free text for the others (WIN-13)."""

    template_name = "contacts/state_widget.html"
    country = ""

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> Any:
        del files
        # Without script a list can't turn into free text when the country changes, so there is a second box.
        return data.get(f"{name}_typed") or data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"] |= {
            "choices": state_choices(self.country, value or ""),
            "longest": LIMITS["state"],
            "is_wrong": "aria-invalid" in context["widget"]["attrs"],
        }
        return context


class ContactForm(forms.Form):
    """The create form and, filled, the edit form (PAG-7)."""

    token = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Identity type", choices=Kind.choices, widget=forms.RadioSelect, required=False)
    title = _text("Title", "title", list="titles")
    first = _text("First", "first")
    middle = _text("Middle", "middle")
    last = _text("Last", "last")
    suffix = _text("Suffix", "suffix")
    company = _text("Company name", "company")
    alias = _text("Alias", "alias")
    reference = forms.CharField(
        label="Reference",
        required=False,
        strip=False,
        help_text=REFERENCE_HELP,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "class": "form-control", "spellcheck": "false", "placeholder": "Automatic"}
        ),
    )
    keep_sequence = forms.BooleanField(
        label="Use this number and keep the sequence",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    numbering_sequence = forms.ChoiceField(
        label="Numbering sequence",
        choices=Numbering.choices,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    email = _text("E-mail", "email", type="email", inputmode="email", autocapitalize="none", spellcheck="false")
    emails = EmailsField(label="Further e-mail addresses", required=False)
    phones = PhonesField(label="Phone numbers", required=False)
    website = _text("Website", "website", type="url", inputmode="url", autocapitalize="none", spellcheck="false")
    occupation = _text("Occupation", "occupation")
    date_of_birth = forms.CharField(
        label="Date of birth",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "form-control", "type": "date"}),
    )
    tax_number = _text("Tax number", "tax_number", spellcheck="false")
    external_reference = forms.CharField(
        label="External reference",
        required=False,
        strip=False,
        help_text="What another program calls the contact. Imports find it again by this; it stays here.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off", "class": "form-control", "spellcheck": "false",
                "maxlength": EXTERNAL_REFERENCE_MAX,
            }
        ),
    )  # fmt: skip
    same_address = forms.BooleanField(
        label="Same as physical address",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(
        self,
        *args: Any,
        sequences: bool,
        sees_private: bool,
        number_lock: str = "",
        asked_there: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """``sequences``: the firm has separate ones. ``number_lock``: why this person may not define a reference
        (NUM-17). ``asked_there``: what Legal Accounting's firm wants to know of a contact; a contact without it is
        accepted there all the same, so this is said and not enforced (IMP-8). ``sees_private``: this person may read
        tax numbers; the others neither see nor change one.
        """
        super().__init__(*args, **kwargs)
        self.numbers = not number_lock
        if not sequences:
            del self.fields["numbering_sequence"]
        if not sees_private:
            del self.fields[PRIVATE]
        for prefix in PREFIXES.values():
            for line in ADDRESS_LINES:
                self.fields[f"{prefix}_{line}"] = _address_field(line)
            state = self.fields[f"{prefix}_state"].widget
            assert isinstance(state, StateWidget)
            state.country = self._present(f"{prefix}_country")
        asked = [name for wanted, name in ASKED_FIELDS.items() if wanted in asked_there]
        for name in asked:
            self.fields[name].help_text = ASKED_THERE
        self.asks_for_address = any(name.startswith("physical_") for name in asked)
        if number_lock:
            self.fields["reference"].disabled = True
            self.fields["reference"].help_text = number_lock
            del self.fields["keep_sequence"]

    def _present(self, name: str) -> str:
        if self.is_bound:
            return str(self.data.get(name, ""))
        return str(self.initial.get(name, ""))

    @property
    def has_more(self) -> bool:
        """Whether the group *More* has something to show, or to complain of (WIN-3)."""
        return any(self[name].value() or self[name].errors for name in MORE if name in self.fields)

    def fields_of(self) -> dict[str, Any]:
        """What was typed, by the contact's fields. A company has no personal names, whatever was typed before."""
        typed = self.cleaned_data
        kind = typed["kind"] or Kind.INDIVIDUAL
        found: dict[str, Any] = {"kind": kind, "phones": typed["phones"], "emails": typed["emails"]}
        for name in (*PERSON_ONLY, *PLAIN):
            found[name] = "" if kind == Kind.COMPANY and name in PERSON_ONLY else typed[name]
        if PRIVATE in typed:
            found[PRIVATE] = typed[PRIVATE]
        for name, prefix in PREFIXES.items():
            found[name] = {line: typed[f"{prefix}_{line}"] for line in ADDRESS_LINES}
        if typed["same_address"]:
            found["mailing_address"] = dict(found["physical_address"])
        if self.numbers:
            found["reference"] = typed["reference"]
        return found

    def draft(self) -> Draft:
        """The contact to create."""
        keep = bool(self.cleaned_data.get("keep_sequence"))
        sequence = self.cleaned_data.get("numbering_sequence") or Numbering.CLIENT
        return Draft(**self.fields_of(), keep_sequence=keep, numbering_sequence=sequence)

    def contact_id(self) -> UUID:
        """The identity this form was given when it was shown, so that a second press creates nothing (WIN-8)."""
        return id_of(self.cleaned_data["token"])

    def add_errors(self, errors: Iterable[FieldError]) -> None:
        """Put a refusal's sentences beside the fields they are about."""
        for error in errors:
            field: str | None = error.field
            for name, prefix in PREFIXES.items():
                field = field.replace(f"{name}.", f"{prefix}_") if field else field
                if field == name:
                    field = f"{prefix}_line1"
            if field and field.partition(".")[0] in ROWS:
                field = self._marked_row(field)
            self.add_error(field if field in self.fields else None, error.message)

    def _marked_row(self, where: str) -> str:
        """Mark the row that is named, such as ``emails.2`` or ``phones.0.label``, and say which field has it. What is
        wrong with all of them together, that there are too many, is marked at the last one.
        """
        name, _, place = where.partition(".")
        row, _, part = place.partition(".")
        widget = self.fields[name].widget
        assert isinstance(widget, RowsWidget)
        last = max(len(self.cleaned_data.get(name) or ()) - 1, 0)
        widget.wrong.setdefault(int(row) if row else last, part)
        return name


def _address_field(line: str) -> forms.Field:
    if line == "country":
        attrs = {"class": "form-select", "autocomplete": "off", "data-country": ""}
        return CountryField(label=LINE_LABELS[line], attrs=attrs)
    if line == "state":
        return forms.CharField(label=LINE_LABELS[line], required=False, strip=False, widget=StateWidget())
    limit = "city" if line == "county" else line
    return _text(LINE_LABELS[line], limit)


def initial_of(contact: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values for a contact's columns."""
    shown = {name: contact[name] for name in ("kind", *PERSON_ONLY, *PLAIN, PRIVATE, "phones", "emails")}
    shown["reference"] = contact["reference"] or contact["requested_reference"]
    shown["numbering_sequence"] = contact["numbering_sequence"]
    for name, prefix in PREFIXES.items():
        shown |= {f"{prefix}_{line}": contact[name].get(line, "") for line in ADDRESS_LINES}
    return shown


def base_of(contact: Mapping[str, Any], *, sees_private: bool = False) -> dict[str, Any]:
    """The fields a form was filled with; it carries them, so that a save can tell who changed what (EDT-1)."""
    found = {name: contact[name] for name in ("kind", *PERSON_ONLY, *PLAIN, "phones", "emails", *ADDRESSES)}
    if sees_private:
        found[PRIVATE] = contact[PRIVATE]
    if contact["kind"] == Kind.COMPANY:
        found |= dict.fromkeys(PERSON_ONLY, "")
    found["reference"] = contact["reference"] or contact["requested_reference"]
    return found


class ReferenceForm(forms.Form):
    """*Choose another* number."""

    reference = forms.CharField(
        label="Reference",
        max_length=CONTACT_NUMBER_MAX * 4,
        strip=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "class": "form-control", "spellcheck": "false", "autofocus": True}
        ),
    )
    keep_sequence = forms.BooleanField(
        label="Use this number and keep the sequence",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
