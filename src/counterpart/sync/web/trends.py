"""How the exchange went over the last day and week: what went over the line and what waited, drawn and told (IMP-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from counterpart.foundation.clock import now
from counterpart.foundation.users.access import page
from counterpart.sync.watch.samples import Point, points
from counterpart.sync.web.access import RETRY

DAY = ("day", timedelta(days=1), timedelta(minutes=30))
WEEK = ("week", timedelta(days=7), timedelta(hours=3))


@dataclass(frozen=True, slots=True)
class Trend:
    """One span with its bars; ``moment`` is how their times read."""

    span: str
    points: Sequence[Point]
    every: str

    @property
    def exchanged(self) -> int:
        """Records that went over the line in either direction."""
        return sum(one.sent + one.received for one in self.points)

    @property
    def oldest_s(self) -> int:
        """The longest that anything waited."""
        return max((one.oldest_s or 0 for one in self.points), default=0)

    @property
    def is_known(self) -> bool:
        """Whether the worker wrote down anything in this time."""
        return any(one.oldest_s is not None for one in self.points)


@require_safe
@never_cache
@page(RETRY)
def trends(request: HttpRequest) -> HttpResponse:
    """Two charts for the day, two for the week; the same figures in a table beside each."""
    at = now()
    context = {"tab": "trends", "day": _trend(at, *DAY, "half hour"), "week": _trend(at, *WEEK, "three hours")}
    return render(request, "sync/trends.html", context)


def _trend(at: datetime, span: str, length: timedelta, step: timedelta, every: str) -> Trend:
    return Trend(span, points(at, span=length, step=step), every)
