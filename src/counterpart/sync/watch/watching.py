"""The worker's look at the whole, once a minute."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from counterpart.sync.watch import alerts, samples
from counterpart.sync.watch.mailing import MailFailed, send_mails

logger = logging.getLogger("counterpart.sync")

EVERY = timedelta(minutes=1)
MAIL_AGAIN_MAX = timedelta(hours=1)


class Watch:
    """Takes a sample and looks for what must be told; mails that can't go are tried again, ever less often."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self._looked_at: datetime | None = None
        self._mail_after: datetime | None = None
        self._mail_wait = EVERY

    def turn(self) -> None:
        """Look, if it is time."""
        at = self.clock()
        if self._looked_at is not None and abs(at - self._looked_at) < EVERY:
            return
        self._looked_at = at
        try:
            self._look(at)
        except Exception:  # nothing that only watches may stop the exchange
            logger.exception("watching failed")

    def _look(self, at: datetime) -> None:
        samples.take_sample(at)
        alerts.update_alerts(at)
        self._mail(at)
        samples.prune(at)
        alerts.prune(at)

    def _mail(self, at: datetime) -> None:
        if self._mail_after is not None and at < self._mail_after:
            return
        try:
            send_mails(at)
        except MailFailed as failure:
            logger.warning("an alert could not be mailed: %s", failure)
            self._mail_after, self._mail_wait = at + self._mail_wait, min(self._mail_wait * 2, MAIL_AGAIN_MAX)
            return
        self._mail_after, self._mail_wait = None, EVERY
