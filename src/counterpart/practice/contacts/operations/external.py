"""External references: what another program calls a contact; each once in the firm (4.1)."""

from collections.abc import Collection, Hashable, Mapping
from typing import Final, TypeVar
from uuid import UUID

from counterpart.foundation.errors import FieldError
from counterpart.foundation.text import fold
from counterpart.practice.contacts.models import ACTIVE, Contact

Name = TypeVar("Name", bound=Hashable)
TAKEN: Final = "external_reference.taken"


def external_refusals(wanted: Mapping[Name, str], *, other_than: Collection[UUID] = ()) -> dict[Name, FieldError]:
    """Why references can't be given, by the caller's names: another contact, or an earlier one of these, has it.

    One statement, none if nobody wants one.
    """
    keys = {name: fold(text) for name, text in wanted.items() if text}
    if not keys:
        return {}
    found = Contact.objects.filter(ACTIVE, external_key__in=set(keys.values())).exclude(pk__in=list(other_than))
    taken = set(found.values_list("external_key", flat=True))
    refused: dict[Name, FieldError] = {}
    for name, key in keys.items():
        if key in taken:
            text = f"Another contact has the external reference {wanted[name]}."
            refused[name] = FieldError("external_reference", text, TAKEN)
        taken.add(key)
    return refused
