"""Contacts from a CSV file, with the columns both products' imports share."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing import running
from counterpart.foundation.importing.models import ImportRun
from counterpart.foundation.importing.running import Import, Tell
from counterpart.foundation.importing.tables import Row
from counterpart.foundation.importing.tallies import Tally
from counterpart.practice.contacts.drafts import ADDRESS_LINES, Draft
from counterpart.practice.contacts.naming import display_name
from counterpart.practice.contacts.operations import Created, Result, create_contacts
from counterpart.sync.api import Lane

KINDS: Final = {"person": "individual", "individual": "individual", "company": "company", "organisation": "company"}
PHONE_COLUMNS: Final = (
    ("business_phone", "business"), ("mobile_phone", "mobile"), ("home_phone", "home"), ("other_phone", "other"),
    ("fax", "fax"), ("sms_phone", "sms"),
)  # fmt: skip
HEADINGS: Final = ("Name", "Kind", "Reference", "E-mail", "City")
TEXT_COLUMNS: Final = ("title", "first", "middle", "last", "suffix", "alias", "email", "company", "reference")


def import_file(
    *,
    actor: Actor,
    path: Path,
    clock: Callable[[], datetime],
    tell: Tell = lambda _: None,
    again: bool = False,
    is_demo: bool = False,
) -> ImportRun:
    """Import contacts and return the finished run; see ``foundation.importing.running.import_file``."""
    return running.import_file(contact_import(actor, path, is_demo=is_demo), clock=clock, tell=tell, again=again)


def contact_import(actor: Actor, path: Path, *, is_demo: bool = False, file_name: str = "") -> Import:
    """The import of contacts from this file."""
    create = partial(_create, actor=actor, is_demo=is_demo)
    columns = ("first", "last", "company")
    return Import(actor, path, create, columns, what="contacts", headings=HEADINGS, file_name=file_name)


def draft_of(row: Row, *, is_demo: bool = False) -> Draft:
    """The contact a row describes. Raises Refused."""
    given = (row.get("type") or "").strip().casefold()
    has_person = bool(row.get("first") or row.get("last"))
    kind = KINDS.get(given) if given else ("individual" if has_person else "company")
    if kind is None:
        raise Refused([FieldError("type", f"'{given}' is not a type; use person or company.", "type.unknown")])
    addresses: list[dict[str, str]] = [
        {line: row.get(f"{prefix}_{line}", "") for line in ADDRESS_LINES} for prefix in ("physical", "mailing")
    ]
    for address in addresses:
        address["country"] = address["country"].strip().upper()
    return Draft(
        kind=kind,
        **{name: row.get(name, "") for name in TEXT_COLUMNS},
        phones=[{"label": label, "number": number} for column, label in PHONE_COLUMNS if (number := row.get(column))],
        physical_address=addresses[0],
        mailing_address=addresses[1],
        # A number in a file says nothing about where numbering should go on (IMP-8).
        keep_sequence=True,
        numbering_sequence=(row.get("numbering_sequence") or "client").strip().casefold(),
        is_demo=is_demo,
    )


def _create(chunk: Sequence[Row], at: datetime, tally: Tally, *, actor: Actor, is_demo: bool) -> list[str]:
    def create(drafts: list[Draft]) -> list[Result]:
        results = create_contacts(actor=actor, drafts=drafts, at=at, lane=Lane.BULK)
        for made in results:
            if isinstance(made, Created):
                _show(made, tally)
        return results

    return running.reasons_for(chunk, partial(draft_of, is_demo=is_demo), create)


def _show(made: Created, tally: Tally) -> None:
    columns = made.columns
    tally.count("contact")
    city = columns["physical_address"].get("city") or columns["mailing_address"].get("city", "")
    tally.show(display_name(columns), columns["kind"], columns["requested_reference"], columns["email"], city)
