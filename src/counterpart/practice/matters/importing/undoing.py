"""Taking imported matters back, with the contacts made for them (IMP-7)."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refusal
from counterpart.foundation.importing.models import ImportMark
from counterpart.foundation.importing.undoing import HIDDEN, RecordUndoer
from counterpart.foundation.text import fold
from counterpart.practice.contacts.import_undo import ContactRecords
from counterpart.practice.matters.models import ACTIVE, Matter, Party
from counterpart.practice.matters.operations import delete_matters, edit_matter, remove_party
from counterpart.practice.matters.operations.telling import tell_born
from counterpart.practice.matters.queries import clients_of, matters_visible_to
from counterpart.practice.matters.rows import NUMBERS, states_of
from counterpart.sync import api as sync

COLUMN_OF: Final = {"assigned_to": "assigned_to_id"}
PARTIES: Final = "parties"


class MatterRecords:
    """See ``foundation.importing.undoing.Records``."""

    kind = "matter"
    noun = "matter"
    given_there: Collection[str] = (*NUMBERS, "responsible_email", "lead_email")

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def present(self, ids: Iterable[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
        """Those that are here and that this person may see, with their parties."""
        visible = set(matters_visible_to(self.actor).filter(pk__in=list(ids)).values_list("pk", flat=True))
        states = states_of(list(visible))
        return {
            key: {**{name: _plain(value) for name, value in row.items()}, "assigned_to": row["assigned_to_id"]}
            for key, row in states.items()
        }

    def hidden(self, ids: Iterable[UUID]) -> Collection[UUID]:
        """Those that were restricted meanwhile, or for other reasons are none of this person's business (PRM-4)."""
        wanted = list(ids)
        visible = matters_visible_to(self.actor).filter(pk__in=wanted).values("pk")
        return set(Matter.objects.filter(ACTIVE, pk__in=wanted).exclude(pk__in=visible).values_list("pk", flat=True))

    def remove(self, ids: Sequence[UUID], at: datetime) -> Mapping[UUID, Refusal]:
        """Delete them by the ordinary operation. Raises Forbidden, Missing."""
        delete_matters(actor=self.actor, matter_ids=ids, at=at)
        return {}

    def put_back(self, items: Sequence[tuple[UUID, Mapping[str, Any]]], at: datetime) -> Mapping[UUID, Refusal]:
        """Give fields the values they had, one matter after the other."""
        refused: dict[UUID, Refusal] = {}
        for matter_id, fields in items:
            changes = dict(fields)
            if changes.get("date"):
                changes["date"] = dt.date.fromisoformat(str(changes["date"]))
            try:
                with transaction.atomic():
                    edit_matter(actor=self.actor, matter_id=matter_id, changes=changes, at=at)
            except Refusal as refusal:
                refused[matter_id] = refusal
        return refused

    def label(self, field: str) -> str:
        """What a field is called within a sentence."""
        return field.replace("_", " ")

    def release(self, ids: Sequence[UUID], at: datetime) -> None:
        """Offer them to Legal Accounting."""
        known = sync.sync_ids("matter", ids)
        states = states_of([matter_id for matter_id in ids if matter_id not in known])
        clients = clients_of(states)
        items = [(state, [contact.pk for contact in clients[key]]) for key, state in states.items()]
        tell_born(items, self.actor, at, sync.Lane.BULK)


class MatterUndoer:
    """Matters by their own rules, the contacts made for them by the contacts'; see ``subjects.Undoer``."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.matters, self.contacts = RecordUndoer(MatterRecords(actor)), RecordUndoer(ContactRecords(actor))

    def undo(self, marks: Sequence[ImportMark], at: datetime) -> list[str]:
        """Matters first: a contact on one that stays, stays."""
        reasons: dict[int, str] = {}
        joined = [mark for mark in marks if mark.after and PARTIES in mark.after]
        hidden = self.matters.records.hidden({mark.object_id for mark in joined}) if joined else ()
        for mark in joined:
            reasons[mark.pk] = HIDDEN if mark.object_id in hidden else self._without_parties(mark, at)
        for undoer, kind in ((self.matters, "matter"), (self.contacts, "contact")):
            mine = [mark for mark in marks if mark.kind == kind and mark.pk not in reasons]
            reasons |= dict(zip((mark.pk for mark in mine), undoer.undo(mine, at), strict=True))
        return [reasons[mark.pk] for mark in marks]

    def release(self, marks: Sequence[ImportMark], at: datetime) -> None:
        """Contacts first: a matter waits for its clients."""
        self.contacts.release(marks, at)
        self.matters.release(marks, at)

    def _without_parties(self, mark: ImportMark, at: datetime) -> str:
        """Take off the parties an import put on a matter that was here before; whoever left it meanwhile is gone."""
        wanted = {(fold(role), contact) for role, contact in mark.after[PARTIES]}
        rows = Party.objects.filter(matter_id=mark.object_id).select_related("role")
        problems = []
        for party in rows:
            if (fold(party.role.name), str(party.contact_id)) not in wanted:
                continue
            try:
                with transaction.atomic():
                    remove_party(
                        actor=self.actor, matter_id=mark.object_id, party_id=party.pk, at=at, primary_confirmed=True
                    )
            except Refusal as refusal:
                problems.append(str(refusal))
        return " ".join(dict.fromkeys(problems))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
