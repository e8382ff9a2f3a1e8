"""Alike contacts while somebody types, the finder over all of them, and what keeping the keys costs (WIN-5, DUP-6).

    python benchmarks/duplicates.py [--contacts 100000] [--probes 300] [--postgres postgres://…/database]

Names follow a law like that of real ones (few that are frequent, many that are rare); every twentieth contact is there
twice, with a slip of the pen. The contacts are created as the product creates them. Each probe is one request of the
pane beside the form, through all of Django. The finder runs in a process of its own, as in the product; its memory is
that of the whole process at its largest. Time of the processor stands beside that of the clock: on a busy machine they
differ.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BATCH = 1_000
SYLLABLES = (
    "ba", "ber", "cor", "dan", "el", "far", "gan", "hol", "in", "jas", "kel", "lom", "mar", "nor", "ost", "pel", "quin",
    "ros", "sta", "tur", "um", "vin", "wal", "yor", "zan",
)  # fmt: skip
TWICE = 20


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--contacts", type=int, default=100_000)
    given.add_argument("--probes", type=int, default=300)
    given.add_argument("--postgres", default="")
    given.add_argument("--find", action="store_true", help="only the finder, in the database that is there")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COUNTERPART_DATA"] = os.environ.get("DUPLICATES_DATA") or folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "counterpart.sites.practice.settings"
        if asked.postgres:
            os.environ["COUNTERPART_PRACTICE_DATABASE_URL"] = asked.postgres
        import django

        django.setup()
        if asked.find:
            find()
            return
        people = fill(asked.contacts)
        type_in(people, asked.probes)
        os.environ["DUPLICATES_DATA"] = os.environ["COUNTERPART_DATA"]
        own = [
            sys.executable,
            str(Path(__file__)),
            "--find",
            *(["--postgres", asked.postgres] if asked.postgres else []),
        ]
        subprocess.run(own, check=True)


def name(chance: random.Random, many: int) -> str:
    """A name of two or three syllables; the first of the list are far more frequent than the last."""
    place = min(int(chance.paretovariate(0.6)), many)
    own = random.Random(place)
    return "".join(own.choice(SYLLABLES) for _ in range(2 + place % 2)).capitalize()


def slip(chance: random.Random, text: str) -> str:
    place = chance.randrange(1, max(2, len(text) - 1))
    return text[:place] + text[place + 1 :]


def invented(count: int) -> list[dict[str, Any]]:
    chance, people = random.Random(11), []
    while len(people) < count:
        number = len(people)
        if number and number % TWICE == 0:
            twin = dict(chance.choice(people))
            twin["last"] = slip(chance, twin["last"])
            people.append(twin)
            continue
        first, last = name(chance, 400), name(chance, 20_000)
        people.append({
            "first": first, "last": last, "email": f"{first}.{last}.{number}@clients.example".lower(),
            "phones": [{"label": "mobile", "number": f"+1 {chance.randrange(200, 999)} {chance.randrange(10**7):07d}"}],
            "physical_address": {
                "line1": f"{chance.randrange(1, 300)} High Street", "city": "Portland",
                "postcode": f"{chance.randrange(10_000, 12_000)}",
            },
        })  # fmt: skip
    return people


def fill(count: int) -> list[dict[str, Any]]:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from counterpart.foundation.actor import Actor
    from counterpart.foundation.alike import keeping
    from counterpart.foundation.clock import now
    from counterpart.foundation.history import watchers
    from counterpart.practice.contacts.drafts import Draft
    from counterpart.practice.contacts.operations import create_contacts

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    people, spent = invented(count), 0.0

    def timed(events: Any) -> None:
        nonlocal spent
        began = time.process_time()
        keeping.keep(events)
        spent += time.process_time() - began

    known = watchers._watchers  # noqa: SLF001 - only here is it measured
    known[:] = [timed if one is keeping.keep else one for one in known]
    began, worked = time.perf_counter(), time.process_time()
    for start in range(0, count, BATCH):
        drafts = [Draft(**person) for person in people[start : start + BATCH]]
        create_contacts(actor=Actor.system("Benchmark"), drafts=drafts, at=now())
    took, worked = time.perf_counter() - began, time.process_time() - worked
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{connection.vendor}: {count:,} contacts, created at {count / took:,.0f} a second")
    print(f"  keys: {spent / count * 1e6:.0f} µs of the processor a contact, {spent / worked:.0%} of creating")
    return people


def type_in(people: list[dict[str, Any]], probes: int) -> None:
    from django.test import Client

    from counterpart.foundation.clock import now
    from counterpart.foundation.users.models import Role, User

    user = User.objects.create(email="typist@example.com", name="Typist", created_at=now())
    user.roles.add(Role.objects.create(name="Typists", rights=["contact.read", "contact.create", "contact.edit"]))
    client, chance, took, busy = Client(), random.Random(5), [], []
    client.force_login(user)
    for person in chance.sample(people, probes):
        typed = {"kind": "individual", "first": person["first"], "last": slip(chance, person["last"])}
        typed |= chance.choice(({}, {"email": person["email"]}, {"phone_number": person["phones"][0]["number"]}))
        began, worked = time.perf_counter(), time.process_time()
        answer = client.post("/contacts/alike/", typed)
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        assert answer.status_code == 200
    for what, some in (("clock", took), ("processor", busy)):
        cuts = statistics.quantiles(some, n=100)
        print(f"  alike while typing, {what}: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms")


def find() -> None:
    import threading

    from django.db import connection

    from counterpart.foundation import clock
    from counterpart.foundation.actor import Actor
    from counterpart.foundation.alike import searching
    from counterpart.foundation.alike.models import Group, Search
    from counterpart.foundation.jobs import runner
    from counterpart.foundation.users.models import User

    began, worked = time.perf_counter(), time.process_time()
    searching.start_search(actor=Actor.of(User.objects.get(email="typist@example.com"), "screen"), at=clock.now())
    runner.run(clock.now, threading.Event(), idle_s=0)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    search = Search.objects.get()
    strong = Group.objects.filter(is_strong=True).count()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  finder ({connection.vendor}): {search.contacts:,} contacts, {search.compared:,} pairs in {took:.0f} s "
        f"({worked:.0f} s of the processor), {strong:,} strong groups of {Group.objects.count():,}; "
        f"at most {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
