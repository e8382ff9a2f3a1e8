"""Signs of life, both ways: who is there, with which clock, settings and keys (section 7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Min
from django.db.models.functions import Greatest

from counterpart.protocol.colour import CONTACT_LIMIT_MS, Mode, contact_as_of, unsent_age
from counterpart.sync.codec import from_ms, to_ms
from counterpart.sync.dependencies import held_back
from counterpart.sync.hearing import compare_memory, heard, link_for
from counterpart.sync.keys import active_keys, learn_peer_keys
from counterpart.sync.link import locked_link
from counterpart.sync.messages import Beat, encode, read_beat
from counterpart.sync.models import Link, Record
from counterpart.sync.recording import Lane
from counterpart.sync.registry import PASSING_FACTS, PROTOCOL_VERSION, policy_block, policy_digest
from counterpart.sync.wake import wake_on_commit

FAILED_AT_ONCE = 5_000
"""Records in error that are tried again when the peer changed; more than that is no matter of settings."""


@transaction.atomic
def make_beat(at: datetime) -> bytes:
    """This site's beat: sign of life, heads, policy and keys (section 7). It is a statement, so it is counted."""
    link = locked_link()
    link.statement_n += 1
    link.save(update_fields=["statement_n"])
    return encode(_beat(link, at))


def _beat(link: Link, at: datetime) -> Beat:
    keys = [(key.key_id, key.public) for key in active_keys(own=True)]
    return Beat(
        link.instance, link.epoch, link.head.n, link.head.h, link.peer_epoch, link.peer_head.n, link.peer_head.h,
        link.acked.n, link.acked.h, link.peer_statement_n, link.statement_n, link.mode, to_ms(at), _unsent_ms(at),
        PROTOCOL_VERSION, policy_digest(), policy_block(), keys,
    )  # fmt: skip


def _unsent_ms(at: datetime) -> int:
    """How long the oldest change of a record the peer knows has been waiting to be sent.

    The peer's green is no fresher than that: with one direction dead it must not go on trusting the other.
    """
    waiting = Record.objects.filter(~held_back(), due=True, error_code="", attempted_at__isnull=False, attempts=0)
    oldest = waiting.aggregate(oldest=Min("pending_since"))["oldest"]
    return unsent_age(to_ms(at), to_ms(oldest) if oldest else None)


def hear_beat(body: bytes, at: datetime, *, answer: bool) -> bytes:
    """Take over the peer's beat; with ``answer`` return our own. Raises Refused for a beat of another link."""
    beat = read_beat(body)
    with transaction.atomic():
        link = link_for(beat.instance)
        if link.next_attempt is not None:
            wake_on_commit()
        was_stopped = link.peer_mode in (Mode.PAUSED, Mode.OFF, Mode.HEALING)
        heard(link, beat)
        if was_stopped and link.peer_mode == Mode.LIVE:
            link.contact_since = at  # nothing could go while it was stopped there, so nothing is stuck
        compare_memory(link, beat, at)
        # A repeated or overtaken beat is no sign of life, and neither is that of a restored peer, which remembers less
        # of us than it had confirmed and whose count of statements may have caught up.
        if beat.statement > link.peer_beat_n and beat.peern >= link.acked_n:
            _take_over(link, beat, at)
        link.statement_n += 1
        link.save()
        return encode(_beat(link, at)) if answer else b""


def _take_over(link: Link, beat: Beat, at: datetime) -> None:
    """Remember what the newest beat says of the peer: alive, its clock, its settings, its keys."""
    if link.last_contact is None or to_ms(at) - to_ms(link.last_contact) > CONTACT_LIMIT_MS:
        link.contact_since = at
    link.peer_beat_n = beat.statement
    link.last_contact = from_ms(contact_as_of(to_ms(at), beat.unsent))
    link.clock_offset_ms = beat.at - to_ms(at)
    was_incompatible, link.peer_incompatible = link.peer_incompatible, _incompatibility(beat)
    if was_incompatible != link.peer_incompatible or settings_of(link.peer_policy) != settings_of(beat.policy):
        _try_failed_again(at)
    link.peer_policy = beat.policy
    learn_peer_keys(beat.keys, at)


def settings_of(policy: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a site without those that it said change by themselves."""
    passing = policy.get(PASSING_FACTS, ())
    return {name: value for name, value in policy.items() if name not in passing}


def _try_failed_again(at: datetime) -> None:
    """The peer was updated or set up otherwise: what failed may succeed now, and is tried once (section 10)."""
    failed = Record.objects.select_for_update().exclude(error_code="").filter(severed=False).order_by("sync_id")
    ids = [record.sync_id for record in failed.only("sync_id")[:FAILED_AT_ONCE]]
    Record.objects.filter(sync_id__in=ids).update(
        force=Greatest(F("force") + 1, to_ms(at)), lane=Lane.RETRY, error_code="", error_text="", error_register="",
        error_detail={}, error_at=None, attempts=0, next_attempt=None, pending_since=at,
    )  # fmt: skip
    if ids:
        wake_on_commit()


def _incompatibility(beat: Beat) -> str:
    if beat.version != PROTOCOL_VERSION or beat.policydigest != policy_digest():
        return "The two products run versions that do not fit together. Update both to the same version."
    return ""
