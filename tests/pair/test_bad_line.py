"""Both products over a line that loses, delays, cuts, repeats and reorders (properties S1, S3, S4, S5, S11, L1)."""

from __future__ import annotations

import random
import time

from tests.pair.history import check_nothing_lost
from tests.pair.proxy import BadLine, lines
from tests.pair.waiting import eventually

SEED = 7
FOR_S = 8.0
CONVERGED_WITHIN_S = 120.0


def test_bad_line(rough_firm):
    """Creates and edits on both sides while every third message meets a fault; then the line is good again."""
    firm = rough_firm
    to_la, to_pm = BadLine(firm.ports["accounting"], SEED), BadLine(firm.ports["practice"], SEED + 1)
    with lines(to_la, to_pm):
        firm.point(practice=to_la.port, accounting=to_pm.port)
        try:
            pairs = _contacts(firm, 10)
            to_la.likelihood = to_pm.likelihood = 0.35
            said = _work(firm, pairs)
            to_la.likelihood = to_pm.likelihood = 0.0
            eventually(lambda: _all_green(firm), CONVERGED_WITHIN_S, lambda: f"{firm.pm.summary()} {firm.la.summary()}")
        finally:
            firm.point(practice=firm.ports["accounting"], accounting=firm.ports["practice"])

    met = {fault: to_la.met[fault] + to_pm.met[fault] for fault in to_la.met}
    print(f"{sum(map(len, said.values()))} edits; faults met: {met}")
    assert all(met.values())
    assert firm.pm.everything().keys() == firm.la.everything().keys()
    check_nothing_lost(firm, said)
    assert firm.sweep()["different"] == 0


def _work(firm, pairs):
    """Edits on both sides for a while; the values given, by number."""
    chance, said, deadline = random.Random(SEED), {}, time.monotonic() + FOR_S
    turn = 0
    while time.monotonic() < deadline:
        turn += 1
        number, ids = chance.choice(sorted(pairs.items()))
        site = chance.choice(firm.both)
        value = f"line-{turn}"
        site.edit(ids[site.product], alias=value)
        said.setdefault(number, []).append(value)
        time.sleep(0.03)
    return said


def _contacts(firm, count):
    made = [firm.pm.create(kind="company", company=f"Bad Line {n}") for n in range(count)]
    here = {firm.pm.wait(one["id"], within_s=60)["reference"]: one["id"] for one in made}
    return {number: {"practice": key, "accounting": firm.la.by_number(number)["id"]} for number, key in here.items()}


def _all_green(firm):
    return all(set(site.counts()) == {"green"} for site in firm.both)
