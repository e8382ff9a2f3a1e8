"""The state of the whole link in words, for its page and for banners."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from counterpart.foundation.clock import now
from counterpart.protocol.colour import CONTACT_LIMIT_MS, Colour, Mode
from counterpart.sync.link import effective_mode
from counterpart.sync.models import Link


@dataclass(frozen=True, slots=True)
class LinkWords:
    """A colour with its icon, a short word and a sentence."""

    colour: Colour
    icon: str
    word: str
    text: str


def link_words(link: Link | None) -> LinkWords:
    """How the link is, in words a person understands."""
    peer, mode = settings.COUNTERPART_PEER_NAME, effective_mode(link)
    if link is None or mode is Mode.UNPAIRED:
        return LinkWords(Colour.GRAY, "plug-x", "Not connected", f"Nothing is exchanged with {peer} yet.")
    return _stopped(link, mode) or _running(link)


def _stopped(link: Link, mode: Mode) -> LinkWords | None:
    """The words where someone, or a restore, has stopped the exchange."""
    peer = settings.COUNTERPART_PEER_NAME
    if mode is Mode.OFF:
        where = f"It was switched off in {peer}." if link.mode != Mode.OFF else "It was switched off here."
        text = f"{where} Both products work by themselves; nothing is exchanged and no record is in step."
        return LinkWords(Colour.GRAY, "plug-x", "Switched off", text)
    if mode is Mode.PAUSED:
        reason = link.mode_reason if link.mode == Mode.PAUSED else f"It was paused in {peer}."
        text = f"{reason} Work goes on in both products; what is saved meanwhile is exchanged afterwards."
        return LinkWords(Colour.YELLOW, "player-pause", "Paused", text)
    if mode is Mode.HEALING:
        text = link.mode_reason or f"{peer} has noticed a restore from a backup and stopped the exchange."
        return LinkWords(Colour.RED, "restore", "Stopped after a restore", text)
    return None


def _running(link: Link) -> LinkWords:
    peer = settings.COUNTERPART_PEER_NAME
    if link.peer_incompatible:
        return LinkWords(Colour.YELLOW, "versions", "Versions differ", link.peer_incompatible)
    if link.last_contact is None or now() - link.last_contact > timedelta(milliseconds=CONTACT_LIMIT_MS):
        text = f"{peer} does not answer. Everything is kept and sent as soon as it does."
        return LinkWords(Colour.YELLOW, "wifi-off", "No contact", f"{text} {link.last_problem}".strip())
    return LinkWords(Colour.GREEN, "plug-connected", "Connected", f"{peer} answers, and changes are exchanged.")
