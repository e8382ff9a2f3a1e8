"""Tax numbers: only those who may read them can write them, and nobody finds one out by trying (4.1)."""

from typing import Any, Final

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError
from counterpart.foundation.masking import MASK

VIEW_SENSITIVE: Final = "contact.view_sensitive"
REFUSAL: Final = FieldError("tax_number", "Your role does not include tax numbers.", "forbidden")


def tax_number_refusals(actor: Actor, before: str, after: dict[str, Any]) -> list[FieldError]:
    """Why somebody can't give a contact the tax number in ``after``; whether it is the same as before says nothing.

    The mask, which is all that others read, changes nothing: what it stands for is put back.
    """
    if after["tax_number"] == MASK:
        after["tax_number"] = before
        return []
    if actor.may(VIEW_SENSITIVE) or not (after["tax_number"] or before):
        return []
    return [REFUSAL]
