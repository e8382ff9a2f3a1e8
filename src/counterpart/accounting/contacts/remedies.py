"""The ways out of a state of the link, in this product's pages (STA-4, IMP-2)."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.sync import api as sync

_ADDRESSES: Final = ("address.main", "address.additional")


def remedies(contact_id: UUID, state: sync.LinkState, actor: Actor) -> list[sync.Remedy]:
    """What this actor may do about the state."""
    if not actor.may("contact.edit"):
        return []
    found: list[sync.Remedy] = []
    if state.colour == "red" and state.error_register == "number":
        found.append(sync.Remedy("Change Contact Number", reverse("contacts:other", args=[contact_id])))
    elif state.colour == "red" and state.error_register:
        found.append(sync.Remedy("Correct it", reverse("contacts:edit", args=[contact_id])))
    differing = [difference.register for difference in state.differences if difference.register in _ADDRESSES]
    if differing:
        url, peer = reverse("contacts:address-copy", args=[contact_id]), settings.COUNTERPART_PEER_NAME
        found.append(sync.Remedy(f"Copy to {peer}", url, "post", {"direction": "there"}, register=differing[0]))
        found.append(sync.Remedy("Use theirs here", url, "post", {"direction": "here"}, register=differing[0]))
    return found
