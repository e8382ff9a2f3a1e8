"""The contact's fields as the registers of the contract (integration 1.6). Operations tell the engine what changed in
these terms, and the sync handler writes what arrives in them.
"""

from collections.abc import Mapping
from typing import Any, Final

from counterpart.accounting.contacts.fields import (
    LABELS,
    NAME_FIELDS,
    Fields,
    mailing_address,
    with_mailing_address,
)
from counterpart.contracts.contact import KIND, Values

__all__ = ["FIELDS_OF", "GROUP_STAYS", "KIND", "REGISTER_LABELS", "fields_from_values", "values_from_fields"]

GROUP_STAYS: Final = "Group contacts stay in Legal Accounting; they are not synchronised."

_PLAIN: Final = {
    "alias": "alias", "email": "email", "phone.work": "work_phone", "phone.mobile": "mobile_phone",
    "phone.home": "home_phone", "phone.other": "other_phone", "fax": "fax",
}  # fmt: skip

FIELDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("display_as", *NAME_FIELDS),
    **{register: (name,) for register, name in _PLAIN.items()},
    "address.main": ("main_address",),
    "address.additional": ("additional_addresses",),
    "scheme": ("contact_type",),
    "methods": ("additional_methods",),
}
"""Register -> the fields it is made of."""

REGISTER_LABELS: Final = {
    "name": "Name", **{register: LABELS[name] for register, name in _PLAIN.items()},
    "phone.work": "Work phone", "phone.mobile": "Mobile phone", "phone.home": "Home phone",
    "phone.other": "Other phone",
    "address.main": "Main address", "address.additional": "Mailing address", "number": "Contact number",
    "requested_number": "Number asked for in Practice Management", "scheme": "Contact type",
    "methods": LABELS["additional_methods"],
    "presence_pm": "State in Practice Management", "presence_la": "State in Legal Accounting",
    "merged_into": "Merged into", "merge_request": "Merge asked for",
}  # fmt: skip


def values_from_fields(fields: Mapping[str, Any], number: str) -> Values:
    """Return every register this product has a column for; empty ones are None."""
    name = {"display": fields["display_as"]}
    for part in NAME_FIELDS:
        if fields[part]:
            name[part] = fields[part]
    values: Values = {"name": name}
    for register, field in _PLAIN.items():
        values[register] = fields[field] or None
    values["address.main"] = fields["main_address"] or None
    values["address.additional"] = mailing_address(fields["additional_addresses"])
    values["methods"] = fields["additional_methods"] or None
    values["number"] = number or None
    values["scheme"] = fields["contact_type"]
    return values


def fields_from_values(values: Mapping[str, Any], base: Mapping[str, Any]) -> Fields:
    """Return the fields these registers give, as an overlay for ``base``; what they don't speak of is not in it."""
    fields: Fields = {}
    if name := values.get("name"):
        fields["display_as"] = name["display"]
        for part in NAME_FIELDS:
            fields[part] = name.get(part) or ""
    for register, field in _PLAIN.items():
        if register in values:
            fields[field] = values[register] or ""
    if "address.main" in values:
        fields["main_address"] = values["address.main"] or {}
    if "address.additional" in values:
        shared = values["address.additional"]
        fields["additional_addresses"] = with_mailing_address(base["additional_addresses"], shared)
    if "methods" in values:
        fields["additional_methods"] = values["methods"] or []
    if "scheme" in values:
        fields["contact_type"] = values["scheme"] or base["contact_type"]
    return fields
