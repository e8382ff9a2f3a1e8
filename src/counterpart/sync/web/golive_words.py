"""A run in words: its steps, how far it came, and its report as people read it."""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from counterpart.protocol.stamps import Site
from counterpart.sync.checks import CLOCK_LIMIT_MS
from counterpart.sync.golive import leading, runs
from counterpart.sync.golive.runs import PROPOSED, Phase
from counterpart.sync.golive.tables import Candidate, GoLive
from counterpart.sync.link import my_site

STEPS: Final = (
    (Phase.HANDSHAKE, "Versions, clocks and numbering are compared"),
    (Phase.CENSUS, "Records without a counterpart are counted"),
    (Phase.MATCH, "Who is the same in both is found out"),
    (Phase.APPROVE, "Report, decisions and approval"),
    (Phase.PAIR, "Approved records are paired"),
    (Phase.CREATE, "Included records are created in the other product"),
    (Phase.VERIFY, "Both products are compared"),
    (Phase.LIVE, "Live"),
)
REPORT_ROWS: Final = (
    ("A", "Same number and a fitting name"),
    ("B", "Same e-mail address and a fitting name"),
    ("C", "Same name and phone or postcode"),
    ("S", "Said to be the same"),
    ("review", "For a person to decide"),
    ("clash", "Number was given before"),
    ("there", "Only in Practice Management"),
    ("here", "Only in Legal Accounting"),
    ("foreign", "Reference is no number"),
)
MATTER_WORDS: Final = {"A": "Same number and client", "C": "Same name and client"}
KIND_WORDS: Final = {"contact": "Contacts", "matter": "Matters and files"}
CREATED: Final = ("there", "here", "clash")
WORDS_OF_REGISTER: Final = {"differs": "differ", "filled_here": "filled in here", "filled_there": "filled in there"}


@dataclass(frozen=True, slots=True)
class Step:
    """One phase: done, under way, or to come."""

    word: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """One count of the report; ``url`` where the records behind it are listed."""

    code: str
    word: str
    count: int
    included: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """The report on one kind of record."""

    kind: str
    word: str
    here: int
    there: int
    lines: tuple[Line, ...]
    registers: tuple[tuple[str, int, int, int], ...]
    """Field, how many differ, are filled in Legal Accounting, are filled in Practice Management."""


def steps_of(run: GoLive) -> list[Step]:
    """Every phase with how it stands."""
    at = runs.ORDER.index(Phase(run.phase)) if run.phase != Phase.ENDED else -1
    found = []
    for phase, word in STEPS:
        if run.rehearsal and phase not in runs.BEFORE_WRITING:
            continue
        place = runs.ORDER.index(phase)
        state = "done" if place < at or run.phase == Phase.LIVE else "now" if place == at else "later"
        found.append(Step("Report" if run.rehearsal and phase is Phase.APPROVE else word, state))
    return found


def progress_of(run: GoLive) -> str:
    """How far the phase has come, in a sentence."""
    name = settings.COUNTERPART_PEER_NAME
    if run.stopped:
        return "Stopped here. It goes on from this place when it is resumed."
    if run.stopped_there:
        return f"Stopped in {name}. It goes on when it is resumed there."
    if run.problem:
        return run.problem
    if run.phase == Phase.VERIFY:
        return "Waiting until everything has arrived, then all records are compared."
    return _progress_here(run, name) if my_site() is Site.LA else _progress_asking(run, name)


def _progress_asking(run: GoLive, name: str) -> str:
    """In Practice Management."""
    words = {
        Phase.HANDSHAKE: f"Asking {name}.",
        Phase.CENSUS: f"{run.cursor.get('sent', 0)} records counted so far.",
        Phase.APPROVE: f"The report is there. It is decided in {name}.",
    }
    return words.get(Phase(run.phase), f"{name} is at work.")


def _progress_here(run: GoLive, name: str) -> str:
    """In Legal Accounting, where the records of both are."""
    told = Candidate.objects.filter(mine=False)
    if run.phase == Phase.CENSUS:
        return f"{told.count()} records told by {name} so far."
    if run.phase == Phase.MATCH:
        return f"Step {run.cursor.get('job', 0) + 1} of {len(leading.JOBS)}."
    if run.phase == Phase.APPROVE:
        return "Your decisions are being worked in." if run.cursor.get("again") else ""
    paired = told.filter(result__in=PROPOSED)
    made = Candidate.objects.filter(included=True, result__in=("", "clash"))
    done, offered = paired.filter(done=True).count(), made.filter(done=True).count()
    return f"{done} of {paired.count()} paired, {offered} of {made.count()} handed over to be created."


def report_rows(run: GoLive, *, lists: bool) -> list[Part]:
    """The report by kind. Counts that people decide on are read as they are now, where the records are."""
    parts = []
    for kind, counted in run.report.get("kinds", {}).items():
        lines = [
            Line(code, word, _count(counted, code), _included(counted, code), _url(kind, code) if lists else "")
            for code, word in REPORT_ROWS
        ]
        words = MATTER_WORDS if kind == "matter" else {}
        shown = tuple(
            Line(one.code, words.get(one.code, one.word), one.count, one.included, one.url)
            for one in lines
            if one.count or one.code in ("A", "review", "there", "here")
        )
        registers = tuple(
            (facts["label"], facts.get("differs", 0), facts.get("filled_here", 0), facts.get("filled_there", 0))
            for facts in counted["registers"].values()
        )
        parts.append(Part(kind, KIND_WORDS.get(kind, kind), counted["here"], counted["there"], shown, registers))
    return parts


def _count(counted: dict[str, Any], code: str) -> int:
    names = {"review": "review", "clash": "clashes", "there": "only_there", "here": "only_here", "foreign": "foreign"}
    return int(counted[names[code]] if code in names else counted["pairs"].get(code, 0))


def _included(counted: dict[str, Any], code: str) -> int | None:
    return {"there": counted["included_there"], "here": counted["included_here"]}.get(code)


def _url(kind: str, code: str) -> str:
    return reverse("sync:golive-list", args=[kind, code])


def warnings_of(run: GoLive) -> list[str]:
    """What the handshake found that a person should know before approving."""
    facts, found = run.facts, []
    if facts.get("clocks_apart_ms", 0) > CLOCK_LIMIT_MS:
        seconds = facts["clocks_apart_ms"] / 1000
        found.append(f"The clocks of the two servers differ by {seconds:.0f} s: “changed later” can be wrong.")
    pm, la = facts.get("separate_sequences", [None, None])
    if pm != la:
        found.append("Separate numbering sequences are switched on in one of the two products only.")
    return found
