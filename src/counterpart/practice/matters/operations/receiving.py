"""Writing what Legal Accounting sent: whole batches, a constant number of statements, everybody's own name in history.

The permissions of this product do not apply (CON-10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.practice.matters.operations.looking_up import People
from counterpart.practice.matters.operations.recording import changes_between, event
from counterpart.practice.matters.registers import columns_after
from counterpart.practice.matters.rows import NUMBERS, number_matters, states_of, update_matters


@dataclass(frozen=True, slots=True)
class Received:
    """A matter's registers as they arrived, and who made the newest change, where it was made (CON-13)."""

    matter_id: UUID
    values: Mapping[str, Any]
    author: Actor


def amend_matters(received: Sequence[Received], at: datetime) -> dict[UUID, str]:
    """Write the changed registers and leave everything else alone (GEN-6). Inside the engine's transaction.

    Answers the matters that keep the person they are assigned to, because nobody here has the e-mail address that
    arrived; and that address (MAT-23).
    """
    states = states_of([one.matter_id for one in received])
    people = People(one.values.get("assigned") for one in received)
    rows: list[Any] = []
    numbered: list[Any] = []
    events = []
    unknown: dict[UUID, str] = {}
    for one in received:
        before = states.get(one.matter_id)
        if before is None:
            continue
        after = {**before, **columns_after(before, dict(one.values))}
        if "assigned" in one.values:
            email = one.values["assigned"]
            person = people.get(email)
            if person is None:
                unknown[one.matter_id] = email or ""
            else:
                after |= {"assigned_to_id": person.id, "assigned_email": person.email, "assigned_name": person.name}
        if changes := changes_between(before, after):
            (numbered if changes.keys() <= set(NUMBERS) else rows).append((one.matter_id, after, one.author.name))
            events.append(event(after, "edited", one.author, at, changes))
    if events:
        update_matters(rows, at)
        number_matters(numbered, at)
        history.record(events)
    return unknown
