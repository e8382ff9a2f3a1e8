"""Creating contacts, one or many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.fields import Fields, cleaned, display_name, field_errors
from counterpart.accounting.contacts.operations.external import external_refusals
from counterpart.accounting.contacts.operations.holding import refusals_of
from counterpart.accounting.contacts.operations.sharing import shares_addresses
from counterpart.accounting.contacts.permissions import require_number
from counterpart.accounting.contacts.queries import required_details
from counterpart.accounting.contacts.registers import KIND, values_from_fields
from counterpart.accounting.contacts.requiring import required_errors
from counterpart.accounting.contacts.rows import given_fields, insert_contacts
from counterpart.accounting.numbering.book import NotGiven
from counterpart.accounting.numbering.operations import Wish, give_numbers
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.ids import new_id
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Draft:
    """A contact to be: what was given for its fields, and the number if one was typed."""

    given: Mapping[str, Any]
    number: str = ""
    keep_sequence: bool = False
    is_demo: bool = False
    is_group: bool = False
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Created:
    """A contact that now exists."""

    id: UUID
    number: str
    name: str


@transaction.atomic
def create_contacts(
    drafts: Sequence[Draft],
    *,
    actor: Actor,
    at: datetime,
    lane: sync.Lane = sync.Lane.INTERACTIVE,
    held: bool = False,
) -> list[Created | Refused]:
    """Create contacts, numbered in the order given; each answer stands where its draft stood.

    A draft that is refused (its fields, a detail the firm asks for, its number) uses no number and does not hinder the
    others. ``held``: nothing of them is offered to Practice Management before ``sync.identify`` releases them (IMP-8).
    Raises Forbidden.
    """
    actor.require("contact.create")
    if any(draft.number for draft in drafts):
        require_number(actor)
    complete = {draft.id: cleaned(draft.given) for draft in drafts}
    required, groups = required_details(), {draft.id for draft in drafts if draft.is_group}
    repeated = external_refusals(complete)
    answers: dict[UUID, Created | Refused] = {
        key: Refused(errors)
        for key, fields in complete.items()
        if (
            errors := field_errors(fields)
            + required_errors(fields, () if key in groups else required)
            + _one(repeated.get(key))
        )
    }
    given = _numbered([draft for draft in drafts if draft.id not in answers], complete, at)
    numbers = {key: number for key, number in given.items() if isinstance(number, str)}
    demo = {draft.id for draft in drafts if draft.is_demo}
    insert_contacts(
        ((key, complete[key], number, actor.name, key in demo, key in groups) for key, number in numbers.items()), at=at
    )
    # A group is this product's own (LA-SPL-4); the other one has no such thing.
    items = [(key, values_from_fields(complete[key], number)) for key, number in numbers.items() if key not in groups]
    if not held:
        sync.born(kind=KIND, items=items, actor=actor, at=at, lane=lane, share_addresses=shares_addresses())
    history.record([_creation(key, complete[key], number, actor, at) for key, number in numbers.items()])
    for key, number in numbers.items():
        answers[key] = Created(key, number, display_name(complete[key]))
    answers |= refusals_of(given, actor)
    return [answers[draft.id] for draft in drafts]


def _one(error: FieldError | None) -> list[FieldError]:
    return [] if error is None else [error]


def create_contact(draft: Draft, *, actor: Actor, at: datetime) -> Created:
    """Create one contact. Raises Refused, Forbidden."""
    (answer,) = create_contacts([draft], actor=actor, at=at)
    if isinstance(answer, Refused):
        raise answer
    return answer


def _numbered(drafts: Sequence[Draft], complete: Mapping[UUID, Fields], at: datetime) -> dict[UUID, str | NotGiven]:
    wishes = [Wish(one.id, complete[one.id]["contact_type"], one.number, one.keep_sequence) for one in drafts]
    return dict(zip((wish.contact_id for wish in wishes), give_numbers(wishes, at=at), strict=True))


def _creation(key: UUID, fields: Fields, number: str, actor: Actor, at: datetime) -> history.NewEvent:
    changes = given_fields(fields, number)
    return history.NewEvent(KIND, key, display_name(fields), "created", actor, at, changes)
