"""Two products that were filled before they met: invented people and matters, the same ones written differently.

Runs inside a site, in a process of its own (``Firm.shell``), with the link put back to unpaired: what is created
then is gray, as it is in a firm that connects after years.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

FIRST = ("Ada", "Ben", "Cleo", "Dara", "Emil", "Fina", "Goran", "Hana", "Ivo", "Jana", "Karim", "Lena", "Mara", "Nils")
LAST = ("Moreau", "Stone", "Reyes", "Lindqvist", "Okafor", "Tanaka", "Novak", "Silva", "Brandt", "Ortega", "Haddad")
BATCH = 500
Person = dict[str, Any]


def firm_of(contacts: int, matters: int, seed: int = 5) -> dict[str, list[dict[str, Any]]]:
    """Records of both products by what they have in common: what each side holds, and whether the two are one.

    Of a hundred contacts 60 have the number on both sides, 10 the e-mail address alone, 10 name and phone, 8 are in
    Practice Management only and 8 in Legal Accounting only; 4 are for a person to decide.
    """
    chance = random.Random(seed)
    rows = [_pair(n, chance) for n in range(contacts)]
    clients = [row for row in rows if row["is"] in "ABC"]
    files = [_matter(n, clients[n % len(clients)]) for n in range(matters)] if clients else []
    return {"contacts": rows, "matters": files}


def _pair(n: int, chance: random.Random) -> dict[str, Any]:
    person = {
        "first": f"{FIRST[n % len(FIRST)]}{n}", "last": f"{LAST[n % len(LAST)]}", "email": f"p{n}@example.com",
        "phone": f"+1 555 {n:07d}", "postcode": f"{10000 + n % 80000}", "number": str(1001 + n),
    }  # fmt: skip
    here, there = dict(person), dict(person)
    share = n % 100
    if share < 60:
        grade = "A"
        here["first"] = f"{person['first'][0]}." if chance.random() < 0.1 else person["first"]
        there["email"] = "" if chance.random() < 0.3 else person["email"]
    elif share < 70:
        grade, here["number"], there["phone"] = "B", "", f"+1 556 {n:07d}"
    elif share < 80:
        grade, here["number"], here["email"] = "C", "", ""
    elif share < 88:
        grade, here["number"], there = "pm", "", {}
    elif share < 96:
        grade, here = "la", {}
    elif share < 98:  # one number, two people
        grade, there = (
            "review",
            {**person, "last": "Somebody", "first": "Else", "email": "", "phone": "", "postcode": ""},
        )
    else:  # a name alone
        grade, here = "review", {**person, "number": "", "email": "", "phone": "", "postcode": ""}
    return {"key": n, "is": grade, "pm": here, "la": there}


def _matter(n: int, client: dict[str, Any]) -> dict[str, Any]:
    made = {"key": n, "client": client["key"], "is": ("A", "C", "pm")[n % 10 // 4] if n % 10 < 9 else "la"}
    made["title"] = f"Matter {n} of {client['pm']['last']}"
    return made


def fill(firm: dict[str, list[dict[str, Any]]], product: str) -> dict[str, int]:
    """Create this product's side; how many contacts and matters."""
    with _unpaired():
        return _fill_practice(firm) if product == "practice" else _fill_accounting(firm)


@contextmanager
def _unpaired() -> Iterator[None]:
    from counterpart.sync.models import Link

    mode = Link.objects.values_list("mode", flat=True).first()
    Link.objects.update(mode="unpaired")
    try:
        yield
    finally:
        if mode is not None:
            Link.objects.update(mode=mode)


def _fill_practice(firm: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    from counterpart.foundation.actor import Actor
    from counterpart.foundation.clock import now
    from counterpart.foundation.users.models import User
    from counterpart.practice.contacts.drafts import Draft
    from counterpart.practice.contacts.operations import Created, create_contacts
    from counterpart.practice.matters.drafts import Draft as MatterDraft
    from counterpart.practice.matters.drafts import PartyDraft
    from counterpart.practice.matters.operations import create_matters

    actor = Actor.system("Filling")
    rows = [row for row in firm["contacts"] if row["pm"]]
    ids: dict[int, Any] = {}
    for part in _parts(rows):
        drafts = [
            Draft(
                first=row["pm"]["first"], last=row["pm"]["last"], email=row["pm"]["email"],
                reference=row["pm"]["number"],
                phones=[{"label": "business", "number": row["pm"]["phone"]}] if row["pm"]["phone"] else [],
                physical_address=_address(row["pm"]),
            )
            for row in part
        ]  # fmt: skip
        for row, made in zip(part, create_contacts(actor=actor, drafts=drafts, at=now()), strict=True):
            assert isinstance(made, Created), (row, made)
            ids[row["key"]] = made.id
    numbers = {row["key"]: row["la"]["number"] for row in firm["contacts"] if row["la"]}
    matters = [one for one in firm["matters"] if one["is"] != "la"]
    owner = User.objects.order_by("pk").first()
    assert owner is not None
    for part in _parts(matters):
        drafts = [
            MatterDraft(
                name=one["title"], assigned_to=owner.pk, parties=[PartyDraft("Client", ids[one["client"]])],
                reference=one.get("reference", f"{numbers[one['client']]}-{_counter(one)}" if one["is"] == "A" else ""),
            )
            for one in part
        ]  # fmt: skip
        for draft, created in zip(drafts, create_matters(actor=actor, drafts=drafts, at=now()), strict=True):
            assert hasattr(created, "id"), (draft, created)
    return {"contacts": len(rows), "matters": len(matters)}


def _fill_accounting(firm: dict[str, list[dict[str, Any]]]) -> dict[str, int]:
    from counterpart.accounting.contacts.operations import Draft, create_contacts
    from counterpart.accounting.files.operations import Draft as FileDraft
    from counterpart.accounting.files.operations import create_files
    from counterpart.foundation.actor import Actor
    from counterpart.foundation.clock import now
    from counterpart.foundation.users.models import User

    actor = Actor.system("Filling")
    rows = [row for row in firm["contacts"] if row["la"]]
    ids: dict[int, Any] = {}
    for part in _parts(rows):
        drafts = [
            Draft(
                {
                    "first": row["la"]["first"], "last": row["la"]["last"], "email": row["la"]["email"],
                    "work_phone": row["la"]["phone"], "main_address": _address(row["la"]),
                },
                number=row["la"]["number"],
            )
            for row in part
        ]  # fmt: skip
        for row, made in zip(part, create_contacts(drafts, actor=actor, at=now()), strict=True):
            ids[row["key"]] = made.id  # type: ignore[union-attr]  # a refusal would be a fault of the test
    files = [one for one in firm["matters"] if one["is"] != "pm"]
    staff = dict.fromkeys(
        ("assigned", "responsible", "lead"), User.objects.order_by("pk").values_list("pk", flat=True)[0]
    )
    for part in _parts(files):
        made = [
            FileDraft(
                {"description": one["title"], **staff}, [ids[one["client"]]],
                number=f"{1001 + one['client']}-{_counter(one)}",
            )
            for one in part
        ]  # fmt: skip
        for draft, opened in zip(made, create_files(made, actor=actor, at=now()), strict=True):
            assert hasattr(opened, "id"), (draft, opened)
    return {"contacts": len(rows), "matters": len(files)}


def _counter(one: dict[str, Any]) -> str:
    return f"{1 + one['key'] % 999:03d}"


def _address(person: Person) -> dict[str, str]:
    return {"line1": "1 High Street", "postcode": person["postcode"]} if person["postcode"] else {}


def _parts(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[start : start + BATCH] for start in range(0, len(rows), BATCH))
