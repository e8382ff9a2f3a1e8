"""What the box in the header takes at the server, letter by letter, with 100,000 contacts and 50,000 matters (SRC-1).

    python benchmarks/finding.py [--contacts 100000] [--matters 50000] [--words 150] [--postgres postgres://…/database]

The records are written as the product writes them, in batches; the keystrokes are those of somebody who types a name,
a number, a phone number, a misspelt name. Each is one request through all of Django, signed in as somebody who may not
see every restricted matter. Beside it: the same letters looked for by LIKE alone, without the index.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import invent
import lists

BATCH = 2_000


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("--contacts", type=int, default=100_000)
    given.add_argument("--matters", type=int, default=50_000)
    given.add_argument("--words", type=int, default=150)
    given.add_argument("--postgres", default="")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COUNTERPART_DATA"] = os.environ.get("FINDING_DATA") or folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "counterpart.sites.practice.settings"
        if asked.postgres:
            os.environ["COUNTERPART_PRACTICE_DATABASE_URL"] = asked.postgres
        import django

        django.setup()
        run(asked.contacts, asked.matters, asked.words)


def run(contacts: int, matters: int, words: int) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    people = fill(contacts, matters)
    lists.tidied(connection)
    print(f"{connection.vendor}: {contacts:,} contacts, {matters:,} matters")
    client = signed_in()
    strokes = keystrokes(random.Random(7).sample(people, words))
    took = {kind: [timed(client, text) for text in texts] for kind, texts in strokes.items()}
    every = [one for some in took.values() for one in some]
    for kind, some in (*took.items(), ("all keystrokes", every)):
        told(kind, some)
    told(
        "without the index (LIKE over the records)", [plain(text) for text in strokes["a name, letter by letter"][:200]]
    )


def told(what: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles([one * 1000 for one in seconds], n=100)
    print(f"  {what}: {len(seconds)}, p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms")


def fill(contacts: int, matters: int) -> list[dict[str, str]]:
    """Contacts and matters as rows; returns the people as they were invented."""
    from django.db import transaction

    from counterpart.foundation.clock import now
    from counterpart.foundation.ids import new_id
    from counterpart.practice.contacts.drafts import Draft
    from counterpart.practice.contacts.models import Contact
    from counterpart.practice.contacts.rows import insert_contacts
    from counterpart.practice.matters.models import Matter

    people = invent.rows(contacts)
    if Contact.objects.exists():
        return people
    ids = [new_id() for _ in people]
    began = time.perf_counter()
    for start in range(0, contacts, BATCH):
        rows = []
        for number, person in enumerate(people[start : start + BATCH], start):
            draft = Draft(
                first=person["first"], last=person["last"], email=person["email"],
                phones=[{"label": "mobile", "number": person["mobile_phone"]}],
                physical_address={"city": person["physical_city"]},
            )  # fmt: skip
            rows.append((ids[number], columns_of(draft) | {"reference": str(100_000 + number)}, "Benchmark"))
        with transaction.atomic():
            insert_contacts(rows, now())
    print(f"  contacts written and indexed: {contacts / (time.perf_counter() - began):,.0f} a second")
    if not Matter.objects.exists():
        fill_matters(ids, people, matters)
    return people


def columns_of(draft: Any) -> dict[str, Any]:
    from counterpart.practice.contacts.models import Contact
    from counterpart.practice.contacts.rows import CARRIED

    empty = {name: Contact._meta.get_field(name).get_default() for name in CARRIED}  # noqa: SLF001 - Django's public door
    return empty | {name: getattr(draft, name) for name in CARRIED if hasattr(draft, name)}


def fill_matters(ids: list[Any], people: list[dict[str, str]], count: int) -> None:
    from django.db import transaction

    from counterpart.foundation.clock import now
    from counterpart.foundation.ids import new_id
    from counterpart.foundation.users.models import User
    from counterpart.practice.matters.models import MatterType, Role
    from counterpart.practice.matters.rows import CARRIED, PartyRow, insert_matters, insert_parties

    owner = User.objects.create(email="bench@example.com", name="Bench", created_at=now())
    kind = MatterType.objects.first() or MatterType.objects.create(name="Any", name_key="any")
    role = Role.objects.filter(matter_type=kind, is_primary=True).first() or Role.objects.create(
        matter_type=kind, name="Client", name_key="client", is_primary=True
    )
    chance = random.Random(3)
    empty = dict.fromkeys(CARRIED, "") | {
        "requested_keep_sequence": False, "assigned_to_id": owner.pk, "status": "active", "priority": "normal",
        "date": now().date(), "matter_type_id": kind.pk, "is_demo": False,
    }  # fmt: skip
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        rows, parties = [], []
        for number in range(start, min(start + BATCH, count)):
            at, key = chance.randrange(len(ids)), new_id()
            name = f"{people[at]['last']} v {people[chance.randrange(len(people))]['last']}"
            facts = {"matter_number": number + 1, "name": name, "restricted": number % 50 == 0}
            rows.append((key, empty | facts | {"file_reference": f"{100_000 + at}-{number % 1000:03d}"}))
            parties.append(PartyRow(new_id(), key, role.pk, ids[at], 0, [], "Client", is_primary=True, contact_name=""))
        with transaction.atomic():
            insert_matters(rows, "Benchmark", now())
            insert_parties(parties)
    print(f"  matters with a client written and indexed: {count / (time.perf_counter() - began):,.0f} a second")


def signed_in() -> Any:
    from django.test import Client

    from counterpart.foundation.clock import now
    from counterpart.foundation.users.models import Role, User

    user, _ = User.objects.get_or_create(email="typist@example.com", defaults={"name": "Typist", "created_at": now()})
    rights = ["contact.read", "contact.create", "matter.read", "matter.create"]
    user.roles.set([Role.objects.get_or_create(name="Typists", defaults={"rights": rights})[0]])
    client = Client()
    client.force_login(user)
    return client


def keystrokes(people: list[dict[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number, person in enumerate(people):
        name = f"{person['first']} {person['last']}"
        last = person["last"].split("-")[0]
        found.setdefault("a name, letter by letter", []).extend(name[:at] for at in range(2, min(len(name), 14) + 1))
        found.setdefault("last name first", []).append(f"{last} {person['first']}".lower())
        found.setdefault("a number", []).extend([str(100_000 + number * 7)[:at] for at in (2, 3, 4, 6)])
        phone = person["mobile_phone"]
        found.setdefault("a phone number", []).extend([phone[:6], phone, "+1 " + phone.replace("-", " ")])
        wrong = last[: len(last) // 2] + "x" + last[len(last) // 2 + 1 :]
        found.setdefault("a misspelt name", []).extend([wrong, f"{person['first']} {wrong}"])
    return found


def timed(client: Any, text: str) -> float:
    began = time.perf_counter()
    answer = client.get("/search/box/", {"q": text})
    took = time.perf_counter() - began
    if answer.status_code != 200:
        sys.exit(f"The box answered {answer.status_code} to {text!r}.")
    return took


def plain(text: str) -> float:
    from django.db.models import Q

    from counterpart.practice.contacts.models import Contact

    began = time.perf_counter()
    condition = Q()
    for word in text.lower().split():
        condition &= Q(search_text__contains=word)
    found = Contact.objects.filter(condition, deleted_at=None)
    list(found.order_by("sort_name")[:5])
    found.count()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
