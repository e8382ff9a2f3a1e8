"""The demonstration firm inside one site: its people, and contacts and matters by way of the product's own imports.

It has what a firm has after a while (ONB-1): besides records in step one that is red because its number was given to
somebody else, with its matter; a matter assigned to somebody whom Legal Accounting does not know; and gray ones, not
offered yet. Nothing is painted: the exchange itself makes them so, and each is cured where its panel says.
"""

from __future__ import annotations

import csv
from datetime import datetime
from importlib import import_module
from importlib.resources import as_file, files
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from counterpart.cli.demo import PASSWORD
from counterpart.cli.errands import people
from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Blocked
from counterpart.foundation.importing.whole import Order, import_file
from counterpart.foundation.users.models import User

IMPORTER: Final = "bea@example.com"
FIRST_NUMBER: Final = 1041
RESTRICTED: Final = "Office 2026-002"
"""A matter that Ada alone may see, to show what a wall does."""
RESTRICTED_TO: Final = "ada@example.com"
CLASHING: Final = "rafael@montoya.example"
HELD: Final = "accounting-held"


def load(_facts: dict[str, Any]) -> dict[str, Any]:
    """People who are missing, and contacts and matters unless some are there already."""
    added = people.create_cast(PASSWORD)
    # Only its own: what the other product had may arrive here after it was removed there.
    if _module("contacts.models").Contact.objects.filter(is_demo=True, deleted_at=None).exists():
        return {"people": added, "contacts": 0, "matters": 0}
    if settings.COUNTERPART_PRODUCT == "accounting":
        begin_numbering()
        return {"people": added, "contacts": load_contacts("accounting") + load_contacts(HELD, hold=True), "matters": 0}
    contacts = load_contacts("practice") + create_clashing()
    matters = load_matters()
    return {"people": added, "contacts": contacts + matters.get("contact", 0), "matters": matters.get("matter", 0)}


def begin_numbering() -> None:
    """A firm with history does not begin at 1; a sequence that has been used is left where it is."""
    if _module("numbering.models").NumberLedger.objects.exists():
        return
    operations = _module("numbering.operations")
    operations.change_numbering(
        actor=Actor.system("Demonstration", "command"),
        at=clock.now(),
        sequences={"client": operations.SequenceChange(next=FIRST_NUMBER)},
    )


def load_contacts(file: str, *, hold: bool = False) -> int:
    """Each product begins with contacts of its own; the exchange brings the rest. ``hold``: gray until released."""
    actor = Actor.of(User.objects.get(email=IMPORTER), "import")
    with as_file(_files() / f"{file}.csv") as path:
        order = Order(_module("contacts.import_page").CONTACTS, actor, path, {"hold": hold}, is_demo=True)
        run = import_file(order, clock=clock.now, again=True)
    assert run.failed_count == 0, f"{run.failed_count} contacts of the demonstration were refused"
    return int(run.created_count)


def create_clashing() -> int:
    """A client under a number from an old card index, which Legal Accounting has given to somebody else (NUM-10).

    In a firm with numbers of its own it may be free there: then it is granted, and the sequence is kept.
    """
    draft = _module("contacts.drafts").Draft(
        title="Mr", first="Rafael", last="Montoya", email=CLASHING, reference=str(FIRST_NUMBER), keep_sequence=True,
        phones=[{"label": "business", "number": "207-555-0159"}], is_demo=True,
    )  # fmt: skip
    actor = Actor.of(User.objects.get(email=IMPORTER), "command")
    made = _module("contacts.operations").create_contacts(actor=actor, drafts=[draft], at=clock.now())
    return len(made)


def load_matters() -> dict[str, int]:
    """Matters begin in Practice Management; Legal Accounting gets its files by the exchange. How many of what."""
    subject, queries = _module("matters.importing.page").MATTERS, _module("matters.queries")
    actor = Actor.system("Demonstration", "import")
    with as_file(_files() / "matters.csv") as path:
        run = import_file(Order(subject, actor, path, is_demo=True), clock=clock.now, again=True)
    assert run.failed_count == 0, [failure.reason for failure in run.failures.all()]
    found = queries.matters_by_external_key(actor, [RESTRICTED])[RESTRICTED]
    _module("matters.operations").restrict_matter(
        actor=actor, matter_id=found.id, user_ids=[User.objects.get(email=RESTRICTED_TO).pk], at=clock.now()
    )
    return dict(run.counts)


def remove(_facts: dict[str, Any]) -> dict[str, Any]:
    """Delete what the demonstration brought, here and by way of the other product; switch its people off."""
    actor, at = Actor.system("Demonstration", "command"), clock.now()
    matters = remove_matters(actor, at)
    waiting = list(loaded_contacts())
    deleted = 0
    # A company may be kept by its own people: once they are gone, a second round takes it too.
    for _ in range(2):
        blocked = [each for each in waiting if not _delete(each, actor, at)]
        deleted, waiting = deleted + len(waiting) - len(blocked), blocked
    switched_off, stay = people.remove_cast()
    return {"matters": matters, "contacts": deleted, "kept": len(waiting), "people": switched_off, "stay": stay}


def remove_matters(actor: Actor, at: datetime) -> int:
    """Delete the demonstration's matters, or in Legal Accounting the files whose payers are all the demonstration's."""
    if settings.COUNTERPART_PRODUCT == "practice":
        matters = _module("matters.models").Matter.objects.filter(is_demo=True, deleted_at=None)
        found = list(matters.values_list("pk", flat=True))
        for matter_id in found:
            _module("matters.operations").delete_matter(actor=actor, matter_id=matter_id, at=at)
        return len(found)
    models = _module("files.models")
    others = models.FilePayer.objects.exclude(contact_id__in=loaded_contacts().values("pk")).values("file_id")
    found = list(models.File.objects.filter(deleted_at=None).exclude(pk__in=others).values_list("pk", flat=True))
    for file_id in found:
        _module("files.operations").delete_file(file_id=file_id, actor=actor, at=at)
    return len(found)


def _delete(contact_id: UUID, actor: Actor, at: datetime) -> bool:
    try:
        _module("contacts.operations").delete_contact(contact_id=contact_id, actor=actor, at=at)
    except Blocked:
        return False
    return True


def loaded_contacts() -> Any:
    """Marked as demonstration, or arrived from the other product under one of its invented e-mails."""
    contact = _module("contacts.models").Contact
    ours = Q(is_demo=True) | Q(email__in=_emails())
    return contact.objects.filter(ours, deleted_at=None).order_by("id").values_list("id", flat=True)


def _emails() -> list[str]:
    found = [CLASHING]
    for file in ("practice", "accounting", HELD, "matters"):
        text = (_files() / f"{file}.csv").read_text(encoding="utf-8")
        found += [row["email"] for row in csv.DictReader(text.splitlines())]
    return found


def _files() -> Any:
    return files("counterpart.cli") / "firm"


def _module(name: str) -> Any:
    """A module of this site's product; which product that is, only the settings know."""
    return import_module(f"counterpart.{settings.COUNTERPART_PRODUCT}.{name}")
