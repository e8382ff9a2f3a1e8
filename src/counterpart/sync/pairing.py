"""Pairing with the other product: this site's identity, connection cards, connecting (sections 11 and 15)."""

import secrets
from datetime import datetime

import msgspec
from django.conf import settings
from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.foundation.ids import new_id
from counterpart.protocol.colour import Mode
from counterpart.protocol.gate import make_epoch
from counterpart.sync.codec import to_ms
from counterpart.sync.keys import ACTIVE_KEYS_MAX, active_keys, make_key, trust
from counterpart.sync.link import locked_link, my_site, note
from counterpart.sync.models import Link
from counterpart.sync.wake import wake_on_commit

ONLY_LINK = 1
"""The identity of the one row, so that two processes that start at once can't make two."""


class Card(msgspec.Struct):
    """A site's connection card: what the other product's administrator pastes to connect. Nothing in it is secret."""

    site: str
    instance: str
    url: str
    epoch: str
    keys: list[tuple[str, str]]
    version: int = 1


@transaction.atomic
def ensure_identity(at: datetime) -> Link:
    """Give this site its instance name, epoch and first key, once. One loaded from an export has the first two and
    makes a key: the old one stayed where it was, so that a copy can't speak for what it was copied from.
    """
    instance = f"urn:suite:{settings.COUNTERPART_SITE}:{new_id()}"
    given = {"instance": instance, "epoch": make_epoch(to_ms(at), secrets.token_hex(8))}
    link, is_new = Link.objects.get_or_create(pk=ONLY_LINK, defaults=given)
    if is_new or not active_keys(own=True):
        make_key(at)
    return link


def card(at: datetime) -> str:
    """This site's connection card as JSON text."""
    link = ensure_identity(at)
    keys = [(key.key_id, key.public) for key in active_keys(own=True)]
    content = Card(settings.COUNTERPART_SITE, link.instance, settings.COUNTERPART_BASE_URL, link.epoch, keys)
    return msgspec.json.encode(content).decode()


@transaction.atomic
def connect(text: str, *, actor: Actor, at: datetime, url: str = "") -> Link:
    """Store the peer's card and go live. Connecting again with the same peer renews its address and keys.

    Raises Refusal when the card can't be read, is of the wrong product or version, or names another peer than the
    one this site is paired with (pairing with a second peer would mix two firms).
    """
    ensure_identity(at)
    link = locked_link()
    theirs = _read_card(text)
    if link.peer_instance and link.peer_instance != theirs.instance:
        raise Blocked("This site is already paired with another installation. Its pairing can't be replaced.")
    if not link.peer_instance:
        link.peer_instance, link.peer_epoch = theirs.instance, theirs.epoch
        link.mode, link.mode_since = Mode.LIVE, at
    known = (link.peer_url, {key.key_id for key in active_keys(own=False)})
    link.peer_url = url or theirs.url
    link.failures, link.next_attempt = 0, None
    link.save()
    trust(dict(theirs.keys), at)
    if known != (link.peer_url, {key_id for key_id, _ in theirs.keys}):
        note(actor, at, "connected", {"peer": [known[0] or None, link.peer_url]})
    wake_on_commit()
    return link


def _read_card(text: str) -> Card:
    try:
        theirs = msgspec.json.decode(text, type=Card)
    except msgspec.DecodeError as error:
        raise Refusal(
            "This is not a connection card. Copy the whole text from the other product.", field="card"
        ) from error
    if theirs.version != 1 or theirs.site != my_site().peer.code:
        raise Refusal(f"This is not a card of {settings.COUNTERPART_PEER_NAME}.", field="card")
    if not 0 < len(theirs.keys) <= ACTIVE_KEYS_MAX:
        raise Refusal("A card carries one or two keys.", field="card")
    return theirs
