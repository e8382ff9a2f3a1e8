"""A clash in words: the field, your value, theirs, and what stood there before (EDT-1)."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from counterpart.practice.contacts.addresses import address_lines
from counterpart.practice.contacts.enums import Kind
from counterpart.practice.contacts.operations import EditClash
from counterpart.practice.contacts.registers import phone_label_text

LABELS = {
    "kind": "Identity type", "title": "Title", "first": "First", "middle": "Middle", "last": "Last",
    "suffix": "Suffix", "company": "Company name", "alias": "Alias", "email": "E-mail",
    "emails": "Further e-mail addresses", "phones": "Phone numbers",
    "physical_address": "Physical address", "mailing_address": "Mailing address", "reference": "Reference",
    "external_reference": "External reference", "website": "Website", "occupation": "Occupation",
    "date_of_birth": "Date of birth", "tax_number": "Tax number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownClash:
    field: str
    label: str
    yours: str
    theirs: str
    before: str


def posted_base(request: HttpRequest) -> dict[str, Any]:
    """The values an edit form was filled with, as it sends them back; nothing if that can't be read."""
    try:
        base = json.loads(request.POST.get("base") or "{}")
    except ValueError:
        base = {}
    return base if isinstance(base, dict) else {}


def shown_clashes(clash: EditClash) -> list[ShownClash]:
    """Every clashing field in words."""
    return [
        ShownClash(
            one.field,
            LABELS.get(one.field, one.field),
            value_text(one.field, one.yours),
            value_text(one.field, one.theirs),
            value_text(one.field, one.before),
        )
        for one in clash.clashes
    ]


def value_text(field: str, value: Any) -> str:
    """A value of a contact in words; nothing is 'nothing'."""
    if not value:
        return "nothing"
    if field == "phones":
        return "; ".join(f"{phone_label_text(phone['label'])} {phone['number']}" for phone in value)
    if field.endswith("_address"):
        return ", ".join(address_lines(value))
    if field == "kind":
        return str(Kind(value).label)
    if field in ("not_a_duplicate_of", "emails"):
        return ", ".join(value)
    return str(value)
