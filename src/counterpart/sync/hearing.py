"""What every message of the peer says of the link itself: who speaks, what it remembers, whether one was restored."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from counterpart.protocol.colour import Mode
from counterpart.protocol.gate import GENESIS, Head, Verdict, adopt, judge_memory
from counterpart.protocol.retry import transport_delay_s
from counterpart.sync.link import halt, locked_link
from counterpart.sync.messages import Beat, Receipt
from counterpart.sync.models import ChainEntry, Link

WE_WERE_RESTORED = (
    "{name} remembers exchanges that this product does not: this product was probably restored from a backup. "
    "Nothing is exchanged until the link has been repaired, so that no newer work is overwritten."
)
PEER_WAS_RESTORED = (
    "{name} has forgotten exchanges that it had confirmed: it was probably restored from a backup. Nothing is "
    "exchanged until the link has been repaired, so that no newer work is overwritten."
)


class Refused(Exception):
    """A message that does not belong to this link or can't be read: nothing was done."""


def link_for(source: str) -> Link:
    link = locked_link()
    if source != link.peer_instance:
        raise Refused("This message is not from the product this site is connected with.")
    return link


def chain_holds(link: Link, head: Head) -> bool:
    """Whether our chain of this epoch contains the head (the empty one it always contains)."""
    return head == GENESIS or ChainEntry.objects.filter(epoch=link.epoch, n=head.n, h=head.h).exists()


def stop_if_restored(link: Link, verdict: Verdict, at: datetime) -> None:
    if verdict is Verdict.WE_WERE_RESTORED:
        halt(link, WE_WERE_RESTORED.format(name=settings.COUNTERPART_PEER_NAME), at)
    elif verdict in (Verdict.PEER_WAS_RESTORED, Verdict.STALE_EPOCH, Verdict.UNLEARNT):
        halt(link, PEER_WAS_RESTORED.format(name=settings.COUNTERPART_PEER_NAME), at)


def heard(link: Link, said: Receipt | Beat) -> None:
    """The peer answered: the line is open, and its heads are what it says."""
    if said.statement >= link.peer_statement_n or said.mode == Mode.HEALING:
        link.peer_mode = said.mode
    if said.statement >= link.peer_statement_n:
        link.peer_statement_n = said.statement
        if said.peern >= link.acked_n:  # what a restored peer says of itself must not open the door to its batches
            link.peer_announced_n, link.peer_announced_h = said.headn, said.headh
    link.failures, link.next_attempt, link.last_problem = 0, None, ""


def compare_memory(link: Link, said: Receipt | Beat, at: datetime) -> None:
    """Adopt the head the peer remembers, or see from it that we were restored (section 14, property S15).

    Each site finds out about itself; the peer of a restored one learns it from the mode in its answers.
    """
    if said.epoch != link.peer_epoch:
        stop_if_restored(link, Verdict.PEER_WAS_RESTORED, at)
        return
    remembered = Head(said.peern, said.peerh) if said.peern else GENESIS
    memory = judge_memory(
        link.acked, remembered, chain_holds_remembered=chain_holds(link, remembered),
        acknowledged_by_peer=Head(said.ackedn, said.ackedh), peer_head=link.peer_head, heard_by_peer=said.heardn,
        statement=link.statement_n,
    )  # fmt: skip
    if memory is Verdict.RESEND:
        _adopt(link, remembered)
    else:
        stop_if_restored(link, memory, at)


def _adopt(link: Link, head: Head) -> None:
    newest = adopt(link.acked, head)
    link.acked_n, link.acked_h = newest.n, newest.h


def transport_failed(problem: str, at: datetime) -> None:
    """Note that the peer could not be reached: back off, for ever, with full jitter (section 10)."""
    with transaction.atomic():
        link = locked_link()
        link.failures += 1
        link.last_problem = problem
        delay = transport_delay_s(link.failures, random.random())  # noqa: S311  # jitter, not a secret
        link.next_attempt = at + timedelta(seconds=delay)
        link.save(update_fields=["failures", "last_problem", "next_attempt"])
