"""The report: what pairing would do, counted before the first write, and what it did, after the last."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count

from counterpart.sync import models
from counterpart.sync.golive.handler import MatchingHandler
from counterpart.sync.golive.runs import PAGE, PROPOSED
from counterpart.sync.golive.tables import Candidate, GoLive
from counterpart.sync.models import Record

Tally = dict[str, dict[str, int]]


def tally_page(handler: MatchingHandler, after: UUID, tally: Tally) -> UUID | None:
    """Compare the marks of the next proposed pairs, register by register; nothing but marks is known of the peer's."""
    rows = Candidate.objects.filter(kind=handler.kind, mine=False, done=False, result__in=PROPOSED, local_id__gt=after)
    page = list(rows.order_by("local_id").values_list("local_id", "partner", "keys")[:PAGE])
    partners = Candidate.objects.filter(kind=handler.kind, mine=True, local_id__in=[one[1] for one in page])
    here = dict(partners.values_list("local_id", "keys"))
    for _, partner, there in page:
        if partner in here:
            _compare(handler, here[partner]["marks"], there["marks"], tally)
    return page[-1][0] if page else None


def _compare(handler: MatchingHandler, here: Mapping[str, str], there: Mapping[str, str], tally: Tally) -> None:
    for name, rule in handler.registers.items():
        mine, theirs = here.get(name), there.get(name)
        if mine == theirs or name == "scheme" or (rule.create_only and mine and theirs):
            continue
        word = "differs" if mine and theirs else "filled_there" if mine else "filled_here"
        counts = tally.setdefault(name, {})
        counts[word] = counts.get(word, 0) + 1


def report_of(able: Sequence[MatchingHandler], tally: Mapping[str, Tally]) -> dict[str, Any]:
    """The counts a person approves on, by kind."""
    return {"kinds": {handler.kind: _counted(handler, tally.get(handler.kind, {})) for handler in able}}


def _counted(handler: MatchingHandler, tally: Tally) -> dict[str, Any]:
    rows = Candidate.objects.filter(kind=handler.kind, done=False)
    there, here = rows.filter(mine=False), rows.filter(mine=True)
    results = dict(there.values_list("result").annotate(Count("pk")))
    reasons = dict(there.filter(result="review").values_list("reason").annotate(Count("pk")))
    return {
        "here": here.count(),
        "there": there.count(),
        "pairs": {grade: results.get(grade, 0) for grade in PROPOSED},
        "review": results.get("review", 0),
        "reasons": reasons,
        "clashes": results.get("clash", 0),
        "only_there": results.get("", 0),
        "only_here": here.filter(result="").count(),
        "foreign": there.filter(is_foreign=True).count(),
        "included_there": there.filter(result="", included=True).count(),
        "included_here": here.filter(result="", included=True).count(),
        "registers": {
            name: {"label": handler.register_label(name), **counts} for name, counts in sorted(tally.items())
        },
    }


def outcome_of(sweep: Any, run: GoLive) -> dict[str, Any]:
    """What came of it: counts, and what the sweep found."""
    by_kind = {}
    for kind in run.report.get("kinds", {}):
        done = Candidate.objects.filter(kind=kind, done=True).exclude(reason="paired_elsewhere")
        by_kind[kind] = {
            "paired": done.filter(mine=False, result__in=PROPOSED).count(),
            "created_here": done.filter(mine=False).exclude(result__in=PROPOSED).count(),
            "created_there": done.filter(mine=True, result="").count(),
            "left": Candidate.objects.filter(kind=kind, mine=False, done=False).count(),
            "red": Record.objects.filter(kind=kind).exclude(error_code="").count(),
            "conflicts": models.Conflict.objects.filter(kind=kind, resolution="").count(),
        }
    names = ("compared", "different", "repaired", "unrepaired")
    return {"kinds": by_kind, "sweep": {name: getattr(sweep, name) for name in names}, "swept": sweep.phase}
