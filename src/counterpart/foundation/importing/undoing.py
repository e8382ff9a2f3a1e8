"""Taking an import back: what it created goes unless somebody has used it since, what it changed is put back (IMP-7).

What both products' undo of contacts has in common; a product says how its records are removed and put back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.db.models import Q

from counterpart.foundation.errors import Refusal
from counterpart.foundation.history.models import Event
from counterpart.foundation.importing.models import ImportMark
from counterpart.foundation.importing.running import sentence

OURS: Final = ("import", "sync")
"""Changes by these are nobody's use of a record: the import's own, and the number that arrived for it."""
GONE: Final = "It is not here any more."


class Records(Protocol):
    """What an undo needs of a product's records."""

    kind: str
    noun: str

    def present(self, ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """Those that are here, with their fields as history names them."""

    def remove(self, record_id: UUID, at: datetime) -> None:
        """Delete one. Raises Refusal with what stands in the way."""

    def put_back(self, record_id: UUID, fields: Mapping[str, Any], at: datetime) -> None:
        """Give fields the values they had. Raises Refusal."""

    def label(self, field: str) -> str:
        """What a field is called."""

    def release(self, ids: Sequence[UUID], at: datetime) -> None:
        """Offer records that were held back to the other product."""


class RecordUndoer:
    """The undo of imports whose rows are records; see ``subjects.Undoer``."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def undo(self, marks: Sequence[ImportMark], at: datetime) -> list[str]:
        """Newest first; for each mark '' or why the record stays as it is."""
        ids = {mark.object_id for mark in marks}
        present = dict(self.records.present(ids))
        used = self._used(ids)
        later = self._imported_later(marks)
        reasons = []
        for mark in marks:
            why = later.get(mark.pk, "")
            if not why and mark.object_id not in present:
                # Gone already, by whoever's hand: there is nothing left to take back.
                why = "" if mark.action == ImportMark.Action.CREATED else GONE
            elif not why and mark.action == ImportMark.Action.CREATED:
                why = used.get(mark.object_id) or self._attempt(
                    lambda mark=mark: self.records.remove(mark.object_id, at)
                )
            elif not why:
                why = self._put_back(mark, present, at)
            reasons.append(why)
        return reasons

    def release(self, marks: Sequence[ImportMark], at: datetime) -> None:
        """Offer what was held back to the other product (IMP-8)."""
        self.records.release([mark.object_id for mark in marks if mark.kind == self.records.kind], at)

    def _put_back(self, mark: ImportMark, present: dict[UUID, Mapping[str, Any]], at: datetime) -> str:
        now = present[mark.object_id]
        before, after = mark.before or {}, mark.after or {}
        same = [field for field in after if (now.get(field) or None) == (after[field] or None)]
        changed = [self.records.label(field) for field in after if field not in same]
        if same:
            fields = {field: before.get(field) for field in same}
            if why := self._attempt(lambda: self.records.put_back(mark.object_id, fields, at)):
                return why
            present[mark.object_id] = {**now, **{field: before.get(field) for field in same}}
        return f"Changed since, so left as it is: {', '.join(changed)}." if changed else ""

    def _attempt(self, act: Any) -> str:
        try:
            act()
        except Refusal as refusal:
            blockers = [blocker.message for blocker in getattr(refusal, "blockers", ())]
            return " ".join([sentence(refusal), *blockers])
        return ""

    def _used(self, ids: set[UUID]) -> dict[UUID, str]:
        """Who has been changed since by a person or a program; one statement."""
        events = Event.objects.filter(object_type=self.records.kind, object_id__in=ids)
        # A merge that arrived was decided by a person all the same, and another contact went into this one.
        events = events.exclude(Q(origin__in=OURS) & ~Q(verb="merged"))
        found: dict[UUID, str] = {}
        for object_id, verb, name in events.exclude(verb="created").values_list("object_id", "verb", "actor_name"):
            assert object_id is not None
            found.setdefault(object_id, f"{name} has used it since ({verb.replace('_', ' ')}).")
        return found

    def _imported_later(self, marks: Sequence[ImportMark]) -> dict[int, str]:
        """Records that a later import has to do with: that one is undone first."""
        run_ids = {mark.run_id for mark in marks}
        later = ImportMark.objects.filter(object_id__in=[mark.object_id for mark in marks], undone_at=None)
        newest = {
            row[0]: row[1] for row in later.exclude(run_id__in=run_ids).order_by("id").values_list("object_id", "id")
        }
        text = "A later import changed it as well; undo that one first."
        return {mark.pk: text for mark in marks if newest.get(mark.object_id, 0) > mark.pk}
