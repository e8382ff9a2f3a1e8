"""The gate in front of every merge: epochs and hash-chained heads (sync-protocol sections 6 and 14).

Each direction of a link is a chain of batches. The receiver remembers the head it last merged; the sender says
which head this batch follows. A site restored from a backup no longer contains heads its peer remembers, and
that gives it away: a hash cannot be caught up with the way a counter can.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Head:
    """A place in a chain: the count and the hash over everything up to there."""

    n: int = 0
    h: str = ""


GENESIS = Head()


def extend(head: Head, batch_digest: str, salt: str) -> Head:
    """The head after one more batch. ``salt``: 16 random bytes as hexadecimal digits, so that no two histories meet."""
    return Head(head.n + 1, hashlib.sha256(f"{head.h}|{batch_digest}|{salt}".encode()).hexdigest())


def make_epoch(start_ms: int, salt: str, *, after: str = "") -> str:
    """A new epoch: start time and randomness as one sortable text, later than ``after`` (section 14)."""
    floor = int(after.split("-", 1)[0]) + 1 if after else 0
    return f"{max(start_ms, floor):015d}-{salt}"


class Verdict(StrEnum):
    """What to do with a batch."""

    MERGE = "merge"
    DUPLICATE = "duplicate"
    """This very batch was merged before: merging again changes nothing, and the sender needs its receipt."""
    RESEND = "resend"
    """It does not follow the head we remember: refuse and state that head."""
    WE_WERE_RESTORED = "we_were_restored"
    PEER_WAS_RESTORED = "peer_was_restored"
    """The peer began a new epoch, or forgot what it had acknowledged."""
    STALE_EPOCH = "stale_epoch"
    """A message from before the peer's present epoch."""
    UNLEARNT = "unlearnt"
    """The sender does not know our present epoch yet."""


@dataclass(frozen=True, slots=True)
class Position:
    """What a site knows about one link, as far as the gate needs it."""

    epoch: str
    peer_epoch: str
    peer_head: Head
    """The head of the peer's chain that we merged last."""
    acknowledged: Head = GENESIS
    """The newest head of ours for which we hold the peer's receipt."""
    announced: Head = GENESIS
    """The peer's own head, as stated by its newest receipt or beat that remembered no less of us than
    ``acknowledged``. Not knowing it costs a resend, no more."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The heads and epochs of a batch: the sender's own, and what it remembers of ours."""

    epoch: str
    head: Head
    prev: Head
    peer_epoch: str
    peer_head: Head


def judge(position: Position, envelope: Envelope, *, chain_holds_peer_head: bool) -> Verdict:
    """Decide over a received batch before anything is merged (section 6, receiver steps 2 to 5).

    ``chain_holds_peer_head``: whether our chain contains the head of ours that the sender remembers.
    """
    if envelope.peer_epoch > position.epoch:
        return Verdict.WE_WERE_RESTORED
    if envelope.peer_epoch == position.epoch and not chain_holds_peer_head:
        return Verdict.WE_WERE_RESTORED
    if envelope.epoch > position.peer_epoch:
        return Verdict.PEER_WAS_RESTORED
    if envelope.epoch < position.peer_epoch:
        return Verdict.STALE_EPOCH
    if envelope.peer_epoch < position.epoch:
        return Verdict.UNLEARNT
    return _judge_heads(position, envelope)


def _judge_heads(position: Position, envelope: Envelope) -> Verdict:
    if envelope.head == position.peer_head:
        return Verdict.DUPLICATE
    if envelope.prev.n > position.peer_head.n:
        # The sender follows a head for which it holds our receipt, and we do not remember giving it.
        return Verdict.WE_WERE_RESTORED
    if envelope.peer_head.n < position.acknowledged.n and envelope.head != position.announced:
        # The sender has forgotten a batch it acknowledged, or its message was overtaken by a receipt. The answer
        # states what it acknowledged: a restored site learns from that, any other just sends again.
        return Verdict.RESEND
    if envelope.prev != position.peer_head:
        return Verdict.RESEND
    return Verdict.MERGE


def judge_memory(
    acknowledged: Head,
    remembered: Head,
    *,
    chain_holds_remembered: bool,
    acknowledged_by_peer: Head = GENESIS,
    peer_head: Head = GENESIS,
    heard_by_peer: int = 0,
    statement: int = 0,
) -> Verdict:
    """Decide what an answer or a beat means in which the peer states the head of ours that it remembers.

    ``acknowledged``: the newest head of ours for which we hold the peer's receipt. ``acknowledged_by_peer``: the
    head of its own for which the peer holds ours; ``peer_head``: what we remember. ``heard_by_peer``: the count of
    our newest statement that reached the peer; ``statement``: how many we made as far as we know.

    A receipt follows a durable commit (section 1), so a site that remembers less than it acknowledged or said, or no
    longer has a head its peer remembers, was restored. Each site finds that out about *itself*; a peer that states
    less than it acknowledged may merely have been overtaken on the way, so that proves nothing.
    """
    if remembered.n > acknowledged.n and not chain_holds_remembered:
        return Verdict.WE_WERE_RESTORED
    if acknowledged_by_peer.n > peer_head.n or heard_by_peer > statement:
        return Verdict.WE_WERE_RESTORED
    return Verdict.RESEND


def adopt(acknowledged: Head, remembered: Head) -> Head:
    """The head to send from next, after the peer stated what it remembers: heads only rise."""
    return remembered if remembered.n > acknowledged.n else acknowledged


def is_newer_statement(held_epoch: str, held_n: int, epoch: str, n: int, peer_epoch: str) -> bool:
    """Whether a statement of the peer may replace the one we hold (section 7): a late one never repaints a record.

    ``n`` counts the peer's statements (batches and receipts alike), not its batches: a receipt and a batch that
    cross on the way must still be put in order.
    """
    if epoch != peer_epoch:
        return False
    return held_epoch != epoch or n >= held_n
