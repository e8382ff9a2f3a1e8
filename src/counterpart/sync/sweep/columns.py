"""Reading the records' columns anew and comparing them with the digests noted at the last change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from counterpart.protocol.canonical import canonical_json, sha256
from counterpart.protocol.registers import Register, Stamps
from counterpart.sync.codec import read_stamps
from counterpart.sync.handler import Values
from counterpart.sync.link import my_site
from counterpart.sync.models import Record
from counterpart.sync.registry import handler_for, handlers

DRIFT = "drift"
"""The error of a record that goes on differing although nothing is on its way; it takes part in every sweep."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, in the order of their identities: how many, the last, and those that are not as they were."""

    read: int
    last: UUID | None
    suspects: list[UUID]


def existing() -> QuerySet[Record]:
    """The records that take part in a sweep: here, and neither deleted on a side nor merged into another."""
    return Record.objects.filter(severed=False, local_id__isnull=False, alias_of=None)


def at_rest() -> QuerySet[Record]:
    """Those of them with nothing on its way and no error of their own: only these are compared."""
    return existing().filter(due=False, error_code__in=("", DRIFT), refused_code="")


def read_page(after: UUID, size: int) -> Page:
    """Read the columns of the next records at rest. A suspect may have been saved this very moment, between its two
    reads: ``outside.adopt`` looks again under a lock.
    """
    columns = ("sync_id", "kind", "local_id", "regs", "held", "digest")
    rows = list(at_rest().filter(sync_id__gt=after).order_by("sync_id").values_list(*columns)[:size])
    suspects: list[UUID] = []
    for handler in handlers():
        members = [row for row in rows if row[1] == handler.kind]
        if not members:
            continue
        rules, watched = handler.registers, watched_registers(handler.registers)
        values = handler.read([row[2] for row in members if row[2] is not None])
        for sync_id, _, local_id, regs, held, digest in members:
            own = values.get(local_id)
            stamps = read_stamps(regs)
            if own is None or digest_of(rules, stamps, own, held) != digest or has_unstamped(watched, stamps, own):
                suspects.append(sync_id)
    return Page(len(rows), rows[-1][0] if rows else None, suspects)


def watched_registers(rules: Mapping[str, Register]) -> list[str]:
    """The registers that stand in columns and that this site may write: a value in one of them has a stamp."""
    return [n for n, rule in rules.items() if my_site() in rule.writers and not rule.create_only and not rule.kept]


def has_unstamped(watched: list[str], stamps: Mapping[str, Stamps], values: Values) -> bool:
    """Whether a register has a value that nobody ever wrote; no digest covers it."""
    return any(name not in stamps and values.get(name) is not None for name in watched)


def digest_of(
    rules: Mapping[str, Register], stamps: Mapping[str, Stamps], values: Values, held: Mapping[str, Any]
) -> str:
    """``protocol.canonical.state_digest`` without building the registers: a sweep asks for it a hundred thousand times.

    ``stamps`` as stored are in the order of their names.
    """
    rows = [
        [name, None if rule.create_only else held.get(name) if rule.kept else values.get(name), pm, la]
        for name, (pm, la) in stamps.items()
        if (rule := rules.get(name)) is not None and (pm or la)
    ]
    return sha256(canonical_json(rows))


def known_kind(kind: str) -> bool:
    """Whether this product has the kind."""
    return any(handler.kind == kind for handler in handlers())


def label_of(kind: str, register: str) -> str:
    """A register in this product's words."""
    return handler_for(kind).register_label(register) if known_kind(kind) else register
