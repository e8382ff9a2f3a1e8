"""The ways out of a state of the link, in this product's pages (STA-4, IND-3, NUM-11)."""

from uuid import UUID

from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.registers import ADDRESS_OF_REGISTER
from counterpart.practice.contacts.rows import states_of
from counterpart.practice.number_locks import REFERENCE_LOCK
from counterpart.sync import api as sync

NUMBER_CODES = ("number_in_use", "number_locked", "number.invalid", "reference.invalid_characters")


def remedies(contact_id: UUID, state: sync.LinkState, actor: Actor) -> list[sync.Remedy]:
    """What this actor may do about the state; the number first, since it is what goes wrong."""
    if not actor.may("contact.edit"):
        return []
    found: list[sync.Remedy] = []
    if state.colour == "red" and (state.error_code in NUMBER_CODES or state.error_register == "requested_number"):
        found += _number_remedies(contact_id, actor)
    elif state.colour == "red" and state.error_register:
        found.append(sync.Remedy("Correct it", reverse("contacts:edit", args=[contact_id])))
    differing = [one.register for one in state.differences if one.register in ADDRESS_OF_REGISTER]
    if differing:
        url = reverse("contacts:addresses-copy", args=[contact_id])
        found.append(
            sync.Remedy("Copy to Legal Accounting", url, "post", {"direction": "there"}, register=differing[0])
        )
        found.append(sync.Remedy("Use theirs here", url, "post", {"direction": "here"}, register=differing[0]))
    return found


def _number_remedies(contact_id: UUID, actor: Actor) -> list[sync.Remedy]:
    columns = states_of([contact_id]).get(contact_id)
    if columns is None or not columns["requested_reference"]:
        return []
    found = []
    if actor.may("contact.edit_reference") and not REFERENCE_LOCK.reason(actor):
        found.append(sync.Remedy("Choose another", reverse("contacts:reference", args=[contact_id])))
    url = reverse("contacts:reference-withdrawal", args=[contact_id])
    number = columns["reference"]
    label = f"Keep {number}" if number else "Let Legal Accounting number it"
    found.append(sync.Remedy(label, url, "post"))
    return found
