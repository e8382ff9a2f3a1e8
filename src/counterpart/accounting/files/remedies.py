"""The ways out of a state of the link, in this product's pages (STA-4)."""

from uuid import UUID

from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.sync import api as sync


def remedies(file_id: UUID, state: sync.LinkState, actor: Actor) -> list[sync.Remedy]:
    """What this actor may do about the state."""
    if state.colour != "red" or not state.error_register or not actor.may("file.edit"):
        return []
    if state.error_register == "number":
        return [sync.Remedy("Change File Number", reverse("files:other", args=[file_id]))]
    return [sync.Remedy("Correct it", reverse("files:edit", args=[file_id]))]
