"""Writing what Legal Accounting sent: whole batches, a constant number of statements, everybody's own name in history.

The permissions of this product do not apply (CON-8, CON-9), nor do options about required fields (ADR-7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations.recording import changes_between, initial_changes
from counterpart.practice.contacts.personal import FURTHER
from counterpart.practice.contacts.registers import columns_after, values_of
from counterpart.practice.contacts.rows import NUMBERS, insert_contacts, number_contacts, states_of, update_contacts
from counterpart.practice.settings.queries import creation_rules

BLANK: Final[Mapping[str, Any]] = {
    "kind": "individual", "title": "", "first": "", "middle": "", "last": "", "suffix": "", "company": "",
    "alias": "", "email": "", "emails": [], "phones": [], "physical_address": {}, "mailing_address": {},
    "reference": "", "requested_reference": "", "requested_keep_sequence": False, "numbering_sequence": "client",
    "status": "active", "is_demo": False, "external_reference": "", **dict.fromkeys(FURTHER, ""),
}  # fmt: skip


COME_AS_SENT: Final = frozenset({"number", "scheme"})
"""All that is sent when a contact was numbered: nothing else moves because of it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A contact's registers as they arrived, and who made the newest change, where it was made (CON-13)."""

    contact_id: UUID
    values: Mapping[str, Any]
    author: Actor


def admit_contacts(received: Sequence[Received], at: datetime) -> None:
    """Create the contacts. Inside the engine's transaction."""
    rows = []
    events = []
    for one in received:
        columns = {**BLANK, **columns_after(BLANK, dict(one.values))}
        rows.append((one.contact_id, columns, one.author.name))
        label, changes = display_name(columns), initial_changes(columns)
        events.append(history.NewEvent("contact", one.contact_id, label, "created", one.author, at, changes))
    insert_contacts(rows, at)
    history.record(events)


def amend_contacts(received: Sequence[Received], at: datetime) -> dict[UUID, dict[str, Any]]:
    """Write the changed registers and leave everything else alone (GEN-6). Inside the engine's transaction.

    Answers the registers that came out otherwise than they arrived, which are changes of our own: the next number
    of a label moves up when its first is removed (PHN-2), and is a further one no more (IMP-7).
    """
    states, shares = states_of([one.contact_id for one in received]), creation_rules().share_methods
    rows: list[Any] = []
    numbered: list[Any] = []
    events = []
    own: dict[UUID, dict[str, Any]] = {}
    for one in received:
        before = states.get(one.contact_id)
        if before is None:
            continue
        after = {**before, **columns_after(before, dict(one.values))}
        if not one.values.keys() <= COME_AS_SENT and (moved := _moved(one, before, after, shares_methods=shares)):
            own[one.contact_id] = moved
        changes = changes_between(before, after)
        if not changes:
            continue
        (numbered if changes.keys() <= set(NUMBERS) else rows).append((one.contact_id, after, one.author.name))
        label = display_name(after)
        events.append(history.NewEvent("contact", one.contact_id, label, "edited", one.author, at, changes))
    if events:
        update_contacts(rows, at)
        number_contacts(numbered, at)
        history.record(events)
    return own


def _moved(
    one: Received, before: Mapping[str, Any], after: Mapping[str, Any], *, shares_methods: bool
) -> dict[str, Any]:
    values = values_of(after, shares_methods=shares_methods)
    moved = {name: values[name] for name, value in one.values.items() if name in values and values[name] != value}
    if values["methods"] != values_of(before, shares_methods=shares_methods)["methods"]:
        moved["methods"] = values["methods"]
    return moved
