"""Sweeps as a whole: asking for one, when the nightly one is due, and who drives it (section 12).

One at a time: the database holds one unfinished sweep of this site, and a lease says which process drives it.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.ids import new_id
from counterpart.protocol.colour import Mode
from counterpart.protocol.stamps import Site
from counterpart.sync.link import effective_mode, get_link, locked_link, my_site
from counterpart.sync.models import Finding, Sweep
from counterpart.sync.sweep.answering import SILENT
from counterpart.sync.sweep.driving import REPAIR_FOR, Refused, take_steps
from counterpart.sync.transports import TransportFailed
from counterpart.sync.wake import wake_on_commit

logger = logging.getLogger("counterpart.sync")

LEASE = timedelta(seconds=90)
ASK_AGAIN = timedelta(seconds=20)
GIVE_UP = timedelta(minutes=15)
"""A sweep that could not go on for so long ends without a report; the nightly one is asked for again."""
KEPT_FOR = timedelta(days=90)
SECOND_SITE = timedelta(minutes=30)
"""Legal Accounting begins the nightly sweep only if none of Practice Management's has finished by then."""
NIGHTLY = "nightly"


@transaction.atomic
def ask_sweep(*, why: str, actor: Actor, at: datetime) -> Sweep:
    """Ask for a sweep; the worker drives it. One that is asked for or under way is returned instead.

    Raises Forbidden.
    """
    actor.require("integration.manage")
    if get_link() is not None:
        locked_link()  # two who ask at once ask for one sweep
    under_way = Sweep.objects.select_for_update().filter(by_peer=False, finished_at=None).first()
    if under_way is not None:
        return under_way
    sweep = Sweep.objects.create(key=new_id(), why=why, asked_by=actor.name, asked_at=at, touched_at=at)
    wake_on_commit()
    return sweep


def latest_sweep() -> Sweep | None:
    """The sweep asked for last, of either product, whether or not it has ended."""
    return Sweep.objects.order_by("-asked_at", "-pk").first()


def run_sweep(*, why: str, actor: Actor, tell: Callable[[Sweep], None] = lambda _: None) -> Sweep:
    """Ask for a sweep and drive it here until it has ended; both workers must run for differences to be repaired.

    Raises Forbidden, and TransportFailed where the peer can't be asked at all.
    """
    sweep = ask_sweep(why=why, actor=actor, at=now())
    holder = str(new_id())
    while not sweep.is_finished:
        if _lease(sweep, holder, now()):
            _drive(sweep, now, for_s=0.5, must=True)
        else:
            time.sleep(0.3)
        sweep.refresh_from_db()
        tell(sweep)
        if sweep.next_attempt is not None and not sweep.is_finished:
            time.sleep(min(max((sweep.next_attempt - now()).total_seconds(), 0.0), 1.0))
    return sweep


class Sweeper:
    """The worker's part: asks for the nightly sweep when it is due, and drives what was asked for, bit by bit."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._holder = str(new_id())
        self._looked_at: datetime | None = None

    def turn(self, *, for_s: float = 0.5) -> bool:
        """Go on with the sweep under way; whether there is more to do at once."""
        at = self.clock()
        if self._looked_at is None or abs(at - self._looked_at) >= timedelta(minutes=1):
            self._looked_at = at
            prune(at)
            if is_due(at):
                ask_sweep(why=NIGHTLY, actor=Actor.system("Sync"), at=at)
        sweep = Sweep.objects.filter(by_peer=False, finished_at=None).first()
        if sweep is None or (sweep.next_attempt is not None and sweep.next_attempt > at):
            return False
        return _lease(sweep, self._holder, at) and _drive(sweep, self.clock, for_s=for_s)


def is_due(at: datetime) -> bool:
    """Whether the nightly sweep should begin: its time has passed, and neither product's has finished since. A server
    that was off at that time catches up.
    """
    link = get_link()
    if effective_mode(link) is not Mode.LIVE or link is None:
        return False
    since = due_since(at)
    if my_site() is Site.LA:
        since_here = due_since(at - SECOND_SITE)
        if since_here != since:
            return False
    if link.mode_since is None or link.mode_since > since:
        return False  # connected, resumed or healed since: the next night will do
    if Sweep.objects.filter(Q(phase=Sweep.Phase.DONE, finished_at__gte=since) | Q(finished_at=None, by_peer=False)):
        return False
    if Sweep.objects.filter(by_peer=True, finished_at=None, touched_at__gt=at - SILENT).exists():
        return False
    failed = Sweep.objects.filter(phase=Sweep.Phase.FAILED, by_peer=False, finished_at__gte=since)
    last = failed.order_by("-finished_at").first()
    return last is None or at - (last.finished_at or at) >= GIVE_UP


def due_since(at: datetime) -> datetime:
    """The moment of the latest nightly sweep that should have begun, by the setting ``COUNTERPART_SWEEP_AT`` (UTC)."""
    hour, minute = (int(part) for part in settings.COUNTERPART_SWEEP_AT.split(":"))
    today = at.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today <= at else today - timedelta(days=1)


def prune(at: datetime) -> None:
    """Reports older than their time go; the newest stays. A sweep of the peer that fell silent has ended."""
    silent = Sweep.objects.filter(by_peer=True, finished_at=None, touched_at__lt=at - SILENT)
    silent.update(phase=Sweep.Phase.FAILED, finished_at=at, problem="It ended without a report.")
    newest = latest_sweep()
    old = Sweep.objects.filter(asked_at__lt=at - KEPT_FOR)
    if newest is not None and old.exists():
        keys = list(old.exclude(pk=newest.pk).values_list("pk", flat=True))
        Finding.objects.filter(sweep_id__in=keys).delete()
        Sweep.objects.filter(pk__in=keys).delete()


def _lease(sweep: Sweep, holder: str, at: datetime) -> bool:
    """Take, or keep, the right to drive the sweep."""
    free = Q(lease="") | Q(lease=holder) | Q(lease_until__lt=at) | Q(lease_until__gt=at + LEASE * 2)
    rows = Sweep.objects.filter(free, pk=sweep.pk, finished_at=None)
    return rows.update(lease=holder, lease_until=at + LEASE) > 0


def _drive(sweep: Sweep, clock: Callable[[], datetime], *, for_s: float, must: bool = False) -> bool:
    try:
        return take_steps(sweep, clock, for_s=for_s)
    except (TransportFailed, Refused) as failure:
        at = clock()
        _postpone(sweep, str(failure), at)
        if must and isinstance(failure, TransportFailed) and sweep.started_at is None:
            _fail(sweep, at)
            raise
        return False
    except Exception:
        logger.exception("sweep failed")
        sweep.problem = "A fault of its own; the log says which."
        _fail(sweep, clock())
        return False


def _postpone(sweep: Sweep, problem: str, at: datetime) -> None:
    sweep.problem = problem
    if at - sweep.touched_at > GIVE_UP:
        _fail(sweep, at)
        return
    sweep.next_attempt = at + ASK_AGAIN
    if sweep.deadline is not None:
        sweep.deadline = at + REPAIR_FOR  # the time in which nothing could be exchanged does not count
    sweep.save(update_fields=["problem", "next_attempt", "deadline"])


def _fail(sweep: Sweep, at: datetime) -> None:
    sweep.phase, sweep.finished_at = Sweep.Phase.FAILED, at
    sweep.save(update_fields=["phase", "finished_at", "problem"])
