"""Contacts from a CSV file, with the columns both products' imports share."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from counterpart.accounting.contacts.operations import Draft, create_contacts
from counterpart.contracts.contact import ADDRESS_PARTS
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused
from counterpart.foundation.importing import running
from counterpart.foundation.importing.models import ImportRun
from counterpart.foundation.importing.running import Import, Tell
from counterpart.foundation.importing.tables import Row
from counterpart.foundation.importing.tallies import Tally
from counterpart.sync.api import Lane

KINDS: Final = {"person": "individual", "individual": "individual", "company": "company", "organisation": "company"}
TEXT_COLUMNS: Final = ("title", "first", "middle", "last", "suffix", "alias", "email", "company", "fax")
PHONE_COLUMNS: Final = {
    "business_phone": "work_phone", "mobile_phone": "mobile_phone", "home_phone": "home_phone",
    "other_phone": "other_phone",
}  # fmt: skip


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


def contact_import(actor: Actor, path: Path, *, is_demo: bool = False) -> Import:
    """Return the import of contacts from this file."""
    create = partial(_create, actor=actor, is_demo=is_demo)
    return Import(actor, path, create, ("first", "last", "company"))


def draft_of(row: Row, *, is_demo: bool = False) -> Draft:
    """Return the contact a row describes. Raises Refused for a type that is none."""
    kind = (row.get("type") or "").strip().casefold()
    if kind and kind not in KINDS:
        raise Refused([FieldError("type", f"'{kind}' is not a type; use person or company.", "type.unknown")])
    given: dict[str, Any] = {name: row.get(name, "") for name in TEXT_COLUMNS}
    given |= {field: row.get(column, "") for column, field in PHONE_COLUMNS.items()}
    if kind:
        given["display_as"] = KINDS[kind]
    given["contact_type"] = (row.get("contact_type") or row.get("numbering_sequence") or "client").strip().casefold()
    given["main_address"] = _address(row, "physical")
    given["additional_addresses"] = [{"usage": "mailing", **_address(row, "mailing")}]
    number = (row.get("number") or row.get("reference") or "").strip()
    # A number in a file says nothing about where numbering should go on (IMP-8).
    return Draft(given, number, keep_sequence=True, is_demo=is_demo)


def _create(chunk: Sequence[Row], at: datetime, tally: Tally, *, actor: Actor, is_demo: bool) -> list[str]:
    reasons = running.reasons_for(
        chunk,
        partial(draft_of, is_demo=is_demo),
        lambda drafts: create_contacts(drafts, actor=actor, at=at, lane=Lane.BULK),
    )
    tally.count("contact", reasons.count(""))
    return reasons


def _address(row: Row, prefix: str) -> dict[str, str]:
    address = {part: row.get(f"{prefix}_{part}", "") for part in ADDRESS_PARTS}
    return address | {"country": address["country"].strip().upper()}
