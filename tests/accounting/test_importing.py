"""Importing contacts from a file: resumable, every failed row with its reason (IMP-4, IMP-5, IMP-8)."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from tests.accounting.conftest import WORK, actor, person

from counterpart.accounting.contacts import importing
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.numbering.queries import next_numbers
from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Forbidden, Refusal
from counterpart.foundation.importing import running
from counterpart.foundation.importing.models import ImportRun

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Import", "import")
HEADER = (
    "type,first,last,company,email,reference,physical_city,physical_country,mailing_line1,business_phone,contact_type\n"
)


@pytest.fixture
def table(tmp_path):
    def write(*rows):
        path = tmp_path / "contacts.csv"
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    return write


def test_rows_become_contacts(table):
    path = table("person,Iona,Price,,i@example.nz,,Wellington,nz,PO Box 1,123,", "company,,,Quay,,V-7,,,,,vendor")

    run = importing.import_file(actor=SYSTEM, path=path, clock=now)

    iona, quay = Contact.objects.order_by("number")
    assert (run.created_count, run.failed_count) == (2, 0)
    assert (iona.name, iona.number, iona.main_address) == ("Iona Price", "1", {"city": "Wellington", "country": "NZ"})
    assert (iona.additional_addresses, iona.work_phone) == ([{"usage": "mailing", "line1": "PO Box 1"}], "123")
    assert (quay.name, quay.number, quay.contact_type) == ("Quay", "V-7", "vendor")


def test_typed_number_in_a_file_keeps_the_sequence(table):
    """IMP-8."""
    importing.import_file(actor=SYSTEM, path=table("person,A,B,,,900,,,,,"), clock=now)

    assert next_numbers()["client"] == "1"


def test_failed_rows_are_told_with_reason_and_the_rest_goes_on(table):
    path = table("person,A,B,,odd,,,,,,", "robot,A,B,,,,,,,,", "person,A,Good,,,,,,,,", "person,First,,,,,,,,,")

    run = importing.import_file(actor=SYSTEM, path=path, clock=now)

    assert (run.created_count, run.failed_count) == (1, 3)
    assert list(run.failures.values_list("row_number", "reason")) == [
        (1, "email: Enter an e-mail address such as name@example.com."),
        (2, "type: 'robot' is not a type; use person or company."),
        (4, "last: Enter a last name or a company."),
    ]


def test_import_that_was_cut_off_goes_on_and_creates_nothing_twice(table, monkeypatch):
    """Resumable: progress is committed with each chunk."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 2)
    path = table(*(f"person,A,B{i},,,,,,,," for i in range(5)))
    told = []

    def stop_after_two(progress):
        told.append(progress)
        if progress.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.import_file(actor=SYSTEM, path=path, clock=now, tell=stop_after_two)
    assert Contact.objects.count() == 2

    run = importing.import_file(actor=SYSTEM, path=path, clock=now, tell=told.append)

    assert sorted(Contact.objects.values_list("last", flat=True)) == ["B0", "B1", "B2", "B3", "B4"]
    assert (run.created_count, told[-1]) == (5, (5, 5, 5, 0, 2))
    assert ImportRun.objects.count() == 1


def test_same_file_again_is_not_imported_twice(table):
    path = table("person,A,B,,,,,,,,")

    importing.import_file(actor=SYSTEM, path=path, clock=now)
    importing.import_file(actor=SYSTEM, path=path, clock=now)
    assert Contact.objects.count() == 1

    importing.import_file(actor=SYSTEM, path=path, clock=now, again=True)
    assert Contact.objects.count() == 2


def test_file_that_is_no_table_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00binary")

    with pytest.raises(Refusal):
        importing.import_file(actor=SYSTEM, path=path, clock=now)


def test_right_is_needed(table):
    with pytest.raises(Forbidden):
        importing.import_file(actor=actor(person("Ada", *WORK)), path=table("person,A,B,,,,,,,,"), clock=now)


def test_command_speaks_to_programs_and_writes_the_failed_rows(table):
    path = table("person,A,B,,,,,,,,", "person,A,C,,odd,,,,,,")
    out = StringIO()

    call_command("import_contacts", str(path), porcelain=True, stdout=out)

    first, *_, last = [json.loads(line) for line in out.getvalue().splitlines()]
    assert first == {"done": 0, "total": 2, "created": 0, "failed": 0, "resumed": 0}
    failed = path.with_suffix(".failed.csv")
    assert last == {"finished": True, "created": 1, "counts": {"contact": 1}, "failed": 1, "failed_file": str(failed)}
    assert (
        failed.read_text(encoding="utf-8")
        .splitlines()[1]
        .endswith(",email: Enter an e-mail address such as name@example.com.")
    )


def test_dry_run_creates_nothing(table):
    out = StringIO()

    call_command("import_contacts", str(table("person,A,B,,,,,,,,", "robot,A,C,,,,,,,,")), dry_run=True, stdout=out)

    assert "1 row would be imported, 1 row refused." in out.getvalue()
    assert (Contact.objects.count(), ImportRun.objects.count(), next_numbers()["client"]) == (0, 0, "1")


def test_real_people_import_whole(shared_folder):
    """The main job's input: 537 people, none refused, every number distinct."""
    path = shared_folder / "data" / "people.csv"

    run = importing.import_file(actor=SYSTEM, path=path, clock=now)

    assert (run.created_count, run.failed_count) == (537, 0)
    assert Contact.objects.values("number_key").distinct().count() == 537
