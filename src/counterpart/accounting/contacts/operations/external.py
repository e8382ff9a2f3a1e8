"""External references: what another program calls a contact; each once in the firm."""

from collections.abc import Collection, Mapping
from uuid import UUID

from counterpart.accounting.contacts.fields import Fields
from counterpart.accounting.contacts.models import Contact
from counterpart.foundation.errors import FieldError
from counterpart.foundation.text import fold


def external_refusals(wanted: Mapping[UUID, Fields], *, other_than: Collection[UUID] = ()) -> dict[UUID, FieldError]:
    """Why references can't be given, by contact: another contact, or an earlier one of these, has it.

    One statement, none if nobody wants one.
    """
    keys = {key: fold(fields["external_reference"]) for key, fields in wanted.items() if fields["external_reference"]}
    if not keys:
        return {}
    found = Contact.objects.filter(deleted_at=None, external_key__in=set(keys.values())).exclude(
        pk__in=list(other_than)
    )
    taken = set(found.values_list("external_key", flat=True))
    refused: dict[UUID, FieldError] = {}
    for owner, key in keys.items():
        if key in taken:
            text = f"Another contact has the external reference {wanted[owner]['external_reference']}."
            refused[owner] = FieldError("external_reference", text, "external_reference.taken")
        taken.add(key)
    return refused
