"""Contacts and files taken away as they are shown: the columns, the rights, and what an import takes again (EXP-1)."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from tests.accounting.conftest import create, person, signed_in, token_for
from tests.accounting.files_world import opened, people

from counterpart.accounting.contacts.importing import FIELDS, draft_of
from counterpart.foundation.exporting.tables import stranded, tables
from counterpart.foundation.history.models import Event

pytestmark = pytest.mark.django_db
EXPORT = ("contact.read", "contact.export", "file.read", "file.export")


def rows(client: Client, path: str, **choices: Any) -> list[dict[str, str]]:
    answer = client.post(path, {"format": "csv", "which": "shown", "delimiter": "comma", **choices})
    assert answer.status_code == 200, answer.content
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_files_are_taken_away_as_they_are_shown() -> None:
    """EXP-1, HIS-3: filtered, with the columns of the list; who took what is in the log, and others may not."""
    ada = person("Ada", *EXPORT)
    ng, abel = people("Ng", "Abel")
    opened(ng, abel, description="Purchase")
    opened(abel, description="=Sale")

    found = rows(signed_in(ada), "/files/export/", query="q=Sale", which="all")

    assert ["'=Sale" in row.values() for row in found] == [True]
    assert Event.objects.get(verb="exported").changes["rows"] == [None, 1]
    ben = signed_in(person("Ben", "contact.read", "file.read"))
    assert ben.get("/files/export/").status_code == ben.post("/contacts/export/").status_code == 403


def test_every_field_of_a_contact_can_be_imported_again() -> None:
    """IMP-1: what the file says of a contact is what it is."""
    given = {
        "last": "Ng", "first": "Ada", "work_phone": "+64 21 555 1234", "fax": "09 1", "email": "ada@ng.example",
        "main_address": {"line1": "1 Row", "city": "Rye", "country": "GB"},
        "additional_addresses": [{"usage": "mailing", "line1": "PO Box 1"}],
    }  # fmt: skip
    contact = create(**given)

    (row,) = rows(signed_in(person("Ada", *EXPORT)), "/contacts/export/", which="fields")

    again = draft_of({name: cell for name, cell in row.items() if cell}, {}).given
    assert {name: again[name] for name in given} == given
    assert (row["id"], row["reference"]) == (str(contact.pk), contact.number)
    assert row.keys() >= FIELDS.names


def test_every_row_of_a_full_export_can_be_put_back() -> None:
    """No column of an exported table must refer to a table that stays; the numbers once given are all there."""
    assert not stranded()
    kinds = {table.name for table in tables()}
    assert {"accounting_numbering.numberledger", "accounting_numbering.filenumberledger", "sync.record"} <= kinds


def test_cards_and_the_api() -> None:
    """API-2: a program gets the same files."""
    contact = create(last="Ng", first="Ada")
    headers = {"Authorization": f"Bearer {token_for(person('Ada', *EXPORT))}"}

    card = Client().get("/api/v1/contacts/export?format=vcard", headers=headers)

    text = b"".join(card.streaming_content).decode()  # type: ignore[attr-defined]
    assert f"UID:urn:uuid:{contact.pk}\r\n" in text
    assert f"X-COUNTERPART-NUMBER:{contact.number}\r\n" in text
    assert Client().get("/api/v1/files/export?format=vcard", headers=headers).status_code == 422
