"""A contact as it is compared with others, from its fields or a half-filled form, and back into one (DUP-1, WIN-5)."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from counterpart.accounting.contacts.fields import PHONE_FIELDS, TEXT_FIELDS, cleaned
from counterpart.foundation.alike.faces import Face

KEY_FIELDS: Final = frozenset(
    {"display_as", "first", "middle", "last", "company", "alias", "email", *PHONE_FIELDS, "main_address",
     "additional_addresses"}
)  # fmt: skip
"""The fields by which a contact is looked up; a number has an index of its own."""
FACE_FIELDS: Final = (*sorted(KEY_FIELDS), "number")


def face_of(fields: Mapping[str, Any]) -> Face:
    """The contact as it is compared; fields that are not given are empty."""
    is_company = fields.get("display_as") == "company"
    addresses = [fields.get("main_address"), *(fields.get("additional_addresses") or ())]
    email = fields.get("email")
    return Face(
        kind="company" if is_company else "individual",
        first="" if is_company else fields.get("first") or "",
        middle="" if is_company else fields.get("middle") or "",
        last="" if is_company else fields.get("last") or "",
        company=fields.get("company") or "",
        alias=fields.get("alias") or "",
        emails=(email,) if email else (),
        phones=tuple(phone for name in PHONE_FIELDS if (phone := fields.get(name))),
        addresses=tuple(address for address in addresses if address),
        number=fields.get("number") or "",
    )


def copied_boxes(fields: Mapping[str, Any]) -> dict[str, str]:
    """The boxes of the form, by their names, and what this contact would put into them."""
    boxes = {name: fields[name] for name in TEXT_FIELDS if fields[name]}
    return boxes | {f"main_address.{part}": text for part, text in fields["main_address"].items()}


def posted_fields(data: QueryDict) -> dict[str, Any]:
    """What stands in the contact form's boxes now, as fields; nothing is checked."""
    given: dict[str, Any] = {name: data[name] for name in (*TEXT_FIELDS, "display_as") if name in data}
    fields = cleaned(given)
    parts = ("line1", "line2", "postcode")
    fields["main_address"] = {part: data.get(f"main_address.{part}", "") for part in parts}
    return {**fields, "number": data.get("number", "").strip()}
