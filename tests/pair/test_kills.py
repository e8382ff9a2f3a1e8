"""Kill -9, again and again, at any moment, of any process (properties S3, S4, S5, S10)."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
import uuid
from http.client import HTTPException

import psutil
from tests.pair.firm import descendants
from tests.pair.history import check_nothing_lost
from tests.pair.site import Refused
from tests.pair.waiting import eventually

SEED = 11
ROUNDS = int(os.environ.get("COUNTERPART_KILL_ROUNDS") or 24)
POOL = 12
BETWEEN_S = (0.3, 1.3)
CONVERGED_WITHIN_S = 180.0


def test_kills(rough_firm):
    """Users go on creating and editing in both products while processes are killed; then all is as it must be."""
    firm, chance = rough_firm, random.Random(SEED)
    before = len(firm.pm.everything())
    pool = _contacts(firm)
    users = [User(firm, site, pool, seed) for seed, site in enumerate(firm.both)]
    for user in users:
        user.start()
    killed = _kill(firm, chance)
    for user in users:
        user.stop.set()
    for user in users:
        user.join()
        assert not user.failure, user.failure
    eventually(lambda: _all_green(firm), CONVERGED_WITHIN_S, lambda: f"{firm.pm.summary()} {firm.la.summary()}")

    here, there = firm.pm.everything(), firm.la.everything()
    created = [alias for user in users for alias in user.created]
    edits = sum(len(values) for user in users for values in user.said.values())
    print(f"{killed} processes killed, {len(created)} contacts created and {edits} edits acknowledged meanwhile")
    assert here.keys() == there.keys()
    companies = sorted(one["company"] for one in here.values() if (one["company"] or "").startswith("born-"))
    assert companies == sorted(created), "a contact is missing or doubled"
    assert len(here) == before + POOL + len(created)
    check_nothing_lost(firm, _together(users))
    assert firm.sweep()["different"] == 0


class User(threading.Thread):
    """Creates and edits in one product without pause; what is not acknowledged is sent again under the same key."""

    def __init__(self, firm, site, pool, seed):
        super().__init__(daemon=True)
        self.firm, self.site, self.pool, self.chance = firm, site, pool, random.Random(seed)
        self.stop, self.failure = threading.Event(), None
        self.created, self.said = [], {}

    def run(self):
        turn = 0
        try:
            while not self.stop.is_set():
                turn += 1
                word = f"{self.site.product}-{turn}-{uuid.uuid4().hex[:6]}"
                if self.chance.random() < 0.3:
                    self._create(f"born-{word}")
                else:
                    self._edit(word)
                time.sleep(0.02)
        except AssertionError as failure:
            self.failure = failure

    def _create(self, name):
        fields = {"company": name}
        fields |= {"kind": "company"} if self.site.product == "practice" else {"contact_type": "client"}
        self._insist("POST", "/contacts", fields, Idempotency_Key=name)
        self.created.append(name)

    def _edit(self, alias):
        number, ids = self.chance.choice(sorted(self.pool.items()))
        self._insist("PATCH", f"/contacts/{ids[self.site.product]}", {"alias": alias}, If_Match="*")
        self.said.setdefault(number, []).append(alias)

    def _insist(self, *call, **headers):
        """Until it is acknowledged: a killed product answers nothing, or not yet."""
        deadline = time.monotonic() + 90
        while True:
            try:
                return self.site.call(*call, **headers)
            except Refused as refusal:
                if refusal.status < 500 or time.monotonic() > deadline:
                    raise
            except (OSError, HTTPException, ValueError):  # killed before, or while, it answered
                assert time.monotonic() < deadline, f"no answer from {self.site.product} for 90 s"
            time.sleep(0.1)


def _kill(firm, chance):
    """ROUNDS times: after a moment, one process or one of its own, killed by its number."""
    killed = 0
    for _ in range(ROUNDS):
        time.sleep(chance.uniform(*BETWEEN_S))
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if alive := sorted(firm.children().values()):  # all may be between death and new life
                os.kill(chance.choice(descendants(chance.choice(alive))), signal.SIGKILL)
                killed += 1
    return killed


def _contacts(firm):
    made = [firm.pm.create(kind="company", company=f"Pool {n}") for n in range(POOL)]
    here = {firm.pm.wait(one["id"], within_s=60)["reference"]: one["id"] for one in made}
    return {number: {"practice": key, "accounting": firm.la.by_number(number)["id"]} for number, key in here.items()}


def _together(users):
    numbers = {number for user in users for number in user.said}
    return {number: [value for user in users for value in user.said.get(number, [])] for number in numbers}


def _all_green(firm):
    return all(set(site.counts()) == {"green"} for site in firm.both)
