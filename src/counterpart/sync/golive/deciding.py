"""What people decide, in Legal Accounting: single records, what is created, and the approval (section 11, 3 and 4)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from counterpart.foundation.actor import Actor
from counterpart.foundation.bulk import upsert_rows
from counterpart.foundation.errors import Blocked, Refusal
from counterpart.protocol.matching import Grade
from counterpart.protocol.stamps import Site
from counterpart.sync.golive.handler import matching_handler
from counterpart.sync.golive.pairing import pair
from counterpart.sync.golive.runs import (
    GRADES,
    PROPOSED,
    RIGHT,
    STANDS,
    Phase,
    current,
    is_over,
    locked,
    show_on_link,
    under_way,
)
from counterpart.sync.golive.tables import Candidate, GoLive, Verdict
from counterpart.sync.link import my_site, note
from counterpart.sync.wake import wake_on_commit

Word = Literal["same", "different"]
NOT_CONFIRMED: Final = "not_confirmed"
CLASHES: Final = {"later": "Leave them gray", "renumber": "Create them, numbered by Legal Accounting"}


@transaction.atomic
def decide(kind: str, peer_id: UUID, word: Word, *, local_id: UUID | None = None, actor: Actor, at: datetime) -> None:
    """Say of a record of Practice Management that it is this one here, or none of those shown. Kept for later runs.

    Raises Forbidden; Refusal if there is nothing to decide; Blocked elsewhere than in Legal Accounting.
    """
    actor.require(RIGHT)
    _here()
    row = Candidate.objects.select_for_update().filter(kind=kind, mine=False, local_id=peer_id, done=False).first()
    shown = _shown(row)
    if row is None or (word == "same" and local_id is None) or not (shown or local_id):
        raise Refusal("There is nothing to decide about this record any more.")
    verdicts = [(kind, peer_id, local_id, True)] if word == "same" else [(kind, peer_id, one, False) for one in shown]
    if word == "same":
        assert local_id is not None
        _take_back(kind, peer_id, local_id)
    columns = ("kind", "pm_id", "la_id", "same", "by", "at")
    rows = [(*verdict, actor.email or actor.name, at) for verdict in verdicts]
    upsert_rows(Verdict, columns, rows, key_columns=("kind", "pm_id", "la_id"))
    _show(row, local_id if word == "same" else None)
    note(actor, at, f"matched_{word}", {kind: [str(peer_id), str(local_id or "")]})
    _carry_on(kind, row, local_id if word == "same" else None, at)


def _shown(row: Candidate | None) -> list[UUID]:
    if row is None:
        return []
    return [row.partner] if row.partner else [UUID(one) for one in row.rivals]


def _take_back(kind: str, peer_id: UUID, local_id: UUID) -> None:
    """A record is the same as one other at most: what was said before about either end is taken back."""
    said = Verdict.objects.filter(kind=kind, same=True)
    said.filter(pm_id=peer_id).exclude(la_id=local_id).delete()
    said.filter(la_id=local_id).exclude(pm_id=peer_id).delete()


def _show(row: Candidate, partner: UUID | None) -> None:
    """Let the decision be seen at once; the matching that follows comes to the same."""
    row.result, row.partner = (Grade.SAID.value, partner) if partner else ("", None)
    row.reason, row.rivals = "", []
    row.save(update_fields=["result", "partner", "reason", "rivals"])
    if partner:
        mine = Candidate.objects.filter(kind=row.kind, mine=True, local_id=partner)
        mine.update(result=Grade.SAID.value, partner=row.local_id)


def _carry_on(kind: str, row: Candidate, partner: UUID | None, at: datetime) -> None:
    run = current()
    if run is None:
        return
    run = locked(run.id)
    if run.phase == Phase.APPROVE:
        run.cursor = {**run.cursor, "again": True}
        run.save(update_fields=["cursor"])
    elif is_over(run) and not run.rehearsal and run.phase == Phase.LIVE:
        # What was left for later is done at once.
        if partner:
            pair(matching_handler(kind), [(row.sync_id, partner, row.local_id)], stands=run.stands, at=at)
            Candidate.objects.filter(kind=kind, local_id__in=[partner, row.local_id]).update(done=True)
        show_on_link(run)
    wake_on_commit()


@transaction.atomic
def include(kind: str, *, mine: bool, ids: Collection[UUID] | None, on: bool, actor: Actor) -> int:
    """Include records without a counterpart, to be created in the other product, or leave them out again; ``ids``
    None: all of them. Returns how many. Raises Forbidden, Blocked.
    """
    actor.require(RIGHT)
    run = _to_decide()
    rows = alone(kind, mine=mine)
    if ids is not None:
        rows = rows.filter(local_id__in=list(ids))
    count = rows.update(included=on)
    counts = run.report.get("kinds", {}).get(kind)
    if counts is not None:
        counts["included_here" if mine else "included_there"] = alone(kind, mine=mine).filter(included=True).count()
        run.save(update_fields=["report"])
    return count


def alone(kind: str, *, mine: bool) -> QuerySet[Candidate]:
    """Records that nobody on the other side is like; of the peer's also those whose number clashes."""
    results = [""] if mine else ["", "clash"]
    return Candidate.objects.filter(kind=kind, mine=mine, result__in=results, done=False)


