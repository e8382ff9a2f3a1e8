"""Numbers asked for in Practice Management: who may ask, and what it is told when the answer is no (NUM-10, NUM-17,
MAT-9, MAT-19).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from counterpart.accounting.numbering.book import NotGiven
from counterpart.protocol.numbers import number_key
from counterpart.sync import api as sync
from counterpart.sync.api import Amendment, Newcomer, Refusal

CurrentKeys = Callable[[Iterable[UUID]], Mapping[UUID, str]]
"""The number keys that records of a kind have now, by id; deleted ones are absent."""


def request_of(record: Newcomer | Amendment) -> tuple[str, bool]:
    """Return the number asked for, '' if none, and whether it shall leave the sequence alone."""
    request = _values(record).get("requested_number") or {}
    return request.get("number") or "", bool(request.get("keep_sequence"))


def restriction_refusal(record: Newcomer | Amendment, locked: set[str], *, what: str) -> Refusal | None:
    """Whether the one who asked for the number is bound by the restriction (NUM-16, NUM-17, MAT-19)."""
    request = _values(record).get("requested_number")
    if not request:
        return None
    author = record.authors.get("requested_number", record.author)
    if author.email.lower() not in locked:
        return None
    text = f"{what} numbers are restricted for the person who asked for this one."
    return Refusal("number_restricted", text, "requested_number", {"number": request.get("number")})


def locked_emails(records: Iterable[Newcomer | Amendment], read: Callable[[], set[str]]) -> set[str]:
    """Return whom the restriction binds; asked only if a number was asked for."""
    return read() if any(_values(record).get("requested_number") for record in records) else set()


def taken_refusals(given: Mapping[UUID, str | NotGiven], kind: str, current: CurrentKeys) -> dict[UUID, Refusal]:
    """Return what the other product is told of the numbers that were not given, by record."""
    refusals = {key: answer for key, answer in given.items() if isinstance(answer, NotGiven)}
    owners = {answer.number: answer.owner for answer in refusals.values() if answer.owner}
    holders = holder_sync_ids(owners, kind, current)
    return {
        key: Refusal(no.code, no.text, "requested_number", {"number": no.number, "holder": holders.get(no.number, "")})
        for key, no in refusals.items()
    }


def holder_sync_ids(owners: Mapping[str, UUID], kind: str, current: CurrentKeys) -> dict[str, str]:
    """Return, by number, the sync identity of the record that holds it now; '' for a retired number."""
    if not owners:
        return {}
    keys = current(owners.values())
    identities = sync.sync_ids(kind, keys)
    holders = {}
    for number, owner in owners.items():
        sync_id = identities.get(owner) if keys.get(owner) == number_key(number) else None
        holders[number] = str(sync_id) if sync_id else ""
    return holders


def _values(record: Newcomer | Amendment) -> Mapping[str, Any]:
    return record.values if isinstance(record, Newcomer) else record.changed
