"""Importing at a page: look first, then chunk by chunk, with refused rows to take away (IMP-1 to IMP-10)."""

import csv
import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.practice.conftest import WORK, person, signed_in, text_of

from counterpart.foundation.importing import running
from counterpart.foundation.importing.models import ImportRun
from counterpart.practice.contacts.models import Contact
from counterpart.practice.matters.models import Matter

pytestmark = pytest.mark.django_db

PEOPLE = "type,first,last,email\nperson,Odalys,Pemberton,odalys@pemberton.example\nperson,,,\nperson,Ruth,Abara,\n"
DOCKETS = (
    "court,docket_number,matter_name,participant_name,participant_role\n"
    "winn,17,Pemberton v. Orbast,Odalys Pemberton,Plaintiff\n"
    "winn,17,,Orbast LLC,Defendant\n"
    "winn,18,,Orbast LLC,Plaintiff\n"
)


@pytest.fixture
def bea(db) -> Client:
    return signed_in(person("Bea", *WORK, "import.run", "matter.read", "matter.create", "matter.edit", "settings.edit"))


def upload(client: Client, text: str, kind: str = "contacts", **fields: str):
    file = SimpleUploadedFile("list.csv", text.encode(), "text/csv")
    return client.post(f"/{kind}/import/", {"file": file, **fields})


def files_kept() -> list[str]:
    folder = settings.COUNTERPART_DATA / "imports"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_an_upload_shows_what_would_be_made_and_makes_nothing(bea):
    """The rows that would fail are named with their reason before anything is written."""
    before = files_kept()
    page = bea.get(upload(bea, PEOPLE)["Location"])

    text = text_of(page)
    assert "2 contacts from 3 rows. 1 row would be refused" in text
    assert "3 last: Enter a first or a last name." in text  # as a spreadsheet counts, headings included
    assert "Import 2 rows" in text
    assert "Odalys Pemberton" in text
    assert not Contact.objects.exists()
    assert len(files_kept()) == len(before) + 1


def test_an_import_goes_on_by_itself_to_its_end(bea, monkeypatch):
    """Each answer asks for the next rows; the file is removed at the end; the counts are said."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    before = files_kept()
    address = upload(bea, PEOPLE)["Location"]

    first = bea.post(f"{address}steps/", headers={"HX-Request": "true"})
    assert f'hx-post="{address}steps/" hx-trigger="load"' in first.content.decode()
    assert "2 of 3 rows; made so far: 1 contact; 1 row refused." in text_of(first)
    last = bea.post(f"{address}steps/", headers={"HX-Request": "true"})

    assert "hx-trigger" not in last.content.decode()
    assert "Imported: 2 contacts. 1 row of 3 was refused" in text_of(last)
    assert (Contact.objects.count(), files_kept()) == (2, before)


def test_without_script_each_press_imports_the_next_rows(bea, monkeypatch):
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    address = upload(bea, PEOPLE)["Location"]

    paused = bea.post(f"{address}steps/", follow=True)
    assert "Paused" in text_of(paused)
    done = bea.post(f"{address}steps/", follow=True)

    assert "Imported: 2 contacts." in text_of(done)
    assert "Imported: 2 contacts." in text_of(bea.post(f"{address}steps/", follow=True))
    assert Contact.objects.count() == 2


def test_refused_rows_are_downloaded_as_they_were_with_the_reason(bea):
    """Corrected, the file is imported as it is."""
    address = upload(bea, PEOPLE)["Location"]
    bea.post(f"{address}steps/")

    text = b"".join(bea.get(f"{address}failed.csv")).decode()

    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows == [
        {"type": "person", "first": "", "last": "", "email": "", "reason": "last: Enter a first or a last name."}
    ]
    again = upload(bea, text.replace("person,,,", "person,,Vane,"))
    bea.post(f"{again['Location']}steps/")
    assert Contact.objects.filter(last="Vane").exists()


def test_a_stopped_import_keeps_what_it_made_and_can_go_on(bea, monkeypatch):
    """Stopping removes the file; the same file, chosen again, goes on behind what was done."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 1)
    before = files_kept()
    address = upload(bea, PEOPLE)["Location"]
    bea.post(f"{address}steps/")

    stopped = bea.post(f"{address}cancellation/", follow=True)

    assert "Stopped after 1 of 3 rows." in text_of(stopped)
    assert files_kept() == before
    bea.post(f"{address}steps/")
    assert Contact.objects.count() == 1
    assert upload(bea, PEOPLE)["Location"] == address
    for _ in range(2):
        bea.post(f"{address}steps/")
    assert (Contact.objects.count(), ImportRun.objects.get().is_finished) == (2, True)


def test_a_file_that_was_imported_is_imported_again_only_if_asked(bea):
    address = upload(bea, PEOPLE)["Location"]
    bea.post(f"{address}steps/")

    refused = upload(bea, PEOPLE)

    assert refused.status_code == 422
    assert "This file was imported before" in text_of(refused)
    assert upload(bea, PEOPLE, again="on").status_code == 302


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("a,b\n1,2\n", "has no column first, last or company"), ("", "The submitted file is empty."), (None, "required")],
)
def test_a_file_that_can_not_be_one_is_refused_beside_the_field(bea, content, sentence):
    answer = bea.post("/contacts/import/") if content is None else upload(bea, content)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not ImportRun.objects.exists()


def test_matters_are_imported_at_a_page_with_their_choices(bea):
    """The role that makes a client, and what the file leaves open."""
    address = upload(bea, DOCKETS, "matters", client_role="Plaintiff", matter_type="Litigation")["Location"]
    text = text_of(bea.get(address))
    assert "2 contacts, 1 matter and 3 parties from 3 rows. 1 row would be refused" in text
    assert "matter_name: Enter the name of the matter." in text

    done = bea.post(f"{address}steps/", follow=True)

    assert "Imported: 2 contacts, 1 matter and 3 parties." in text_of(done)
    assert [str(party) for party in Matter.objects.get().parties.filter(role__is_primary=True)] == [
        "Client: Odalys Pemberton"
    ]


def test_choices_that_name_nobody_are_refused_beside_their_field(bea):
    answer = upload(bea, DOCKETS, "matters", client_role="Plaintiff", matter_type="Bogus")

    assert answer.status_code == 422
    assert "Select a valid choice" in text_of(answer)


def test_an_example_file_has_every_column(bea):
    """IMP-10: and it can be imported as it is."""
    text = bea.get("/matters/import/columns.csv").content.decode()

    address = upload(bea, text, "matters", client_role="Plaintiff")["Location"]
    done = bea.post(f"{address}steps/", follow=True)

    assert "Every row was taken." in text_of(done)


def test_an_upload_is_seen_by_nobody_else(bea, admin):
    """The file may name people the firm keeps behind a wall."""
    address = upload(bea, PEOPLE)["Location"]
    other = signed_in(admin)

    for path in (address, f"{address}failed.csv"):
        assert other.get(path).status_code == 404
    assert other.post(f"{address}steps/").status_code == 404
    assert "list.csv" not in text_of(other.get("/contacts/import/"))
    assert "Bea is importing this file." in text_of(upload(other, PEOPLE))


def test_who_may_not_import_sees_no_page(ada):
    """PRM-6: creating one by one is another right; and importing matters needs both."""
    reader = signed_in(person("Rhea", "import.run"))

    assert signed_in(ada).get("/contacts/import/").status_code == 403
    assert upload(signed_in(ada), PEOPLE).status_code == 403
    assert (reader.get("/contacts/import/").status_code, reader.get("/matters/import/").status_code) == (403, 403)
