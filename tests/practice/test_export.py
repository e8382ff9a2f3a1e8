"""Contacts and matters taken away as they are shown: without what may not be seen, and noted in the log."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook
from tests.practice.conftest import AT, actor, create, person, signed_in, token_for
from tests.practice.matters import MATTER_WORK, open_matter

from counterpart.foundation import clock
from counterpart.foundation.cells import plain
from counterpart.foundation.exporting import sheets
from counterpart.foundation.history.models import Event
from counterpart.foundation.jobs import running
from counterpart.foundation.jobs.models import Job
from counterpart.practice.contacts.importing import FIELDS, draft_of
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.operations import restrict_matter

pytestmark = pytest.mark.django_db
EXPORT = ("matter.read", "matter.export", "contact.read", "contact.export")


def taken(client: Client, path: str, **choices: Any) -> bytes:
    """The file that the page of a list makes with these choices."""
    answer = client.post(path, {"format": "csv", "which": "shown", "delimiter": "comma", **choices})
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def rows(client: Client, path: str, **choices: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(taken(client, path, **choices).decode("utf-8-sig"))))


def test_the_file_has_what_the_list_shows():
    """EXP-1, EXP-2: all pages of the filtered list, in its order, with its columns; no formula for a spreadsheet."""
    ada = person("Ada", *EXPORT)
    first, second = create(last="Ng"), create(last="Abel")
    open_matter(ada, first, second, name="=HYPERLINK(1)", external_reference="cv-588")
    open_matter(ada, first, name="Other")
    client = signed_in(ada)

    assert b"Export 1 matter" in client.get("/matters/export/?q=cv-588").content
    found = rows(client, "/matters/export/", query="q=cv-588&columns=name,clients,external")
    ((title, clients, external),) = [list(row.values()) for row in found]
    assert title.endswith("=HYPERLINK(1)")
    assert not title.startswith("=")
    assert (clients, external) == ("Ng; Abel", "cv-588")
    assert list(found[0]) == ["Matter", "Clients", "External reference"]
    assert len(rows(client, "/matters/export/")) == 2
    names = [row["Name"] for row in rows(client, "/contacts/export/", query="sort=-name")]
    assert names == ["Ng", "Abel"]


def test_a_restricted_matter_is_not_in_it():
    """PRM-4: neither its name nor a trace of it, for those not listed; not by its identity either."""
    boss, ben = person("Boss", *MATTER_WORK), person("Ben", *EXPORT)
    secret = open_matter(boss, create(last="Ng"), name="Secret")
    restrict_matter(actor=actor(boss), matter_id=secret.pk, user_ids=[], at=AT)

    assert rows(signed_in(ben), "/matters/export/", which="all") == []
    assert rows(signed_in(ben), "/matters/export/", query="q=Secret", id=[str(secret.pk)]) == []


@pytest.mark.parametrize("path", ["/matters/export/", "/contacts/export/"])
def test_it_needs_the_right_and_leaves_a_trace(path: str):
    """HIS-3, EXP-1: who took out what, by which filter, and how many."""
    cleo = signed_in(person("Cleo", "matter.read", "contact.read"))
    assert cleo.get(path).status_code == cleo.post(path, {"format": "csv"}).status_code == 403

    open_matter(person("Boss", *MATTER_WORK), create(last="Ng"))
    rows(signed_in(person("Ada", *EXPORT)), path, query="status=closed")

    event = Event.objects.filter(verb="exported").get()
    assert event.actor_name == "Ada"
    assert event.changes["query"] == [None, "status=closed"]
    assert event.changes["rows"] == [None, 0]
    assert event.changes["format"] == [None, "CSV"]


def test_what_is_ticked_is_taken_alone():
    """LST-8: in whatever format."""
    first, _second = create(last="Ng"), create(last="Abel")
    client = signed_in(person("Ada", *EXPORT))

    card = taken(client, "/contacts/export/", format="vcard", id=[str(first.pk)]).decode()
    sheet = taken(client, "/contacts/export/", format="xlsx", which="all", id=[str(first.pk)])

    assert card.count("BEGIN:VCARD") == 1
    assert f"UID:urn:uuid:{first.pk}" in card
    read = CalamineWorkbook.from_filelike(io.BytesIO(sheet)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in read] == ["Name", "Ng"]


def test_every_field_can_be_imported_again():
    """EXP-2, IMP-1: what a contact says of itself comes back as the same draft."""
    given = {
        "kind": "individual", "title": "Dr", "first": "@Ada", "last": "=Ng", "email": "ada@ng.example", "alias": "'-A",
        "phones": [
            {"label": "business", "number": "+64 21 555 1234"}, {"label": "business", "number": "09 555 1"},
            {"label": "sms", "number": "021 1"},
        ],
        "physical_address": {"line1": "1 Row", "city": "Rye", "county": "Sussex", "country": "GB"},
        "mailing_address": {"line1": "PO Box 1"}, "external_reference": "x-1",
    }  # fmt: skip
    contact = create(**given)

    (row,) = rows(signed_in(person("Ada", *EXPORT)), "/contacts/export/", which="fields", delimiter="comma", bom="on")

    known = {name: plain(cell) for name, cell in row.items() if cell}
    draft = draft_of(known, {})
    again = {name: getattr(draft, name) for name in given}
    assert again == given
    assert known["id"] == str(contact.pk)
    assert {name.removesuffix(" 2").removesuffix(" 3") for name in row} >= FIELDS.names


def test_a_long_list_is_made_in_the_background(monkeypatch: pytest.MonkeyPatch):
    """EXP-1: a notice, a link for its owner that expires, and a trace in the log once it is made."""
    monkeypatch.setattr(sheets, "AT_ONCE_MAX", 2)
    for last in ("Ng", "Abel", "=Oh"):
        create(last=last)
    ada = person("Ada", *EXPORT)
    client, cleo = signed_in(ada), signed_in(person("Cleo", *EXPORT))

    answer = client.post("/contacts/export/", {"format": "csv", "which": "shown", "delimiter": "tab", "query": "q="})
    job = running.run_for(Job.objects.get(), clock=clock.now, seconds=60)

    assert (answer.status_code, answer.url) == (302, f"/jobs/{job.pk}/")  # type: ignore[attr-defined]
    file = client.get(f"/jobs/{job.pk}/file/")
    names = [line.split("\t")[0] for line in b"".join(file.streaming_content).decode().splitlines()]  # type: ignore[attr-defined]
    assert names == ["Name", "'=Oh", "Abel", "Ng"]
    assert cleo.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert Event.objects.filter(verb="exported").get().changes["rows"] == [None, 3]
    ada.roles.clear()
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 403  # PRM-6: the right of now counts for the file, too


def test_a_right_taken_away_meanwhile_ends_a_long_export(monkeypatch: pytest.MonkeyPatch):
    """PRM-6: the rights of now, not of when it was asked for."""
    monkeypatch.setattr(sheets, "AT_ONCE_MAX", 0)
    create(last="Ng")
    ada = person("Ada", *EXPORT)
    signed_in(ada).post("/contacts/export/", {"format": "csv", "which": "shown", "delimiter": "comma"})
    ada.roles.all().delete()

    job = running.run_for(Job.objects.get(), clock=clock.now, seconds=60)

    assert job.fault
    assert not job.file_name
    assert not Event.objects.filter(verb="exported").exists()


def test_more_records_cost_no_more_statements():
    """Five hundred at a time."""
    client = signed_in(person("Ada", *EXPORT))
    counts = []
    for _ in range(2):
        create(last="Ng")
        with CaptureQueriesContext(connection) as asked:
            rows(client, "/contacts/export/", which="all")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_programs_get_the_same_file(monkeypatch: pytest.MonkeyPatch):
    """API-2: by the same grammar and the same rights; what makes no sense is said."""
    create(last="Ng")
    ada = person("Ada", *EXPORT)
    client, headers = Client(), {"Authorization": f"Bearer {token_for(ada)}"}

    file = client.get("/api/v1/contacts/export?which=fields&query=sort%3Dname", headers=headers)
    assert file.status_code == 200, file.content
    assert b"".join(file.streaming_content).startswith(b"id,type,title,first")  # type: ignore[attr-defined]
    assert client.get("/api/v1/contacts/export?query=updated%3Dsometime", headers=headers).status_code == 422
    assert client.get("/api/v1/matters/export?format=vcard", headers=headers).status_code == 422
    monkeypatch.setattr(sheets, "AT_ONCE_MAX", 0)
    refused = client.get("/api/v1/contacts/export", headers=headers)
    assert refused.json()["code"] == "export.too_many"
    ben = {"Authorization": f"Bearer {token_for(person('Ben', 'contact.read'))}"}
    assert client.get("/api/v1/contacts/export", headers=ben).status_code == 403
    assert Contact.objects.count() == 1
