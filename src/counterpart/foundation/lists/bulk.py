"""Changing many records at once, as background work: chunk by chunk, each one transaction (LST-8)."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import QueryDict

from counterpart.foundation import clock, history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked, Forbidden, Refusal
from counterpart.foundation.jobs.kinds import JobKind
from counterpart.foundation.jobs.running import Run
from counterpart.foundation.lists.asking import EVERY, Listing, read
from counterpart.foundation.lists.spec import BulkAct, Failed, ListSpec, Perform, Result, Skipped, spec_of

KIND: Final = "bulk"

Values = Mapping[str, Any]


def act_of(spec: ListSpec, key: str, actor: Actor) -> BulkAct:
    """The act with this key, if the person may do it. Raises Forbidden, Refusal."""
    act = next((one for one in spec.acts if one.key == key), None)
    if act is None:
        raise Refusal("There is no such act.")
    if not act.may(actor):
        raise Forbidden
    return act


def steps(run: Run) -> Iterator[None]:
    """Do the act chunk by chunk; what is over is told by an empty chunk."""
    options = run.job.options
    spec = spec_of(options["list"])
    act = act_of(spec, options["act"], run.actor)
    going = True
    while going:
        with run.step() as job:
            ids = _next_ids(spec, options, job.state, run.actor, act.chunk)
            going = bool(ids)
            if ids:
                _do(run, spec, act, ids, options["values"])
                job.state = {"after": str(ids[-1]), "place": job.state.get("place", 0) + len(ids)}
        yield


BULK: Final = JobKind(KIND, steps)


def may(right: str) -> Callable[[Actor], bool]:
    """Who holds the right may."""
    return lambda actor: actor.may(right)


def one_by_one(
    do: Callable[[Actor, UUID, Values, datetime], object],
    *,
    lock: Callable[[Sequence[UUID]], None],
    already: Callable[[Sequence[UUID], Values], Iterable[UUID]] = lambda _ids, _values: (),
    why: str = "It is so already.",
) -> Perform:
    """An act out of one that changes a single record; what is refused for one stops no other.

    ``lock``: holds all of them in the order others hold them. ``already``: those that need no change, and ``why``.
    """

    def perform(actor: Actor, ids: Sequence[UUID], values: Values, at: datetime) -> dict[UUID, Result]:
        lock(ids)
        results: dict[UUID, Result] = dict.fromkeys(already(ids, values), Skipped(why))
        for record_id in ids:
            if record_id in results:
                continue
            try:
                with transaction.atomic():
                    do(actor, record_id, values, at)
                results[record_id] = None
            except Forbidden:
                raise
            except Refusal as refusal:
                results[record_id] = Failed(why_of(refusal))
        return results

    return perform


def sync_now(
    force: Callable[[Actor, Sequence[UUID], datetime], object],
    known: Callable[[Sequence[UUID]], Container[UUID]],
    why: str,
) -> BulkAct:
    """*Sync now* for many; ``why`` stands beside those that are not kept in step (IMP-5)."""

    def perform(actor: Actor, ids: Sequence[UUID], _values: Values, at: datetime) -> dict[UUID, Result]:
        force(actor, ids, at)
        there = known(ids)
        return {one: None if one in there else Skipped(why) for one in ids}

    note = f"Each is exchanged with {settings.COUNTERPART_PEER_NAME} anew, and errors are tried again."
    return BulkAct(
        "sync",
        "Sync now…",
        "refresh",
        may("integration.retry"),
        verb="Synchronise",
        perform=perform,
        chunk=500,
        note=note,
    )


def export(right: str, url_name: str) -> BulkAct:
    """*Export* of what is ticked, or of everything found (EXP-1)."""
    return BulkAct("export", "Export…", "download", may(right), url_name=url_name)


def why_of(refusal: Refusal) -> str:
    """A refusal as the reason beside a record, with everything that stands in the way."""
    said = [error.message for error in refusal.errors]
    if isinstance(refusal, Blocked):
        said += [blocker.message for blocker in refusal.blockers]
    return " ".join(said)


def _next_ids(
    spec: ListSpec, options: Mapping[str, Any], state: Mapping[str, Any], actor: Actor, size: int
) -> list[UUID]:
    """The next records, by their keys: whatever the act changes, none is met twice or left out."""
    if "ids" in options:
        place = state.get("place", 0)
        return [UUID(one) for one in options["ids"][place : place + size]]
    listing = listing_of(spec, options, actor)
    wanted = {key for key, value in QueryDict(options["query"]).items() if spec.filter(key) and value != EVERY}
    if listing.problems or wanted - set(listing.filters):
        # Without it the act would reach records nobody chose.
        raise Refusal("A filter of the list it was asked for can't be used any more, so the rest was left as it was.")
    rows = listing.found().filter(pk__lte=UUID(options["last"]))
    if "after" in state:
        rows = rows.filter(pk__gt=UUID(state["after"]))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:size])


def listing_of(spec: ListSpec, options: Mapping[str, Any], actor: Actor) -> Listing:
    """The list as it was when the act was asked for."""
    return read(spec, options["query"], actor, today=datetime.fromisoformat(options["today"]).date())


def _do(run: Run, spec: ListSpec, act: BulkAct, ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    assert act.perform is not None, act.key
    scope = read(spec, "", run.actor).scope
    seen = set(spec.rows(scope).filter(pk__in=ids).values_list("pk", flat=True))
    # Events wait until all is written: whoever records last waits for the chain, and may hold rows others wait for.
    with history.collected() as events:
        results = act.perform(run.actor, [one for one in ids if one in seen], values, clock.now())
    history.record(events)
    left = {one: result for one, result in results.items() if result is not None}
    for _ in range(len(ids) - len(seen)):
        run.fail("A record that is not here any more", "It was deleted meanwhile, or you may not see it any more.")
    run.job.done += len(seen) - len(left)
    if left:
        lines = {line.pk: line for line in spec.lines(list(spec.rows(scope).filter(pk__in=left)), scope)}
        for one, result in left.items():
            label = lines[one].label if one in lines else str(one)
            url = lines[one].url if one in lines else ""
            (run.skip if isinstance(result, Skipped) else run.fail)(label, result.why, url)
