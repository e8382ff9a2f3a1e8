"""Telling people something, and knowing what they have seen."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db.models import QuerySet

from counterpart.foundation.notices.models import Notice

KEPT: Final = timedelta(days=30)
SHOWN_MAX: Final = 100

Level = Literal["success", "warning", "error"]


def notify(user_ids: Iterable[int], text: str, *, at: datetime, level: Level = "success", url: str = "") -> None:
    """Tell each of these people something; ``url`` is a path of this site. May be called inside a transaction."""
    people = list(user_ids)
    Notice.objects.bulk_create(
        [Notice(user_id=user_id, at=at, level=level, text=text, url=url[:500]) for user_id in people]
    )
    Notice.objects.filter(user_id__in=people, at__lt=at - KEPT).delete()


def notices_of(user_id: int) -> QuerySet[Notice]:
    """What this person was told, newest first."""
    return Notice.objects.filter(user_id=user_id).order_by("-at", "-id")[:SHOWN_MAX]


def unseen_count(user_id: int) -> int:
    """How much of it the person has not looked at (one query)."""
    return Notice.objects.filter(user_id=user_id, seen_at=None).count()


def mark_seen(user_id: int, *, at: datetime, url: str = "") -> None:
    """The person has looked under the bell; or, with ``url``, has been where that notice leads."""
    unseen = Notice.objects.filter(user_id=user_id, seen_at=None)
    (unseen.filter(url=url) if url else unseen).update(seen_at=at)
