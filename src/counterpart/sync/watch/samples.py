"""How the exchange went, in intervals of five minutes: written by the worker, kept for a week and a day (IMP-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Min, Sum

from counterpart.sync.models import Message, Record, Sample

INTERVAL = timedelta(minutes=5)
KEPT_FOR = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Point:
    """One bar of a chart. ``oldest_s``: the greatest age seen in it; None where nobody looked."""

    at: datetime
    sent: int
    received: int
    oldest_s: int | None
    red: int | None


def interval_of(at: datetime) -> datetime:
    """The beginning of the interval a moment lies in."""
    size = int(INTERVAL.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // size * size, UTC)


def take_sample(at: datetime) -> None:
    """Write down, or bring up to date, the present interval: what went over the line in it, and what waits now."""
    start = interval_of(at)
    former = _moved(start - INTERVAL)  # its last minute was not over yet when it was looked at last
    Sample.objects.filter(at=start - INTERVAL).update(sent=former.get(True, 0), received=former.get(False, 0))
    moved = _moved(start)
    waiting = Record.objects.filter(due=True, error_code="", severed=False)
    now_waiting = waiting.aggregate(count=Count("pk"), oldest=Min("pending_since"))
    oldest = max((at - now_waiting["oldest"]).total_seconds(), 0) if now_waiting["oldest"] else 0
    before = Sample.objects.filter(at=start).first()
    facts = {
        "sent": moved.get(True, 0), "received": moved.get(False, 0), "pending": now_waiting["count"],
        "red": Record.objects.exclude(error_code="").filter(severed=False).count(),
        "oldest_pending_s": max(int(oldest), before.oldest_pending_s if before else 0),
    }  # fmt: skip
    Sample.objects.update_or_create(at=start, defaults=facts)


def _moved(start: datetime) -> dict[bool, int]:
    """The records sent and received in an interval, as far as an answer came."""
    rows = Message.objects.filter(at__gte=start, at__lt=start + INTERVAL).exclude(receipt={})
    return dict(rows.values_list("sent").annotate(Sum("record_count")).order_by())


def prune(at: datetime) -> None:
    """Forget what no chart shows any more."""
    Sample.objects.filter(at__lt=at - KEPT_FOR).delete()


def points(at: datetime, *, span: timedelta, step: timedelta) -> list[Point]:
    """The last ``span`` in bars of ``step``, oldest first; bars without a sample are empty, not zero."""
    size = int(step.total_seconds())
    last = int(at.timestamp()) // size * size
    starts = [last - n * size for n in range(int(span.total_seconds()) // size)]
    held: dict[int, list[Sample]] = {start: [] for start in starts}
    for sample in Sample.objects.filter(at__gte=datetime.fromtimestamp(min(starts), UTC)):
        held.get(int(sample.at.timestamp()) // size * size, []).append(sample)
    return [_point(start, held[start]) for start in sorted(starts)]


def _point(start: int, samples: Sequence[Sample]) -> Point:
    moment = datetime.fromtimestamp(start, UTC)
    if not samples:
        return Point(moment, 0, 0, None, None)
    return Point(
        moment, sum(one.sent for one in samples), sum(one.received for one in samples),
        max(one.oldest_pending_s for one in samples), max(one.red for one in samples),
    )  # fmt: skip
