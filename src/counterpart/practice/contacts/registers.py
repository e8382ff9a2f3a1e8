"""The columns of a contact as the registers of the contract, and back (integration 1.5 to 1.8).

The only file where the two vocabularies meet. ``columns`` are the contact's own columns by name.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from counterpart.contracts.contact import ADDRESS_PARTS, NAME_PARTS, Values, request_value, tidy
from counterpart.practice.contacts.enums import PhoneLabel
from counterpart.practice.contacts.personal import arranged

PHONE_OF_LABEL: Final = {
    "business": "phone.work",
    "mobile": "phone.mobile",
    "home": "phone.home",
    "other": "phone.other",
    "fax": "fax",
}
"""Text messages have no register of their own: they stay here (PHN-4) or travel as further methods (IMP-7)."""
LABEL_OF_PHONE: Final = {register: label for label, register in PHONE_OF_LABEL.items()}
ADDRESS_OF_REGISTER: Final = {"address.main": "physical_address", "address.additional": "mailing_address"}

REGISTER_COLUMNS: Final = (
    "kind", *NAME_PARTS, "alias", "email", "emails", "phones", "physical_address", "mailing_address", "reference",
    "requested_reference", "requested_keep_sequence", "numbering_sequence",
)  # fmt: skip
"""The columns the registers are read from."""

REGISTER_LABELS: Final = {
    "name": "Name", "alias": "Alias", "email": "E-mail", "phone.work": "Business phone",
    "phone.mobile": "Mobile phone", "phone.home": "Home phone", "phone.other": "Other phone", "fax": "Fax",
    "address.main": "Physical address", "address.additional": "Mailing address", "number": "Reference",
    "requested_number": "Reference", "scheme": "Numbering sequence", "methods": "Further numbers, e-mails and counties",
    "presence_pm": "Presence here", "presence_la": "Presence in Legal Accounting",
    "merged_into": "Merged into", "merge_request": "Merge asked for",
}  # fmt: skip


def values_of(columns: Mapping[str, Any], *, shares_methods: bool) -> Values:
    """The registers a contact's columns stand for. ``shares_methods``: the firm carries further numbers too (IMP-7)."""
    name = {"display": columns["kind"]}
    for part in NAME_PARTS:
        if text := columns[part]:
            name[part] = text
    values: Values = {
        "name": name,
        "alias": columns["alias"] or None,
        "email": columns["email"] or None,
        "phone.work": None,
        "phone.mobile": None,
        "phone.home": None,
        "phone.other": None,
        "fax": None,
        "address.main": address_value(columns["physical_address"]),
        "address.additional": address_value(columns["mailing_address"]),
        "methods": (methods_value(columns) or None) if shares_methods else None,
        "number": columns["reference"] or None,
        "scheme": columns["numbering_sequence"],
    }
    # Backwards, so that the first of each label is the one that stays (PHN-2).
    for phone in reversed(columns["phones"]):
        if register := PHONE_OF_LABEL.get(phone["label"]):
            values[register] = phone["number"]
    return values


def methods_value(columns: Mapping[str, Any]) -> list[dict[str, str]]:
    """What no other register holds: numbers after the first of their label, numbers for texts, further e-mail
    addresses, and counties (IMP-7).
    """
    methods, seen = [], set()
    for phone in columns["phones"]:
        label, number = phone["label"], tidy(phone["number"])
        if number and (label in seen or label not in PHONE_OF_LABEL):
            methods.append({"label": phone_label_text(label), "value": number})
        seen.add(label)
    methods += [{"label": REGISTER_LABELS["email"], "value": email} for email in columns["emails"]]
    for register, column in ADDRESS_OF_REGISTER.items():
        if county := tidy(columns[column].get("county")):
            methods.append({"label": f"County of the {REGISTER_LABELS[register].lower()}", "value": county})
    return methods


def with_request(values: Values, columns: Mapping[str, Any]) -> Values:
    """The registers together with the request for a number.

    The engine keeps requests, so they are named only by an operation that makes or withdraws one: a request that was
    answered meanwhile must not be withdrawn by an unrelated edit.
    """
    requested, keep = columns["requested_reference"], columns["requested_keep_sequence"]
    return {**values, "requested_number": request_value(requested or None, keep_sequence=keep)}


def is_asking(columns: Mapping[str, Any]) -> bool:
    """Whether a contact without a number was given a reference that still waits for Legal Accounting's word."""
    return bool(columns["requested_reference"]) and not columns["reference"]


def address_value(address: Mapping[str, str]) -> dict[str, str] | None:
    """An address without the county, which stays here (ADR-5)."""
    if not address:
        return None
    return {part: text for part in ADDRESS_PARTS if (text := address.get(part))} or None


def columns_after(columns: Mapping[str, Any], changed: Values) -> dict[str, Any]:
    """The columns that differ once the registers in ``changed`` have these values; all else is left alone (GEN-6)."""
    new: dict[str, Any] = {}
    for register, value in changed.items():
        if register == "name":
            new["kind"] = value["display"]
            new.update({part: value.get(part, "") for part in NAME_PARTS})
        elif register in LABEL_OF_PHONE:
            phones = new.get("phones", columns["phones"])
            new["phones"] = with_first_phone(phones, LABEL_OF_PHONE[register], value)
        elif column := ADDRESS_OF_REGISTER.get(register):
            new[column] = with_address(columns[column], value)
        elif register == "number":
            new.update(_numbered(columns, value or ""))
        elif register == "scheme":
            new["numbering_sequence"] = value or "client"
        elif register == "email":
            new["email"], new["emails"] = arranged(value or "", columns["emails"])
        elif register == "alias":
            new["alias"] = value or ""
    return {name: value for name, value in new.items() if columns[name] != value}


def with_first_phone(phones: Sequence[Mapping[str, str]], label: str, number: str | None) -> list[dict[str, str]]:
    """Change, add or remove only the first number of a label (PHN-3)."""
    kept = [dict(phone) for phone in phones]
    for position, phone in enumerate(kept):
        if phone["label"] == label:
            if number is None:
                del kept[position]
            else:
                phone["number"] = number
            return kept
    return kept if number is None else [*kept, {"label": label, "number": number}]


def with_address(address: Mapping[str, str], value: Mapping[str, str] | None) -> dict[str, str]:
    """The address the peer has, with the county we have (ADR-5)."""
    kept = dict(value or {})
    if county := address.get("county"):
        kept["county"] = county
    return kept


def _numbered(columns: Mapping[str, Any], number: str) -> dict[str, Any]:
    """A number arrived. The request is answered by it, unless it is about a later change than this number."""
    new: dict[str, Any] = {"reference": number}
    requested = columns["requested_reference"]
    if requested and (not columns["reference"] or requested.casefold() == number.casefold()):
        new.update(requested_reference="", requested_keep_sequence=False)
    return new


def phone_label_text(label: str) -> str:
    """The label in words."""
    return str(PhoneLabel(label).label) if label in PhoneLabel.values else label
