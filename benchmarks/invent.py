"""Invented contacts in the columns that import-contacts reads; the same seed gives the same people."""

from __future__ import annotations

import csv
import random
from pathlib import Path

FIRST = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "June", "Kai", "Lena", "Milo", "Nora")
LAST = ("Abbott", "Bexley", "Corwin", "Dunmore", "Easton", "Farrow", "Granger", "Hollis", "Ingram", "Jessop", "Lomax")
STREETS = ("Harbour Row", "Chapel Hill", "Elm Street", "Mill Lane", "Orchard Avenue", "Market Square", "Foundry Way")
CITIES = (("Portland", "ME", "04101"), ("Albany", "NY", "12207"), ("Concord", "NH", "03301"), ("Lowell", "MA", "01852"))
ADDRESS = ("line1", "line2", "city", "state", "postcode", "country")
COLUMNS = (
    *("type", "title", "first", "middle", "last", "suffix", "alias", "email", "company"),
    *(f"physical_{part}" for part in ADDRESS),
    *(f"mailing_{part}" for part in ADDRESS),
    *("business_phone", "mobile_phone", "home_phone", "fax", "website"),
)


def rows(count: int, seed: int = 1, first: int = 0) -> list[dict[str, str]]:
    """People numbered from ``first``: with other numbers they are others, whatever the seed."""
    chance = random.Random(seed)
    return [person(chance, number) for number in range(first, first + count)]


def person(chance: random.Random, number: int) -> dict[str, str]:
    first, last = chance.choice(FIRST), f"{chance.choice(LAST)}-{number}"
    city, state, postcode = chance.choice(CITIES)
    address = {
        "line1": f"{chance.randrange(1, 999)} {chance.choice(STREETS)}",
        "city": city,
        "state": state,
        "postcode": postcode,
        "country": "US",
    }
    row = {
        "type": "person",
        "first": first,
        "last": last,
        "email": f"{first}.{last}@clients.example".lower(),
        "business_phone": f"207-555-{chance.randrange(10000):04d}",
        "mobile_phone": f"802-555-{chance.randrange(10000):04d}",
    }
    row |= {f"physical_{key}": value for key, value in address.items()}
    row |= {f"mailing_{key}": value for key, value in address.items()}
    return row


def write_csv(file: Path, count: int) -> None:
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows(count))


MATTER_COLUMNS = (
    "court", "docket_number", "matter_name", "date_filed", "participant_name", "participant_role", "address", "phone",
    "email",
)  # fmt: skip


CLIENTS_FROM = 1_000_000
"""An import knows the people who are here by their e-mail: its clients are people nobody else invents."""


def write_matters_csv(file: Path, count: int, clients: int = 2, seed: int = 5) -> None:
    """Matters with clients of their own, in the columns that import-matters reads."""
    people = iter(rows(count * clients, seed, CLIENTS_FROM))
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, MATTER_COLUMNS)
        writer.writeheader()
        for number in range(count):
            for _ in range(clients):
                person = next(people)
                writer.writerow(
                    {
                        "court": "bench",
                        "docket_number": f"1:26-cv-{seed}-{number:06d}",
                        "matter_name": f"{person['last']} and others v. Harbor Ferries",
                        "date_filed": "2026-01-31",
                        "participant_name": f"{person['first']} {person['last']}",
                        "participant_role": "Client",
                        "address": ", ".join(person[f"physical_{part}"] for part in ("line1", "city", "state"))
                        + f" {person['physical_postcode']}",
                        "phone": person["business_phone"],
                        "email": person["email"],
                    }
                )


def as_api_contact(row: dict[str, str]) -> dict[str, object]:
    """The same person as Practice Management's API takes it."""
    address = {key: row[f"physical_{key}"] for key in ("line1", "city", "state", "postcode", "country")}
    phones = [
        {"label": "business", "number": row["business_phone"]},
        {"label": "mobile", "number": row["mobile_phone"]},
    ]
    return {
        "kind": "individual",
        "first": row["first"],
        "last": row["last"],
        "email": row["email"],
        "phones": phones,
        "physical_address": address,
    }
