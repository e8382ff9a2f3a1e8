"""Legal Accounting's part: matching what was told and writing what was approved, one page in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from counterpart.protocol.matching import Grade, Reason
from counterpart.sync.composing import due_records
from counterpart.sync.dependencies import begins_here
from counterpart.sync.golive.census import seen, store, unpaired
from counterpart.sync.golive.handler import MatchingHandler, matching_handlers, owner_kind
from counterpart.sync.golive.matching import forget_results, match_page
from counterpart.sync.golive.pairing import forget, pair, system
from counterpart.sync.golive.reporting import outcome_of, report_of, tally_page
from counterpart.sync.golive.runs import PAGE, PROPOSED, Phase, current, finish, is_over, locked
from counterpart.sync.golive.tables import Candidate, GoLive, Pair
from counterpart.sync.models import Record
from counterpart.sync.recording import Lane, identify
from counterpart.sync.wake import wake_on_commit

FIRST: Final = UUID(int=0)
MATCHED: Final = 1
"""The job from which a repetition begins: the own records are known."""
NEVER_ADOPTED: Final = ("already_paired", "pair_gone")
Job = Callable[[GoLive, MatchingHandler, UUID], "UUID | None"]


def step(at: datetime) -> bool:
    """Do the next piece of the run, if there is one to do; whether there was."""
    run = current()
    if run is None or is_over(run) or run.stopped or run.stopped_there:
        return False
    with transaction.atomic():
        run = locked(run.id)
        match run.phase:
            case Phase.MATCH:
                return _match(run)
            case Phase.APPROVE if run.cursor.get("again"):
                return _match(run)
            case Phase.PAIR | Phase.CREATE:
                return _write(run, at)
            case Phase.VERIFY:
                return _verify(run, at)
    return False


# ---------------------------------------------------------------------- matching


def _match(run: GoLive) -> bool:
    """One page of one job; the jobs follow each other for every kind."""
    cursor = run.cursor
    if cursor.get("again"):
        # Decisions made while this runs ask for another round.
        cursor = {"job": MATCHED, "kind": 0, "after": str(FIRST)}
        run.phase = Phase.MATCH
    job, index, after = cursor.get("job", 0), cursor.get("kind", 0), UUID(cursor.get("after", str(FIRST)))
    able = matching_handlers()
    last = JOBS[job](run, able[index], after)
    tally = run.cursor.get("tally", {})
    if last is not None:
        run.cursor = {"job": job, "kind": index, "after": str(last), "tally": tally}
    elif index + 1 < len(able):
        run.cursor = {"job": job, "kind": index + 1, "after": str(FIRST), "tally": tally}
    elif job + 1 < len(JOBS):
        run.cursor = {"job": job + 1, "kind": 0, "after": str(FIRST), "tally": tally}
    else:
        run.report = report_of(able, tally)
        run.phase, run.cursor = Phase.APPROVE, {}
    run.save()
    return True


def _own(_run: GoLive, handler: MatchingHandler, after: UUID) -> UUID | None:
    ids = unpaired(handler, after, PAGE)
    store(handler.kind, seen(handler, ids), mine=True)
    return ids[-1] if ids else None


def _forget(run: GoLive, handler: MatchingHandler, _after: UUID) -> UUID | None:
    forget_results(handler.kind)
    run.cursor = {**run.cursor, "tally": {}}
    return None


def _propose(_run: GoLive, handler: MatchingHandler, after: UUID) -> UUID | None:
    return match_page(handler, after)


def _numbers(_run: GoLive, handler: MatchingHandler, after: UUID) -> UUID | None:
    """Numbers that the unmatched records of the peer ask for: given before, asked for twice, or none at all."""
    rows = Candidate.objects.filter(kind=handler.kind, mine=False, done=False, local_id__gt=after).exclude(number="")
    page = list(rows.order_by("local_id").values_list("local_id", "number", "result")[:PAGE])
    judged = handler.judge_numbers({number for _, number, result in page if result != Grade.NUMBER})
    free = [(key, number) for key, number, result in page if not result]
    numbers = {number for _, number in free}
    counted = Candidate.objects.filter(kind=handler.kind, mine=False, result__in=("", "clash"), number__in=numbers)
    twice = counted.values("number").annotate(count=Count("pk")).filter(count__gt=1)
    clashing = set(twice.values_list("number", flat=True)) | {n for n, word in judged.items() if word == "taken"}
    clashes = [key for key, number in free if number in clashing]
    mine = Candidate.objects.filter(kind=handler.kind, mine=False)
    mine.filter(local_id__in=clashes).update(result="clash", reason="number_taken")
    foreign = [key for key, number, result in page if result != Grade.NUMBER and judged.get(number) == "foreign"]
    mine.filter(local_id__in=[key for key, _, _ in page]).update(is_foreign=False)
    mine.filter(local_id__in=foreign).update(is_foreign=True)
    return page[-1][0] if page else None


def _simulate(run: GoLive, handler: MatchingHandler, after: UUID) -> UUID | None:
    """What pairing would fill and what it would leave to the archive."""
    tally = dict(run.cursor.get("tally", {}))
    last = tally_page(handler, after, tally.setdefault(handler.kind, {}))
    run.cursor = {**run.cursor, "tally": tally}
    return last


JOBS: Final[Sequence[Job]] = (_own, _forget, _propose, _numbers, _simulate)


# ---------------------------------------------------------------------- writing


def _stages() -> list[tuple[Phase, MatchingHandler]]:
    return [(phase, handler) for handler in matching_handlers() for phase in (Phase.PAIR, Phase.CREATE)]


def _write(run: GoLive, at: datetime) -> bool:
    stages = _stages()
    stage = run.cursor["stage"]
    if stage == len(stages):
        run.phase, run.cursor = Phase.VERIFY, {"stage": stage}
        run.save()
        return True
    run.phase, handler = stages[stage]
    worked = _pair_page(run, handler, at) if run.phase == Phase.PAIR else _create_page(run, handler, at)
    if worked is None:
        run.cursor = {**run.cursor, "stage": stage + 1, "wants": ""}
    run.save()
    wake_on_commit()
    return worked is not False


def _pair_page(run: GoLive, handler: MatchingHandler, at: datetime) -> bool | None:
    """One page of pairs; None when all are written and the peer has adopted them, False while it still does."""
    _forget_refused(handler)
    rows = list(_approved(handler.kind).order_by("local_id")[:PAGE])
    if not rows:
        open_pairs = Pair.objects.filter(kind=handler.kind).values("sync_id")
        return False if Record.objects.filter(sync_id__in=open_pairs, error_code="").exists() else None
    ready = _with_owners(handler, rows)
    paired = pair(handler, [(r.sync_id, r.partner, r.local_id) for r in ready if r.partner], stands=run.stands, at=at)
    done = [row for row in ready if row.partner in paired]
    theirs = Candidate.objects.filter(kind=handler.kind, mine=False)
    theirs.filter(pk__in=[row.pk for row in done]).update(done=True)
    Candidate.objects.filter(kind=handler.kind, mine=True, local_id__in=paired).update(done=True)
    gone = [row.pk for row in ready if row.partner not in paired]
    theirs.filter(pk__in=gone).update(result="", reason="paired_elsewhere", partner=None, done=True)
    return True


def _approved(kind: str) -> Any:
    return Candidate.objects.filter(kind=kind, mine=False, result__in=PROPOSED, done=False, partner__isnull=False)


def _with_owners(handler: MatchingHandler, rows: Sequence[Candidate]) -> list[Candidate]:
    """Those whose owners all are, or are about to be, on both sides; the others are left to a person."""
    kind = owner_kind(handler)
    if not kind:
        return list(rows)
    asked = {UUID(one) for row in rows for one in row.keys.get("owners") or () if not one.startswith("=")}
    done = Candidate.objects.filter(kind=kind, mine=False, local_id__in=asked, done=True)
    known = {str(key) for key in done.exclude(reason="paired_elsewhere").values_list("local_id", flat=True)}
    ready = [row for row in rows if all(one.startswith("=") or one in known for one in row.keys.get("owners") or ("",))]
    late = [row.pk for row in rows if row not in ready]
    if late:
        Candidate.objects.filter(pk__in=late).update(result="review", reason=Reason.LOOSE.value, included=False)
    return ready


def _forget_refused(handler: MatchingHandler) -> None:
    """The peer has these records under another identity, or not any more: what was paired is let go."""
    open_pairs = Pair.objects.filter(kind=handler.kind).values("sync_id")
    lost = Record.objects.filter(sync_id__in=open_pairs, error_code__in=NEVER_ADOPTED)
    if ids := list(lost.values_list("sync_id", flat=True)[:PAGE]):
        forget(ids)


def _create_page(run: GoLive, handler: MatchingHandler, at: datetime) -> bool | None:
    """Offer what was included. The peer's own it fetches and offers itself (``wanted``); None when both are through."""
    if begins_here(handler):
        rows = Candidate.objects.filter(kind=handler.kind, mine=True, result="", included=True, done=False)
        page = list(rows.order_by("local_id").values_list("local_id", flat=True)[:PAGE])
        if page:
            # First: what is decided is not held back any more.
            rows.filter(local_id__in=page).update(done=True)
            identify(handler.kind, page, actor=system(), at=at, lane=Lane.BULK)
            return True
    if wanted(handler, FIRST, run):
        is_new = bool(run.cursor.get("wants") != handler.kind)
        run.cursor = {**run.cursor, "wants": handler.kind}
        return is_new
    return None


