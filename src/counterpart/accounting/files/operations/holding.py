"""What the operations begin and end with: the file held under its locks, and every change written the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.edits import changed_fields, require_version
from counterpart.accounting.files.queries import taken_sentences
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.rows import (
    Held,
    Shares,
    payer_changes,
    read_held,
    readable,
    update_files,
    update_payers,
)
from counterpart.accounting.files.values import values_of
from counterpart.accounting.numbering.book import NotGiven
from counterpart.accounting.numbering.file_numbers import FileWish, give_file_numbers
from counterpart.accounting.numbering.refusing import number_refusals
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Missing, Refused
from counterpart.sync import api as sync


def hold(file_id: UUID, version: int | None = None) -> Held:
    """Lock the file, its link first, and return it as it is now. Raises Missing, Stale."""
    sync.lock(KIND, [file_id])
    held = read_held([file_id], lock=True).get(file_id)
    if held is None:
        raise Missing("There is no such file.")
    require_version(held, version, "file")
    return held


def write(
    before: Held, after: Held, *, verb: str, actor: Actor, at: datetime, always_exchange: bool = False
) -> history.NewEvent | None:
    """Write what differs, tell the engine of it where Practice Management knows the file, and return the event for the
    history; None if nothing differs. ``always_exchange``: saving without a change still asks for one (STA-5).
    """
    differs = bool(changes_between(before, after))
    events = write_all([(before, after)], verb=verb, actor=actor, at=at)
    if before.from_pm and (differs or always_exchange):
        was, now = values_of([before, after])
        # The client list is Practice Management's to write: one changed here while the integration is off stays here
        # and is put back when it is on again (sync-protocol 15).
        was["clients"] = now["clients"]
        sync.saved(kind=KIND, items=[(after.id, was, now)], actor=actor, at=at)
    return events[0] if events else None


def write_all(pairs: Sequence[tuple[Held, Held]], *, verb: str, actor: Actor, at: datetime) -> list[history.NewEvent]:
    """Write the files of which something differs, given as (before, after), and return an event for each."""
    found = [(before, after, changes_between(before, after)) for before, after in pairs]
    changed = [
        (before, replace(after, version=before.version + 1), changes) for before, after, changes in found if changes
    ]
    update_files([(after, actor.name) for _, after, _ in changed], at=at)
    update_payers([(before, after) for before, after, _ in changed], at=at)
    shown = readable(changes for _, _, changes in changed)
    return [
        history.NewEvent(KIND, after.id, after.label, verb, actor, at, one)
        for (_, after, _), one in zip(changed, shown, strict=True)
    ]


def changes_between(before: Held, after: Held) -> dict[str, Any]:
    """Return {field: [old, new]} of everything that differs, as ``rows.readable`` takes it."""
    changes = changed_fields(before.fields, after.fields)
    if before.number != after.number:
        changes["number"] = [before.number, after.number]
    return changes | payer_changes(before.payers, after.payers)


def with_payers(held: Held, payers: Shares) -> Held:
    """Return the file as it shall be with these payers."""
    return replace(held, payers=payers)


def given_number(held: Held, number: str, *, keep_sequence: bool, actor: Actor, at: datetime) -> str:
    """Give the file another number, '' for the next one. Raises Refused."""
    contact = Contact.objects.only("number").get(pk=held.primary)
    wish = FileWish(held.id, contact.pk, contact.number, number, keep_sequence)
    (answer,) = give_file_numbers([wish], at=at)
    if isinstance(answer, NotGiven):
        raise refusals_of({held.id: answer}, actor)[held.id]
    return answer


def refusals_of(given: Mapping[UUID, str | NotGiven], actor: Actor) -> dict[UUID, Refused]:
    """Return why numbers were not given, by file; the holder is named to those who may see files (MAT-9)."""
    return number_refusals(given, partial(taken_sentences, named=actor.may("file.read")))
