"""Before the approval, in Practice Management: count again, and move references that are no numbers (IMP-19)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked
from counterpart.protocol.stamps import Site
from counterpart.sync.golive.driving import FIRST
from counterpart.sync.golive.handler import matching_handler, matching_handlers
from counterpart.sync.golive.messages import Ask, encode, read_answer
from counterpart.sync.golive.runs import PAGE, RIGHT, Phase, under_way
from counterpart.sync.golive.tables import GoLive
from counterpart.sync.link import my_site, note
from counterpart.sync.probing import transport
from counterpart.sync.transports import TransportFailed
from counterpart.sync.wake import wake_on_commit

TIMEOUT_S: Final = 10.0


def recount(*, actor: Actor, at: datetime) -> None:
    """Take the census and match anew; decisions about single records stand. Raises Forbidden, Blocked."""
    actor.require(RIGHT)
    run = _asking()
    _put(run, "again")
    with transaction.atomic():
        run = _asking()
        run.phase, run.cursor = Phase.CENSUS, {"kind": 0, "after": str(FIRST)}
        run.save()
        note(actor, at, "go_live_recounted", {})
        wake_on_commit()


def move_references(kind: str, *, actor: Actor, at: datetime) -> int:
    """Move the references that Legal Accounting could not have given to where another system's belong, and count again.

    Returns how many; those of records that have such a reference already stay. Raises Forbidden, Blocked.
    """
    actor.require(RIGHT)
    if kind not in {handler.kind for handler in matching_handlers()}:
        raise Blocked("There is nothing to move.")
    run = _asking()
    moved, after = 0, FIRST
    while ids := [UUID(one) for one in _put(run, "foreign", kind=kind, after=str(after))["ids"]]:
        moved += matching_handler(kind).relocate_numbers(ids, actor=actor, at=at)
        after = ids[-1]
        if len(ids) < PAGE:
            break
    recount(actor=actor, at=at)
    return moved


@transaction.atomic
def _asking() -> GoLive:
    if my_site() is not Site.PM:
        raise Blocked("This is done in Practice Management.")
    run = under_way()
    if run.phase != Phase.APPROVE:
        raise Blocked("This can be done while the report waits for its approval.")
    return run


def _put(run: GoLive, ask: str, **facts: str) -> dict[str, list[str]]:
    try:
        said = read_answer(transport().send("match", encode(Ask(ask, str(run.id), facts)), timeout_s=TIMEOUT_S))
    except TransportFailed as failure:
        raise Blocked(f"{settings.COUNTERPART_PEER_NAME} could not be asked just now. {failure}") from failure
    if said.problem:
        raise Blocked(said.problem)
    return said.facts
