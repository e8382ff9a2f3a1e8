"""Reading what was typed on the pages of matters. Validation is the operation's; a form never saves."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django import forms

from counterpart.contracts.contact import LIMITS as CONTACT_LIMITS
from counterpart.contracts.matter import LIMITS
from counterpart.foundation.errors import FieldError
from counterpart.foundation.users.models import User
from counterpart.practice.contacts import drafts as contact_drafts
from counterpart.practice.contacts.enums import Kind, PhoneLabel
from counterpart.practice.matters.drafts import Draft, PartyDraft
from counterpart.practice.matters.enums import Priority, Status
from counterpart.practice.matters.models import EXTERNAL_REFERENCE_MAX, MatterType
from counterpart.practice.tokens import id_of
from counterpart.protocol.numbers import FILE_NUMBER_MAX

REFERENCE_HELP: Final = (
    "Leave empty to number automatically. A number typed here also sets where automatic numbering continues."
)
REFERENCE_CHANGE_HELP: Final = (
    "Another number is asked of Legal Accounting; the old one stands until it agrees. It also sets where automatic "
    "numbering continues."
)
ASSIGNED_HELP: Final = "A new matter also takes this person as Responsible and Lead in Legal Accounting."
ASSIGNED_CHANGE_HELP: Final = (
    "A change goes to Legal Accounting's Assigned only; Responsible and Lead stay as they are there."
)
RESTRICTED_HELP: Final = (
    "Only the people listed below see the matter here. Who sees its file in Legal Accounting is decided there."
)
DATE_HELP: Final = "Becomes the Open Date in Legal Accounting."
FIELDS: Final = ("name", "file_reference", "assigned_to", "status", "priority", "date", "external_reference")
OPEN_STATUSES: Final = [(one.value, one.label) for one in (Status.ACTIVE, Status.INACTIVE, Status.TEMPLATE)]


def _text(label: str, limit: int, **kwargs: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "maxlength": limit, **kwargs.pop("attrs", {})}
    required = kwargs.pop("required", False)
    return forms.CharField(label=label, required=required, strip=False, widget=forms.TextInput(attrs=attrs), **kwargs)


def _reference(**kwargs: Any) -> forms.CharField:
    # One too many may be typed: the operation then says what is wrong, in words.
    attrs = {"spellcheck": "false", **kwargs.pop("attrs", {})}
    return _text("File Reference", FILE_NUMBER_MAX * 4, attrs=attrs, **kwargs)


def _keep_sequence() -> forms.BooleanField:
    return forms.BooleanField(label="Use this number and keep the sequence", required=False)


class PersonChoice(forms.TypedChoiceField):
    """One of the people of the firm; somebody who left stays choosable where they stand already."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label=label, coerce=int, empty_value=None, required=False, **kwargs)

    def offer(self, people: Iterable[User], nobody: str = "") -> None:
        """Offer these people; with ``nobody`` nobody is chosen at first, in these words."""
        self.choices = [*([("", nobody)] if nobody else []), *((str(one.pk), one.name) for one in people)]


