"""Importing at a page: file, columns, options, dry run, import, undo (IMP-1 to IMP-10)."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.practice.conftest import WORK, connected, create, person, signed_in, text_of

from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.importing import acts, running, uploads
from counterpart.foundation.importing.models import ImportRun, SavedMapping, State
from counterpart.foundation.importing.views import beginning
from counterpart.foundation.importing.views import running as views
from counterpart.foundation.jobs import running as jobs
from counterpart.practice.contacts.models import ACTIVE, Contact
from counterpart.practice.matters.models import Matter

pytestmark = pytest.mark.django_db

PEOPLE = "type,first,last,email\nperson,Odalys,Pemberton,odalys@pemberton.example\nperson,,,\nperson,Ruth,Abara,\n"
DOCKETS = (
    "court,docket_number,matter_name,participant_name,participant_role\n"
    "winn,17,Pemberton v. Orbast,Odalys Pemberton,Plaintiff\n"
    "winn,17,,Orbast LLC,Defendant\n"
    "winn,18,,Orbast LLC,Plaintiff\n"
)
PLAIN = {"mode": "create", "blanks": "keep", "duplicates": "create", "scheme": "client", "match_by": ""}


@pytest.fixture
def bea(db) -> Client:
    rights = (
        "import.run",
        "matter.read",
        "matter.create",
        "matter.edit",
        "settings.edit",
        "contact.delete",
        "matter.delete",
    )
    return signed_in(person("Bea", *WORK, *rights))


def upload(client: Client, text: str | bytes, kind: str = "contacts"):
    content = text.encode() if isinstance(text, str) else text
    return client.post(f"/{kind}/import/", {"file": SimpleUploadedFile("list.csv", content, "text/csv")})


def tried(client: Client, text: str | bytes, kind: str = "contacts", **options: str) -> str:
    """Everything up to the dry run, by the pages' own forms; the address of the run."""
    columns = upload(client, text, kind)["Location"]
    fields = re.findall(r'name="(column-\d+)".*?</select>', client.get(columns).content.decode(), re.DOTALL)
    run = ImportRun.objects.latest("started_at")
    sent = client.post(columns, dict(zip(fields, run.mapping, strict=True)))
    assert sent.status_code == 302, text_of(sent)
    done = client.post(sent["Location"], {**PLAIN, **options})
    assert done.status_code == 302, text_of(done)
    return done["Location"]


def act(client: Client, address: str, what: str):
    return client.post(f"{address}acts/", {"act": what}, follow=True)


def files_kept() -> list[str]:
    return sorted(path.name for path in uploads.folder().iterdir())


def test_the_way_from_a_file_to_contacts(bea):
    """Nothing is written before the last step; refused rows are named, downloaded, corrected, imported as they are."""
    before = files_kept()
    columns = bea.get(upload(bea, PEOPLE)["Location"])
    assert "list.csv: text table, 3 rows." in text_of(columns)
    assert "Odalys" in text_of(columns)

    address = tried(bea, PEOPLE)
    page = text_of(bea.get(address))
    assert "2 contacts new, of 3 rows." in page
    assert "3 Last: Enter a first or a last name." in page  # as a spreadsheet counts, headings included
    assert not Contact.objects.exists()

    done = text_of(act(bea, address, "run"))
    assert "Imported: 2 contacts. 1 row of 3 was refused" in done
    assert Contact.objects.count() == 2
    text = b"".join(bea.get(f"{address}refused.csv")).decode()
    assert list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))) == [
        {"type": "person", "first": "", "last": "", "email": "", "Error": "Last: Enter a first or a last name."}
    ]
    again = tried(bea, text.replace("person,,,", "person,,Vane,"))
    assert "Imported: 1 contact. Every row was taken." in text_of(act(bea, again, "run"))
    assert len(files_kept()) == len(before) + 2  # the first upload was never gone on with


def test_a_long_file_is_read_in_the_background(bea, monkeypatch):
    """IMP-6: the request only keeps it; who waits is led on to the columns when it has been read."""
    monkeypatch.setattr(beginning, "AT_ONCE_BYTES", 0)

    address = bea.get(upload(bea, PEOPLE)["Location"])["Location"]
    page = bea.get(address)
    run = ImportRun.objects.get()
    assert (run.state, run.header, uploads.rows_of(run.pk).exists()) == (State.READING, [], False)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    assert bea.get(address + "options/")["Location"] == address
    jobs.run_for(run.job, clock=now, seconds=5)

    assert bea.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == f"{address}columns/"
    assert "list.csv: text table, 3 rows." in text_of(bea.get(address, follow=True))


def test_a_long_file_that_is_none_says_so_on_its_page(bea, monkeypatch):
    monkeypatch.setattr(beginning, "AT_ONCE_BYTES", 0)
    before = files_kept()
    address = bea.get(upload(bea, b"PK\x03\x04")["Location"])["Location"]

    jobs.run_for(ImportRun.objects.get().job, clock=now, seconds=5)

    page = text_of(bea.get(address))
    assert "The file could not be read." in page
    assert "be read as a workbook" in page
    assert files_kept() == before


