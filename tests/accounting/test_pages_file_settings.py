"""Firm > Settings > File for files, the lists they draw on, and the case file overrides (MAT-10 to MAT-12, MAT-19)."""

import pytest
from tests.accounting.conftest import create, signed_in
from tests.accounting.files_world import keeper, opened, people, text_of

from counterpart.accounting.files.models import FileCode, FileOptions
from counterpart.accounting.numbering.models import FileSequence, FirmNumbering
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.models import Role

pytestmark = pytest.mark.django_db
FILE = "/settings/firm/settings/file/"
NUMBERS = "/settings/firm/settings/file/numbers/"
LISTS = "/settings/contact-casefile/lists/"


def numbers(**changes) -> dict[str, str]:
    """What a browser posts for File numbers, with some choices changed."""
    following = str(FileSequence.objects.get().next)
    return {"scheme": "contact", "width": "3", "separator": "-", "next": following, "was": following} | changes


def test_by_firm_is_chosen_with_its_next_number_and_logged(admin):
    """MAT-11, LA-NUM-6: 12345 is followed by 12346 whoever the client is."""
    heron, tern = people("Heron", "Tern")

    saved = signed_in(admin).post(NUMBERS, numbers(scheme="firm", next="12345"), follow=True)

    assert "File numbers are saved." in text_of(saved)
    assert "File 12345" in text_of(saved)
    assert [opened(heron).number, opened(tern).number] == ["12345", "12346"]
    event = Event.objects.get(verb="setting_changed")
    assert (event.actor_name, set(event.changes)) == ("Admin", {"file.scheme", "file.next"})


def test_width_and_separator_of_numbers_by_contact(admin):
    """MAT-10, LA-NUM-3."""
    heron = create("25", last="Heron")

    signed_in(admin).post(NUMBERS, numbers(width="4", separator="."))

    assert opened(heron).number == "25.0001"


def test_a_page_left_open_does_not_set_back_a_counter_that_moved(admin):
    FirmNumbering.objects.update(file_scheme="firm")
    data = numbers(scheme="firm")
    FileSequence.objects.update(next=500)

    signed_in(admin).post(NUMBERS, data)

    assert FileSequence.objects.get().next == 500


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"next": "abc"}, "Digits only."), ({"next": "0"}, "must be 1 or more"), ({"scheme": "other"}, "valid choice")],
)
def test_what_can_not_work_is_refused_beside_the_box(admin, changes, says):
    answer = signed_in(admin).post(NUMBERS, numbers(**changes))

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert FileSequence.objects.get().next == 1


def test_change_of_scheme_is_warned_of_when_files_exist(admin):
    """MAT-12: chosen before the firm starts."""
    browser = signed_in(admin)
    before = text_of(browser.get(FILE))
    opened(*people("Heron"))

    assert "There are files already" not in before
    assert "There are files already: they keep their numbers" in text_of(browser.get(FILE))


def test_options_are_switched_and_logged(admin):
    """IMP-10, IMP-11: off by default."""
    browser = signed_in(admin)
    page = browser.get(FILE).content.decode()

    browser.post(f"{FILE}options/", {"publishes_staff": "on", "closes_in_step": "on"})
    browser.post(f"{FILE}options/", {"publishes_staff": "on"})

    options = FileOptions.objects.get()
    assert 'name="publishes_staff" class="form-check-input" id="id_publishes_staff" checked' not in page
    assert (options.publishes_staff, options.closes_in_step) == (True, False)
    assert Event.objects.filter(verb="setting_changed", object_label="Files").count() == 2


def test_lists_are_added_to_changed_and_given_a_default(admin):
    """LA-FIL-1, MAT-7."""
    browser = signed_in(admin)

    browser.post(LISTS, {"listing": "area_of_practice", "code": "CONV", "name": "Conveyancing"})
    made = FileCode.objects.get(code="CONV")
    browser.post(f"{LISTS}{made.pk}/", {"code": "CONV", "name": "Property"})
    browser.post(f"{LISTS}{made.pk}/default/")

    assert "Property CONV New files" in text_of(browser.get(LISTS))
    assert opened(*people("Heron"), responsible=admin).area_of_practice.name == "Property"


def test_a_code_twice_is_refused_with_the_typing_kept(admin):
    browser = signed_in(admin)
    browser.post(LISTS, {"listing": "rate_group", "code": "A", "name": "Usual"})
    first = FileCode.objects.get(code="A")

    twice = browser.post(LISTS, {"listing": "rate_group", "code": "a", "name": "Other"})
    nameless = browser.post(f"{LISTS}{first.pk}/", {"code": "A", "name": ""})

    assert (twice.status_code, nameless.status_code) == (422, 422)
    assert "This code is in the list already." in text_of(twice)
    assert 'value="Other"' in twice.content.decode()
    assert browser.get(f"{LISTS}999999/").status_code == 404


def test_settings_of_files_are_for_those_who_may_change_settings():
    browser = signed_in(keeper())
    code = FileCode.objects.first()
    assert code is not None

    statuses = [
        browser.post(path, {}).status_code
        for path in (NUMBERS, f"{FILE}options/", LISTS, f"{LISTS}{code.pk}/", f"{LISTS}{code.pk}/default/")
    ]

    assert statuses == [403] * 5
    assert browser.get(LISTS).status_code == 403


def test_file_number_changes_are_restricted_for_a_group(admin):
    """MAT-19: Users > Security > Contacts and Case Files > (group) > Case Files."""
    role = Role.objects.create(name="Clerks", rights=["file.read", "file.edit_number"])
    browser = signed_in(admin)
    path = f"/users/security/{role.uuid}/case-file-overrides/"

    page = text_of(browser.get(path))
    saved = browser.post(path, {"restrict_file_number_changes": "on"}, follow=True)

    assert "Restrict file number changes (new & existing)" in page
    assert "The case file overrides of Clerks are saved." in text_of(saved)
    role.refresh_from_db()
    assert (role.restrict_file_number_changes, role.restrict_contact_number_changes) == (True, False)
    assert "Not restricted Restricted" in text_of(browser.get("/users/security/"))
