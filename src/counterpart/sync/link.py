"""The link with the other product: identity, keys, connecting, pausing, and what is known of the peer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked
from counterpart.protocol.canonical import canonical_json, sha256
from counterpart.protocol.colour import Mode
from counterpart.protocol.stamps import Site
from counterpart.sync.models import Link, Record
from counterpart.sync.wake import wake_on_commit

THE_LINK = "SELECT * FROM sync_link ORDER BY id LIMIT 1"
"""Written out because every save, page and message asks: building the ORM's query costs more than running it."""


BULK_LANE = 2
"""``recording.Lane.BULK``; what a person saves meanwhile overtakes it."""


@dataclass(frozen=True, slots=True)
class PeerFacts:
    """What pages and products may know of the other product."""

    mode: Mode
    mode_reason: str
    name: str
    url: str
    connected: bool
    last_contact: datetime | None
    policy: dict[str, Any] = field(default_factory=dict)
    clock_offset_ms: int = 0
    instance: str = ""
    incompatible: str = ""


def my_site() -> Site:
    """Which end of the link this process is."""
    return Site.of(settings.COUNTERPART_SITE)


def get_link() -> Link | None:
    """The link row; None before this site has an identity."""
    return next(iter(Link.objects.raw(THE_LINK)), None)


def locked_link() -> Link:
    """The link row, locked until commit: batches and receipts of one site are made one after another."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return Link.objects.raw(f"{THE_LINK}{lock}")[0]


def effective_mode(link: Link | None) -> Mode:
    """Our mode, or the peer's where that stops the exchange."""
    if link is None:
        return Mode.UNPAIRED
    mode = Mode(link.mode)
    if mode in (Mode.LIVE, Mode.PAUSED) and link.peer_mode == Mode.OFF:
        return Mode.OFF
    if mode is Mode.LIVE and link.peer_mode in (Mode.PAUSED, Mode.HEALING):
        return Mode(link.peer_mode)
    return mode


def link_mode() -> Mode:
    """The mode of the link as it is now."""
    return effective_mode(get_link())


def is_on() -> bool:
    """Whether the integration is enabled: connected, and switched off on neither side. A pause does not end it: what
    the other product owns stays its own (integration 4.2, GRP-17).
    """
    return effective_mode(get_link()) not in (Mode.UNPAIRED, Mode.OFF)


def link_id(link: Link) -> str:
    """The name of the pairing: both sites derive the same from the two instances."""
    return sha256(canonical_json(sorted([link.instance, link.peer_instance])))[:32]


def peer() -> PeerFacts:
    """The peer as last heard."""
    link = get_link()
    name = settings.COUNTERPART_PEER_NAME
    if link is None or not link.peer_instance:
        return PeerFacts(Mode.UNPAIRED, "", name, settings.COUNTERPART_PEER_URL, connected=False, last_contact=None)
    return PeerFacts(
        effective_mode(link), link.mode_reason, name, link.peer_url, connected=True, last_contact=link.last_contact,
        policy=link.peer_policy, clock_offset_ms=link.clock_offset_ms, instance=link.peer_instance,
        incompatible=link.peer_incompatible,
    )  # fmt: skip


@transaction.atomic
def pause(actor: Actor, at: datetime) -> None:
    """Stop the exchange, keep everything; every record shows yellow (section 15)."""
    actor.require("integration.manage")
    _change_mode(Mode.LIVE, Mode.PAUSED, f"Paused by {actor.name}.", actor, at)


@transaction.atomic
def resume(actor: Actor, at: datetime) -> None:
    """Go on after a pause. A link stopped because a restore was noticed can't be resumed this way."""
    actor.require("integration.manage")
    _change_mode(Mode.PAUSED, Mode.LIVE, "", actor, at)


@transaction.atomic
def switch_off(actor: Actor, at: datetime) -> None:
    """End the integration on this side: every record is gray in both products, and Legal Accounting's own functions
    come back (section 15, GRP-17). Pairings are kept, and stamps go on being kept.
    """
    actor.require("integration.manage")
    link = locked_link()
    _change_mode(Mode.PAUSED if link.mode == Mode.PAUSED else Mode.LIVE, Mode.OFF, "", actor, at)


@transaction.atomic
def switch_on(actor: Actor, at: datetime) -> None:
    """Begin again where it was switched off. Everything is exchanged in full once, so that what either side changed
    meanwhile arrives, and Practice Management's client lists stand again (section 15).
    """
    actor.require("integration.manage")
    link = locked_link()
    if link.mode == Mode.LIVE:
        return
    off_since = link.mode_since
    _change_mode(Mode.OFF, Mode.LIVE, "", actor, at)
    Record.objects.filter(severed=False, local_id__isnull=False).update(
        force=Greatest(F("force") + 1, int(at.timestamp() * 1000)), lane=BULK_LANE, error_code="", error_text="",
        error_register="", error_detail={}, error_at=None, attempts=0, next_attempt=None,
        pending_since=Coalesce("pending_since", Value(off_since)),  # what changed meanwhile is that old
    )  # fmt: skip


def _change_mode(expected: Mode, wanted: Mode, reason: str, actor: Actor, at: datetime) -> None:
    link = locked_link()
    if link.mode == wanted:
        return
    if link.mode != expected:
        raise Blocked(link.mode_reason or f"The link is {link.mode}.")
    link.mode, link.mode_reason, link.mode_since = wanted, reason, at
    link.failures, link.next_attempt = 0, None
    link.save()
    note(actor, at, "setting_changed", {"link": [expected.value, wanted.value]})
    wake_on_commit()


def halt(link: Link, reason: str, at: datetime) -> None:
    """Stop because one side was restored from a backup: yellow, a sentence, nothing merged (section 14)."""
    if link.mode == Mode.HEALING:
        return
    link.mode, link.mode_reason, link.mode_since = Mode.HEALING, reason, at
    link.save()
    note(Actor.system("Sync"), at, "link_stopped", {"link": [Mode.LIVE.value, reason]})


def note(actor: Actor, at: datetime, verb: str, changes: dict[str, Any]) -> None:
    label = f"Link to {settings.COUNTERPART_PEER_NAME}"
    history.record([history.NewEvent("link", None, label, verb, actor, at, changes)])
