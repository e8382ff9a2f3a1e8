"""Creating contacts: one is a batch of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.ids import new_id
from counterpart.practice.contacts.drafts import PERSON_ONLY, Draft, columns_of, problems_of
from counterpart.practice.contacts.enums import Kind
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.external import external_refusals
from counterpart.practice.contacts.operations.recording import initial_changes
from counterpart.practice.contacts.personal import settle
from counterpart.practice.contacts.private import tax_number_refusals
from counterpart.practice.contacts.registers import values_of, with_request
from counterpart.practice.contacts.rows import insert_contacts
from counterpart.practice.number_locks import REFERENCE_LOCK
from counterpart.practice.settings.queries import CreationRules, creation_rules
from counterpart.sync import api as sync


@dataclass(frozen=True, slots=True)
class Created:
    """A contact that now exists."""

    id: UUID
    columns: dict[str, Any]


Result = Created | Refused
"""What became of one draft."""


@transaction.atomic
def create_contacts(
    *,
    actor: Actor,
    drafts: Sequence[Draft],
    at: datetime,
    lane: sync.Lane = sync.Lane.INTERACTIVE,
    ids: Sequence[UUID] | None = None,
    held: bool = False,
) -> list[Result]:
    """Create a contact from every draft that can be stored; the answer stands in the order of the drafts (CON-1).

    A refused draft does not stop the others. Nothing waits for Legal Accounting (WIN-12): an empty reference is
    filled when it answers. A reference that another contact holds is stored as a request all the same, and refused
    by Legal Accounting (NUM-10): it alone knows every number. ``ids``: identities chosen by the caller, one per
    draft, so that a form sent twice makes one contact. ``held``: nothing of them is offered to Legal Accounting before
    ``sync.identify`` releases them (IMP-8). Raises Forbidden.
    """
    actor.require("contact.create")
    rules, number_refusal = creation_rules(), _number_refusal(actor, drafts)
    results: list[Result] = []
    born: list[tuple[UUID, sync.Values]] = []
    repeated = external_refusals({place: draft.external_reference for place, draft in enumerate(drafts)})
    for place, draft in enumerate(drafts):
        columns, values, errors = _weighed(draft, actor, rules, number_refusal)
        if place in repeated:
            errors.append(repeated[place])
        if errors:
            results.append(Refused(errors))
            continue
        made = Created(ids[place] if ids else new_id(), columns)
        results.append(made)
        born.append((made.id, values))
    if born:
        created = [result for result in results if isinstance(result, Created)]
        insert_contacts([(one.id, one.columns, actor.name) for one in created], at)
        if not held:
            sync.born(kind="contact", items=born, actor=actor, at=at, lane=lane, share_addresses=rules.sync_addresses)
        history.record([_event(one, actor, at) for one in created])
    return results


def _weighed(
    draft: Draft, actor: Actor, rules: CreationRules, number_refusal: FieldError | None
) -> tuple[dict[str, Any], sync.Values, list[FieldError]]:
    """The draft as columns and as registers, and everything that is wrong with it."""
    columns = columns_of(draft)
    if not rules.separate_numbering_sequences:
        columns["numbering_sequence"] = "client"  # SEQ-5, CON-7
    errors = settle(columns)
    values = values_of(columns, shares_methods=rules.share_methods)
    if columns["requested_reference"]:
        values = with_request(values, columns)
    errors += problems_of(columns, values) + _only_a_person_has(columns)
    if columns["tax_number"]:
        errors += tax_number_refusals(actor, "", columns)
    if number_refusal is not None and columns["requested_reference"]:
        errors.append(number_refusal)
    return columns, values, errors


def _event(made: Created, actor: Actor, at: datetime) -> history.NewEvent:
    label, changes = display_name(made.columns), initial_changes(made.columns)
    return history.NewEvent("contact", made.id, label, "created", actor, at, changes)


def _number_refusal(actor: Actor, drafts: Sequence[Draft]) -> FieldError | None:
    """NUM-16: some people may not define a reference, here either."""
    return REFERENCE_LOCK.refusal(actor, "reference") if any(draft.reference for draft in drafts) else None


def _only_a_person_has(columns: dict[str, Any]) -> list[FieldError]:
    if columns["kind"] != Kind.COMPANY:
        return []
    return [
        FieldError(part, "Only an individual has this; a company has a company name.", "individual_only")
        for part in PERSON_ONLY
        if columns[part]
    ]
