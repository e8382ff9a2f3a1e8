"""Editing a contact and changing its number (EDT-1, NUM-13)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.accounting.contacts.fields import NAME_FIELDS, Fields, cleaned, display_name, field_errors
from counterpart.accounting.contacts.operations.external import external_refusals
from counterpart.accounting.contacts.operations.holding import hold, refusals_of
from counterpart.accounting.contacts.operations.sharing import shares_addresses
from counterpart.accounting.contacts.permissions import require_number
from counterpart.accounting.contacts.registers import KIND, fields_from_values, values_from_fields
from counterpart.accounting.contacts.rows import Held, read_held, update_contacts
from counterpart.accounting.edits import changed_fields, merged
from counterpart.accounting.numbering.book import NotGiven
from counterpart.accounting.numbering.operations import Wish, give_numbers
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Missing, Refused
from counterpart.sync import api as sync


@transaction.atomic
def edit_contact(
    *,
    contact_id: UUID,
    given: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    version: int | None = None,
    seen: Mapping[str, Any] | None = None,
    number: str | None = None,
    keep_sequence: bool = False,
) -> None:
    """Write the fields given; saving without a change still asks for an exchange (STA-5).

    ``version`` is the one that was read. If another save came between, fields changed by one side only are merged,
    provided ``seen`` tells what the writer saw; otherwise Stale is raised, and Clash where both changed a field
    (EDT-1). ``number``: a new number, or '' for the next one of the sequence (NUM-13); files keep theirs (LA-NUM-9).
    Raises Missing, Forbidden, Stale, Clash, Refused.
    """
    held = hold(contact_id)
    renumbers = number is not None and number != held.number
    if given or not renumbers:
        actor.require("contact.edit")
    after = merged(held, given, version=version, seen=seen, cleaned=cleaned, noun="contact")
    errors = edit_errors(held.fields, after)
    if after["external_reference"] != held.fields["external_reference"]:
        errors += external_refusals({contact_id: after}, other_than=[contact_id]).values()
    if errors:
        raise Refused(errors)
    new_number = held.number
    if renumbers:
        require_number(actor)
        wish = Wish(contact_id, after["contact_type"], number or "", keep_sequence)
        new_number = _given_number(wish, actor, at)
    _write(held, after, new_number, actor, at)


def change_number(
    *, contact_id: UUID, number: str, keep_sequence: bool, actor: Actor, at: datetime, version: int | None = None
) -> None:
    """Give the contact another number, '' for the next one of its sequence (LA-NUM-9, NUM-13).

    The old number stays in the ledger and still finds the contact (LA-NUM-7). Raises what ``edit_contact`` raises.
    """
    require_number(actor)
    edit_contact(
        contact_id=contact_id, given={}, actor=actor, at=at, version=version, number=number, keep_sequence=keep_sequence
    )


def take_address(*, contact_id: UUID, actor: Actor, at: datetime) -> None:
    """Store the other product's addresses here, where they differ (IMP-2). Raises what ``edit_contact`` raises."""
    held = read_held([contact_id]).get(contact_id)
    if held is None:
        raise Missing("There is no such contact.")
    differences = sync.link_states(KIND, [contact_id], with_differences=True)[contact_id].differences
    theirs = {difference.register: difference.theirs for difference in differences}
    edit_contact(contact_id=contact_id, given=fields_from_values(theirs, held.fields), actor=actor, at=at)


def edit_errors(before: Fields, after: Fields) -> list[FieldError]:
    """What is wrong with an edit. Part of one."""
    # What arrived from the other product may lack a last name (PER-4); an edit of something else must not be refused.
    manual = any(before[name] != after[name] for name in NAME_FIELDS)
    return field_errors(after, manual=manual)


def _given_number(wish: Wish, actor: Actor, at: datetime) -> str:
    (answer,) = give_numbers([wish], at=at)
    if isinstance(answer, NotGiven):
        raise refusals_of({wish.contact_id: answer}, actor)[wish.contact_id]
    return answer


def _write(held: Held, after: Fields, number: str, actor: Actor, at: datetime) -> None:
    changes = changed_fields(held.fields, after)
    if number != held.number:
        changes["number"] = [held.number, number]
    if changes:
        update_contacts([(held.id, after, number, held.version + 1, actor.name)], at=at)
    if not held.is_group:
        item = (held.id, values_from_fields(held.fields, held.number), values_from_fields(after, number))
        sync.saved(kind=KIND, items=[item], actor=actor, at=at, share_addresses=shares_addresses())
    if changes:
        event = history.NewEvent(KIND, held.id, display_name(after), "edited", actor, at, changes)
        history.record([event])
