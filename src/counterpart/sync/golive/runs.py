"""The run itself: beginning, stopping, ending, and which phase it is in."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.foundation.ids import new_id
from counterpart.protocol.colour import Mode
from counterpart.protocol.matching import Grade
from counterpart.protocol.stamps import Site
from counterpart.sync.golive.tables import Candidate, GoLive
from counterpart.sync.link import effective_mode, get_link, locked_link, my_site, note
from counterpart.sync.wake import wake_on_commit

PAGE: Final = 500
"""Records of one message and one transaction (section 11)."""
RIGHT: Final = "integration.manage"


class Phase(StrEnum):
    """What a run is doing; the order is that of section 11."""

    HANDSHAKE = "handshake"
    CENSUS = "census"
    MATCH = "match"
    APPROVE = "approve"
    PAIR = "pair"
    CREATE = "create"
    VERIFY = "verify"
    LIVE = "live"
    ENDED = "ended"


ORDER: Final = tuple(Phase)
OVER: Final = (Phase.LIVE, Phase.ENDED)
BEFORE_WRITING: Final = (Phase.HANDSHAKE, Phase.CENSUS, Phase.MATCH, Phase.APPROVE)
STANDS: Final = {"later": "Whichever was changed later", "la": "Legal Accounting’s", "pm": "Practice Management’s"}
GRADES: Final = (Grade.NUMBER, Grade.EMAIL, Grade.NAME)
PROPOSED: Final = (*(grade.value for grade in GRADES), Grade.SAID.value)
HELD: Final = ("on", "open")
"""What ``Link.golive`` says while records that may be paired are not to be offered as new ones: a run is under way, or
one has ended with records a person has not decided on yet.
"""


def current() -> GoLive | None:
    """The newest run, over or not."""
    return GoLive.objects.order_by("-started_at", "-id").first()


def locked(run_id: UUID) -> GoLive:
    """A run, locked until commit. Raises GoLive.DoesNotExist."""
    return GoLive.objects.select_for_update().get(pk=run_id)


def is_over(run: GoLive) -> bool:
    """Whether nothing more happens in it."""
    return run.phase in OVER


@transaction.atomic
def start(*, rehearsal: bool, stands: str, actor: Actor, at: datetime) -> GoLive:
    """Begin a run in Practice Management, or go on with the one under way; its worker does the rest.

    Raises Forbidden; Blocked where it can't begin here or now; Refusal for an unknown choice.
    """
    actor.require(RIGHT)
    if stands not in STANDS:
        raise Refusal("Choose whose value stands where the two differ.", field="stands")
    link = locked_link()
    if my_site() is not Site.PM:
        raise Blocked("A go-live begins in Practice Management: its records are counted first.")
    if not link.peer_instance or effective_mode(link) is not Mode.LIVE:
        raise Blocked(f"{settings.COUNTERPART_PEER_NAME} is not connected. Connect the two products first.")
    run = current()
    if run is not None and not is_over(run):
        raise Blocked("A go-live is under way. Finish it or end it before you begin another.")
    run = GoLive.objects.create(
        id=new_id(), rehearsal=rehearsal, phase=Phase.HANDSHAKE, stands=stands, started_by=actor.name, started_at=at
    )
    note(actor, at, "go_live_started", {"rehearsal": [None, rehearsal], "stands": [None, stands]})
    show_on_link(run)
    wake_on_commit()
    return run


@transaction.atomic
def stop(*, actor: Actor, at: datetime) -> None:
    """Let the run stand where it is, on both sites, until somebody resumes it here. Raises Forbidden, Blocked."""
    _halt(actor, at, stopped=True)


@transaction.atomic
def resume(*, actor: Actor, at: datetime) -> None:
    """Go on from the stored place. Raises Forbidden, Blocked."""
    _halt(actor, at, stopped=False)


def _halt(actor: Actor, at: datetime, *, stopped: bool) -> None:
    actor.require(RIGHT)
    run = under_way()
    if run.stopped != stopped:
        run.stopped = stopped
        run.save(update_fields=["stopped"])
        note(actor, at, "go_live_stopped" if stopped else "go_live_resumed", {})
    wake_on_commit()


@transaction.atomic
def end(*, actor: Actor, at: datetime) -> None:
    """Give up a run that has written nothing yet. What people decided about single records is kept.

    Raises Forbidden, Blocked.
    """
    actor.require(RIGHT)
    run = under_way()
    if run.phase not in BEFORE_WRITING:
        raise Blocked("Records have been paired already. The go-live can be stopped, but not taken back.")
    run.cursor = {"tell": my_site() is Site.PM}
    finish(run, Phase.ENDED, at)
    note(actor, at, "go_live_ended", {})
    wake_on_commit()


def under_way() -> GoLive:
    """The run that is not over, locked. Raises Blocked."""
    run = current()
    if run is None or is_over(run):
        raise Blocked("No go-live is under way.")
    return locked(run.id)


def finish(run: GoLive, phase: Phase, at: datetime) -> None:
    """Write that the run is over."""
    run.phase, run.finished_at, run.problem = phase, at, ""
    run.save()
    show_on_link(run)


def show_on_link(run: GoLive) -> None:
    """Tell every save, at no cost, whether a go-live has to be asked first."""
    holds = not run.rehearsal and not is_over(run)
    if is_over(run) and run.phase == Phase.LIVE and not run.rehearsal and has_open():
        shown = "open"
    else:
        shown = "on" if holds else ""
    link = locked_link()
    if run.rehearsal and link.golive == "open":
        return  # a rehearsal changes nothing of what an earlier run left open
    if link.golive != shown:
        link.golive = shown
        link.save(update_fields=["golive"])


def has_open() -> bool:
    """Whether there are records a person has not decided on."""
    return Candidate.objects.filter(mine=False, result="review", done=False).exists()


def holds() -> bool:
    """Whether saves have to ask the go-live."""
    link = get_link()
    return link is not None and link.golive in HELD


def status() -> dict[str, Any]:
    """The newest run as facts; its phase is empty when there never was one."""
    known = current()
    run = known or GoLive(phase="", stands="")
    return {
        "run": str(run.pk) if known else "", "phase": str(run.phase), "rehearsal": run.rehearsal,
        "stopped": run.stopped, "stopped_there": run.stopped_there, "problem": run.problem, "stands": run.stands,
        "report": run.report, "facts": run.facts,
    }  # fmt: skip


def standing_of(run: GoLive) -> dict[str, Any]:
    """What the other site is told of the run."""
    return {
        "phase": run.phase, "stopped": run.stopped, "stands": run.stands, "rehearsal": run.rehearsal,
        "report": run.report, "problem": run.problem, "approved_by": run.approved_by, "facts": run.facts,
        "cursor": {name: run.cursor[name] for name in ("stage", "wants") if name in run.cursor},
    }  # fmt: skip
