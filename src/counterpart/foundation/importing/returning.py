"""Rows about records that the undo of an import deleted: they come back, and nothing is there twice (IMP-7).

A number is given to nobody but the record that had it (LA-NUM-7), so a file with numbers could never be imported again
otherwise; and the other product, which keeps its record when ours is deleted, would have a second one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from counterpart.foundation.importing.models import ImportMark, ImportRun


class Deleted(Protocol):
    """What a product knows of its deleted records."""

    kind: str

    def deleted(self, by: str, keys: Sequence[str], at: datetime) -> Mapping[str, Sequence[tuple[UUID, datetime]]]:
        """Deleted records with these keys that this person may bring back: which, and when each was deleted."""


class Returning:
    """Finds the records of one import's rows."""

    def __init__(self, run_id: UUID, records: Deleted) -> None:
        self.run_id, self.records = run_id, records

    def find(
        self, rows: Mapping[int, int], numbers: Mapping[int, str], references: Mapping[int, str], at: datetime
    ) -> dict[int, UUID]:
        """The record of each row, by the row's place: by its number, without one by its external reference, and with
        neither by the same row of the very same file. ``rows``: place to the number of the row.
        """
        found = self._by("reference", numbers, at, {})
        found |= self._by("external_reference", references, at, found)
        plain = [number for place, number in rows.items() if place not in numbers and place not in references]
        former = self._former(plain)
        keys = {place: str(former[number]) for place, number in rows.items() if number in former}
        return found | self._by("id", keys, at, found)

    def _by(self, by: str, keys: Mapping[int, str], at: datetime, before: Mapping[int, UUID]) -> dict[int, UUID]:
        away = self.records.deleted(by, list(set(keys.values())), at) if keys else {}
        pairs = {pair for each in away.values() for pair in each}
        marks = ImportMark.objects.filter(object_id__in=[one for one, _ in pairs], action=ImportMark.Action.CREATED)
        # Deleted in the very moment of the undo: what a person deleted is not brought back by a file.
        undone = pairs & set(marks.values_list("object_id", "undone_at")) if pairs else set()
        taken = set(before.values())
        found: dict[int, UUID] = {}
        for place, key in keys.items():
            ours = [pair[0] for pair in away.get(key, ()) if pair in undone and pair[0] not in taken]
            if ours:
                found[place] = ours[-1]
        return found

    def _former(self, rows: Sequence[int]) -> dict[int, UUID]:
        """What undone imports of the same file had made of these rows, the last one's."""
        if not rows or not self._runs:
            return {}
        marks = ImportMark.objects.filter(run_id__in=self._runs, row_number__in=rows, kind=self.records.kind)
        marks = marks.filter(action=ImportMark.Action.CREATED).exclude(undone_at=None).order_by("id")
        return dict(marks.values_list("row_number", "object_id"))

    @cached_property
    def _runs(self) -> list[UUID]:
        """Undone imports of the very same file."""
        this = ImportRun.objects.filter(pk=self.run_id).values_list("file_sha256", "subject").first()
        if this is None:
            return []
        same = ImportRun.objects.filter(file_sha256=this[0], subject=this[1]).exclude(reverted_at=None)
        return list(same.exclude(pk=self.run_id).values_list("pk", flat=True))
