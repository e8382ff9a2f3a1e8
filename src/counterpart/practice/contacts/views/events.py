"""History in the words of this product."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from counterpart.foundation.history.models import Event
from counterpart.practice.contacts.enums import Numbering, Status
from counterpart.practice.contacts.views.clashes import LABELS, value_text

HISTORY_PAGE = 50
FIELD_LABELS = LABELS | {
    "requested_reference": "Requested reference",
    "requested_keep_sequence": "Keep the sequence",
    "numbering_sequence": "Numbering sequence",
    "status": "Status",
    "copied": "Copied",
    "absorbed": "Took in",
    "merged_into": "Merged into",
    "merge_into": "To be merged into",
    "moved_parties": "Parties moved",
    "not_a_duplicate_of": "Not a duplicate of",
}
ORIGINS = {
    "api": "by a program", "import": "by an import", "sync": "", "screen": "", "command": "by a command",
    "system": "by the system",
}  # fmt: skip
NUMBERING = {"reference", "requested_reference", "requested_keep_sequence"}
VERBS = {
    "created": "Created", "edited": "Edited", "closed": "Closed", "reopened": "Reopened", "deleted": "Deleted",
    "restored": "Restored", "address_copied": "Addresses copied to Legal Accounting",
    "merged": "Merged with another contact", "merged_away": "Merged into another contact",
    "merge_asked": "Legal Accounting asked to merge", "merge_undone": "Merge undone",
    "merge_undo_asked": "Legal Accounting asked to undo a merge", "merge_withdrawn": "Merge withdrawn",
    "told_apart": "Known not to be a duplicate", "told_apart_undone": "May be a duplicate after all",
    "created_anyway": "Created although another seemed to be the same",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownChange:
    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ShownEvent:
    event: Event
    verb: str
    changes: list[ShownChange]
    place: str
    how: str


def shown_events(events: Iterable[Event]) -> list[ShownEvent]:
    """Events with every field and value in words."""
    return [
        shown_event(event, _verb(event), [] if event.verb == "address_copied" else _changes(event.changes))
        for event in events
    ]


def history_page(
    request: HttpRequest, events: QuerySet[Event], shown: Callable[[Iterable[Event]], list[ShownEvent]]
) -> dict[str, Any]:
    """What a History tab shows: a page of events, or of those that changed one field (HIS-2)."""
    field = request.GET.get("field", "")
    if field.isidentifier():
        events = events.filter(changes__has_key=field)
    page = Paginator(events, HISTORY_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "events": shown(page.object_list), "field": field}


def shown_event(event: Event, verb: str, changes: list[ShownChange]) -> ShownEvent:
    """An event with the words its kind of record has for it, and where it happened."""
    return ShownEvent(event, verb, changes, _place(event), ORIGINS.get(event.origin, event.origin))


def _verb(event: Event) -> str:
    if event.verb == "edited" and event.origin == "sync" and set(event.changes) <= NUMBERING and event.changes:
        return "Number given"
    return VERBS.get(event.verb, event.verb.replace("_", " ").capitalize())


def _changes(changes: dict[str, list[Any]]) -> list[ShownChange]:
    return [
        ShownChange(field, FIELD_LABELS.get(field, field), _words(field, old), _words(field, new))
        for field, (old, new) in changes.items()
        if field in FIELD_LABELS
    ]


def _words(field: str, value: Any) -> str:
    if not value:
        return ""
    if isinstance(value, bool):
        return "yes"
    if field == "status" and value in Status.values:
        return str(Status(value).label)
    if field == "numbering_sequence" and value in Numbering.values:
        return str(Numbering(value).label)
    return value_text(field, value)


def _place(event: Event) -> str:
    here = event.site == settings.COUNTERPART_SITE
    return str(settings.COUNTERPART_PRODUCT_NAME if here else settings.COUNTERPART_PEER_NAME)
