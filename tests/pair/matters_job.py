"""The main job with matters: the dockets of a firm imported, equal in both products, and changed on both sides at once.

`scripts/main-job` runs it for people, `test_matters_job.py` for the suite. Every step raises AssertionError with what
it found when it is not as it must be.
"""

from __future__ import annotations

import csv
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.pair.firm import Firm
from tests.pair.matters import Docket, clients, payers
from tests.pair.proxy import BadLine, lines
from tests.pair.site import Refused, Site
from tests.pair.waiting import eventually

FILE = "matters.csv"
GREEN_WITHIN_S = 120.0
CHANGES = 50
SEED = 31
FAULTS = 0.3
FIRST_BY_FIRM = 12345

Tell = Callable[[str], None]


def import_matters(firm: Firm, folder: Path, client_role: str, tell: Tell) -> int:
    """The dockets, by the documented command; how many there are."""
    began = time.monotonic()
    said = firm.run("import-matters", str(folder / FILE), "--client-role", client_role).strip().splitlines()[-1]
    tell(f"{FILE}, {client_role.lower()}s as clients: {said} ({time.monotonic() - began:.1f} s)")
    assert said.endswith("0 rows refused."), said
    with (folder / FILE).open(newline="", encoding="utf-8") as file:
        return len({(row["court"], row["docket_number"]) for row in csv.DictReader(file)})


def number_files(la: Site, **choice: str | int) -> None:
    """The firm's choice how files are numbered: scheme, next."""
    la.call("PATCH", "/settings/file-numbering", {"files": choice})


def wait_all_green(firm: Firm, tell: Tell) -> None:
    """Every contact and every matter green in both products; as many in one as in the other."""
    began = time.monotonic()
    count = len(firm.pm.find()) + len(firm.pm.matters.find())
    eventually(
        lambda: all(site.counts() == {"green": count} for site in firm.both),
        GREEN_WITHIN_S,
        lambda: f"{count} green; {firm.pm.counts()} and {firm.la.counts()}",
    )
    tell(f"{count} contacts and matters are green in both products ({time.monotonic() - began:.1f} s)")


def check_equal(firm: Firm, count: int, tell: Tell, *, by_firm: bool = False) -> None:
    """Numbers, names, dates, people and clients are equal; the first client pays all; no group is a contact."""
    matters, files = firm.pm.matters.everything(), firm.la.matters.everything()
    assert len(matters) == count, f"{len(matters)} matters instead of {count}"
    assert matters.keys() == files.keys(), sorted(matters.keys() ^ files.keys())
    reference = {contact["id"]: contact["reference"] for contact in firm.pm.find()}
    assert len(reference) == len(firm.la.find()), "a contact is in one product only"
    several = 0
    for number, matter in matters.items():
        file = files[number]
        wanted = [reference[client] for client in clients(matter)]
        several += len(wanted) > 1
        assert [who for who, _ in payers(file)] == wanted, number
        assert [percent for _, percent in payers(file)] == ["100.0000"] + ["0.0000"] * (len(wanted) - 1), number
        for mine, theirs in (("name", "description"), ("date", "opened_on"), ("assigned_to", "assigned")):
            assert matter[mine] == file[theirs], (number, mine)
        prefix = "" if by_firm else f"{re.escape(wanted[0])}-"
        assert re.fullmatch(rf"{prefix}\d+", number), f"{number} for client {wanted[0]}"
    if by_firm:
        assert sorted(map(int, matters)) == list(range(FIRST_BY_FIRM, FIRST_BY_FIRM + count))
    tell(f"{count} matters equal in both products, {several} with several clients; numbers by "
         f"{'firm' if by_firm else 'contact'}; the first client pays 100 %, the others 0 %")  # fmt: skip


def check_compare(firm: Firm, tell: Tell) -> None:
    """`counterpart sweep` finds every record equal."""
    found = firm.sweep()
    assert found["different"] == found["unrepaired"] == 0, found
    tell("counterpart sweep: " + ", ".join(f"{name} {number}" for name, number in found.items()))


def change_clients(firm: Firm, tell: Tell, seed: int = SEED) -> None:
    """50 changes of clients in one product while the other edits shares, over a bad line; then it is good again.

    Whatever Legal Accounting shows meanwhile as the payers of a file is a list that was committed in Practice
    Management, and the shares always make 100 (property S8).
    """
    dockets = _dockets(firm)
    watch = Watch(dockets)
    began = time.monotonic()
    with _bad_lines(firm, seed) as bad:
        editing = threading.Event()
        shares = threading.Thread(target=_edit_shares, args=(dockets, editing, seed))
        shares.start()
        with watch.looking():
            for turn in _turns(dockets, seed):
                watch.commit(*turn)
        editing.set()
        shares.join()
        met = sum(sum(line.met.values()) for line in bad)
    tell(f"{CHANGES} changes of clients while shares were edited, {met} faults on the line "
         f"({time.monotonic() - began:.1f} s)")  # fmt: skip
    wait_all_green(firm, tell)
    watch.check(firm)
    tell(f"{watch.looks} looks at the payers: every list was one that was committed, every sum 100 %")


