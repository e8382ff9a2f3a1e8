"""Everything out and in again, from one database engine to the other and back: nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.pair.databases import PRODUCTS, databases
from tests.pair.firm import Firm

LOOK = """
import json
from django.db import DatabaseError, transaction
from counterpart.foundation import history
from counterpart.foundation.history.models import Event
from counterpart.sync.models import Key, Link
broken = history.verify()
try:
    with transaction.atomic():
        Event.objects.update(verb="x")
    refusal = ""
except DatabaseError as error:
    refusal = str(error)
print(json.dumps({"broken": broken and broken.reason, "refusal": refusal, "instance": Link.objects.get().instance,
                  "keys": list(Key.objects.filter(own=True).values_list("key_id", flat=True))}))
"""


def test_everything_comes_back(rough_firm: Firm, tmp_path: Path) -> None:
    """PostgreSQL to SQLite to PostgreSQL (or the engine there is): the data files are the same, byte for byte.

    The copy then runs: its history is whole and can't be changed, its records are in step, its numbers go on after
    those given before, and it speaks with keys of its own.
    """
    firm = rough_firm
    made = firm.pm.create(kind="individual", first="Zoë", last="=cmd|'/C calc'!A0", alias='\u2028line\nbreak\\ "q"')
    firm.pm.wait(made["id"])
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))

    firm.run("export", str(first))
    copy = Firm(tmp_path / "copy")
    copy.run("load", str(first))
    copy.run("export", str(second))
    with databases() as addresses:
        there = Firm(tmp_path / "there", addresses)
        there.run("load", str(second))
        there.run("export", str(third))

    assert content(first) == content(second) == content(third)
    assert rows(first, "practice_contacts.contact") == len(firm.pm.everything())
    assert rows(first, "foundation_history.event") > 0
    try:
        copy.begin()
        for each in PRODUCTS:
            now, before = copy.shell(each, LOOK), firm.shell(each, LOOK)
            assert now["broken"] is None
            assert "append-only" in now["refusal"]
            assert now["instance"] == before["instance"]
            assert not {*now["keys"]} & {*before["keys"]}, "a copy must not speak for what it was copied from"
        _goes_on(copy, made["id"])
    finally:
        copy.end()


def _goes_on(copy: Firm, contact: str) -> None:
    """Records are in step, edits travel, and no number is given twice."""
    numbers = {one["number"] for one in copy.la.everything().values()}
    fresh = copy.pm.create(kind="individual", first="Nils", last="Afterwards")
    copy.pm.call("PATCH", f"/contacts/{contact}", {"alias": "changed in the copy"}, If_Match="*")
    assert copy.pm.wait(fresh["id"])["reference"] not in numbers
    assert copy.pm.wait(contact)["alias"] == "changed in the copy"
    assert copy.la.by_alias("changed in the copy")


def content(export: Path) -> dict[str, bytes]:
    """The data files of an export."""
    return {path.relative_to(export).as_posix(): path.read_bytes() for path in sorted(export.rglob("*.jsonl"))}


def rows(export: Path, kind: str, product: str = "practice") -> int:
    """How many rows of a kind the manifest promises."""
    part: dict[str, Any] = json.loads((export / "manifest.json").read_text())["products"][product]
    return next(int(entry["rows"]) for entry in part["files"] if entry["kind"] == kind)
