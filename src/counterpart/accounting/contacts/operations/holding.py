"""What several operations begin or end with: the contact held under its locks, and why a number was not given."""

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from counterpart.accounting.contacts.queries import taken_sentences
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.contacts.rows import Held, read_held
from counterpart.accounting.numbering.book import NotGiven
from counterpart.accounting.numbering.refusing import number_refusals
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Missing, Refused
from counterpart.sync import api as sync


def hold(contact_id: UUID) -> Held:
    """Lock the contact, its link first, and return it as it is now. Raises Missing."""
    sync.lock(KIND, [contact_id])
    held = read_held([contact_id], lock=True).get(contact_id)
    if held is None:
        raise Missing("There is no such contact.")
    return held


def refusals_of(given: Mapping[UUID, str | NotGiven], actor: Actor) -> dict[UUID, Refused]:
    """Return why numbers were not given, by contact; the holder is named to those who may see contacts (NUM-10)."""
    return number_refusals(given, partial(taken_sentences, named=actor.may("contact.read")))
