"""Taking an import back: what it created goes unless somebody has used it since, what it changed is put back (IMP-7).

What both products' undo of contacts has in common; a product says how its records are removed and put back.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from counterpart.foundation.errors import Refusal
from counterpart.foundation.history.models import Event
from counterpart.foundation.importing.models import ImportMark
from counterpart.foundation.importing.running import sentence

GONE: Final = "It is not here any more."
HIDDEN: Final = "You may not see it any more."
"""Nothing else is said of such a record, not even its name."""
LATER: Final = "A later import changed it as well; undo that one first."


class Records(Protocol):
    """What an undo needs of a product's records, for many at once.

    ``given_there``: fields that the other product fills by itself, such as a number: filling them is nobody's use.
    """

    kind: str
    noun: str
    given_there: Collection[str]

    def present(self, ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """Those that are here and that this person may see, with their fields as history names them."""

    def hidden(self, ids: Iterable[UUID]) -> Collection[UUID]:
        """Those that are here and that this person may not see."""

    def remove(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Refusal]:
        """Delete them; those that stay, with what stands in the way. Raises Refusal where it is the same for all."""

    def put_back(self, items: Sequence[tuple[UUID, Mapping[str, Any]]], at: datetime) -> Mapping[UUID, Refusal]:
        """Give fields the values they had; those that stay, with the reason. Raises Refusal, as ``remove`` does."""

    def label(self, field: str) -> str:
        """What a field is called."""

    def release(self, ids: Sequence[UUID], at: datetime) -> None:
        """Offer records that were held back to the other product."""


class RecordUndoer:
    """The undo of imports whose rows are records; see ``subjects.Undoer``."""

    def __init__(self, records: Records) -> None:
        self.records = records

    def undo(self, marks: Sequence[ImportMark], at: datetime) -> list[str]:
        """Newest first; for each mark '' or why the record stays as it is. Several of one record take their turns."""
        ids = {mark.object_id for mark in marks}
        present, hidden = dict(self.records.present(ids)), self.records.hidden(ids)
        used = self._used({mark.object_id for mark in marks if mark.action == ImportMark.Action.CREATED})
        reasons = self._imported_later(marks)
        reasons |= {mark.pk: HIDDEN for mark in marks if mark.object_id in hidden}
        waiting = [mark for mark in marks if mark.pk not in reasons]
        while waiting:
            turn: dict[UUID, ImportMark] = {}
            for mark in waiting:
                turn.setdefault(mark.object_id, mark)
            waiting = [mark for mark in waiting if turn[mark.object_id] is not mark]
            created = {key: mark for key, mark in turn.items() if mark.action == ImportMark.Action.CREATED}
            reasons |= self._without(created, present, used, at)
            reasons |= self._as_before({key: mark for key, mark in turn.items() if key not in created}, present, at)
        return [reasons[mark.pk] for mark in marks]

    def release(self, marks: Sequence[ImportMark], at: datetime) -> None:
        """Offer what was held back to the other product (IMP-8)."""
        self.records.release([mark.object_id for mark in marks if mark.kind == self.records.kind], at)

    def _without(
        self, marks: Mapping[UUID, ImportMark], present: dict[UUID, Any], used: Mapping[UUID, str], at: datetime
    ) -> dict[int, str]:
        """Remove what was created. What is gone already, by whoever's hand, needs no taking back."""
        wanted = [key for key in marks if key in present and key not in used]
        stay = _attempt(wanted, lambda: self.records.remove(wanted, at))
        for key in wanted:
            if key not in stay:
                del present[key]
        return {
            mark.pk: used.get(key, "") or stay.get(key, "") if key in present else "" for key, mark in marks.items()
        }

    def _as_before(self, marks: Mapping[UUID, ImportMark], present: dict[UUID, Any], at: datetime) -> dict[int, str]:
        """Put fields back that are unchanged since, and name the others."""
        reasons, items = {}, []
        for key, mark in marks.items():
            if key not in present:
                reasons[mark.pk] = GONE
                continue
            now, before, after = present[key], mark.before or {}, mark.after or {}
            same = {field: before.get(field) for field in after if (now.get(field) or None) == (after[field] or None)}
            # What is as it was before, somebody put back already, or an earlier undo.
            changed = [
                self.records.label(field)
                for field in after
                if field not in same and (now.get(field) or None) != (before.get(field) or None)
            ]
            reasons[mark.pk] = f"Changed since, so left as it is: {', '.join(changed)}." if changed else ""
            if same:
                items.append((key, same))
        stay = _attempt([key for key, _ in items], lambda: self.records.put_back(items, at))
        for key, fields in items:
            if key in stay:
                reasons[marks[key].pk] = stay[key]
            else:
                present[key] = {**present[key], **fields}
        return reasons

    def _used(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Who has been changed since by a person or a program, in whichever product; one statement."""
        events = Event.objects.filter(object_type=self.records.kind, object_id__in=ids).exclude(verb="created")
        # A merge was decided by a person all the same, and another contact went into this one.
        events = events.exclude(Q(origin="import") & ~Q(verb="merged")).order_by("id")
        found: dict[UUID, str] = {}
        for object_id, verb, name, origin, site, changes in events.values_list(
            "object_id", "verb", "actor_name", "origin", "site", "changes"
        ):
            assert object_id is not None
            if origin == "sync" and verb == "edited" and self._is_given(changes):
                continue
            where = f" in {settings.COUNTERPART_PEER_NAME}" if site != settings.COUNTERPART_SITE else ""
            found.setdefault(object_id, f"{name} has used it since ({verb.replace('_', ' ')}{where}).")
        return found

    def _is_given(self, changes: Mapping[str, Sequence[Any]]) -> bool:
        """The other product's own answer to a new record: it filled what was empty, and the request is settled."""
        return all(name in self.records.given_there and not (old and new) for name, (old, new) in changes.items())

    def _imported_later(self, marks: Sequence[ImportMark]) -> dict[int, str]:
        """Records that a later import has to do with: that one is undone first."""
        run_ids = {mark.run_id for mark in marks}
        later = ImportMark.objects.filter(object_id__in=[mark.object_id for mark in marks], undone_at=None)
        newest = {
            row[0]: row[1] for row in later.exclude(run_id__in=run_ids).order_by("id").values_list("object_id", "id")
        }
        return {mark.pk: LATER for mark in marks if newest.get(mark.object_id, 0) > mark.pk}


def _attempt(ids: Sequence[UUID], act: Callable[[], Mapping[UUID, Refusal]]) -> dict[UUID, str]:
    """Those that stay, with the reason in words."""
    if not ids:
        return {}
    try:
        with transaction.atomic():
            return {key: _words(refusal) for key, refusal in act().items()}
    except Refusal as refusal:
        return dict.fromkeys(ids, _words(refusal))


def _words(refusal: Refusal) -> str:
    blockers = [blocker.message for blocker in getattr(refusal, "blockers", ())]
    return " ".join([sentence(refusal), *blockers])
