"""The alerts as mails: one when something begins, one when it is over; a server that does not answer is asked again."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q

from counterpart.sync.models import Alert
from counterpart.sync.watch.alerts import CENTRE, PAGES, WORDS
from counterpart.sync.watch.recipients import mail_recipients

logger = logging.getLogger("counterpart.sync")

TOO_LATE = timedelta(days=1)
"""A mail that could not be sent for so long tells nothing any more."""


class MailFailed(Exception):
    """The mail server did not take a mail; the message says what it said."""


def send_mails(at: datetime) -> int:
    """Send what is to be said and has not been; returns how many mails went out. Raises MailFailed.

    An alert that was over before its mail could go is told in neither mail.
    """
    if not settings.COUNTERPART_SENDS_MAIL:
        return 0
    _forget_short_ones(at)
    begun = list(Alert.objects.filter(mailed_at=None, cleared_at=None).order_by("raised_at"))
    over = list(Alert.objects.filter(mailed_at__isnull=False, cleared_at__isnull=False, over_mailed_at=None))
    if not begun and not over:
        return 0
    people = [user.email for user in mail_recipients()]
    sent = 0
    for alert in begun:
        sent += _send(people, WORDS[alert.code], alert.text, alert)
        Alert.objects.filter(pk=alert.pk).update(mailed_at=at)
    for alert in over:
        lasted = _lasted(alert)
        sent += _send(people, f"{WORDS[alert.code]}: over again", f"It is over again, after {lasted}.", alert)
        Alert.objects.filter(pk=alert.pk).update(over_mailed_at=at)
    return sent


def _forget_short_ones(at: datetime) -> None:
    """Those that nobody was told of by mail, or can't be told of in time, need no mail that they are over."""
    Alert.objects.filter(Q(mailed_at=None) | Q(cleared_at__lt=at - TOO_LATE), cleared_at__isnull=False).update(
        mailed_at=F("raised_at"), over_mailed_at=F("cleared_at")
    )


def _send(people: Sequence[str], subject: str, text: str, alert: Alert) -> int:
    if not people:
        return 0
    product, firm = settings.COUNTERPART_PRODUCT_NAME, settings.COUNTERPART_FIRM_NAME
    where = f"{settings.COUNTERPART_BASE_URL}{PAGES.get(alert.code, CENTRE)}"
    since = f"{alert.raised_at:%d %b %Y, %H:%M} UTC"
    body = (
        f"{text}\n\n{product}{f' of {firm}' if firm else ''}, since {since}.\nSee {where}\n\n"
        "This is said once. You get another mail when it is over. Who gets these mails is chosen under "
        f"{settings.COUNTERPART_BASE_URL}/sync/alerts/"
    )
    mail = EmailMessage(f"[{product}] {subject}", body, to=list(people))
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        with get_connection() as connection:
            mail.connection = connection
            mail.send()
    except (OSError, SMTPException) as failure:
        raise MailFailed(str(failure)) from failure
    return 1


def _lasted(alert: Alert) -> str:
    assert alert.cleared_at is not None
    minutes = int((alert.cleared_at - alert.raised_at).total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{max(minutes, 1)} min"  # noqa: PLR2004


def send_trial(email: str) -> None:
    """A mail to try out the settings. Raises MailFailed."""
    product = settings.COUNTERPART_PRODUCT_NAME
    text = f"This is a trial. {product} can send mail, and this is how an alert reaches you."
    try:
        EmailMessage(f"[{product}] Trial", text, to=[email]).send()
    except (OSError, SMTPException) as failure:
        raise MailFailed(str(failure)) from failure