def test_reading_otherwise_in_vain_leaves_the_file_as_it_was_read(bea):
    columns = upload(bea, "first,last\nIlse,Pell\n")["Location"]

    page = bea.post(columns.replace("columns", "reading"), {"encoding": "utf-16", "has_header": "on"}, follow=True)

    assert "list.csv is not in the encoding chosen." in text_of(page)
    assert "list.csv: text table, 1 row." in text_of(page)
    assert "Pell" in text_of(page)


def test_columns_are_matched_by_hand_and_remembered(bea):
    """IMP-1: by whoever did it, for the same headings in any order; or for the firm, under a name."""
    columns = upload(bea, "Vorname,Nachname\nIlse,Pell\n")["Location"]
    assert "No column is" in text_of(bea.post(columns, {"column-0": "", "column-1": ""}))
    chosen = {"column-0": "first", "column-1": "last", "save_as": "Old program", "for_firm": "on"}
    assert bea.post(columns, chosen).status_code == 302

    page = text_of(bea.get(upload(bea, "Nachname,Vorname\nPell,Ilse\n")["Location"]))

    assert "Recognised: Old program" in page
    assert ImportRun.objects.latest("started_at").mapping == ["last", "first"]
    assert SavedMapping.objects.get().user is None


def test_what_is_not_taken_over_is_said_before_and_after(bea):
    """IMP-1: also what stands in the last row alone; nobody finds out later that it is nowhere."""
    rows = "".join(f"Ilse,P{number},\n" for number in range(30))
    text = f"first,last,Hobby\n{rows}Ruth,Abara,Sailing\n"
    said = "Not taken over, because no field is chosen for it: Hobby (1 row)."

    assert said in text_of(bea.get(upload(bea, text)["Location"]))
    address = tried(bea, text)
    assert said in text_of(bea.get(address))
    assert said in text_of(act(bea, address, "run"))


def test_every_card_s_details_are_shown(bea):
    """A column that only a later card uses is among the columns too."""
    cards = "".join(f"BEGIN:VCARD\nVERSION:3.0\nN:P{number};Ilse;;;\nEND:VCARD\n" for number in range(30))
    last = "BEGIN:VCARD\nVERSION:3.0\nN:Abara;Ruth;;;\nEMAIL:a@x.example\nNOTE:Sails\nBDAY:--0401\nEND:VCARD\n"

    page = text_of(bea.get(upload(bea, cards + last)["Location"]))

    assert "Not taken over, because no field is chosen for it: note (1 card), further_details (1 card)." in page


def test_a_file_is_read_otherwise_if_somebody_says_so(bea):
    columns = upload(bea, "Ng;Łódź\nVo;Gdańsk\n".encode("cp1250"))["Location"]

    bea.post(columns.replace("columns", "reading"), {"encoding": "cp1250", "delimiter": ";"})

    page = bea.get(columns)
    assert "Łódź" in text_of(page)
    assert ImportRun.objects.get().header == ["Column 1", "Column 2"]


def test_doubtful_rows_are_decided_on_one_by_one(bea):
    """IMP-3: undecided ones are left out; a decision is kept when it is tried again."""
    ilse = create(first="Ilse", last="Pell", email="i@pell.example")
    create(first="Ruth", last="Abara", email="r@abara.example")
    text = "first,last,email,mobile_phone\nIlse,Pell,i@pell.example,555-0101\nRuth,Abara,r@abara.example,555-0102\n"
    address = tried(bea, text, duplicates="ask")
    assert "2 rows look like somebody who is here. 2 not decided" in text_of(bea.get(address))
    review = bea.get(f"{address}review/")
    assert "Change Ilse Pell" in text_of(review)
    assert "Change the record that is here" in text_of(review)

    bea.post(f"{address}review/", {"row-2": f"update:{ilse.pk}", "then": "try"})
    assert "1 not decided: they are left out." in text_of(bea.get(address))
    bea.post(f"{address}review/", {"all": "create"})
    act(bea, address, "try")
    act(bea, address, "run")

    assert Contact.objects.get(pk=ilse.pk).phones == [{"label": "mobile", "number": "555-0101"}]
    assert Contact.objects.filter(last="Abara").count() == 2


