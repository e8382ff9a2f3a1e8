"""Reading merges: who absorbed whom, what waits, what can be undone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.models import Merge
from counterpart.foundation.alike.product import product
from counterpart.foundation.errors import Refusal

UNDO_DAYS: Final = 30
IN_FORCE: Final = (Merge.State.DONE, Merge.State.UNDOING)
OPEN: Final = (Merge.State.ASKED, Merge.State.UNDOING)


class MergedAway(Refusal):
    """The contact went into another one (410); ``merged_into`` is the one (API-10)."""

    status = 410
    default_code = "contact.merged"

    def __init__(self, survivor: UUID, url: str) -> None:
        super().__init__("This contact was merged into another one.")
        self.survivor = survivor
        self.moved_to = url

    @property
    def members(self) -> dict[str, Any]:
        """See ``Refusal.members``."""
        return {"merged_into": str(self.survivor)}


def survivor_of(contact_id: UUID) -> UUID | None:
    """Who absorbed the contact, followed to the one that still stands; None if it was not merged."""
    found: UUID | None = None
    seen = {contact_id}
    while True:
        into = Merge.objects.filter(loser_id=contact_id, state__in=IN_FORCE).values_list("survivor_id", flat=True)
        following = into.first()
        if following is None or following in seen:
            return found
        found = contact_id = following
        seen.add(following)


def raise_if_merged(contact_id: UUID, actor: Actor) -> None:
    """Raise MergedAway if the contact went into one this person may see; a page goes there by itself."""
    survivor = survivor_of(contact_id)
    if survivor is not None and product().visible(actor).filter(pk=survivor).exists():
        raise MergedAway(survivor, product().cards([survivor], actor)[survivor].url)


def merged_away() -> QuerySet[Merge, Any]:
    """The contacts that went into others; for use inside of a query."""
    return Merge.objects.filter(state__in=IN_FORCE).values("loser_id")


def absorbed_by(survivors: Iterable[UUID]) -> dict[UUID, list[Merge]]:
    """The merges by which these contacts absorbed others, those of the absorbed included; newest first."""
    found: dict[UUID, list[Merge]] = {}
    roots = {one: one for one in survivors}
    waiting = list(roots)
    while waiting:
        rows = Merge.objects.filter(survivor_id__in=waiting, state__in=IN_FORCE).order_by("-at")
        waiting = []
        for row in rows:
            root = roots[row.survivor_id]
            found.setdefault(root, []).append(row)
            if row.loser_id not in roots:
                roots[row.loser_id] = root
                waiting.append(row.loser_id)
    return found


def open_merges(contact_id: UUID) -> list[Merge]:
    """What waits for the other product's word about this contact."""
    about = Q(survivor_id=contact_id) | Q(loser_id=contact_id)
    return list(Merge.objects.filter(about, state__in=OPEN).order_by("at"))


def undoable(at: datetime) -> QuerySet[Merge]:
    """The merges that can be undone still, and those that wait; newest first (DUP-11)."""
    recent = Q(state__in=IN_FORCE, at__gte=at - timedelta(days=UNDO_DAYS))
    return Merge.objects.filter(recent | Q(state=Merge.State.ASKED)).order_by("-at", "-id")
