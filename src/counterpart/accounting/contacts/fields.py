"""The contact's own fields: which there are, how typed input is cleaned, what is wrong with it, what is derived.

A draft of a contact is a plain dict from field name to value, complete and clean after ``cleaned``. Pages, the API,
imports and the sync handler all pass here, so there is one set of rules (LA-CON-1, LA-CON-2).
"""

from collections.abc import Mapping
from typing import Any, Final

from counterpart.contracts.contact import ADDRESS_PARTS, LIMITS, SCHEMES, address_value, problems, tidy
from counterpart.foundation.errors import FieldError
from counterpart.foundation.search.words import findable
from counterpart.foundation.text import digits, fold

Fields = dict[str, Any]

NAME_FIELDS: Final = ("title", "first", "middle", "last", "suffix", "company")
PHONE_FIELDS: Final = ("work_phone", "mobile_phone", "home_phone", "other_phone", "fax")
TEXT_FIELDS: Final = (*NAME_FIELDS, "alias", "email", *PHONE_FIELDS)
FIELDS: Final = (
    "contact_type", "display_as", *TEXT_FIELDS, "main_address", "additional_addresses", "external_reference",
)  # fmt: skip
"""Everything a person can edit, except the number."""
STORED: Final = (*FIELDS, "additional_methods")
"""The fields with those that no form has: what Practice Management alone writes, further numbers and counties (IMP-7).
"""

EXTERNAL_REFERENCE_MAX: Final = 200

USAGES: Final = {"mailing": "Mailing", "billing": "Billing", "other": "Other"}
ADDITIONAL_MAX: Final = 10

LABELS: Final = {
    "number": "Contact number", "contact_type": "Contact type", "display_as": "Display as", "title": "Title",
    "first": "First", "middle": "Middle", "last": "Last", "suffix": "Suffix", "company": "Company", "alias": "Alias",
    "email": "E-mail", "work_phone": "Work", "mobile_phone": "Mobile", "home_phone": "Home", "other_phone": "Other",
    "fax": "Fax", "main_address": "Main address", "additional_addresses": "Additional addresses", "status": "Status",
    "additional_methods": "Additional methods", "external_reference": "External reference",
}  # fmt: skip
ADDRESS_LABELS: Final = {
    "line1": "Line 1", "line2": "Line 2", "city": "City", "state": "State or province",
    "postcode": "Zip or post code", "country": "Country",
}  # fmt: skip

EMPTY: Final[Mapping[str, Any]] = {
    **dict.fromkeys(TEXT_FIELDS, ""), "contact_type": "client", "display_as": "individual",
    "main_address": {}, "additional_addresses": [], "additional_methods": [], "external_reference": "",
}  # fmt: skip

_REGISTER_FIELDS: Final = {
    "phone.work": "work_phone", "phone.mobile": "mobile_phone", "phone.home": "home_phone",
    "phone.other": "other_phone", "fax": "fax", "email": "email", "alias": "alias",
}  # fmt: skip


def cleaned(given: Mapping[str, Any], base: Mapping[str, Any] = EMPTY) -> Fields:
    """Return a complete draft: ``base`` overlaid with what was given, every text in its normal form.

    With only a last name the contact displays as individual, with only a company as company; with both the one who
    writes chooses (LA-CON-1, PER-2).
    """
    fields = {name: base.get(name, EMPTY[name]) for name in STORED}
    for name in TEXT_FIELDS:
        if name in given:
            fields[name] = tidy(given[name]) or ""
    if "external_reference" in given:
        fields["external_reference"] = tidy(given["external_reference"]) or ""
    if "contact_type" in given:
        fields["contact_type"] = given["contact_type"] or "client"
    if "main_address" in given:
        fields["main_address"] = address_value(given["main_address"]) or {}
    if "additional_addresses" in given:
        fields["additional_addresses"] = _cleaned_additional(given["additional_addresses"])
    fields["display_as"] = _display_as(given.get("display_as") or "", fields, base)
    return fields


