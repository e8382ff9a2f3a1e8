"""The main job, step by step, on real input: import, number, keep in step, edit on both sides at once, lose nothing.

`scripts/main-job` runs it for people, `test_main_job.py` for the suite. Every step raises AssertionError with what it
found when it is not as it must be.
"""

from __future__ import annotations

import csv
import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.pair.firm import Firm
from tests.pair.pages import Person
from tests.pair.site import Contact, Site
from tests.pair.waiting import eventually

FILES = ("people.csv", "companies.csv")
GREEN_WITHIN_S = 120.0
EDITS, CLASHES = 200, 50
THREADS = 4

Tell = Callable[[str], None]
NAMES = ("title", "first", "middle", "last", "suffix", "company", "alias", "email")
ADDRESS = ("line1", "line2", "city", "state", "postcode", "country")
PHONES = {
    "work_phone": "business",
    "mobile_phone": "mobile",
    "home_phone": "home",
    "other_phone": "other",
    "fax": "fax",
}


@dataclass(frozen=True, slots=True)
class Clash:
    """One field, two values given to it at once."""

    number: str
    in_pm: str
    in_la: str


def rows_in(folder: Path) -> int:
    """How many contacts the input files describe."""
    total = 0
    for name in FILES:
        with (folder / name).open(newline="", encoding="utf-8") as file:
            total += sum(1 for _ in csv.DictReader(file))
    return total


def import_files(firm: Firm, folder: Path, tell: Tell) -> None:
    """Both files into Practice Management, by the documented command."""
    for name in FILES:
        began = time.monotonic()
        said = firm.run("import-contacts", str(folder / name), "--product", "practice").strip().splitlines()[-1]
        tell(f"{name}: {said} ({time.monotonic() - began:.1f} s)")


def wait_all_green(firm: Firm, count: int, tell: Tell) -> None:
    """Every contact green in both products, and nothing else there."""
    began = time.monotonic()
    eventually(
        lambda: all(site.counts() == {"green": count} for site in firm.both), GREEN_WITHIN_S, lambda: _counts(firm)
    )
    tell(f"{count} contacts are green in both products ({time.monotonic() - began:.1f} s)")


def check_equal(firm: Firm, count: int, tell: Tell) -> None:
    """As many numbers as contacts, the same ones in both products, and every mapped field equal."""
    here, there = firm.pm.everything(), firm.la.everything()
    assert len(here) == count, f"{len(here)} contacts in Practice Management instead of {count}"
    assert len(there) == count, f"{len(there)} contacts in Legal Accounting instead of {count}"
    assert here.keys() == there.keys(), sorted(here.keys() ^ there.keys())
    assert all(here), "a contact without a number"
    wrong = {number: found for number in here if (found := differences(here[number], there[number]))}
    assert not wrong, wrong
    tell(f"{count} distinct numbers, equal in both products; every mapped field is equal")


def differences(here: Contact, there: Contact) -> dict[str, tuple[Any, Any]]:
    """Mapped fields in which the two products disagree (integration.md 1.6)."""
    first_phone = {phone["label"]: phone["number"] for phone in reversed(here["phones"])}
    mailing = next((one for one in there["additional_addresses"] if one["usage"] == "mailing"), None)
    pairs = {name: (here[name], there[name]) for name in NAMES}
    pairs |= {name: (first_phone.get(label), there[name]) for name, label in PHONES.items()}
    pairs |= {
        "kind": (here["kind"], there["display_as"]),
        "number": (here["reference"], there["number"]),
        "sequence": (here["numbering_sequence"], there["contact_type"]),
        "physical address": (_address(here["physical_address"]), _address(there["main_address"])),
        "mailing address": (_address(here["mailing_address"]), _address(mailing)),
    }
    return {name: (mine, theirs) for name, (mine, theirs) in pairs.items() if (mine or None) != (theirs or None)}


def edit_both_sides(firm: Firm, tell: Tell) -> None:
    """200 edits in each product and 50 fields set in both at once; afterwards no edit is lost."""
    here, there = firm.pm.everything(), firm.la.everything()
    numbers = sorted(here)
    in_pm, in_la = numbers[:EDITS], numbers[EDITS : 2 * EDITS]
    clashes = [Clash(n, f"pm-{n}@clash.example", f"la-{n}@clash.example") for n in numbers[-CLASHES:]]
    began = time.monotonic()
    edits = [
        threading.Thread(target=_edit, args=(firm.pm, [here[n]["id"] for n in in_pm], "Edited in PM")),
        threading.Thread(target=_edit, args=(firm.la, [there[n]["id"] for n in in_la], "Edited in LA")),
    ]
    for thread in edits:
        thread.start()
    _clash(firm, clashes, here, there)
    for thread in edits:
        thread.join()
    tell(f"{EDITS} edits in each product and {CLASHES} fields set in both at once ({time.monotonic() - began:.1f} s)")
    wait_all_green(firm, len(numbers), tell)
    _check_edits(firm, in_pm, in_la)
    _check_clashes(firm, clashes, tell)


