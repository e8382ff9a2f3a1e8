"""Clashes and history of a matter in the words of this product."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from counterpart.foundation.history.models import Event
from counterpart.foundation.users.models import User
from counterpart.practice.contacts.views.clashes import ShownClash
from counterpart.practice.contacts.views.events import ShownChange, ShownEvent, shown_event
from counterpart.practice.matters.enums import Priority, Status
from counterpart.practice.matters.operations import EditClash

LABELS: Final = {
    "name": "Matter name", "file_reference": "File Reference", "requested_reference": "Requested File Reference",
    "requested_keep_sequence": "Keep the sequence", "external_reference": "External reference",
    "assigned_to": "Assigned to", "status": "Status", "priority": "Priority", "date": "Date",
    "restricted": "Restricted", "matter_type": "Matter type", "access": "Who may see it",
    "responsible_email": "Responsible in Legal Accounting", "lead_email": "Lead in Legal Accounting",
}  # fmt: skip
NUMBERING: Final = {"file_reference", "requested_reference", "requested_keep_sequence"}
VERBS: Final = {
    "created": "Created", "edited": "Edited", "closed": "Closed", "reopened": "Reopened", "deleted": "Deleted",
    "restored": "Restored", "restricted": "Restricted", "unrestricted": "Restriction lifted",
    "access_changed": "Who may see it changed", "party_added": "Party added", "party_removed": "Party removed",
    "party_changed": "Party changed", "parties_ordered": "Parties put in order", "parties_set": "Parties changed",
    "reassigned": "Assigned to somebody else", "parties_merged": "Duplicate contacts merged",
}  # fmt: skip
PARTY: Final = "party:"
WORDS: Final[dict[str, dict[Any, str]]] = {
    "status": {one.value: str(one.label) for one in Status},
    "priority": {one.value: str(one.label) for one in Priority},
    "restricted": {True: "yes"},
    "requested_keep_sequence": {True: "yes"},
}


def shown_clashes(clash: EditClash) -> list[ShownClash]:
    """Every clashing field in words: yours, theirs, before (EDT-1)."""
    people = {}
    if any(one.field == "assigned_to" for one in clash.clashes):
        wanted = {value for one in clash.clashes for value in (one.yours, one.theirs, one.before)}
        people = dict(
            User.objects.filter(pk__in=[one for one in wanted if isinstance(one, int)]).values_list("pk", "name")
        )

    def words(name: str, value: Any) -> str:
        return str(people.get(value, value)) if name == "assigned_to" else value_text(name, value) or "nothing"

    return [
        ShownClash(one.field, LABELS[one.field], *(words(one.field, v) for v in (one.yours, one.theirs, one.before)))
        for one in clash.clashes
    ]


def shown_events(events: Iterable[Event]) -> list[ShownEvent]:
    """Events with every field and value in words."""
    return [shown_event(event, _verb(event), _changes(event.changes)) for event in events]


def value_text(field: str, value: Any) -> str:
    """A value of a matter in words."""
    if not value:
        return ""
    if field in WORDS and value in WORDS[field]:
        return WORDS[field][value]
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return _day(value) if field == "date" else str(value)


def _day(value: date | str) -> str:
    found = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{found.day} {found:%b %Y}"


def _verb(event: Event) -> str:
    if event.verb == "edited" and event.origin == "sync" and event.changes and set(event.changes) <= NUMBERING:
        return "Number given"
    return VERBS.get(event.verb, event.verb.replace("_", " ").capitalize())


def _changes(changes: dict[str, list[Any]]) -> list[ShownChange]:
    shown = []
    for field, (old, new) in changes.items():
        label = field.removeprefix(PARTY) if field.startswith(PARTY) else LABELS.get(field)
        if label:
            shown.append(ShownChange(field, label, value_text(field, old), value_text(field, new)))
    return shown