@dataclass(slots=True)
class Watch:
    """What was committed as the clients of each matter, and what was seen as payers."""

    dockets: list[Docket]
    committed: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    seen: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    sums: set[int] = field(default_factory=set)
    looks: int = 0
    failures: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbers = {contact["id"]: contact["reference"] for contact in self.dockets[0].pm.find()}
        for docket in self.dockets:
            self.committed[docket.file_id] = [tuple(numbers[client] for client in clients(docket.matter))]
            self.seen[docket.file_id] = set()

    def commit(self, docket: Docket, wanted: list[dict[str, str]]) -> None:
        """Change the clients. The list counts from before the request: LA may have it before the answer is here."""
        self.committed[docket.file_id].append(tuple(one["reference"] for one in wanted))
        docket.set_clients(wanted)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look at the payers again and again while the body runs."""
        ending = threading.Event()

        def look() -> None:
            try:
                while not ending.is_set():
                    self._look()
            except (AssertionError, OSError) as failure:
                self.failures.append(failure)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield
        finally:
            ending.set()
            thread.join()
        assert not self.failures, self.failures

    def check(self, firm: Firm) -> None:
        """Every list seen was committed whole, and the last one stands."""
        self._look()
        assert self.sums == {100 * 10_000}, self.sums
        for docket in self.dockets:
            wrong = self.seen[docket.file_id] - set(self.committed[docket.file_id])
            assert not wrong, f"{docket.file_id}: never committed {wrong}"
            standing = tuple(number for number, _ in payers(docket.file))
            assert standing == self.committed[docket.file_id][-1]
        assert len(firm.pm.find()) == len(firm.la.find())

    def _look(self) -> None:
        for docket in self.dockets:
            found = payers(docket.file)
            self.seen[docket.file_id].add(tuple(number for number, _ in found))
            self.sums.add(sum(round(float(percent) * 10_000) for _, percent in found))
            self.looks += 1


def run(firm: Firm, folder: Path, tell: Tell, *, client_role: str = "Plaintiff", by_firm: bool = False) -> None:
    """The whole job on a running firm without matters."""
    if by_firm:
        number_files(firm.la, scheme="firm", next=FIRST_BY_FIRM)
    count = import_matters(firm, folder, client_role, tell)
    wait_all_green(firm, tell)
    check_equal(firm, count, tell, by_firm=by_firm)
    check_compare(firm, tell)
    change_clients(firm, tell)
    check_compare(firm, tell)


def _dockets(firm: Firm) -> list[Docket]:
    files = firm.la.matters.everything()
    return [
        Docket(firm.pm, firm.la, matter["id"], files[number]["id"])
        for number, matter in sorted(firm.pm.matters.everything().items())
    ]


def _turns(dockets: list[Docket], seed: int) -> Iterator[tuple[Docket, list[dict[str, str]]]]:
    """Clients added, removed, exchanged and put in another order; never none, never twice the same list."""
    chance = random.Random(seed)
    everybody = [one for one in dockets[0].pm.find() if one["kind"] == "company"]
    by_id = {one["id"]: one for one in dockets[0].pm.find()}
    for _ in range(CHANGES):
        docket = chance.choice(dockets)
        held = [by_id[client] for client in clients(docket.matter)]
        others = [one for one in everybody if one["id"] not in {client["id"] for client in held}]
        choices = [[*held, chance.choice(others)], [chance.choice(others), *held]]
        if len(held) > 1:
            choices += [held[1:], held[:-1], held[::-1], [*held[1:], held[0]]]
        yield docket, chance.choice(choices)


def _edit_shares(dockets: list[Docket], ending: threading.Event, seed: int) -> None:
    """Bookkeepers at work: a co-payer gets a share; who is just leaving the file is refused, as it must be."""
    chance = random.Random(seed + 1)
    while not ending.is_set():
        docket = chance.choice(dockets)
        co_payers = docket.file["payers"][1:]
        if not co_payers:
            continue
        chosen = {"contact_id": chance.choice(co_payers)["contact_id"], "percent": str(chance.randrange(1, 40))}
        try:
            docket.la.call("PUT", f"/files/{docket.file_id}/split", {"payers": [chosen]}, If_Match="*")
        except Refused as refusal:
            if refusal.status not in (409, 412, 422):
                raise


@contextmanager
def _bad_lines(firm: Firm, seed: int) -> Iterator[tuple[BadLine, BadLine]]:
    """Each product reaches the other over a line that loses, delays, cuts and repeats; good again afterwards."""
    to_la, to_pm = BadLine(firm.ports["accounting"], seed), BadLine(firm.ports["practice"], seed + 1)
    with lines(to_la, to_pm):
        firm.point(practice=to_la.port, accounting=to_pm.port)
        to_la.likelihood = to_pm.likelihood = FAULTS
        try:
            yield to_la, to_pm
        finally:
            to_la.likelihood = to_pm.likelihood = 0.0
            firm.point(practice=firm.ports["accounting"], accounting=firm.ports["practice"])
