"""A contact as it is compared with others, from its columns or a half-filled form, and back into one (DUP-1, WIN-5)."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.faces import Face
from counterpart.practice.contacts.enums import Kind
from counterpart.practice.contacts.private import VIEW_SENSITIVE

FACE_COLUMNS: Final = (
    "kind", "first", "middle", "last", "company", "alias", "email", "phones", "physical_address", "mailing_address",
    "reference", "requested_reference", "tax_number", "date_of_birth",
)  # fmt: skip
KEY_COLUMNS: Final = frozenset(FACE_COLUMNS) - {"reference", "requested_reference"}
"""The columns by which a contact is looked up; a number has an index of its own."""
COPIED: Final = ("title", "first", "middle", "last", "suffix", "company", "alias", "email", "website", "occupation")


def face_of(columns: Mapping[str, Any]) -> Face:
    """The contact as it is compared; columns that are not given are empty."""
    is_company = columns.get("kind") == Kind.COMPANY
    addresses = (columns.get("physical_address"), columns.get("mailing_address"))
    email = columns.get("email")
    return Face(
        kind="company" if is_company else "individual",
        first="" if is_company else columns.get("first") or "",
        middle="" if is_company else columns.get("middle") or "",
        last="" if is_company else columns.get("last") or "",
        company=columns.get("company") or "",
        alias=columns.get("alias") or "",
        emails=(email,) if email else (),
        phones=tuple(phone["number"] for phone in columns.get("phones") or ()),
        addresses=tuple(address for address in addresses if address),
        number=columns.get("reference") or columns.get("requested_reference") or "",
        tax_number=columns.get("tax_number") or "",
        born="" if is_company else columns.get("date_of_birth") or "",
    )


def copied_boxes(columns: Mapping[str, Any]) -> dict[str, str]:
    """The boxes of the form, by their names, and what this contact would put into them."""
    boxes = {name: columns[name] for name in COPIED if columns[name]}
    for name, prefix in (("physical_address", "physical"), ("mailing_address", "mailing")):
        boxes |= {f"{prefix}_{line}": text for line, text in columns[name].items()}
    if columns["phones"]:
        boxes |= {"phone_label": columns["phones"][0]["label"], "phone_number": columns["phones"][0]["number"]}
    return boxes


def posted_columns(data: QueryDict, actor: Actor) -> dict[str, Any]:
    """What stands in the contact form's boxes now, as columns; nothing is checked. Whoever may not read tax numbers
    can't find one out by trying.
    """
    found: dict[str, Any] = {name: data.get(name, "").strip() for name in FACE_COLUMNS if name in data}
    if not actor.may(VIEW_SENSITIVE):
        found.pop("tax_number", None)
    found["phones"] = [{"label": "", "number": one} for one in data.getlist("phone_number") if one.strip()]
    for name, prefix in (("physical_address", "physical"), ("mailing_address", "mailing")):
        found[name] = {line: data.get(f"{prefix}_{line}", "") for line in ("line1", "line2", "postcode")}
    return found
