"""Importing contacts from a file: resumable, every failed row with its reason (IMP-4, IMP-5, IMP-8)."""

import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from tests.accounting.conftest import WORK, actor, person, signed_in

from counterpart.accounting.contacts.import_page import CONTACTS
from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import delete_contact
from counterpart.accounting.numbering.queries import next_numbers
from counterpart.accounting.sync_handlers.contacts import ContactHandler
from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Forbidden, Refusal
from counterpart.foundation.ids import new_id
from counterpart.foundation.importing import running, whole
from counterpart.foundation.importing.models import ImportRun
from counterpart.foundation.importing.whole import Order
from counterpart.sync.api import Amendment, Author

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Import", "import")
HEADER = (
    "type,first,last,company,email,reference,physical_city,physical_country,mailing_line1,business_phone,contact_type\n"
)


def imported(path, *, by=SYSTEM, again=False, tell=lambda _: None, **options):
    return whole.import_file(Order(CONTACTS, by, path, options), clock=now, again=again, tell=tell)


@pytest.fixture
def table(tmp_path):
    def write(*rows):
        path = tmp_path / "contacts.csv"
        path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    return write


def test_rows_become_contacts(table):
    path = table("person,Iona,Price,,i@example.nz,,Wellington,nz,PO Box 1,123,", "company,,,Quay,,V-7,,,,,vendor")

    run = imported(path)

    iona, quay = Contact.objects.order_by("number")
    assert (run.created_count, run.failed_count) == (2, 0)
    assert (iona.name, iona.number, iona.main_address) == ("Iona Price", "1", {"city": "Wellington", "country": "NZ"})
    assert (iona.additional_addresses, iona.work_phone) == ([{"usage": "mailing", "line1": "PO Box 1"}], "123")
    assert (quay.name, quay.number, quay.contact_type) == ("Quay", "V-7", "vendor")


def test_typed_number_in_a_file_keeps_the_sequence(table):
    """IMP-8."""
    imported(table("person,A,B,,,900,,,,,"))

    assert next_numbers()["client"] == "1"


