"""Reading the contact forms. They parse and check; saving is the operations' business."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms

from counterpart.accounting.contacts.fields import (
    ADDITIONAL_MAX,
    ADDRESS_LABELS,
    EXTERNAL_REFERENCE_MAX,
    FIELDS,
    LABELS,
    PHONE_FIELDS,
    TEXT_FIELDS,
    USAGES,
    cleaned,
    field_errors,
)
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.record_forms import RecordForm
from counterpart.contracts.contact import ADDRESS_PARTS, LIMITS, tidy
from counterpart.foundation.web.country import CountryField


class ContactForm(RecordForm):
    """New Contact and editing: the same fields; the number only on a new contact (LA-CON-2)."""

    record_fields = FIELDS

    contact_type = forms.ChoiceField(choices=Contact.ContactType.choices, initial="client")
    display_as = forms.ChoiceField(
        choices=Contact.DisplayAs.choices,
        required=False,
        help_text="You choose only if there are both a last name and a company.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        contact: Mapping[str, Any] | None = None,
        version: int = 0,
        **kwargs: Any,
    ) -> None:
        self._additional_count = _additional_count(data, contact)
        if contact is not None:
            kwargs["initial"] = {**_initial(contact), "version": version, "seen": dict(contact)}
        super().__init__(data, **kwargs)
        for name in TEXT_FIELDS:
            limit = LIMITS["phone"] if name in PHONE_FIELDS else LIMITS[name]
            self.fields[name] = forms.CharField(max_length=limit, required=False, label=LABELS[name])
            # The data are other people's, so the browser must not offer the user's own (WIN-14).
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["email"].widget.input_type = "email"
        for name in PHONE_FIELDS:
            self.fields[name].widget.input_type = "tel"
        self.fields["external_reference"] = forms.CharField(
            max_length=EXTERNAL_REFERENCE_MAX, required=False, label=LABELS["external_reference"],
            help_text="What another program calls the contact. Imports find it again by this; it stays here.",
        )  # fmt: skip
        self.fields["external_reference"].widget.attrs.update(autocomplete="off", spellcheck="false")
        self._add_address("main_address")
        for index in range(self._additional_count):
            self._add_address(f"additional_addresses.{index}", usage=True)
        self.fields["number"].label = "Number"

    def clean(self) -> dict[str, Any]:
        """Check the whole contact with the rules every other way of writing obeys."""
        data: dict[str, Any] = super().clean() or {}
        base = self.what_was_seen if self.what_was_seen is not None else cleaned({})
        unchanged_names = self.what_was_seen is not None and all(
            self.given.get(name, base[name]) == base[name] for name in ("last", "company", "first")
        )
        self.complain(field_errors(cleaned(self.given, base), manual=not unchanged_names))
        return data

    def box_of(self, field: str) -> str:
        """The box of what is wrong. Blocks left empty are no addresses, so later ones stand further down (WIN-8)."""
        name, _, rest = field.partition(".")
        place, _, part = rest.partition(".")
        if name == "main_address":
            return f"{name}.{rest or 'line1'}"
        if name != "additional_addresses":
            return field
        block = self._filled_blocks[int(place)] if place else self._additional_count - 1
        return f"{name}.{block}.{part or 'line1'}"

    @property
    def given(self) -> dict[str, Any]:
        """The contact's fields as typed, in the shape the operations take."""
        data = self.cleaned_data
        given = {name: data.get(name, "") for name in (*TEXT_FIELDS, "external_reference")}
        given |= {"contact_type": data.get("contact_type"), "display_as": data.get("display_as")}
        given["main_address"] = self._address("main_address")
        given["additional_addresses"] = [address for address in self._additional() if _says_something(address)]
        return given

    @cached_property
    def _filled_blocks(self) -> list[int]:
        """Asked before the first complaint is placed, for Django then forgets what was typed there."""
        return [index for index, address in enumerate(self._additional()) if _says_something(address)]

    def _additional(self) -> list[dict[str, str]]:
        return [self._address(f"additional_addresses.{index}") for index in range(self._additional_count)]

    @property
    def address_groups(self) -> list[dict[str, Any]]:
        """The address blocks in order, for the template."""
        groups = [{"title": LABELS["main_address"], "fields": self._bound("main_address"), "open": True}]
        for index in range(self._additional_count):
            prefix = f"additional_addresses.{index}"
            fields = self._bound(prefix)
            filled = any(field.value() for field in fields if not field.name.endswith(".usage"))
            errors = any(field.errors for field in fields)
            title = "Additional address" if self._additional_count == 1 else f"Additional address {index + 1}"
            groups.append({"title": title, "fields": fields, "open": filled or errors})
        return groups

    def _add_address(self, prefix: str, *, usage: bool = False) -> None:
        if usage:
            self.fields[f"{prefix}.usage"] = forms.ChoiceField(
                choices=list(USAGES.items()), required=False, label="Usage", initial="mailing"
            )
        for part in ADDRESS_PARTS:
            label = ADDRESS_LABELS[part]
            if part == "country":
                field: forms.Field = CountryField(label=label)
            else:
                field = forms.CharField(max_length=LIMITS[part], required=False, label=label)
                field.widget.attrs["autocomplete"] = "off"
            self.fields[f"{prefix}.{part}"] = field

    def _address(self, prefix: str) -> dict[str, str]:
        parts = ("usage", *ADDRESS_PARTS) if f"{prefix}.usage" in self.fields else ADDRESS_PARTS
        return {part: self.cleaned_data.get(f"{prefix}.{part}", "") for part in parts}

    def _bound(self, prefix: str) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(f"{prefix}.")]


def _says_something(address: Mapping[str, str]) -> bool:
    return any(tidy(address.get(part, "")) for part in ADDRESS_PARTS)


def _additional_count(data: Mapping[str, Any] | None, contact: Mapping[str, Any] | None) -> int:
    """Existing additional addresses and one empty block for the next."""
    if data is not None:
        posted = {name.split(".")[1] for name in data if name.startswith("additional_addresses.")}
        indexes = [int(index) for index in posted if index.isdigit()]
        return min(max(indexes, default=0) + 1, ADDITIONAL_MAX)
    existing = len(contact["additional_addresses"]) if contact is not None else 0
    return min(existing + 1, ADDITIONAL_MAX)


def _initial(contact: Mapping[str, Any]) -> dict[str, Any]:
    initial = {name: contact[name] for name in (*TEXT_FIELDS, "contact_type", "display_as", "external_reference")}
    initial |= {f"main_address.{part}": text for part, text in contact["main_address"].items()}
    for index, address in enumerate(contact["additional_addresses"]):
        initial |= {f"additional_addresses.{index}.{part}": text for part, text in address.items()}
    return initial
