"""The keys messages are signed with: two may be active while one is rotated in or out (section 18)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.protocol.canonical import sha256
from counterpart.sync.link import locked_link, note
from counterpart.sync.models import Key
from counterpart.sync.wake import wake_on_commit

ACTIVE_KEYS_MAX = 2
"""One in use and one being rotated in or out (section 18)."""
KEY_TRAVELS = timedelta(seconds=30)
"""Two beats: after that much contact the peer knows a new key."""


def active_keys(*, own: bool) -> list[Key]:
    """Keys in use, oldest first."""
    return list(Key.objects.filter(own=own, retired_at=None).order_by("created_at", "id"))


def keys_in_use() -> tuple[list[Key], list[Key]]:
    """Our active keys and the peer's, each oldest first, in one statement: asked for with every message."""
    keys = list(Key.objects.filter(retired_at=None).order_by("created_at", "id"))
    return [key for key in keys if key.own], [key for key in keys if not key.own]


def own_keys() -> list[Key]:
    """All own keys, for the page that manages them."""
    return list(Key.objects.filter(own=True).order_by("created_at", "id"))


@transaction.atomic
def add_key(*, actor: Actor, at: datetime) -> Key:
    """Make a second key. It travels to the peer in the next beat, signed by the first; then the old can be retired."""
    actor.require("integration.manage")
    locked_link()
    if len(active_keys(own=True)) >= ACTIVE_KEYS_MAX:
        raise Blocked("Two keys are active already. Retire the old one first.")
    key = make_key(at)
    note(actor, at, "key_added", {"key": [None, key.key_id]})
    wake_on_commit()
    return key


@transaction.atomic
def retire_key(key_id: str, *, actor: Actor, at: datetime) -> None:
    """Stop using a key. The last one can't be retired, and none while the peer may not know the one that stays: it
    would refuse everything from then on. Raises Blocked, and Key.DoesNotExist for an unknown key.
    """
    actor.require("integration.manage")
    link = locked_link()
    key = Key.objects.get(own=True, key_id=key_id, retired_at=None)
    stays = [other for other in active_keys(own=True) if other.pk != key.pk]
    if not stays:
        raise Blocked("This is the only key. Add a new one first.")
    if link.peer_instance and not (link.last_contact and link.last_contact >= stays[0].created_at + KEY_TRAVELS):
        name = settings.COUNTERPART_PEER_NAME
        raise Blocked(f"{name} has not been told the other key yet. Wait half a minute with the link up.")
    key.retired_at = at
    key.save(update_fields=["retired_at"])
    note(actor, at, "key_retired", {"key": [key_id, None]})
    wake_on_commit()


def learn_peer_keys(keys: Sequence[tuple[str, str]], at: datetime) -> None:
    """Take over the peer's active keys as stated in a message signed with a key we already trust."""
    stated = dict(keys[:ACTIVE_KEYS_MAX])
    known = {key.key_id: key for key in active_keys(own=False)}
    if not stated or stated.keys() == known.keys():
        return
    trust(stated, at)


def trust(stated: Mapping[str, str], at: datetime) -> None:
    """Make these the peer's active keys; one retired by mistake is active again when the peer states it."""
    Key.objects.filter(own=False, retired_at=None).exclude(key_id__in=stated).update(retired_at=at)
    for key_id, public in stated.items():
        Key.objects.update_or_create(
            own=False, key_id=key_id, defaults={"public": public, "retired_at": None},
            create_defaults={"public": public, "created_at": at},
        )  # fmt: skip


def private_key(key: Key) -> Ed25519PrivateKey:
    """Decrypt an own key. Raises Refusal when the data folder's secret is not the one it was encrypted with."""
    try:
        raw = _fernet().decrypt(key.private_encrypted.encode())
    except InvalidToken as error:
        raise Refusal(
            "The sync key can't be read: the secret in the data folder is not the one it was made with."
        ) from error
    return Ed25519PrivateKey.from_private_bytes(raw)


def make_key(at: datetime) -> Key:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw().hex()
    return Key.objects.create(
        own=True,
        key_id=sha256(public.encode())[:16],
        public=public,
        private_encrypted=_fernet().encrypt(private.private_bytes_raw()).decode(),
        created_at=at,
    )


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.COUNTERPART_FERNET_KEYS])