class MatterForm(forms.Form):
    """What a matter itself is, on the create and on the edit form; its parties are beside it."""

    # None of these is checked here: the operation's sentences are the same for form, API and import.
    name = _text("Matter name", LIMITS["title"] * 4)
    file_reference = _reference(help_text=REFERENCE_HELP, attrs={"placeholder": "Automatic"})
    keep_sequence = _keep_sequence()
    assigned_to = PersonChoice("Assigned to", help_text=ASSIGNED_HELP)
    priority = forms.ChoiceField(label="Priority", choices=Priority.choices, required=False)
    status = forms.ChoiceField(label="Status", choices=OPEN_STATUSES, required=False)
    date = forms.DateField(
        label="Date",
        required=False,
        help_text=DATE_HELP,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Write the date like this: 2026-11-23."},
    )
    external_reference = _text(
        "External reference", EXTERNAL_REFERENCE_MAX * 4, help_text="What a court or another system calls it."
    )
    marked: tuple[str, ...] = ("name", "assigned_to")

    def __init__(self, *args: Any, people: Iterable[User], number_lock: str = "", **kwargs: Any) -> None:
        """``number_lock``: why this person may not define a file reference; '' if they may (MAT-19)."""
        super().__init__(*args, **kwargs)
        self.numbers = not number_lock
        person = self.fields["assigned_to"]
        assert isinstance(person, PersonChoice)
        person.offer(people)
        if number_lock:
            self.fields["file_reference"].disabled = True
            self.fields["file_reference"].help_text = number_lock
            del self.fields["keep_sequence"]

    def mark_required(self) -> None:
        """Mark the fields that must be filled, for showing the form: reading it leaves the refusal to the operation,
        which then names everything that is missing at once (WIN-8).
        """
        for name in self.marked:
            self.fields[name].required = True

    def fields_of(self) -> dict[str, Any]:
        """What was typed, by the names of the operation."""
        typed: dict[str, Any] = {name: self.cleaned_data[name] for name in FIELDS if name in self.fields}
        if not self.numbers:
            del typed["file_reference"]
        return typed

    def keeps_sequence(self) -> bool:
        """Whether a typed number shall not move the automatic sequence."""
        return bool(self.cleaned_data.get("keep_sequence"))

    def add_errors(self, errors: Iterable[FieldError]) -> None:
        """Put a refusal's sentences beside the fields they are about; those about parties stand above."""
        for error in errors:
            self.add_error(error.field if error.field in self.fields else None, error.message)


