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
    if link is None or mode in (Mode.OFF, Mode.UNPAIRED):
        return LinkWords(Colour.GRAY, "plug-x", "Not connected", f"Nothing is exchanged with {peer} yet.")
    if mode is Mode.PAUSED:
        reason = link.mode_reason if link.mode == Mode.PAUSED else f"It was paused in {peer}."
        text = f"{reason} Work goes on in both products; what is saved meanwhile is exchanged afterwards."
        return LinkWords(Colour.YELLOW, "player-pause", "Paused", text)
    if mode is Mode.HEALING:
        text = link.mode_reason or f"{peer} has noticed a restore from a backup and stopped the exchange."
        return LinkWords(Colour.RED, "restore", "Stopped after a restore", text)
    if link.peer_incompatible:
        return LinkWords(Colour.YELLOW, "versions", "Versions differ", link.peer_incompatible)
    if link.last_contact is None or now() - link.last_contact > timedelta(milliseconds=CONTACT_LIMIT_MS):
        text = f"{peer} does not answer. Everything is kept and sent as soon as it does."
        return LinkWords(Colour.YELLOW, "wifi-off", "No contact", f"{text} {link.last_problem}".strip())
    return LinkWords(Colour.GREEN, "plug-connected", "Connected", f"{peer} answers, and changes are exchanged.")
