"""`counterpart go-live`: two filled products become one. Stopped at any point, the same command goes on from there.

The workers of both products do the work; this asks them to, watches, and says what is to be decided.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from typing import Any

from rich.table import Table

from counterpart.cli import manage
from counterpart.cli.place import Place, Product, enter_site
from counterpart.cli.say import Stop, err, line

LOOK_S = 1.0
SLOW_LOOK = 15
"""Looks after which Practice Management is asked whether it got an answer at all."""
WORDS = {
    "handshake": "comparing versions, clocks and numbering", "census": "counting records", "match": "matching",
    "approve": "waiting for the approval", "pair": "pairing", "create": "creating", "verify": "comparing both products",
    "live": "live", "ended": "ended",
}  # fmt: skip
OVER = ("live", "ended", "")
ON_THE_WAY = {"phase": "handshake", "problem": "", "stopped": False, "stopped_there": False}
Facts = dict[str, Any]


def status(place: Place) -> None:
    """How the run stands, with its report."""
    tell(_Books(place).status())


def start(place: Place, *, rehearse: bool, stands: str) -> None:
    """Begin, or go on, and stay until the report is there."""
    facts = _in_practice(place, "status")
    if facts["phase"] in OVER:
        facts = _in_practice(place, "start", "--stands", stands, *(["--rehearse"] if rehearse else []))
    elif facts["rehearsal"] != rehearse:
        raise Stop("Another run is under way. See: counterpart go-live status")
    books = _Books(place)
    _watch(place, books, facts["run"], until=("approve", *OVER[:2]))
    if rehearse and books.status()["phase"] == "approve":
        books.do("end")
        line("The rehearsal is over; nothing was written.")


def approve(place: Place, *, classes: str, include: str, clashes: str, stands: str) -> None:
    """Include, approve and stay until both products are live; after an interruption only stay."""
    books = _Books(place)
    facts = books.status()
    if facts["phase"] == "approve":
        books.do("include", which=include)
        books.do("approve", classes=classes, clashes=clashes, stands=stands)
    elif facts["phase"] in ("", "handshake", "census", "match"):
        raise Stop("There is no report to approve yet. Run: counterpart go-live start")
    _watch(place, books, facts["run"], until=OVER)


def act(place: Place, word: str) -> None:
    """Stop, resume or end. Each product tells the other."""
    books = _Books(place)
    facts = books.status()
    if facts["phase"] not in OVER:
        books.do(word)
    if facts["phase"] in OVER or (word == "resume" and facts["stopped_there"]):
        _in_practice(place, word)


class _Books:
    """Legal Accounting, entered by this very process: starting one for every look would take longer than the work."""

    def __init__(self, place: Place) -> None:
        enter_site(place, Product.ACCOUNTING)
        import django

        django.setup()

    def status(self) -> Facts:
        return self.do("status")

    def do(self, act: str, **options: str) -> Facts:
        from django.core.management import CommandError, call_command

        said = io.StringIO()
        try:
            call_command("sync_golive", act, stdout=said, **options)
        except CommandError as refusal:
            raise Stop(str(refusal)) from None
        facts: Facts = json.loads(said.getvalue())
        return facts


def _watch(place: Place, books: _Books, run: str, *, until: tuple[str, ...]) -> None:
    said, looks = "", 0
    while True:
        facts = books.status()
        if facts["run"] != run:  # it has not reached Legal Accounting yet
            looks += 1
            facts = _in_practice(place, "status") if looks % SLOW_LOOK == 0 else {**facts, **ON_THE_WAY}
        phase = str(facts["phase"])
        words = str(facts["problem"] or WORDS.get(phase, phase))
        if facts["stopped"] or facts["stopped_there"]:
            raise Stop("The go-live is stopped. Run: counterpart go-live resume")
        if words != said:
            err.print(f"{words} …" if phase not in until else words, markup=False)
            said = words
        if facts["run"] == run and phase in until:
            tell(facts)
            return
        time.sleep(LOOK_S)


def tell(facts: Facts) -> None:
    """The report as a table."""
    if not facts["phase"]:
        line("There was no go-live yet.")
        return
    kind = "Rehearsal" if facts["rehearsal"] else "Go-live"
    line(f"{kind}: {WORDS.get(facts['phase'], facts['phase'])}{'. ' + facts['problem'] if facts['problem'] else ''}")
    kinds = facts["report"].get("kinds", {})
    if not kinds:
        return
    table = Table(box=None)
    for name in ("", *kinds):
        table.add_column(
            {"contact": "contacts", "matter": "matters"}.get(name, name), justify="right" if name else "left"
        )
    rows: dict[str, Callable[[Facts], int]] = {
        "class A, same number": lambda one: one["pairs"]["A"], "class B, same e-mail": lambda one: one["pairs"]["B"],
        "class C, same name": lambda one: one["pairs"]["C"], "said to be the same": lambda one: one["pairs"]["S"],
        "to be decided": lambda one: one["review"], "number clashes": lambda one: one["clashes"],
        "only in Practice Management": lambda one: one["only_there"],
        "only in Legal Accounting": lambda one: one["only_here"], "reference is no number": lambda one: one["foreign"],
        "fields that differ": lambda one: sum(each.get("differs", 0) for each in one["registers"].values()),
    }  # fmt: skip
    for word, count in rows.items():
        table.add_row(word, *(str(count(one)) for one in kinds.values()))
    err.print(table)
    if outcome := facts["report"].get("outcome"):
        for name, one in outcome["kinds"].items():
            made = f"{one['created_here']} created in Legal Accounting, {one['created_there']} in Practice Management"
            left = f"{one['conflicts']} conflicts, {one['red']} red, {one['left']} left as they are"
            line(f"{name}s: {one['paired']} paired, {made}; {left}.")
        sweep = outcome["sweep"]
        line(f"Compared {sweep['compared']}, different {sweep['different']}, unrepaired {sweep['unrepaired']}.")


def _in_practice(place: Place, *arguments: str) -> Facts:
    process = manage.start(place, Product.PRACTICE, "sync_golive", *arguments)
    said, complaint = process.communicate()
    if process.returncode:
        words = complaint.strip().splitlines() or ["It failed."]
        raise Stop(words[-1].removeprefix("CommandError: "))
    facts: Facts = json.loads(said.strip().splitlines()[-1])
    return facts
