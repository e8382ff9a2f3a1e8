"""Two filled products become one (sync-protocol section 11, GOL-7, GOL-8): rehearsed, killed on the way, none lost."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from tests.pair.filling import firm_of
from tests.pair.firm import Firm, new_firm
from tests.pair.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
CONTACTS, MATTERS = 100, 20
WITHIN_S = 300.0
UNDECIDED = "may have this one already"
BEFORE = f"import sys, json; sys.path.insert(0, {str(ROOT)!r}); from tests.pair import filling; "
EVERYTHING = """
import hashlib, json
from django.apps import apps
found = {}
for model in apps.get_models():
    if model._meta.app_label.split('_')[0] in ('practice', 'accounting') or model._meta.object_name == 'Record':
        rows = sorted(repr(row) for row in model.objects.values_list())
        found[model._meta.label] = [len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()]
print(json.dumps(found))
"""
CONFLICTS = """
import json
from counterpart.sync.models import Conflict, Record
local = dict(Record.objects.values_list('sync_id', 'local_id'))
rows = Conflict.objects.values_list('sync_id', 'register', 'losing_value')
print(json.dumps([[str(local[key]), register, value] for key, register, value in rows], default=str))
"""


@pytest.fixture(scope="module")
def firm() -> Iterator[Firm]:
    """Two products that were filled before they knew each other."""
    with new_firm() as made:
        for product in ("practice", "accounting"):
            made.shell(
                product,
                BEFORE + f"print(json.dumps(filling.fill(filling.firm_of({CONTACTS}, {MATTERS}), {product!r})))",
            )
        yield made


def test_a_rehearsal_writes_nothing_and_reports_what_the_go_live_would(firm: Firm) -> None:
    """GOL-7: the report counts every pair, and not a row of either product or of the exchange has changed."""
    before = {site.product: firm.shell(site.product, EVERYTHING) for site in firm.both}

    firm.run("go-live", "rehearse")

    after = {site.product: firm.shell(site.product, EVERYTHING) for site in firm.both}
    kinds = _status(firm)["report"]["kinds"]
    assert before == after
    assert _status(firm)["phase"] == "ended"
    _check_report(kinds)


def test_a_go_live_killed_on_the_way_pairs_everyone_once_and_loses_nothing(firm: Firm) -> None:
    """S3, S4, S10, section 11: every phase is interrupted by kill -9 on either side, people go on saving, a review is
    decided by a person; then each pair has one identity, and every value is current or in the archive.
    """
    here, there = _by_key(firm)
    firm.person("practice").post("/sync/go-live/start/", what="live", stands="la")
    with _killing(firm) as killed:
        _until(firm, "approve")
        review = _review(firm, here)
        _check_report(_status(firm)["report"]["kinds"])
        _decide(firm, review)
        eventually(lambda: _approve(firm), 90)
        saved = firm.pm.create(kind="individual", first="Saved", last="Meanwhile")
        firm.pm.wait(saved["id"], within_s=60)
        _until(firm, "live")
        eventually(lambda: killed >= {"approve", "live"}, 60)
    # Practice Management hears of the end a moment later; until then it would go on with this run.
    eventually(lambda: firm.pm.call("GET", "/sync/go-live")["phase"] == "live", 60)

    outcome = _status(firm)["report"]["outcome"]
    print(f"killed in {sorted(killed)}: {outcome}")
    assert outcome["sweep"]["unrepaired"] == 0
    _check_identities(firm)
    _check_pairs(firm, here, there)
    assert not [one for one in firm.pm.find() if UNDECIDED in one["sync"]["detail"]]


def test_the_people_of_a_real_list_meet_themselves(firm: Firm, shared_data: Path) -> None:
    """GOL-7 on real names: typed differently in the two products, each meets itself and nobody else. A second go-live
    of a firm that is live already finds only those that are new.
    """
    people = _real_people(shared_data / "people.csv")
    for product in ("practice", "accounting"):
        path = firm.data / f"{product}.json"
        path.write_text(json.dumps(people))
        code = f"print(json.dumps(filling.fill(json.loads(open({str(path)!r}).read()), {product!r})))"
        firm.shell(product, BEFORE + code)
    already = len(firm.la.everything())

    firm.run("go-live", "start")
    report = _status(firm)["report"]["kinds"]["contact"]
    firm.run("go-live", "approve", "--include", "none")

    wanted = Counter(row["is"] for row in people["contacts"])
    assert {grade: report["pairs"][grade] for grade in "ABC"} == {grade: wanted[grade] for grade in "ABC"}
    assert len(firm.la.everything()) == already, "a person was created although it was there"
    _check_identities(firm)


# ---------------------------------------------------------------------- what is expected


def _check_report(kinds: dict[str, Any]) -> None:
    wanted = Counter(row["is"] for row in firm_of(CONTACTS, MATTERS)["contacts"])
    contacts = kinds["contact"]
    assert {grade: contacts["pairs"][grade] for grade in "ABC"} == {grade: wanted[grade] for grade in "ABC"}
    assert (contacts["review"], contacts["only_there"], contacts["only_here"]) == (
        wanted["review"], wanted["pm"], wanted["la"],
    )  # fmt: skip
    files = Counter(one["is"] for one in firm_of(CONTACTS, MATTERS)["matters"])
    matters = kinds["matter"]
    assert {grade: matters["pairs"][grade] for grade in "AC"} == {grade: files[grade] for grade in "AC"}
    assert (matters["only_there"], matters["only_here"]) == (files["pm"], files["la"])


def _check_pairs(firm: Firm, here: dict[int, dict[str, Any]], there: dict[int, dict[str, Any]]) -> None:
    """Whoever is one person has one number on both sides, and what either side knew is current or archived."""
    archived = {(key, register, json.dumps(value)) for key, register, value in firm.shell("practice", CONFLICTS)}
    for row in firm_of(CONTACTS, 0)["contacts"]:
        if row["is"] not in "ABC":
            continue
        mine, theirs = firm.pm.get(here[row["key"]]["id"]), firm.la.get(there[row["key"]]["id"])
        assert mine["reference"] == theirs["number"] == row["la"]["number"]
        assert mine["sync"]["colour"] == theirs["sync"]["colour"] == "green", (mine["sync"], theirs["sync"])
        for side in ("pm", "la"):
            for register, field in (("email", "email"), ("phone.work", "phone")):
                told = row[side][field]
                shown = theirs["email"] if field == "email" else theirs["work_phone"]
                known = not told or told == shown or (mine["id"], register, json.dumps(told)) in archived
                assert known, (row, register, theirs)


def _check_identities(firm: Firm) -> None:
    """S4: the same identities on both sides, each once, and no two records of one number."""
    code = (
        "import json; from counterpart.sync.models import Record; "
        "print(json.dumps(sorted(str(k) for k in Record.objects.filter(severed=False, known_at_peer=True)"
        ".values_list('sync_id', flat=True))))"
    )
    assert firm.shell("practice", code) == firm.shell("accounting", code)
    for site in firm.both:
        site.everything()


# ---------------------------------------------------------------------- what people do


def _review(firm: Firm, here: dict[int, dict[str, Any]]) -> str:
    """Somebody saves a contact whose match is open: it is refused, and says why, until that is decided."""
    key = next(
        row["key"] for row in firm_of(CONTACTS, 0)["contacts"] if row["is"] == "review" and not row["pm"]["number"]
    )
    contact: str = here[key]["id"]
    firm.pm.edit(contact, alias="saved while undecided")
    refused = firm.pm.wait(contact, "red", within_s=60)
    assert UNDECIDED in refused["sync"]["detail"]
    return contact


def _decide(firm: Firm, contact: str) -> None:
    """The same, says the administrator of Legal Accounting, on the page."""
    person = firm.person("accounting")
    listed = person.get("/sync/go-live/contact/review/").text
    form = listed[listed.index(f"/sync/go-live/contact/{contact}/decision/") :]
    [rival] = re.findall(r'name="same" value="([0-9a-f-]+)"', form[: form.index("</form>")])
    assert person.post(f"/sync/go-live/contact/{contact}/decision/", same=rival).status == 200


def _approve(firm: Firm) -> bool:
    """On the page; it says so if the decision has to be worked in first."""
    person = firm.person("accounting")
    for kind, what in (("contact", "there"), ("contact", "here"), ("matter", "there")):
        person.post(f"/sync/go-live/{kind}/{what}/included/", act="include-all")
    person.post_many(
        "/sync/go-live/approval/", [*(("grade", one) for one in "ABC"), ("clashes", "later"), ("stands", "la")]
    )
    return _status(firm)["phase"] not in ("approve", "match")


@contextlib.contextmanager
def _killing(firm: Firm) -> Iterator[set[str]]:
    """Kill -9 both workers, one after the other, in every phase that is seen; which those were."""
    stop, killed = threading.Event(), set[str]()

    def kill() -> None:
        while not stop.wait(0.1):
            phase = str(_status(firm)["phase"])
            if phase in killed or phase == "ended":
                continue
            killed.add(phase)
            for worker in ("accounting-worker", "practice-worker"):
                with contextlib.suppress(ProcessLookupError, KeyError, ValueError):  # between two lives
                    os.kill(firm.children()[worker], signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    try:
        yield killed
    finally:
        stop.set()
        thread.join()


# ---------------------------------------------------------------------- looking


def _by_key(firm: Firm) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    rows = firm_of(CONTACTS, 0)["contacts"]
    found = []
    for site, side in ((firm.pm, "pm"), (firm.la, "la")):
        known = {(one["first"], one["last"]): one for one in site.find()}
        found.append({row["key"]: known[row[side]["first"], row[side]["last"]] for row in rows if row[side]})
    return found[0], found[1]


def _status(firm: Firm) -> dict[str, Any]:
    """As Legal Accounting tells it; it may have been killed just now."""
    found: list[dict[str, Any]] = []

    def answered() -> bool:
        with contextlib.suppress(OSError, ValueError, HTTPException):
            found.append(firm.la.call("GET", "/sync/go-live"))
        return bool(found)

    eventually(answered, 60)
    return found[-1]


def _until(firm: Firm, phase: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while (facts := _status(firm))["phase"] != phase:
        assert time.monotonic() < deadline, (facts, firm.pm.call("GET", "/sync/go-live"))
        time.sleep(0.5)


def _real_people(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Everybody in both products, a third of them without a number there, accents and case as people type them."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["first"] and row["last"]]
    names = Counter((row["first"].casefold(), row["last"].casefold()) for row in rows)
    found: list[dict[str, Any]] = []
    for n, row in enumerate(one for one in rows if names[one["first"].casefold(), one["last"].casefold()] == 1):
        person = {"first": row["first"], "last": row["last"], "email": row["email"], "phone": "", "postcode": ""}
        grade = "ABC"[n % 3]
        here = {**person, "number": str(700_001 + n) if grade == "A" else ""}
        there = {**person, "number": str(700_001 + n), "last": row["last"].upper()}
        if grade == "B":
            here["email"] = there["email"] = f"real{n}@example.com"
        else:
            here["email"] = there["email"] = ""
        if grade == "C":
            here["phone"], there["phone"] = f"(202) 555-{n:04d}", f"+1 202 555 {n:04d}"
        found.append({"key": n, "is": grade, "pm": here, "la": there})
    return {"contacts": found, "matters": []}