def field_errors(fields: Mapping[str, Any], *, manual: bool = True) -> list[FieldError]:
    """Return what is wrong with a clean draft. ``manual``: also what only people must obey (PER-4, CON-8)."""
    errors = _name_errors(fields, manual=manual)
    for register, name in _REGISTER_FIELDS.items():
        errors += [FieldError(name, p.text, p.code) for p in problems({register: fields[name] or None}) if fields[name]]
    if len(fields["external_reference"]) > EXTERNAL_REFERENCE_MAX:
        text = f"This can have at most {EXTERNAL_REFERENCE_MAX} characters."
        errors.append(FieldError("external_reference", text, "too_long"))
    if fields["contact_type"] not in SCHEMES:
        errors.append(FieldError("contact_type", "Choose client, vendor or other.", "scheme.invalid"))
    errors += _address_errors("main_address", fields["main_address"])
    if len(fields["additional_addresses"]) > ADDITIONAL_MAX:
        text = f"A contact can have at most {ADDITIONAL_MAX} additional addresses."
        errors.append(FieldError("additional_addresses", text, "too_many"))
    for index, address in enumerate(fields["additional_addresses"]):
        errors += _address_errors(f"additional_addresses.{index}", address)
        if address.get("usage") not in USAGES:
            where = f"additional_addresses.{index}.usage"
            errors.append(FieldError(where, "Choose mailing, billing or other.", "usage.invalid"))
    return errors


def display_name(fields: Mapping[str, Any]) -> str:
    """Return the name as lists and messages show it."""
    if fields["display_as"] == "company":
        return str(fields["company"])
    parts = (fields["title"], fields["first"], fields["middle"], fields["last"], fields["suffix"])
    return " ".join(part for part in parts if part)


def sort_name(fields: Mapping[str, Any]) -> str:
    """Return what lists are sorted by: company, or last name before first."""
    if fields["display_as"] == "company":
        return fold(str(fields["company"]))
    parts = (fields["last"], fields["first"], fields["middle"])
    return fold(" ".join(part for part in parts if part))


def search_text(fields: Mapping[str, Any], number: str) -> str:
    """Return what a contact is found by, in the form of the search index (SRC-2)."""
    parts = [*(fields[name] for name in NAME_FIELDS), fields["alias"], fields["email"], number]
    parts.append(fields["main_address"].get("city", ""))
    return findable(" ".join(part for part in parts if part))


def phone_digits(fields: Mapping[str, Any]) -> str:
    """Return the digits of every phone, apart from each other, so that layout does not matter (SRC-3)."""
    return " ".join(digits(fields[name]) for name in PHONE_FIELDS if fields[name])


def mailing_address(additional: list[dict[str, str]]) -> dict[str, str] | None:
    """Return the first additional address for mailing: the one both products share (ADR-1)."""
    for address in additional:
        if address.get("usage") == "mailing":
            return {part: text for part, text in address.items() if part != "usage"}
    return None


def with_mailing_address(additional: list[dict[str, str]], address: dict[str, str] | None) -> list[dict[str, str]]:
    """Return the additional addresses with the shared one replaced, added or removed; the others stay (GEN-6).

    A new one gets a usage other than billing, so that nothing arriving changes to whom invoices go (ADR-6).
    """
    result = list(additional)
    index = next((i for i, entry in enumerate(result) if entry.get("usage") == "mailing"), None)
    if address is None:
        return result if index is None else result[:index] + result[index + 1 :]
    entry = {"usage": "mailing", **address}
    if index is None:
        return [entry, *result]
    result[index] = entry
    return result


def _cleaned_additional(given: Any) -> list[dict[str, str]]:
    return [
        {"usage": entry.get("usage") or "mailing", **address}
        for entry in given or []
        if (address := address_value(entry))
    ]


def _display_as(wanted: str, fields: Fields, base: Mapping[str, Any]) -> str:
    has_person, has_company = bool(fields["first"] or fields["last"]), bool(fields["company"])
    if has_company and not has_person:
        return "company"
    if has_person and not has_company:
        return "individual"
    return wanted or str(base["display_as"])


def _name_errors(fields: Mapping[str, Any], *, manual: bool) -> list[FieldError]:
    errors = []
    for name in NAME_FIELDS:
        if len(fields[name]) > LIMITS[name]:
            text = f"This can have at most {LIMITS[name]} characters; it has {len(fields[name])}."
            errors.append(FieldError(name, text, "too_long"))
    if fields["display_as"] not in ("individual", "company"):
        errors.append(FieldError("display_as", "Choose individual or company.", "name.display"))
    missing = not fields["company"] and not (fields["last"] or (fields["first"] and not manual))
    if missing:
        errors.append(FieldError("last", "Enter a last name or a company.", "contact.name_required"))
    return errors


def _address_errors(where: str, address: Mapping[str, str]) -> list[FieldError]:
    plain = {part: address[part] for part in ADDRESS_PARTS if part in address}
    return [
        FieldError(f"{where}.{p.part}" if p.part else where, p.text, p.code)
        for p in problems({"address.main": plain or None})
    ]
