"""A contact as somebody typed it: tidied and checked the same way for form, API and import (4.1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from counterpart.contracts.contact import LIMITS, Values, problems
from counterpart.foundation.errors import FieldError
from counterpart.foundation.text import normalise
from counterpart.practice.contacts.enums import Kind, Numbering, PhoneLabel
from counterpart.practice.contacts.models import EXTERNAL_REFERENCE_MAX
from counterpart.practice.contacts.personal import (
    FURTHER,
    PERSONAL,
    tidy_emails,
    tidy_website,
)
from counterpart.practice.contacts.registers import LABEL_OF_PHONE, values_of, with_request

PERSON_PARTS: Final = ("title", "first", "middle", "last", "suffix")
PERSON_ONLY: Final = (*PERSON_PARTS, *PERSONAL)
TEXTS: Final = (*PERSON_PARTS, "company", "alias", "email")
ADDRESSES: Final = ("physical_address", "mailing_address")
ADDRESS_LINES: Final = ("line1", "line2", "city", "county", "state", "postcode", "country")
PHONES_MAX: Final = 30


@dataclass(slots=True)
class Draft:
    """What the caller wants a new contact to be."""

    kind: str = "individual"
    title: str = ""
    first: str = ""
    middle: str = ""
    last: str = ""
    suffix: str = ""
    company: str = ""
    alias: str = ""
    email: str = ""
    emails: Sequence[str] = ()
    phones: Sequence[Mapping[str, str]] = ()
    physical_address: Mapping[str, str] = field(default_factory=dict)
    mailing_address: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    keep_sequence: bool = False
    numbering_sequence: str = "client"
    external_reference: str = ""
    website: str = ""
    occupation: str = ""
    date_of_birth: str = ""
    tax_number: str = ""
    is_demo: bool = False


# Asked of every row of an import; Django's ``values`` makes the list anew each time.
KINDS: Final = frozenset(Kind.values)
SEQUENCES: Final = frozenset(Numbering.values)
PHONE_LABELS: Final = frozenset(PhoneLabel.values)
PLAIN: Final = frozenset({*TEXTS, "external_reference", *FURTHER} - {"website"})
DRAFT_FIELDS: Final = tuple(one.name for one in fields(Draft))


def tidied(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given fields in their normal form: NFC, trimmed, inner spaces collapsed, empty parts left out."""
    tidy: dict[str, Any] = {}
    for name, value in given.items():
        if name in PLAIN:
            tidy[name] = normalise(value) if value else ""
        elif name == "emails":
            tidy[name] = tidy_emails(value)
        elif name == "website":
            tidy[name] = tidy_website(value) if value else ""
        elif name == "phones":
            tidy[name] = tidy_phones(value)
        elif name in ADDRESSES:
            tidy[name] = tidy_address(value)
        elif name == "reference":
            # Spaces inside are a mistake to report, not to repair (CON-1); around it they are not part of it.
            tidy[name] = (value or "").strip()
        else:
            tidy[name] = value
    return tidy


def tidy_phones(phones: Iterable[Mapping[str, str]] | None) -> list[dict[str, str]]:
    """The phones that have a number, in order."""
    return [
        {"label": phone["label"], "number": number}
        for phone in phones or ()
        if (number := normalise(phone.get("number") or ""))
    ]


def tidy_address(address: Mapping[str, str | None] | None) -> dict[str, str]:
    """The parts of an address that have a value; a country alone is no address, only the form's default."""
    if not address:
        return {}
    parts = {line: text for line in ADDRESS_LINES if (value := address.get(line)) and (text := normalise(value))}
    return {} if set(parts) == {"country"} else parts


def columns_of(draft: Draft) -> dict[str, Any]:
    """The tidied columns a draft stands for, apart from those the operation fills."""
    given = tidied({name: getattr(draft, name) for name in DRAFT_FIELDS})
    requested = given.pop("reference")
    return {
        **given,
        "reference": "",
        "requested_reference": requested,
        "requested_keep_sequence": bool(given.pop("keep_sequence")) and bool(requested),
    }


def problems_of(columns: Mapping[str, Any], values: Values | None = None) -> list[FieldError]:
    """Everything wrong with a contact's columns, named by the fields people know."""
    if values is None:
        values = with_request(values_of(columns, shares_methods=False), columns)
    found = [
        FieldError(_field(problem.register, problem.part), problem.text, problem.code)
        for problem in problems(values)
        if problem.register not in LABEL_OF_PHONE  # said below, with the place in the list
    ]
    if columns["kind"] not in KINDS:
        found = [error for error in found if error.field != "kind"]
        found.append(FieldError("kind", "Choose individual or company.", "kind.invalid"))
    found += _phone_problems(columns["phones"])
    if len(columns.get("external_reference", "")) > EXTERNAL_REFERENCE_MAX:
        text = f"This can have at most {EXTERNAL_REFERENCE_MAX} characters."
        found.append(FieldError("external_reference", text, "too_long"))
    for name in ADDRESSES:
        county = columns[name].get("county", "")
        if len(county) > LIMITS["city"]:
            text = f"This can have at most {LIMITS['city']} characters; it has {len(county)}."
            found.append(FieldError(f"{name}.county", text, "too_long"))
    if columns["numbering_sequence"] not in SEQUENCES:
        found.append(FieldError("numbering_sequence", "Choose client, vendor or other.", "scheme.invalid"))
    return found


def _phone_problems(phones: Sequence[Mapping[str, str]]) -> list[FieldError]:
    if len(phones) > PHONES_MAX:
        return [FieldError("phones", f"A contact can have at most {PHONES_MAX} numbers.", "too_many")]
    found = []
    for position, phone in enumerate(phones):
        if phone["label"] not in PHONE_LABELS:
            found.append(FieldError(f"phones.{position}.label", "Choose one of the labels.", "label.invalid"))
        if len(phone["number"]) > LIMITS["phone"]:
            text = f"A number can have at most {LIMITS['phone']} characters."
            found.append(FieldError(f"phones.{position}.number", text, "too_long"))
    return found


def _field(register: str, part: str) -> str:
    if register == "name":
        return "kind" if part == "display" else part
    if register == "requested_number":
        return "reference"
    if register == "address.main":
        return f"physical_address.{part}" if part else "physical_address"
    if register == "address.additional":
        return f"mailing_address.{part}" if part else "mailing_address"
    if register == "scheme":
        return "numbering_sequence"
    return register
