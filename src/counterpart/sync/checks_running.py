"""What runs, for the connection check: the way there and back, the worker, comparisons, tokens, mail (ONB-4)."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings

from counterpart.foundation.clock import now
from counterpart.foundation.users.models import ApiToken
from counterpart.protocol.colour import Mode
from counterpart.sync.check_finding import Check
from counterpart.sync.link import effective_mode
from counterpart.sync.models import Link, Sample, Sweep
from counterpart.sync.reaching import reach
from counterpart.sync.registry import policy_block
from counterpart.sync.watch.alerts import TOKENS_WITHIN
from counterpart.sync.watch.recipients import mail_recipients

WORKER_SILENT = timedelta(minutes=8)
"""The worker notes every minute how things go, in intervals of five."""
COMPARED_WITHIN = timedelta(hours=36)
AT_HOME = ("127.0.0.1", "localhost", "::1")
DETAILS = {
    "email": "e-mail", "address.main.line1": "street", "address.main.city": "city", "address.main.state": "state",
}  # fmt: skip


def running_checks(link: Link) -> Iterable[Check]:
    """Everything that can be found out only by trying, or by looking at what the worker left behind."""
    yield from _both_ways(link)
    yield _worker()
    yield _encrypted(link)
    yield _forced_details(link)
    yield _compared(link)
    yield _tokens()
    yield _mail()


def _both_ways(link: Link) -> Iterable[Check]:
    peer, here = settings.COUNTERPART_PEER_NAME, settings.COUNTERPART_PRODUCT_NAME
    there_name, back_name = f"{peer} can be reached", f"{here} can be reached from there"
    found = reach()
    if found.there_ms is None:
        remedy = f"Open {link.peer_url} from this server; check name, port, firewall and certificate. If the address "
        remedy += "has changed, paste the new connection card."
        yield Check(there_name, ok=False, text=found.there_problem, remedy=remedy)
        yield Check(back_name, ok=None, text="Nothing is known of the way back while the way there is closed.")
        return
    yield Check(there_name, ok=True, text=f"It answered at {link.peer_url} within {found.there_ms} ms.")
    if found.back_ok is None:
        yield Check(back_name, ok=None, text=f"{peer} does not know this question yet. Update it.")
    elif found.back_ok:
        yield Check(back_name, ok=True, text=f"{peer} reaches {settings.COUNTERPART_BASE_URL}.")
    else:
        remedy = f"On the server of {peer}, open the address it has of {here}; paste this product's card there again."
        yield Check(back_name, ok=False, text=f"{peer} says: {found.back_problem}", remedy=remedy)


def _worker() -> Check:
    name, newest = "The worker of this product", Sample.objects.order_by("-at").first()
    remedy = "Start it: `counterpart up` does, and so does the service of your installation."
    if newest is None:
        return Check(name, ok=None, text="It has not noted anything yet; it does so every minute.", remedy=remedy)
    if now() - newest.at > WORKER_SILENT:
        return Check(name, ok=False, text=f"It last worked at {newest.at:%H:%M on %d %b} UTC.", remedy=remedy)
    return Check(name, ok=True, text="It works.")


def _encrypted(link: Link) -> Check:
    """Section 18: encrypted on its way unless both products share one machine."""
    name = "Encrypted on its way"
    open_ = [url for url in (link.peer_url, settings.COUNTERPART_BASE_URL) if _is_open(url)]
    if open_:
        remedy = "Put a web server with a certificate in front (docs/how-to/two-machines.md), and use https addresses."
        return Check(name, ok=False, text=f"{', '.join(open_)} is not encrypted.", remedy=remedy)
    return Check(name, ok=True, text="Between the two products nothing can be read on its way.")


def _is_open(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme != "https" and parts.hostname not in AT_HOME


def _forced_details(link: Link) -> Check:
    """IMP-8, ADR-7: what Legal Accounting asks its people for holds nothing up that arrives."""
    name = "Details Legal Accounting asks for"
    policy = {**link.peer_policy, **policy_block()} if settings.COUNTERPART_SITE == "la" else link.peer_policy
    asked = policy.get("required_contact_fields")
    if asked is None:
        return Check(name, ok=None, text="Legal Accounting has not said yet what it asks for on a new contact.")
    if not asked:
        return Check(name, ok=True, text="It forces none on a new contact.")
    words = ", ".join(DETAILS.get(str(one), str(one)) for one in asked)
    text = (
        f"On a new contact it asks for {words}. A contact from Practice Management without them is taken all the same."
    )
    return Check(name, ok=True, text=text)


def _compared(link: Link) -> Check:
    name = "Compared every night"
    remedy = "Open Sync centre > Comparisons, see what the last one says, and press Compare now."
    last = Sweep.objects.filter(phase=Sweep.Phase.DONE).order_by("-finished_at").first()
    if last is None or last.finished_at is None:
        text = "The two products were not compared yet; the first comparison runs in the coming night."
        return Check(name, ok=None, text=text, is_advice=True)
    if last.unrepaired:
        text = f"The last comparison left {last.unrepaired} of {last.compared} records differing."
        return Check(name, ok=False, text=text, remedy=remedy, is_advice=True)
    if effective_mode(link) is Mode.LIVE and now() - last.finished_at > COMPARED_WITHIN:
        text = f"The last comparison was on {last.finished_at:%d %b %Y}."
        return Check(name, ok=False, text=text, remedy=remedy, is_advice=True)
    text = (
        f"{last.compared} records were compared on {last.finished_at:%d %b at %H:%M} UTC, and none is left differing."
    )
    return Check(name, ok=True, text=text, is_advice=True)


def _tokens() -> Check:
    """IMP-18: the keys of the link do not expire; the tokens of the firm's programs do."""
    name, at = "API tokens", now()
    live = ApiToken.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    ending = list(live.filter(expires_at__gt=at, expires_at__lte=at + TOKENS_WITHIN).order_by("expires_at")[:5])
    ended = list(live.filter(expires_at__lte=at, last_used_at__gte=at - timedelta(days=30)).order_by("expires_at")[:5])
    if not ending and not ended:
        return Check(
            name, ok=True, text="None expires within two weeks. The keys of the link itself don’t.", is_advice=True
        )
    said = [f"“{one.label}” of {one.user.name} expires on {one.expires_at:%d %b %Y}" for one in ending]
    said += [f"“{one.label}” of {one.user.name} expired on {one.expires_at:%d %b %Y} while in use" for one in ended]
    remedy = "Make a new token under the person’s profile, hand it to the program, then revoke the old one."
    return Check(name, ok=False, text=f"{'; '.join(said)}.", remedy=remedy, is_advice=True)


def _mail() -> Check:
    name = "Alerts by e-mail"
    if not settings.COUNTERPART_SENDS_MAIL:
        remedy = "Set mail_host in counterpart.toml, then send yourself a trial under Sync centre > Alerts."
        text = "No mail server is set: alerts are shown under the bell alone."
        return Check(name, ok=False, text=text, remedy=remedy, is_advice=True)
    if not (people := mail_recipients()):
        text, remedy = "Nobody gets them.", "Choose somebody under Sync centre > Alerts."
        return Check(name, ok=False, text=text, remedy=remedy, is_advice=True)
    return Check(
        name, ok=True, text=f"They go to {len(people)} {'person' if len(people) == 1 else 'people'}.", is_advice=True
    )