def wanted(handler: MatchingHandler, after: UUID, run: GoLive) -> list[Candidate]:
    """The next records of the peer that it shall offer; those whose owners are not on both sides wait for a person."""
    results = ["", "clash"] if run.cursor.get("renumber") else [""]
    rows = Candidate.objects.filter(kind=handler.kind, mine=False, included=True, done=False, local_id__gt=after)
    return _with_owners(handler, list(rows.filter(result__in=results).order_by("local_id")[:PAGE]))


def offered(kind: str, ids: Sequence[UUID]) -> None:
    """The peer has made these records due: they need not be asked for again."""
    Candidate.objects.filter(kind=kind, mine=False, local_id__in=list(ids)).update(done=True)


# ---------------------------------------------------------------------- verifying


def _verify(run: GoLive, at: datetime) -> bool:
    """When everything has come to rest on both sides: compare all of it, and be live."""
    from counterpart.sync.sweeping import ask_sweep, latest_sweep  # noqa: PLC0415 - it needs the whole engine

    if due_records(at).exists() or run.cursor.get("due_there", 1):
        return False
    asked = run.cursor.get("swept")
    if not asked:
        sweep = ask_sweep(actor=system(), at=at, why="after pairing")
        run.cursor = {**run.cursor, "swept": str(sweep.pk)}
        run.save()
        return True
    last = latest_sweep()
    if last is None or last.phase not in ("done", "failed"):
        return False
    run.report = {**run.report, "outcome": outcome_of(last, run)}
    finish(run, Phase.LIVE, at)
    wake_on_commit()
    return True
