"""Files as the API shows them, built straight from rows and link states."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from counterpart.accounting.api.v1.shapes import link_out
from counterpart.accounting.files.fields import ALLOCATIONS, CODES, HOLDS, STAFF
from counterpart.accounting.files.models import File
from counterpart.accounting.files.queries import Payer, former_payers_of, members_of, open_review, payers_of
from counterpart.accounting.files.registers import KIND
from counterpart.accounting.files.shares import percent
from counterpart.accounting.split import Line, divide, written
from counterpart.sync import api as sync


def files_out(ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """Return files in the shape of ``FileOut``, in the order of the ids; a constant number of queries. The link states
    are read before the rows, as for contacts.
    """
    wanted = list(ids)
    if not wanted:
        return []
    states = sync.link_states(KIND, wanted)
    rows = File.objects.select_related(*STAFF, *CODES).in_bulk(wanted)
    payers = payers_of(wanted)
    return [_file_out(rows[key], payers[key], states[key]) for key in wanted if key in rows]


def split_out(file: File) -> dict[str, Any]:
    """Return a file's split in the shape of ``SplitOut``."""
    review = open_review(file.pk)
    former = former_payers_of(file.pk)
    return {
        "payers": payers_out(payers_of([file.pk])[file.pk]),
        "former_payers": [
            {"contact_id": one.contact_id, "name": one.contact.name, "ended_at": one.ended_at} for one in former
        ],
        "review": review and {"reason": review.reason, "made_at": review.made_at, "made_by": review.made_by},
        "version": file.version,
    }


def payers_out(payers: Sequence[Payer]) -> list[dict[str, Any]]:
    """Return payers in the shape of ``PayerOut``."""
    return [
        {
            "contact_id": one.contact_id,
            "name": one.name,
            "number": one.number,
            "percent": one.percent,
            "is_primary": one.is_primary,
        }
        for one in payers
    ]


def preview_out(payers: Sequence[Payer], shares: Sequence[tuple[UUID, int]], lines: Sequence[Line]) -> dict[str, Any]:
    """Return lines divided by these shares, in the shape of ``PreviewOut`` (LA-SPL-7: nothing for a zero share)."""
    divided = divide([line.cents for line in lines], [share for _, share in shares])
    totals = [
        {**payer, "percent": percent(share), "amount": _amount(cents)}
        for payer, (_, share), cents in zip(payers_out(payers), shares, divided.totals, strict=True)
    ]
    return {
        "total": _amount(sum(line.cents for line in lines)),
        "payers": totals,
        "lines": [
            {
                "description": line.description,
                "amount": _amount(line.cents),
                "shares": [
                    {"contact_id": contact, "amount": _amount(cents)}
                    for (contact, share), cents in zip(shares, parts, strict=True)
                    if share
                ],
            }
            for line, parts in zip(lines, divided.per_line, strict=True)
        ],
    }


def members_out(group_id: UUID) -> dict[str, Any]:
    """Return the members of a group in the shape of ``MembersOut``."""
    members = [member.contact for member in members_of(group_id)]
    return {"items": [{"contact_id": one.pk, "name": one.name, "number": one.number} for one in members]}


def _amount(cents: int) -> str:
    """An amount as programs read it: 1234.56."""
    return written(cents).replace(",", "")


def _file_out(file: File, payers: Sequence[Payer], link: sync.LinkState) -> dict[str, Any]:
    allocations = {name: getattr(file, name) for name in ALLOCATIONS}
    return {
        "id": file.pk,
        "number": file.number,
        "description": file.description,
        "opened_on": file.opened_on,
        "opened_received": file.opened_received,
        **{role: person.email if (person := getattr(file, role)) else None for role in STAFF},
        **{name: None if share is None else percent(share) for name, share in allocations.items()},
        **{name: getattr(file, name).code for name in CODES},
        **{name: getattr(file, name) for name in HOLDS},
        "hold_reason": file.hold_reason or None,
        "group_id": file.group_id,
        "payers": payers_out(payers),
        "from_practice_management": file.from_pm,
        "status": file.status,
        "closed_on": file.closed_on,
        "version": file.version,
        "created_at": file.created_at,
        "created_by": file.created_by,
        "updated_at": file.updated_at,
        "updated_by": file.updated_by,
        "sync": link_out(link),
    }