def test_failed_rows_are_told_with_reason_and_the_rest_goes_on(table):
    path = table("person,A,B,,odd,,,,,,", "robot,A,B,,,,,,,,", "person,A,Good,,,,,,,,", "person,First,,,,,,,,,")

    run = imported(path)

    assert (run.created_count, run.failed_count) == (1, 3)
    assert list(run.failures.values_list("row_number", "reason")) == [
        (2, "Email: Enter an e-mail address such as name@example.com."),
        (3, "Type: 'robot' is not a type; use person or company."),
        (5, "Last: Enter a last name or a company."),
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
        imported(path, tell=stop_after_two)
    assert Contact.objects.count() == 2

    run = imported(path, tell=told.append)

    assert sorted(Contact.objects.values_list("last", flat=True)) == ["B0", "B1", "B2", "B3", "B4"]
    assert (run.created_count, told[-1]) == (5, (5, 5, 5, 0, 2, 0, 0))
    assert ImportRun.objects.count() == 1


def test_same_file_again_is_not_imported_twice(table):
    path = table("person,A,B,,,,,,,,")

    imported(path)
    imported(path)
    assert Contact.objects.count() == 1

    imported(path, again=True)
    assert Contact.objects.count() == 2


def test_file_that_is_no_table_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00binary")

    with pytest.raises(Refusal):
        imported(path)


def test_right_is_needed(table):
    with pytest.raises(Forbidden):
        imported(table("person,A,B,,,,,,,,"), by=actor(person("Ada", *WORK)))


def test_command_speaks_to_programs_and_writes_the_failed_rows(table):
    path = table("person,A,B,,,,,,,,", "person,A,C,,odd,,,,,,")
    out = StringIO()

    call_command("import_contacts", str(path), porcelain=True, stdout=out)

    first, *_, last = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (first["done"], first["total"]) == (0, 2)
    failed = path.with_suffix(".failed.csv")
    assert (last["created"], last["counts"], last["failed"], last["failed_file"]) == (1, {"contact": 1}, 1, str(failed))
    assert (
        failed.read_text(encoding="utf-8")
        .splitlines()[1]
        .endswith(",Email: Enter an e-mail address such as name@example.com.")
    )


def test_dry_run_creates_nothing(table):
    out = StringIO()

    call_command("import_contacts", str(table("person,A,B,,,,,,,,", "robot,A,C,,,,,,,,")), dry_run=True, stdout=out)

    assert "1 contact would be imported, 1 row refused." in out.getvalue()
    assert (Contact.objects.count(), ImportRun.objects.count(), next_numbers()["client"]) == (0, 0, "1")


def test_numbers_that_were_given_are_refused_with_whose_they_are(table):
    """IMP-8, LA-NUM-7: tried as run."""
    imported(table("person,Iona,Price,,,12,,,,,"))
    path = table("person,A,B,,,12,,,,,", "person,A,C,,,13,,,,,", "person,A,D,,,13,,,,,")

    tried = whole.try_file(Order(CONTACTS, SYSTEM, path), clock=now)
    run = imported(path)

    assert (tried.found["created"], tried.found["failed"]) == (run.created_count, run.failed_count) == (1, 2)
    assert list(run.failures.values_list("row_number", "reason")) == [
        (2, "Number 12 is already used by Iona Price."),
        (4, "Row 3 of this file has the same contact number, 13."),
    ]


def test_rows_change_whom_they_match_and_are_taken_back(table):
    """IMP-2, IMP-7: by number; an address by its parts, the number itself put back as the contact's own."""
    imported(table("person,Iona,Price,,i@example.nz,7,Wellington,nz,PO Box 1,123,"))
    path = table("person,Iona,Pryce,,,7,Nelson,,,,", "person,New,One,,,8,,,,,")

    run = imported(path, mode="both", match_by="reference")

    iona = Contact.objects.get(number="7")
    assert (run.created_count, run.updated_count, run.failed_count) == (1, 1, 0)
    assert (iona.last, iona.email, iona.main_address) == ("Pryce", "i@example.nz", {"city": "Nelson", "country": "NZ"})
    undone = whole.undo_file(Order(CONTACTS, SYSTEM, path, {"mode": "both", "match_by": "reference"}), clock=now)
    iona.refresh_from_db()
    assert (undone.undone_count, undone.kept_count, iona.last, iona.main_address["city"]) == (
        2,
        0,
        "Price",
        "Wellington",
    )
    assert not Contact.objects.filter(number="8", deleted_at=None).exists()


def test_what_somebody_changed_in_the_other_product_stays(table):
    """IMP-7: an edit in Practice Management is a use of the record, whoever may do what here."""
    path = table("person,Iona,Price,,,,,,,,", "person,Otto,Vane,,,,,,,,")
    imported(path)
    iona, handler = Contact.objects.get(last="Price"), ContactHandler()
    held = handler.read([iona.pk])[iona.pk]
    cleo = Author("Cleo Tan", "cleo@example.com", 1)
    handler.amend([Amendment(new_id(), iona.pk, held, {"email": "i@price.example"}, {}, cleo)], now())

    undone = whole.undo_file(Order(CONTACTS, SYSTEM, path), clock=now)

    assert (undone.undone_count, undone.kept_count) == (1, 1)
    assert list(Contact.objects.filter(deleted_at=None)) == [iona]
    assert undone.marks.exclude(kept_reason="").get().kept_reason == (
        "Cleo Tan has used it since (edited in Practice Management)."
    )


def test_a_file_can_be_imported_again_after_it_was_taken_back(table):
    """LA-NUM-7: a number is never given to another contact; so the same one comes back with it."""
    path = table("person,Iona,Price,,,40,,,,,", "person,Otto,Vane,,,,,,,,")
    imported(path)
    iona = Contact.objects.get(number="40")
    whole.undo_file(Order(CONTACTS, SYSTEM, path), clock=now)

    run = imported(path, again=True)

    assert (run.created_count, run.failed_count, Contact.objects.filter(deleted_at=None).count()) == (2, 0, 2)
    assert Contact.objects.get(number="40", deleted_at=None) == iona
    assert Contact.objects.filter(last="Vane").count() == 1  # the same row of the same file
    delete_contact(contact_id=iona.pk, actor=SYSTEM, at=now())
    (failure,) = imported(table("person,Iona,Price,,,40,,,,,")).failures.all()
    assert failure.reason == "Number 40 was given before and is never used twice. It was the number of Iona Price."


def test_the_pages_are_mounted(table):
    """The same pages as in Practice Management; the example file can be imported as it is."""
    bea = signed_in(person("Bea", *WORK, "import.run"))
    content = bea.get("/contacts/import/template.csv").content
    columns = bea.post("/contacts/import/", {"file": SimpleUploadedFile("x.csv", content)})["Location"]
    mapping = ImportRun.objects.get().mapping

    options = bea.post(columns, {f"column-{place}": name for place, name in enumerate(mapping)})["Location"]
    run = bea.post(options, {"mode": "create", "blanks": "keep", "duplicates": "ask", "scheme": "client"})["Location"]
    bea.post(f"{run}acts/", {"act": "run"})

    assert Contact.objects.get().name == "Ms Nadia Okonjo"


def test_real_people_import_whole(shared_folder):
    """The main job's input: 537 people, none refused, every number distinct."""
    path = shared_folder / "data" / "people.csv"

    run = imported(path)

    assert (run.created_count, run.failed_count) == (537, 0)
    assert Contact.objects.values("number_key").distinct().count() == 537
