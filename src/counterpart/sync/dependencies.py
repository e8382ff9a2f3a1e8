"""Records that refer to others and wait for them: a matter goes once the peer holds all its clients (section 9).

The rows follow the registers that refer, at the site that writes those; whether a record is held back is derived from
them and from how the records it needs stand, so nothing has to be released and nothing can stay held by mistake.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from counterpart.foundation.bulk import insert_rows
from counterpart.foundation.reading import rows_of
from counterpart.protocol.registers import Register
from counterpart.sync.handler import Handler, Values
from counterpart.sync.link import my_site
from counterpart.sync.models import Dependency, Record
from counterpart.sync.registry import handler_for, has_handler

IN_TROUBLE = ~Q(needs__error_code="") | ~Q(needs__refused_code="") | Q(needs__severed=True)
"""The record needed waits for a person."""
NOT_THERE = Q(needs__known_at_peer=False) | Q(needs__severed=True)
NOT_READY = Q(record__known_at_peer=False) & IN_TROUBLE | NOT_THERE
"""What a record waits for. One that the peer holds needs no more than that its clients exist there: an error of theirs
must not keep other changes back.
"""


def referring(rules: Mapping[str, Register]) -> list[Register]:
    """The registers whose values are identities of other records."""
    return [rule for rule in rules.values() if rule.refers_to]


def refers(handler: Handler) -> bool:
    """Whether records of this kind may have to wait for others."""
    return any(rule.refers_to for rule in handler.registers.values())


def begins_here(handler: Handler) -> bool:
    """Whether a record of this kind can be born at this site: it may write whatever such a record refers to."""
    return all(my_site() in rule.writers for rule in referring(handler.registers))


def waiting() -> Exists:
    """For a query of Records: something this one refers to is not ready at the peer."""
    return Exists(Dependency.objects.filter(NOT_READY, record_id=OuterRef("pk")))


def waiting_in_trouble() -> Exists:
    """For a query of Records: what it waits for waits for a person."""
    return Exists(Dependency.objects.filter(NOT_READY, IN_TROUBLE, record_id=OuterRef("pk")))


def held_back() -> Q:
    """For a query of Records: not to be sent now. A record that the peer holds is sent once all the same and refused
    whole, so that the peer knows that it holds something old (property S7); one that was deleted is told at once.
    """
    return Q(waiting(), Q(known_at_peer=False) | Q(attempts__gt=0), severed=False)


def note_needs(handler: Handler, needs: Mapping[UUID, Values], *, replace: bool = False) -> None:
    """Remember what records refer to, by sync id. ``replace``: they may have referred to others before."""
    written = [rule for rule in referring(handler.registers) if my_site() in rule.writers]
    if not written or not needs:
        return
    if replace:
        Dependency.objects.filter(record_id__in=list(needs)).delete()
    pairs = {
        (sync_id, UUID(needed)): None
        for sync_id, values in needs.items()
        for rule in written
        for needed in values.get(rule.name) or ()
    }
    insert_rows(Dependency, ("record_id", "needs_id"), list(pairs))


def waits_of(records: Iterable[Record]) -> dict[UUID, list[Record]]:
    """What those of the records that have something to send wait for, worst first. One statement."""
    due = [record.sync_id for record in records if record.due and not record.severed]
    waits: dict[UUID, list[Record]] = defaultdict(list)
    if due:
        rows = Dependency.objects.filter(NOT_READY, record_id__in=due).select_related("needs")
        for row in rows.order_by("id"):
            waits[row.record_id].append(row.needs)
    for needed in waits.values():
        needed.sort(key=lambda one: not is_in_trouble(one))
    return waits


def is_in_trouble(needed: Record) -> bool:
    """``IN_TROUBLE`` for a row at hand."""
    return bool(needed.error_code or needed.refused_code or needed.severed)


def absent(wanted: Mapping[UUID, Iterable[tuple[str, str]]]) -> dict[UUID, list[str]]:
    """Of the records that states refer to (kind and identity, by the state's own identity), those that are not here.
    Two statements for each kind.
    """
    identities: dict[str, set[str]] = defaultdict(set)
    for references in wanted.values():
        for kind, identity in references:
            identities[kind].add(identity)
    present = {kind: _present(kind, texts) for kind, texts in identities.items()}
    found = {
        sync_id: [identity for kind, identity in references if identity not in present[kind]]
        for sync_id, references in wanted.items()
    }
    return {sync_id: texts for sync_id, texts in found.items() if texts}


def _present(kind: str, texts: set[str]) -> set[str]:
    if not has_handler(kind):
        return set()
    rows = Record.objects.filter(kind=kind, sync_id__among=[UUID(text) for text in texts], local_id__isnull=False)
    found = dict(rows_of(rows.values_list("local_id", "sync_id")))
    alive = handler_for(kind).everything().filter(pk__among=found).values_list("pk")
    return {str(found[local_id]) for (local_id,) in rows_of(alive)}


def referring_records(sync_ids: Sequence[UUID]) -> QuerySet[Record]:
    """The records that refer to these."""
    return Record.objects.filter(pk__in=Dependency.objects.filter(needs_id__in=list(sync_ids)).values("record_id"))
