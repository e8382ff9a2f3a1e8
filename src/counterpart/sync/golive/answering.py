"""Answering the peer's questions about a go-live (``POST /sync/v1/match``). Each may come again; none is done twice."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction

from counterpart.protocol.colour import Mode
from counterpart.protocol.stamps import Site
from counterpart.sync.codec import to_ms
from counterpart.sync.golive.census import store
from counterpart.sync.golive.driving import UNKNOWN_RUN
from counterpart.sync.golive.handler import matching_handler, matching_handlers
from counterpart.sync.golive.leading import FIRST, offered, wanted
from counterpart.sync.golive.messages import Answer, Seen, encode, read_ask
from counterpart.sync.golive.runs import (
    BEFORE_WRITING,
    Phase,
    current,
    finish,
    is_over,
    locked,
    show_on_link,
    standing_of,
)
from counterpart.sync.golive.single import answer_candidates, answer_pair
from counterpart.sync.golive.tables import Candidate, GoLive
from counterpart.sync.hearing import Refused
from counterpart.sync.link import effective_mode, get_link, my_site
from counterpart.sync.registry import PROTOCOL_VERSION, policy_block, policy_digest
from counterpart.sync.wake import wake_on_commit

ROWS_MAX: Final = 500
Facts = Mapping[str, Any]


def answer_match(body: bytes, at: datetime) -> bytes:
    """Answer one question. Raises Refused for one that nobody asks."""
    ask = read_ask(body)
    link = get_link()
    if link is None or effective_mode(link) is not Mode.LIVE or link.peer_incompatible:
        return encode(Answer(problem=f"{settings.COUNTERPART_PRODUCT_NAME} does not exchange anything at the moment."))
    if ask.ask in ABOUT_ONE:
        return encode(ABOUT_ONE[ask.ask](ask.facts, at))
    if my_site() is not Site.LA or ask.ask not in OF_A_RUN:
        raise Refused("Nobody here answers that.")
    with transaction.atomic():
        if ask.ask == "hello":
            return encode(_hello(UUID(ask.run), ask.facts, at))
        try:
            run = locked(UUID(ask.run))
        except GoLive.DoesNotExist:
            return encode(Answer(problem=UNKNOWN_RUN))
        return encode(OF_A_RUN[ask.ask](run, ask.facts, at))


def _hello(run_id: UUID, facts: Facts, at: datetime) -> Answer:
    """Begin the run that the peer has begun, unless the two do not fit (section 11, step 1)."""
    run = current()
    if run is not None and run.id == run_id:
        return Answer({"facts": run.facts})
    if run is not None and not is_over(run):
        if run.phase not in BEFORE_WRITING:
            return Answer(problem="An earlier go-live has not come to its end in Legal Accounting. Resume it there.")
        finish(run, Phase.ENDED, at)  # the other side has given it up
    if facts["version"] != PROTOCOL_VERSION or facts["digest"] != policy_digest():
        return Answer(
            problem="The two products run versions that do not fit together. Update both to the same version."
        )
    link = get_link()
    assert link is not None
    block = policy_block()
    said = {
        "clocks_apart_ms": abs(facts["at"] - to_ms(at)),
        "separate_sequences": [facts["numbering"], block.get("separate_numbering_sequences")],
        "file_numbering": block.get("file_numbering"),
        "heads": [link.head_n, link.peer_head_n],
        "records": {handler.kind: handler.census().count() for handler in matching_handlers()},
    }
    Candidate.objects.all().delete()
    run = GoLive.objects.create(
        id=run_id, rehearsal=facts["rehearsal"], phase=Phase.CENSUS, stands=facts["stands"], facts=said,
        started_by=facts["by"], started_at=at,
    )  # fmt: skip
    show_on_link(run)
    return Answer({"facts": said})


def _census(run: GoLive, facts: Facts, _at: datetime) -> Answer:
    if run.phase == Phase.CENSUS:
        rows = msgspec.convert(facts["rows"][:ROWS_MAX], list[Seen])
        store(matching_handler(facts["kind"]).kind, rows, mine=False)
    return Answer()


def _counted(run: GoLive, _facts: Facts, _at: datetime) -> Answer:
    if run.phase == Phase.CENSUS:
        run.phase, run.cursor = Phase.MATCH, {}
        run.save()
        wake_on_commit()
    return Answer()


def _standing(run: GoLive, facts: Facts, _at: datetime) -> Answer:
    if run.stopped_there != facts["stopped"]:
        run.stopped_there = facts["stopped"]
        run.save(update_fields=["stopped_there"])
    if run.phase == Phase.VERIFY and run.cursor.get("due_there") != facts["due"]:
        run.cursor = {**run.cursor, "due_there": facts["due"]}
        run.save(update_fields=["cursor"])
        wake_on_commit()
    link = get_link()
    assert link is not None
    return Answer({**standing_of(run), "golive": link.golive})


def _wanted(run: GoLive, facts: Facts, _at: datetime) -> Answer:
    rows = wanted(matching_handler(facts["kind"]), FIRST, run) if run.phase == Phase.CREATE else []
    drop = [str(row.local_id) for row in rows if row.result == "clash"]
    return Answer({"ids": [str(row.local_id) for row in rows], "drop": drop})


def _offered(_run: GoLive, facts: Facts, _at: datetime) -> Answer:
    offered(facts["kind"], [UUID(one) for one in facts["ids"]])
    wake_on_commit()
    return Answer()


def _foreign(_run: GoLive, facts: Facts, _at: datetime) -> Answer:
    """References of the peer that no sequence here could give (IMP-19)."""
    rows = Candidate.objects.filter(kind=facts["kind"], mine=False, done=False, is_foreign=True)
    ids = rows.filter(local_id__gt=UUID(facts["after"])).order_by("local_id").values_list("local_id", flat=True)
    return Answer({"ids": [str(one) for one in ids[:ROWS_MAX]]})


def _again(run: GoLive, _facts: Facts, _at: datetime) -> Answer:
    """Records were changed since they were counted: the census begins anew."""
    if run.phase == Phase.APPROVE:
        Candidate.objects.filter(done=False).delete()
        run.phase, run.cursor, run.report = Phase.CENSUS, {}, {}
        run.save()
    return Answer(problem="" if run.phase == Phase.CENSUS else "The report has been approved already.")


def _ended(run: GoLive, _facts: Facts, at: datetime) -> Answer:
    if run.phase in BEFORE_WRITING:
        finish(run, Phase.ENDED, at)
    return Answer({"phase": run.phase})


OF_A_RUN: Final[Mapping[str, Callable[[GoLive, Facts, datetime], Answer]]] = {
    "hello": lambda *_: Answer(), "census": _census, "counted": _counted, "standing": _standing, "wanted": _wanted,
    "offered": _offered, "ended": _ended,
    "foreign": _foreign,
    "again": _again,
}  # fmt: skip
ABOUT_ONE: Final[Mapping[str, Callable[[Facts, datetime], Answer]]] = {
    "candidates": answer_candidates,
    "pair": answer_pair,
}