class NewMatterForm(MatterForm):
    """The Create Matter form (MAT-1)."""

    token = forms.CharField(required=False, widget=forms.HiddenInput)
    matter_type = forms.ChoiceField(label="Matter type", required=False)
    restricted = forms.BooleanField(label="Restricted", required=False, help_text=RESTRICTED_HELP)
    access = forms.MultipleChoiceField(
        label="Who may see it, besides you and whoever it is assigned to",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["matter_type", "name", "file_reference"]
    marked = ("name", "assigned_to", "matter_type")

    def __init__(
        self,
        *args: Any,
        types: Sequence[MatterType],
        may_restrict: bool,
        me: int,
        people: Sequence[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, people=people, **kwargs)
        kind, access = self.fields["matter_type"], self.fields["access"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(access, forms.ChoiceField)
        kind.choices = [(str(one.pk), one.name) for one in types]
        access.choices = [(str(one.pk), one.name) for one in people if one.pk != me]
        if not may_restrict:
            del self.fields["restricted"], self.fields["access"]

    def draft(self, parties: Sequence[PartyDraft]) -> Draft:
        """The matter to create."""
        typed = self.cleaned_data
        own = self.fields_of()
        reference = own.pop("file_reference", "")
        own |= {"status": own["status"] or Status.ACTIVE, "priority": own["priority"] or Priority.NORMAL}
        return Draft(
            **own,
            reference=reference,
            keep_sequence=self.keeps_sequence(),
            matter_type=UUID(typed["matter_type"]) if typed["matter_type"] else None,
            restricted=bool(typed.get("restricted")),
            access=[int(one) for one in typed.get("access", ())],
            parties=parties,
        )

    def matter_id(self) -> UUID:
        """The identity this form was given when it was shown, so that a second press creates nothing."""
        return id_of(self.cleaned_data["token"])


class EditMatterForm(MatterForm):
    """The edit form: a closed matter keeps its status, which has steps of its own."""

    def __init__(self, *args: Any, is_closed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned_to"].help_text = ASSIGNED_CHANGE_HELP
        self.fields["date"].required = True
        self.fields["date"].error_messages["required"] = "Enter the date."
        if self.numbers:
            self.fields["file_reference"].help_text = REFERENCE_CHANGE_HELP
        if is_closed:
            del self.fields["status"]


def initial_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values for a matter's columns."""
    return {name: _shown(columns, name) for name in FIELDS}


def base_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The fields a form was filled with; it carries them, so that a save can tell who changed what (EDT-1)."""
    found = initial_of(columns)
    return found | {"date": found["date"].isoformat()}


def read_base(base: Mapping[str, Any]) -> dict[str, Any]:
    """``base_of`` as the operation wants it, whatever came back from the browser."""
    found = {name: value for name, value in base.items() if name in FIELDS}
    try:
        return found | ({"date": date.fromisoformat(found["date"])} if "date" in found else {})
    except (TypeError, ValueError):
        return {name: value for name, value in found.items() if name != "date"}


def _shown(columns: Mapping[str, Any], name: str) -> Any:
    if name == "file_reference":
        return columns["file_reference"] or columns["requested_reference"]
    return columns["assigned_to_id"] if name == "assigned_to" else columns[name]


class ReferenceForm(forms.Form):
    """*Choose another* number."""

    file_reference = _reference(attrs={"autofocus": True}, required=True)
    keep_sequence = _keep_sequence()


class NewContactForm(forms.Form):
    """*Create contact* inside another form: what is needed to put somebody on a matter; the rest is on their page."""

    token = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="Identity type", choices=Kind.choices, widget=forms.RadioSelect, required=False)
    first = _text("First", CONTACT_LIMITS["first"])
    last = _text("Last", CONTACT_LIMITS["last"])
    company = _text("Company name", CONTACT_LIMITS["company"])
    email = _text("E-mail", CONTACT_LIMITS["email"], attrs={"type": "email", "inputmode": "email"})
    phone = _text("Phone", CONTACT_LIMITS["phone"], attrs={"type": "tel", "inputmode": "tel"})
    question: Mapping[str, Any] | None = None
    """The contacts that seem to be the same, once somebody wanted to create it (``alike/pick.html``)."""

    def draft(self) -> contact_drafts.Draft:
        """The contact to create; a company has no personal names, whatever was typed before."""
        typed = self.cleaned_data
        kind = typed["kind"] or Kind.INDIVIDUAL
        is_company = kind == Kind.COMPANY
        phones = [{"label": PhoneLabel.BUSINESS, "number": typed["phone"]}] if typed["phone"].strip() else []
        return contact_drafts.Draft(
            kind=kind,
            first="" if is_company else typed["first"],
            last="" if is_company else typed["last"],
            company=typed["company"] if is_company else "",
            email=typed["email"],
            phones=phones,
        )

    def contact_id(self) -> UUID:
        """The identity this form was given when it was shown."""
        return id_of(self.cleaned_data["token"])

    def add_errors(self, errors: Iterable[FieldError]) -> None:
        """Put a refusal's sentences beside the fields they are about."""
        for error in errors:
            field = "phone" if error.field.startswith("phones") else error.field
            self.add_error(field if field in self.fields else None, error.message)


def names_in(text: str, kind: str = "") -> dict[str, str]:
    """What was typed to find somebody, as the names of a new contact (WIN-2)."""
    words = text.split()
    if kind == Kind.COMPANY:
        return {"kind": Kind.COMPANY, "company": text.strip()}
    first, last = " ".join(words[:-1]), " ".join(words[-1:])
    return {"kind": Kind.INDIVIDUAL, "first": first, "last": last, "company": "" if kind else text.strip()}


class ClosureForm(forms.Form):
    """Why a matter is closed although something is open (MAT-5)."""

    reason = _text("Reason", 500, help_text="It is kept in the history.")


class AccessForm(forms.Form):
    """Who may see a restricted matter (PRM-4)."""

    access = forms.MultipleChoiceField(
        label="These people see the matter", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        access = self.fields["access"]
        assert isinstance(access, forms.ChoiceField)
        access.choices = [(str(one.pk), one.name) for one in people]

    def user_ids(self) -> list[int]:
        """The people ticked."""
        return [int(one) for one in self.cleaned_data["access"]]
