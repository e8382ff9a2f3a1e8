"""The ways out of a state of a matter's link, in this product's pages (STA-4, IND-3, MAT-9, MAT-22)."""

from uuid import UUID

from django.urls import reverse

from counterpart.foundation.actor import Actor
from counterpart.practice.matters.enums import Status
from counterpart.practice.matters.rows import clients_of_matters, states_of
from counterpart.practice.number_locks import FILE_REFERENCE_LOCK
from counterpart.sync import api as sync


def remedies(matter_id: UUID, state: sync.LinkState, actor: Actor) -> list[sync.Remedy]:
    """What this actor may do about the state."""
    if not actor.may("matter.edit"):
        return []
    if state.colour == "red":
        return _error_remedies(matter_id, state, actor)
    return _client_remedies(matter_id) if state.is_excluded else []


def _error_remedies(matter_id: UUID, state: sync.LinkState, actor: Actor) -> list[sync.Remedy]:
    if state.error_register == "requested_number":
        return _number_remedies(matter_id, actor)
    if state.error_code == "unknown_staff":
        return _staff_remedies(matter_id, actor)
    if state.error_register == "clients":
        return [sync.Remedy("Look at the clients", reverse("matters:parties", args=[matter_id]))]
    if state.error_register:
        return [sync.Remedy("Correct it", reverse("matters:edit", args=[matter_id]))]
    return []


def _client_remedies(matter_id: UUID) -> list[sync.Remedy]:
    """A matter without a client stays here (MAT-3)."""
    columns = states_of([matter_id]).get(matter_id)
    if columns is None or columns["status"] == Status.TEMPLATE or clients_of_matters([matter_id]):
        return []
    return [sync.Remedy("Add a client", reverse("matters:parties", args=[matter_id]))]


def _number_remedies(matter_id: UUID, actor: Actor) -> list[sync.Remedy]:
    columns = states_of([matter_id]).get(matter_id)
    if columns is None or not columns["requested_reference"]:
        return []
    found = []
    if actor.may("matter.edit_reference") and not FILE_REFERENCE_LOCK.reason(actor):
        found.append(sync.Remedy("Choose another", reverse("matters:reference", args=[matter_id])))
    number = columns["file_reference"]
    label = f"Keep {number}" if number else "Let Legal Accounting number it"
    found.append(sync.Remedy(label, reverse("matters:reference-withdrawal", args=[matter_id]), "post"))
    return found


def _staff_remedies(matter_id: UUID, actor: Actor) -> list[sync.Remedy]:
    """Somebody is known in one product only: assign the matter to another, or add the person there (MAT-22)."""
    found = [sync.Remedy("Assign to somebody else", reverse("matters:edit", args=[matter_id]))]
    if actor.may("integration.manage"):
        note = "It lists the people who are missing in one of the products."
        found.append(sync.Remedy("See the connection check", reverse("sync:check"), note=note))
    return found
