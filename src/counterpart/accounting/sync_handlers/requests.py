"""Numbers asked for in Practice Management: who may ask, and what it is told when the answer is no (NUM-10, NUM-17)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.registers import KIND
from counterpart.accounting.numbering.models import NumberLedger
from counterpart.accounting.numbering.operations import NotGiven, Wish
from counterpart.accounting.numbering.queries import number_locked_emails
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync
from counterpart.sync.api import Amendment, Newcomer, Refusal

RESTRICTED: Final = "Contact numbers are restricted for the person who asked for this one."


def wish_of(record: Newcomer | Amendment, scheme: str) -> Wish:
    values = record.values if isinstance(record, Newcomer) else record.changed
    request = values.get("requested_number") or {}
    number, keep = request.get("number") or "", bool(request.get("keep_sequence"))
    return Wish(record.local_id, scheme, number, keep, NumberLedger.Reason.REQUESTED)


def restriction_refusal(record: Newcomer | Amendment, locked: set[str]) -> Refusal | None:
    """Whether the one who asked for the number is bound by the restriction (NUM-16, NUM-17)."""
    values = record.values if isinstance(record, Newcomer) else record.changed
    request = values.get("requested_number")
    if not request:
        return None
    author = record.authors.get("requested_number", record.author)
    if author.email.lower() not in locked:
        return None
    return Refusal("number_restricted", RESTRICTED, "requested_number", {"number": request.get("number")})


def locked_emails(all_values: Iterable[Mapping[str, Any]]) -> set[str]:
    return number_locked_emails() if any(values.get("requested_number") for values in all_values) else set()


def taken_refusals(given: Mapping[UUID, str | NotGiven]) -> dict[UUID, Refusal]:
    refusals = {key: answer for key, answer in given.items() if isinstance(answer, NotGiven)}
    holders = holder_sync_ids({answer.number: answer.owner for answer in refusals.values() if answer.owner})
    return {
        key: Refusal(no.code, no.text, "requested_number", {"number": no.number, "holder": holders.get(no.number, "")})
        for key, no in refusals.items()
    }


def holder_sync_ids(owners: Mapping[str, UUID | None]) -> dict[str, str]:
    """Return, by number, the sync identity of the contact that holds it now; '' for a retired number."""
    ids = [owner for owner in owners.values() if owner is not None]
    if not ids:
        return {}
    current = dict(Contact.objects.filter(pk__in=ids, deleted_at=None).values_list("pk", "number_key"))
    states = sync.link_states(KIND, list(current))
    holders = {}
    for number, owner in owners.items():
        holds = owner is not None and current.get(owner) == number_key(number)
        sync_id = states[owner].sync_id if owner is not None and holds and owner in states else None
        holders[number] = str(sync_id) if sync_id else ""
    return holders
