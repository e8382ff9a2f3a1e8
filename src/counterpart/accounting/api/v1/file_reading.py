"""What programs write about files, in the terms of the operations: people by e-mail, list entries by code."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from counterpart.accounting.api.v1.file_schemas import FilePatch, LineIn, PayerIn
from counterpart.accounting.files.fields import CODES, FIELDS, LABELS, STAFF
from counterpart.accounting.files.models import FileCode
from counterpart.accounting.files.queries import Payer
from counterpart.accounting.files.shares import percent, share_of, with_shares
from counterpart.accounting.split import Line, parse_lines
from counterpart.contracts.contact import tidy
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.users.models import User


def given_fields(payload: FilePatch) -> dict[str, Any]:
    """Return the fields given, as the operations take them. Raises Refused for people and codes that are not there."""
    given = payload.model_dump(exclude_unset=True)
    # null for what can't be empty says nothing.
    kept = (*STAFF, *(name for name in FIELDS if name.endswith("_allocation")), "hold_reason")
    fields = {name: given[name] for name in FIELDS if name in given and (given[name] is not None or name in kept)}
    fields |= {name: str(share) for name, share in fields.items() if name.endswith("_allocation") and share is not None}
    people = {name: (tidy(fields[name]) or "").lower() for name in STAFF if fields.get(name)}
    codes = {name: (tidy(fields[name]) or "").lower() for name in CODES if name in fields}
    errors = []
    if people:
        known = dict(User.objects.filter(email__in=people.values()).values_list("email", "pk"))
        errors += [
            FieldError(name, f"{email} is not a user of Legal Accounting.", "unknown_staff")
            for name, email in people.items()
            if email not in known
        ]
        fields |= {name: known.get(email) for name, email in people.items()}
    if codes:
        entries = {(code.listing, code.code.lower()): code.pk for code in FileCode.objects.filter(listing__in=codes)}
        errors += [
            FieldError(name, f"There is no such {LABELS[name].lower()}.", "unknown")
            for name, code in codes.items()
            if (name, code) not in entries
        ]
        fields |= {name: entries.get((name, code)) for name, code in codes.items()}
    if errors:
        raise Refused(errors)
    return fields


def checked_shares(
    payers: Sequence[PayerIn], before: Sequence[tuple[UUID, int]]
) -> tuple[dict[UUID, int], list[tuple[UUID, int]]]:
    """Return the shares to set for co-payers, and all shares as they then are.

    Raises Refused under ``payers``: a percentage that can't be read, a contact named twice or that is no client, shares
    beyond the whole, and a primary contact named with another share than the rest.
    """
    shares = _given_shares(payers)
    primary = before[0][0]
    typed = shares.pop(primary, None)
    try:
        after = with_shares(before, shares)
    except Refused as refusal:
        raise Refused([_renamed(error, payers, before) for error in refusal.errors]) from refusal
    if typed is not None and typed != after[0][1]:
        text = f"The shares must total 100 %: the primary contact has what the others leave, {percent(after[0][1])} %."
        raise Refused([FieldError("payers", text, "share.total")])
    return shares, after


def given_lines(lines: Sequence[LineIn]) -> list[Line]:
    """Return the lines of a bill. Raises Refused for an amount that can't be read."""
    found, errors = [], []
    for index, line in enumerate(lines):
        read = parse_lines(str(line.amount))
        if len(read.lines) == 1 and not read.lines[0].description:
            found.append(Line(tidy(line.description) or "", read.lines[0].cents))
        else:
            text = read.problems[0].reason if read.problems else "Enter an amount such as 1234.56."
            errors.append(FieldError(f"lines.{index}.amount", text, "amount.invalid"))
    if errors:
        raise Refused(errors)
    return found


def held_shares(payers: Sequence[Payer]) -> list[tuple[UUID, int]]:
    """Return payers as pairs of contact and share."""
    return [(payer.contact_id, payer.share) for payer in payers]


def _given_shares(payers: Sequence[PayerIn]) -> dict[UUID, int]:
    if len({payer.contact_id for payer in payers}) != len(payers):
        raise Refused([FieldError("payers", "A contact can be a client of a file only once.", "party.twice")])
    shares, errors = {}, []
    for index, payer in enumerate(payers):
        if payer.percent is None:
            continue
        try:
            shares[payer.contact_id] = share_of(str(payer.percent))
        except ValueError as problem:
            errors.append(FieldError(f"payers.{index}.percent", str(problem), "share.invalid"))
    if errors:
        raise Refused(errors)
    return shares


def _renamed(error: FieldError, payers: Sequence[PayerIn], before: Sequence[tuple[UUID, int]]) -> FieldError:
    """Point at the payer where the caller wrote it, not where the file has it."""
    _, _, position = error.field.partition(".")
    places = {payer.contact_id: index for index, payer in enumerate(payers)}
    if not position:
        return FieldError("payers", error.message, error.code)
    place = places[before[int(position)][0]]
    return FieldError(f"payers.{place}.percent", error.message, error.code)
