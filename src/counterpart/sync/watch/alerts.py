"""What administrators must be told without looking: raised once, and over again said once (section 10).

The text names no person and no value: it goes out by mail.
"""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q, QuerySet

from counterpart.foundation.notices.operations import notify
from counterpart.foundation.users.models import ApiToken
from counterpart.protocol.colour import Mode
from counterpart.sync.link import effective_mode, get_link
from counterpart.sync.models import Alert, Link, Message, Record, Sweep
from counterpart.sync.recording import Lane
from counterpart.sync.watch.recipients import managers

RED_FOR: Final = timedelta(hours=1)
PENDING_FOR: Final = timedelta(minutes=15)
SILENT_FOR: Final = timedelta(minutes=5)
CLOCKS_MS: Final = 5 * 60_000
LOAD_MOVES: Final = timedelta(minutes=5)
"""A bulk load counts as moving so long after its last batch."""
TOKENS_WITHIN: Final = timedelta(days=14)
KEPT_FOR: Final = timedelta(days=90)
WORDS: Final = {
    "red": "Records in error", "pending": "Changes not sent", "contact": "No contact", "versions": "Versions differ",
    "clocks": "Clocks differ", "restored": "Restored from a backup", "authority": "Change refused",
    "drift": "Differences found", "tokens": "API tokens expire",
}  # fmt: skip
"""What each alert is about, in two or three words."""


def conditions(at: datetime) -> dict[str, str]:
    """Everything that is wrong now: a sentence for each code."""
    link = get_link()
    found = _tokens(at)
    if link is None or not link.peer_instance or effective_mode(link) in (Mode.OFF, Mode.UNPAIRED):
        return found
    found |= _records(at) | _link(link, at)
    if effective_mode(link) is Mode.LIVE:
        found |= _pending(link, at) if "contact" not in found else {}
    return found


def _records(at: datetime) -> dict[str, str]:
    found = {}
    red = Record.objects.exclude(error_code="").filter(severed=False)
    oldest = red.aggregate(oldest=Min("error_at"))["oldest"]
    if oldest is not None and at - oldest >= RED_FOR:
        count = red.count()
        have = "record has" if count == 1 else "records have"
        found["red"] = f"{count} {have} an error; the oldest for more than an hour. Each says why and what can be done."
    if Record.objects.filter(Q(error_code="authority") | Q(refused_code="authority"), severed=False).exists():
        found["authority"] = "A change was refused because the product it came from may not make it."
    latest = Sweep.objects.filter(phase=Sweep.Phase.DONE).order_by("-finished_at").first()
    if latest is not None and latest.unrepaired:
        found["drift"] = f"The last comparison left {latest.unrepaired} differing. Its report lists them."
    return found


def _link(link: Link, at: datetime) -> dict[str, str]:
    peer = settings.COUNTERPART_PEER_NAME
    found = {}
    mode = effective_mode(link)
    if mode is Mode.HEALING:
        found["restored"] = link.mode_reason or f"{peer} has noticed a restore from a backup and stopped the exchange."
    if link.peer_incompatible:
        found["versions"] = link.peer_incompatible
    if abs(link.clock_offset_ms) > CLOCKS_MS:
        minutes = abs(link.clock_offset_ms) // 60_000
        found["clocks"] = f"The clocks of the two servers differ by {minutes} minutes. Switch on time synchronisation."
    since = max(filter(None, (link.last_contact, link.mode_since)), default=None)
    if mode is Mode.LIVE and since is not None and at - since >= SILENT_FOR:
        problem = f" {link.last_problem}" if link.last_problem else ""
        found["contact"] = f"{peer} has not been heard for more than five minutes.{problem} Changes are kept meanwhile."
    return found


def _pending(link: Link, at: datetime) -> dict[str, str]:
    """Waiting too long although the peer can be reached; a bulk load is no fault while it moves."""
    before = at - PENDING_FOR
    if any(moment is not None and moment > before for moment in (link.contact_since, link.mode_since)):
        return {}
    waiting = Record.objects.filter(due=True, error_code="", severed=False, pending_since__lt=before)
    if Message.objects.filter(sent=True, at__gte=at - LOAD_MOVES).exists():
        waiting = waiting.exclude(lane=Lane.BULK)
    count = waiting.count()
    if not count:
        return {}
    have = "change has" if count == 1 else "changes have"
    return {"pending": f"{count} {have} been waiting to be sent for more than 15 minutes."}


def _tokens(at: datetime) -> dict[str, str]:
    """IMP-18: whoever uses a token learns in time that it ends; one that nobody uses may."""
    live = ApiToken.objects.filter(revoked_at=None, expires_at__gt=at, user__is_active=True)
    soon = live.filter(expires_at__lte=at + TOKENS_WITHIN, last_used_at__gte=at - timedelta(days=30))
    count = soon.count()
    if not count:
        return {}
    text = "One API token in use expires" if count == 1 else f"{count} API tokens in use expire"
    return {"tokens": f"{text} within two weeks. Make a new one and hand it to the program in time."}


@transaction.atomic
def update_alerts(at: datetime) -> None:
    """Raise what is new, end what is over, and put both under the bell of those who manage the link.

    What goes on is raised once: its sentence is kept up to date without telling anybody again.
    """
    present = conditions(at)
    open_ = {alert.code: alert for alert in open_alerts().select_for_update()}
    for code, text in present.items():
        alert = open_.get(code)
        if alert is None:
            Alert.objects.create(code=code, text=text, raised_at=at)
            notify(_people(), f"{WORDS[code]}: {text}", at=at, level="warning", url=PAGES.get(code, CENTRE))
        elif alert.text != text:
            alert.text = text
            alert.save(update_fields=["text"])
    for code, alert in open_.items():
        if code not in present:
            alert.cleared_at = at
            alert.save(update_fields=["cleared_at"])
            notify(_people(), f"Over again: {WORDS[code].lower()}.", at=at, url=PAGES.get(code, CENTRE))


CENTRE: Final = "/sync/"
PAGES: Final = {
    "contact": "/sync/check/", "versions": "/sync/check/", "clocks": "/sync/check/", "restored": "/sync/connection/",
    "drift": "/sync/sweeps/", "tokens": "/sync/check/",
}  # fmt: skip
"""Where each alert is looked into."""


def open_alerts() -> QuerySet[Alert]:
    """What is wrong now, oldest first."""
    return Alert.objects.filter(cleared_at=None).order_by("raised_at")


def prune(at: datetime) -> None:
    """Forget alerts that were over long ago."""
    Alert.objects.filter(cleared_at__lt=at - KEPT_FOR).delete()


def _people() -> list[int]:
    return [user.pk for user in managers()]