def check_compare(firm: Firm, count: int, tell: Tell) -> None:
    """`counterpart sweep` finds every record equal."""
    found = firm.sweep()
    assert found == {"compared": count, "different": 0, "repaired": 0, "unrepaired": 0}, found
    tell("counterpart sweep: " + ", ".join(f"{name} {number}" for name, number in found.items()))


def run(firm: Firm, folder: Path, tell: Tell) -> None:
    """The whole job on a running, empty firm."""
    count = rows_in(folder)
    import_files(firm, folder, tell)
    wait_all_green(firm, count, tell)
    check_equal(firm, count, tell)
    edit_both_sides(firm, tell)
    check_equal(firm, count, tell)
    check_compare(firm, count, tell)


def _edit(site: Site, ids: Sequence[str], alias: str) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda contact_id: site.edit(contact_id, alias=alias), ids))


def _clash(firm: Firm, clashes: Sequence[Clash], here: dict[str, Contact], there: dict[str, Contact]) -> None:
    """Each pair of edits leaves at the same moment."""
    with ThreadPoolExecutor(2) as pool:
        for clash in clashes:
            gate = threading.Barrier(2)

            def set_email(site: Site, contact: Contact, value: str, gate: threading.Barrier = gate) -> None:
                gate.wait()
                site.edit(contact["id"], email=value)

            pair = [
                pool.submit(set_email, firm.pm, here[clash.number], clash.in_pm),
                pool.submit(set_email, firm.la, there[clash.number], clash.in_la),
            ]
            for one in pair:
                one.result()


def _check_edits(firm: Firm, in_pm: Sequence[str], in_la: Sequence[str]) -> None:
    for site in firm.both:
        found = site.everything()
        assert {found[n]["alias"] for n in in_pm} == {"Edited in PM"}, site.product
        assert {found[n]["alias"] for n in in_la} == {"Edited in LA"}, site.product


def _check_clashes(firm: Firm, clashes: Sequence[Clash], tell: Tell) -> None:
    """One value stands; the other is in the conflict list of both products, or was seen by whoever replaced it."""
    here, there = firm.pm.everything(), firm.la.everything()
    listed = [conflict_words(firm.person(product)) for product in ("practice", "accounting")]
    seen: dict[str, list[tuple[str, str, str]]] = {"practice": [], "accounting": []}
    for clash in clashes:
        standing = here[clash.number]["email"]
        assert standing == there[clash.number]["email"]
        assert standing in (clash.in_pm, clash.in_la)
        lost = clash.in_la if standing == clash.in_pm else clash.in_pm
        in_lists = [lost in words for words in listed]
        assert all(in_lists) or not any(in_lists), f"{lost} is in one conflict list only"
        if not any(in_lists):
            winner = ("practice", here) if standing == clash.in_pm else ("accounting", there)
            seen[winner[0]].append((winner[1][clash.number]["id"], lost, standing))
    for product, edits in seen.items():
        _check_was_seen(firm, product, edits)
    knowing = sum(map(len, seen.values()))
    tell(f"{len(clashes) - knowing} losing values are in the conflict list of both products, "
         f"{knowing} were seen by the one who replaced them")  # fmt: skip


def conflict_words(person: Person) -> str:
    """Everything the list of conflicts shows, over all its pages."""
    words, number = "", 1
    while True:
        page = person.get(f"/sync/conflicts/?page={number}")
        words += page.words
        if not re.search(rf"[?&](amp;)?page={number + 1}\b", page.text):
            return words
        number += 1


def _check_was_seen(firm: Firm, product: str, edits: Sequence[tuple[str, str, str]]) -> None:
    """The edits that stand were made on records that showed the other value: ordinary edits, not conflicts."""
    code = (
        "import json; from counterpart.foundation import history;"
        f"print(json.dumps([[e.changes.get('email') for e in history.events_for('contact', i) if e.origin == 'api']"
        f" for i in {[contact_id for contact_id, _, _ in edits]!r}]))"
    )
    told = firm.shell(product, code) if edits else []
    for (_, lost, standing), changes in zip(edits, told, strict=True):
        assert [lost, standing] in changes, f"{lost} is lost"


def _address(address: dict[str, Any] | None) -> dict[str, str]:
    return {part: address[part] for part in ADDRESS if address and address.get(part)}


def _counts(firm: Firm) -> str:
    return f"all green; Practice Management {firm.pm.counts()}, Legal Accounting {firm.la.counts()}"