@transaction.atomic
def approve(*, grades: Iterable[str], clashes: str, stands: str, actor: Actor, at: datetime) -> GoLive:
    """Confirm the proposals of these classes, and let what was included be created. The first write follows this.

    What is not confirmed is left to a person, one by one. Raises Forbidden, Blocked, Refusal.
    """
    actor.require(RIGHT)
    run = _to_decide()
    if run.rehearsal:
        raise Blocked("This is a rehearsal: it ends with the report. Begin a go-live to carry it out.")
    if run.cursor.get("again"):
        raise Blocked("Your decisions are still being worked in. Look at the report again in a moment.")
    confirmed = sorted(set(grades) & {grade.value for grade in GRADES})
    if clashes not in CLASHES or stands not in STANDS:
        raise Refusal("Choose what stands, and what becomes of numbers that are taken.")
    left = [grade.value for grade in GRADES if grade.value not in confirmed]
    for grade in left:
        _unconfirmed(grade)
    run.cursor = {"stage": 0, "grades": confirmed, "renumber": clashes == "renumber"}
    run.phase, run.stands = Phase.PAIR, stands
    run.approved_by, run.approved_at = actor.name, at
    run.save()
    note(actor, at, "go_live_approved", {"classes": [None, confirmed], "stands": [None, stands]})
    wake_on_commit()
    return run


def _unconfirmed(grade: str) -> None:
    rows = Candidate.objects.filter(mine=False, result=grade, done=False)
    for key, partner in rows.values_list("pk", "partner").iterator(chunk_size=500):
        Candidate.objects.filter(pk=key).update(
            result="review", reason=NOT_CONFIRMED, partner=None, rivals=[str(partner)]
        )
    Candidate.objects.filter(mine=True, result=grade, done=False).update(result="review", partner=None)


def _to_decide() -> GoLive:
    _here()
    run = under_way()
    if run.phase != Phase.APPROVE:
        raise Blocked("There is no report to decide on yet, or it has been decided already.")
    return run


def _here() -> None:
    if my_site() is not Site.LA:
        raise Blocked("The matches are decided in Legal Accounting.")


def listed(kind: str, what: str) -> QuerySet[Candidate]:
    """The records behind a number of the report: 'A', 'B', 'C', 'S', 'review', 'clash', 'foreign', 'there', 'here'."""
    rows = Candidate.objects.filter(kind=kind, done=False)
    if what == "here":
        return rows.filter(mine=True, result="")
    there = rows.filter(mine=False)
    if what == "foreign":
        return there.filter(is_foreign=True)
    return (
        there.filter(result={"there": ""}.get(what, what))
        if what in (*PROPOSED, "review", "clash", "there")
        else rows.none()
    )


def labels_here(kind: str, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Any]:
    """Names of records here for this person; those he may not see are absent."""
    handler = matching_handler(kind)
    seen = set(handler.visible(actor).filter(pk__in=list(ids)).values_list("pk", flat=True))
    return {key: label for key, label in handler.labels(ids).items() if key in seen}