def test_an_import_waits_goes_on_and_is_taken_back(bea, monkeypatch):
    """IMP-6, IMP-7: what is left is the runner's; paused between two chunks; undone as a whole."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 1)
    address = tried(bea, PEOPLE)
    for module in (beginning, views):
        monkeypatch.setattr(module, "AT_ONCE_S", 0.0)

    page = act(bea, address, "run")
    assert 'hx-trigger="every 1s"' in page.content.decode()
    act(bea, address, "pause")
    jobs.run_for(ImportRun.objects.get().job, clock=now, seconds=5)
    assert "Paused after" in text_of(bea.get(address))
    act(bea, address, "run")
    jobs.run_for(ImportRun.objects.get().job, clock=now, seconds=5)
    assert "Imported: 2 contacts." in text_of(bea.get(address))
    act(bea, address, "revert")
    jobs.run_for(ImportRun.objects.get().job, clock=now, seconds=5)

    assert "Undone: 2 changes taken back." in text_of(bea.get(address))
    assert not Contact.objects.filter(ACTIVE).exists()


def test_what_is_held_back_is_released(bea):
    """IMP-8."""
    connected()
    address = tried(bea, PEOPLE, hold="on")
    assert "Nothing goes to the other product before you release it." in text_of(bea.get(address))
    page = act(bea, address, "run")
    assert "Release to Legal Accounting" in text_of(page)

    assert "Released to Legal Accounting" in text_of(act(bea, address, "release"))


def test_an_upload_can_be_thrown_away(bea):
    before = files_kept()
    address = tried(bea, PEOPLE)

    act(bea, address, "discard")

    assert (ImportRun.objects.get().state, files_kept()) == (State.DISCARDED, before)
    assert "nothing was imported" in text_of(bea.get(address))


def test_a_file_that_was_imported_is_pointed_out(bea):
    act(bea, tried(bea, PEOPLE), "run")

    assert "This very file was imported before" in text_of(bea.get(upload(bea, PEOPLE)["Location"]))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\n", "has headings and no rows"),
        (b"", "The submitted file is empty."),
        (b"PK\x03\x04", "be read as a workbook"),
    ],
)
def test_a_file_that_can_not_be_one_is_refused_beside_the_field(bea, content, sentence):
    answer = upload(bea, content)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not ImportRun.objects.exists()


def test_options_that_make_no_sense_are_refused_beside_their_field(bea):
    columns = upload(bea, PEOPLE)["Location"]

    answer = bea.post(columns.replace("columns", "options"), {**PLAIN, "mode": "both"})

    assert answer.status_code == 422
    assert "Say how a row finds the record it changes." in text_of(answer)


def test_matters_are_imported_with_their_choices(bea):
    """The role that makes a client, and what the file leaves open."""
    chosen = {"client_role": "Plaintiff", "matter_type": "Litigation", "dates": "month"}
    address = tried(bea, DOCKETS, "matters", **chosen)
    text = text_of(bea.get(address))
    assert "2 contacts, 1 matter and 3 parties new, of 3 rows." in text
    assert "Matter name: Enter the name of the matter." in text

    done = act(bea, address, "run")

    assert "Imported: 2 contacts, 1 matter and 3 parties." in text_of(done)
    assert [str(party) for party in Matter.objects.get().parties.filter(role__is_primary=True)] == [
        "Client: Odalys Pemberton"
    ]


@pytest.mark.parametrize("kind", ["contacts", "matters"])
@pytest.mark.parametrize("name", ["template.csv", "template.xlsx"])
def test_a_template_can_be_imported_as_it_is(bea, kind, name):
    """IMP-10: every column and an example row; what each column means can be taken away too."""
    content = bea.get(f"/{kind}/import/{name}").content

    done = act(bea, tried(bea, content, kind, client_role="Plaintiff", dates="month"), "run")

    assert "Every row was taken." in text_of(done)
    words = bea.get(f"/{kind}/import/columns.csv").content.decode().splitlines()
    assert len(words) == len(ImportRun.objects.latest("started_at").header) + 1


def test_an_upload_is_seen_by_nobody_else(bea, admin):
    """The file may name people the firm keeps behind a wall."""
    address = tried(bea, PEOPLE)
    other = signed_in(admin)

    for path in ("", "columns/", "options/", "review/", "refused.csv", "left-out.csv"):
        assert other.get(f"{address}{path}").status_code == 404
    assert other.post(f"{address}acts/", {"act": "run"}).status_code == 404
    assert "list.csv" not in text_of(other.get("/contacts/import/"))


def test_who_may_not_import_sees_no_page(ada):
    """PRM-6: creating one by one is another right; and importing matters needs both."""
    reader = signed_in(person("Rhea", "import.run"))

    assert signed_in(ada).get("/contacts/import/").status_code == 403
    assert upload(signed_in(ada), PEOPLE).status_code == 403
    assert (reader.get("/contacts/import/").status_code, reader.get("/matters/import/").status_code) == (403, 403)


def test_the_end_of_the_dry_run_does_not_stop_the_import_begun_meanwhile(bea, monkeypatch):
    """Its result is shown a moment before its job has ended; who presses *Import* then goes on undisturbed."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 1)
    address = tried(bea, PEOPLE)
    dry_run = ImportRun.objects.get().job
    monkeypatch.setattr(views, "AT_ONCE_S", 0.0)
    act(bea, address, "run")

    acts.ended(jobs.Run(dry_run, Actor.system("Test"), now))

    assert ImportRun.objects.get().state == State.RUNNING
