"""How files are numbered, as the firm chose (LA-NUM-3 to LA-NUM-8, MAT-10 to MAT-16)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction
from tests.accounting.conftest import AT, actor, by_firm, create, open_file

from counterpart.accounting.files.models import File
from counterpart.accounting.numbering.file_numbers import (
    change_file_numbering,
    file_numbers_of,
    next_file_number,
    preview_file_number,
)
from counterpart.accounting.numbering.models import FileNumberLedger, FirmNumbering
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Forbidden, Refused
from counterpart.foundation.history.models import Event

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


def test_vectors_of_the_specification():
    """4.2: 26-001, 26-002; 25-999 then 25-1000; by firm 12345, 12346."""
    one = create("26", last="Rewi")
    two = create("25", last="Tane")

    assert [open_file(one).number, open_file(one).number] == ["26-001", "26-002"]
    assert [open_file(two, number="25-999").number, open_file(two).number] == ["25-999", "25-1000"]
    change_file_numbering(scheme="firm", next=12345, actor=SYSTEM, at=AT)
    assert [open_file(one).number, open_file(two).number] == ["12345", "12346"]


def test_width_and_separator_are_the_firms():
    """4.2 settings: what exists keeps its number."""
    one = create("26", last="Rewi")
    first = open_file(one)

    change_file_numbering(width=2, separator=".", actor=SYSTEM, at=AT)

    assert open_file(one).number == "26.02"
    first.refresh_from_db()
    assert first.number == "26-001"


def test_prefix_of_a_vendors_number():
    """LA-NUM-4: contact number, separator and counter."""
    one = create("V~1", last="Rewi", contact_type="vendor")

    assert open_file(one).number == "V~1-001"


def test_settings_are_checked_and_logged(ada):
    """LA-NUM-6, LA-AUD-1."""
    for bad in ({"scheme": "moon"}, {"width": 0}, {"width": 5}, {"separator": "/"}, {"next": 0}):
        with pytest.raises(Refused) as refusal:
            change_file_numbering(**bad, actor=SYSTEM, at=AT)
        assert refusal.value.field == next(iter(bad))
    with pytest.raises(Forbidden):
        change_file_numbering(width=2, actor=actor(ada), at=AT)
    change_file_numbering(scheme="firm", width=3, next=7, actor=SYSTEM, at=AT)
    change_file_numbering(scheme="firm", actor=SYSTEM, at=AT)

    (event,) = Event.objects.filter(verb="setting_changed")
    assert event.changes == {"file.scheme": ["contact", "firm"], "file.next": [1, 7]}
    assert next_file_number() == "7"


def test_what_a_typed_number_would_do_is_told_first():
    """LA-NUM-5, IMP-3, IMP-4."""
    one = create("26", last="Rewi")
    file = open_file(one)

    def told(number, **more):
        found = preview_file_number(number, contact_id=one.pk, contact_number=one.number, **more)
        return found.is_free, found.next, found.next_after

    assert told("") == (True, "26-002", "26-002")
    assert told("26-040") == (True, "26-002", "26-041")
    assert told("26-001") == (False, "26-002", "26-002")
    assert told("26-001", file_id=file.pk)[0] is True
    assert told("27-001")[0] is False
    FirmNumbering.objects.update(manual_number_resets_sequence=False)
    assert told("26-040") == (True, "26-002", "26-002")


def test_ledger_of_file_numbers_only_grows():
    """LA-NUM-7: the database itself refuses."""
    file = open_file(create("26", last="Rewi"))
    assert [row.number for row in file_numbers_of(file.pk)] == ["26-001"]

    for change in (lambda rows: rows.update(number="X"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change(FileNumberLedger.objects.all())


def test_numbers_of_files_and_contacts_are_two_spaces():
    """Protocol 8: 12345 can be a contact and a file."""
    by_firm()
    one = create("12345", last="Rewi")

    assert open_file(one, number="12345").number == "12345"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["contact", "firm"])
def test_files_opened_at_once_never_share_a_number_and_none_fails(scheme):
    """LA-NUM-8."""
    FirmNumbering.objects.update(file_scheme=scheme)
    clients = [create(last="Rewi"), create(last="Tane")]
    open_file(clients[0])

    def several(which: int) -> None:
        try:
            for _ in range(5):
                open_file(clients[which % 2])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(several, range(4)))

    numbers = list(File.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 21
    if scheme == "firm":
        assert sorted(map(int, numbers)) == list(range(1, 22))
