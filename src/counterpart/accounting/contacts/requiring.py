"""What the firm wants to know of every contact: asked of people here, never of what arrives (IMP-8, ADR-7)."""

from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q

from counterpart.accounting.contacts.fields import ADDRESS_LABELS, LABELS
from counterpart.contracts.contact import REQUIRABLE
from counterpart.foundation.errors import FieldError

_MAIN: Final = "address.main."


def required_label(wanted: str) -> str:
    """What can be asked for, in words: 'E-mail', 'Main address: City'."""
    if wanted.startswith(_MAIN):
        return f"{LABELS['main_address']}: {ADDRESS_LABELS[wanted.removeprefix(_MAIN)]}"
    return str(LABELS[wanted])


def missing(fields: Mapping[str, Any], required: Collection[str]) -> list[str]:
    """Those of the wanted details that the contact lacks."""
    return [wanted for wanted in REQUIRABLE if wanted in required and not _held(fields, wanted)]


def required_errors(fields: Mapping[str, Any], required: Collection[str]) -> list[FieldError]:
    """The missing details as errors beside their fields."""
    return [
        FieldError(
            wanted.replace(_MAIN, "main_address."), "The firm asks for this on every new contact.", "detail.required"
        )
        for wanted in missing(fields, required)
    ]


def lacking(required: Collection[str]) -> Q:
    """The contacts that lack a wanted detail, as a condition; group contacts need none."""
    return reduce(or_, (_lacks(wanted) for wanted in required), Q(pk__in=[])) & Q(is_group=False)


def _held(fields: Mapping[str, Any], wanted: str) -> Any:
    if wanted.startswith(_MAIN):
        return fields["main_address"].get(wanted.removeprefix(_MAIN))
    return fields[wanted]


def _lacks(wanted: str) -> Q:
    if wanted.startswith(_MAIN):
        return Q(**{f"main_address__{wanted.removeprefix(_MAIN)}__isnull": True})
    return Q(**{wanted: ""})
