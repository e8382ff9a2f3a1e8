"""The file pages: every screen and refusal, and what each role sees (LA-FIL-1 to LA-FIL-8, MAT-18, EDT-1, LST-4)."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.accounting.conftest import AT, create, person, signed_in
from tests.accounting.files_world import keeper, opened, people, text_of

from counterpart.accounting.files.forms import stored
from counterpart.accounting.files.models import File
from counterpart.accounting.files.operations import edit_file
from counterpart.foundation.actor import Actor

pytestmark = pytest.mark.django_db
PAGES = (
    "general", "edit", "staff", "billing", "split", "split-preview", "primary", "other", "closure", "deletion",
    "history",
)  # fmt: skip


@pytest.fixture
def ada():
    return keeper()


def posted(file: File, **changes) -> dict[str, str]:
    """What a browser posts for the edit form of this file, with some boxes changed."""
    values = stored(file)
    data = {name: "" if value is None else str(value) for name, value in values.items()}
    return data | {"version": str(file.version), "seen": json.dumps(values)} | changes


def test_every_page_of_a_file_opens(ada):
    """LA-FIL-4: all its tabs, each with number, description and primary client in the heading."""
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)
    browser = signed_in(ada)

    for name in PAGES:
        page = browser.get(reverse(f"files:{name}", args=[file.pk]))
        assert (name, page.status_code) == (name, 200)
        assert "Purchase of 14 Hill Road" in text_of(page)
        assert f"File number {file.number} · Heron and 1 more" in text_of(page)


def test_manager_finds_by_number_description_and_client(ada):
    """LA-FIL-4: search and pick; every choice stands in the address (LST-4)."""
    heron, tern = people("Heron", "Tern")
    hill = opened(heron)
    opened(tern, description="Estate of T. Tern")
    browser = signed_in(ada)

    everything = text_of(browser.get("/files/"))
    found = {
        words: text_of(browser.get("/files/", {"q": words})) for words in (hill.number, "hill road", "heron", "nobody")
    }

    assert "2 files" in everything
    for words in (hill.number, "hill road", "heron"):
        assert f"1 file for “{words}”" in found[words]
        assert "Purchase of 14 Hill Road" in found[words]
    assert "No file matches" in found["nobody"]


def test_manager_filters_and_sorts(ada):
    bea = keeper("Bea")
    heron, tern = people("Heron", "Avocet")
    first = opened(heron, responsible=ada, description="Bravo")
    second = opened(tern, responsible=bea, description="Alpha")
    browser = signed_in(ada)
    browser.post(reverse("files:closure", args=[second.pk]))

    open_ones = text_of(browser.get("/files/"))
    closed = text_of(browser.get("/files/?status=closed"))
    hers = text_of(browser.get(f"/files/?status=all&responsible={bea.pk}"))
    by_client = text_of(browser.get("/files/?status=all&sort=client"))
    gray = text_of(browser.get("/files/?sync=gray"))
    green = text_of(browser.get("/files/?sync=green"))

    assert "Bravo" in open_ones
    assert "Alpha" not in open_ones
    assert "Alpha" in closed
    assert "Bravo" not in closed
    assert "Alpha" in hers
    assert "Bravo" not in hers
    assert by_client.index("Alpha") < by_client.index("Bravo")
    assert first.number in gray
    assert "No file matches" in green


def test_manager_answers_htmx_with_the_list_alone(ada):
    opened(*people("Heron"))

    answer = signed_in(ada).get("/files/?q=heron", headers={"HX-Request": "true", "HX-Target": "results"})

    assert "<html" not in answer.content.decode()
    assert 'id="results"' in answer.content.decode()
    assert 'role="status" hx-swap-oob="innerHTML">1 file</p>' in answer.content.decode()


def test_list_costs_the_same_for_few_and_many(ada):
    """Pinned query count: nothing per row."""
    browser = signed_in(ada)
    opened(*people("One", "Two"))
    browser.get("/files/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/files/")
    for i in range(15):
        opened(*people(f"More{i}", f"And{i}"))
    with CaptureQueriesContext(connection) as many:
        browser.get("/files/")

    assert len(many) == len(few)
    assert len(many) < 25


def test_new_file_asks_first_whose_it_is(ada):
    """New File works by itself while the integration is off (GRP-17)."""
    heron = create("25", last="Heron")
    browser = signed_in(ada)

    asked = text_of(browser.get("/files/new/"))
    found = browser.get("/files/new/?find=heron")
    form = text_of(browser.get(f"/files/new/?contact={heron.pk}"))

    assert "Whose file is it?" in asked
    assert f"/files/new/?contact={heron.pk}" in found.content.decode()
    assert "Leave it empty for the next file number: 25-001" in form


def test_new_file_is_saved(ada):
    """LA-FIL-1: number from the client's counter, defaults from the firm's lists."""
    heron = create("25", last="Heron")
    browser = signed_in(ada)
    page = browser.get(f"/files/new/?contact={heron.pk}")
    data = {field.html_name: "" if field.value() is None else field.value() for field in page.context["form"]}
    data = {name: value for name, value in data.items() if name not in ("keep_sequence", "seen", "version")}

    answer = browser.post(
        f"/files/new/?contact={heron.pk}", data | {"description": "Lease", "responsible": ada.pk}, follow=True
    )

    file = File.objects.get()
    assert "File 25-001 is opened for Heron." in text_of(answer)
    assert (file.number, file.description, file.responsible, file.area_of_practice.is_default) == (
        "25-001", "Lease", ada, True,
    )  # fmt: skip


def test_new_file_that_is_refused_keeps_the_typing_and_names_each_field(ada):
    heron = create("25", last="Heron")
    opened(heron, number="25-007")
    url = f"/files/new/?contact={heron.pk}"
    browser = signed_in(ada)
    data = posted(File.objects.get())

    empty = browser.post(url, data | {"description": "", "responsible": "", "opened_on": "soon"})
    taken = browser.post(url, data | {"number": "25-007"})
    shares = browser.post(url, data | {"responsible_allocation": "60"})

    assert [answer.status_code for answer in (empty, taken, shares)] == [422, 422, 422]
    assert "Choose who is responsible for the file." in text_of(empty)
    assert "Enter a valid date." in text_of(empty)
    assert "Number 25-007 is already used for Purchase of 14 Hill Road." in text_of(taken)
    assert 'value="25-007"' in taken.content.decode()
    assert "The fee allocations must total 100 %; they total 60.0000." in text_of(shares)
    assert File.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("number=25-009", "the next automatic file number will be 25-010 instead of 25-002"),
        ("number=25-009&keep_sequence=on", "Use this number and keep the sequence at 25-002"),
        ("number=25-001", "is already used for Purchase of 14 Hill Road"),
        ("number=99-001", "must begin with 25-"),
        ("number=25+1", "can't contain spaces"),
    ],
)
def test_live_check_says_what_the_number_would_do(ada, query, says):
    """MAT-13, MAT-16, IMP-3, IMP-4."""
    heron = create("25", last="Heron")
    opened(heron)

    assert says in text_of(signed_in(ada).get(f"/files/number-check/?contact={heron.pk}&{query}"))


def test_live_check_is_about_a_file_or_contact_one_may_see(ada):
    assert signed_in(ada).get("/files/number-check/?number=1").status_code == 404


def test_edit_form_saves_and_shows_a_clash(ada):
    """EDT-1: the typing is kept, both values are shown, saving again wins and undoes nothing else."""
    file = opened(*people("Heron"))
    browser = signed_in(ada)
    data = posted(file, description="Mine", opened_on="2026-02-01")
    theirs = {"description": "Theirs", "assigned": ada.pk}
    edit_file(file_id=file.pk, given=theirs, actor=Actor.system("Bea"), at=AT)

    clash = browser.post(f"/files/{file.pk}/edit/", data)

    assert clash.status_code == 409
    assert "Description: saved meanwhile Theirs , yours Mine" in text_of(clash)
    assert 'value="Mine"' in clash.content.decode()

    form = clash.context["form"]
    again = browser.post(f"/files/{file.pk}/edit/", data | {name: form[name].value() for name in ("version", "seen")})
    assert again.status_code == 302
    after = File.objects.get()
    assert (after.description, after.assigned, str(after.opened_on)) == ("Mine", ada, "2026-02-01")


def test_edit_form_says_that_somebody_elses_change_was_kept(ada):
    file = opened(*people("Heron"))
    browser = signed_in(ada)
    data = posted(file, description="Mine")
    edit_file(file_id=file.pk, given={"lead": ada.pk}, actor=Actor.system("Bea"), at=AT)

    saved = browser.post(f"/files/{file.pk}/edit/", data, follow=True)

    assert "Saved. What others changed meanwhile was kept." in text_of(saved)
    assert (File.objects.get().lead, File.objects.get().description) == (ada, "Mine")


def test_edit_form_round_trip_changes_nothing(ada):
    """What the page shows is what it saves, allocations included."""
    allocations = {"responsible_allocation": "66.6667", "lead": ada.pk, "lead_allocation": "33.3333"}
    file = opened(*people("Heron"), **allocations)
    browser = signed_in(ada)
    form = browser.get(f"/files/{file.pk}/edit/").context["form"]
    data = {field.html_name: "" if field.value() is None else field.value() for field in form}
    data.pop("keep_sequence")

    answer = browser.post(f"/files/{file.pk}/edit/", data)

    assert answer.status_code == 302
    assert stored(File.objects.get()) == stored(file)
    assert File.objects.get().version == file.version


def test_somebody_who_left_stays_on_the_form(ada):
    """Saving something else must not lose a person who may no longer sign in."""
    bea = keeper("Bea")
    file = opened(*people("Heron"), responsible=bea)
    bea.is_active = False
    bea.save()
    browser = signed_in(ada)

    page = browser.get(f"/files/{file.pk}/edit/").content.decode()
    saved = browser.post(f"/files/{file.pk}/edit/", posted(file, description="New"))

    assert f'<option value="{bea.pk}" selected>Bea</option>' in page
    assert saved.status_code == 302
    assert File.objects.get().responsible == bea


def test_staff_and_billing_tabs_show_what_is_stored(ada):
    file = opened(*people("Heron"), responsible_allocation="100")
    browser = signed_in(ada)

    staff = text_of(browser.get(f"/files/{file.pk}/staff/"))
    billing = text_of(browser.get(f"/files/{file.pk}/billing/"))

    assert "Responsible Ada 100.0000 %" in staff
    assert f"Rate group {file.rate_group.name}" in billing


def test_file_number_is_changed_under_other(ada):
    """MAT-18: File Manager > Other > Change File Number."""
    heron = create("25", last="Heron")
    file = opened(heron)
    other = opened(heron)
    browser = signed_in(ada)

    refused = browser.post(f"/files/{file.pk}/other/", {"number": other.number})
    changed = browser.post(f"/files/{file.pk}/other/", {"number": "25-900"}, follow=True)

    assert (refused.status_code, "is already used for" in text_of(refused)) == (422, True)
    assert File.objects.get(pk=file.pk).number == "25-900"
    assert "25-001 still finds it" in text_of(changed)
    assert "File number 25-001 → 25-900" in text_of(browser.get(f"/files/{file.pk}/"))
    assert "25-900 now" in text_of(changed)
    assert file.description in text_of(browser.get("/files/?q=25-001"))


def test_restricted_group_sees_no_number_box():
    """MAT-19: read-only on New File, gone from Other; a forged post is refused or gives the next number."""
    bound = keeper("Bound")
    bound.roles.update(restrict_file_number_changes=True)
    heron = create("25", last="Heron")
    file = opened(heron)
    browser = signed_in(bound)

    new, other = browser.get(f"/files/new/?contact={heron.pk}"), browser.get(f"/files/{file.pk}/other/")
    forged = browser.post(f"/files/{file.pk}/other/", {"number": "25-900"})
    browser.post(f"/files/new/?contact={heron.pk}", posted(file) | {"number": "25-901"})

    assert "may not define or change file numbers" in text_of(new)
    assert "readonly" in new.content.decode()
    assert "may not define or change file numbers" in text_of(other)
    assert forged.status_code == 403
    assert sorted(File.objects.values_list("number", flat=True)) == ["25-001", "25-002"]


def test_holds_are_placed_with_a_reason_and_lifted(ada):
    """LA-FIL-6."""
    file = opened(*people("Heron"))
    browser = signed_in(ada)
    url = f"/files/{file.pk}/holds/"

    unsaid = browser.post(url, {"trust_hold": "on", "hold_reason": "", "version": file.version})
    placed = browser.post(url, {"trust_hold": "on", "hold_reason": "Fee dispute", "version": file.version}, follow=True)
    shown = text_of(browser.get(f"/files/{file.pk}/"))
    browser.post(url, {"hold_reason": "", "version": File.objects.get().version})

    assert unsaid.status_code == 422
    assert "Say why the file is on hold." in text_of(unsaid)
    assert "The holds are saved." in text_of(placed)
    assert "Trust hold. Fee dispute" in shown
    assert File.objects.get().trust_hold is False


def test_holds_of_a_file_that_changed_meanwhile_are_not_overwritten(ada):
    """EDT-1: what was ticked stays ticked, and nothing is stored."""
    file = opened(*people("Heron"))
    browser = signed_in(ada)
    edit_file(file_id=file.pk, given={"lead": ada.pk}, actor=Actor.system("Bea"), at=AT)

    late = browser.post(
        f"/files/{file.pk}/holds/", {"entry_hold": "on", "hold_reason": "Retainer", "version": file.version}
    )

    assert late.status_code == 409
    assert 'value="Retainer"' in late.content.decode()
    assert "changed meanwhile" in text_of(late)
    assert File.objects.get().entry_hold is False

    version = late.context["holds_form"]["version"].value()
    again = browser.post(
        f"/files/{file.pk}/holds/", {"entry_hold": "on", "hold_reason": "Retainer", "version": version}
    )
    assert (again.status_code, File.objects.get().lead) == (302, ada)


def test_close_is_blocked_by_a_hold_and_reopening_is_logged(ada):
    """LA-FIL-7: what stands in the way is listed with its link."""
    file = opened(*people("Heron"), billing_hold=True, hold_reason="Waiting")
    browser = signed_in(ada)

    asked = browser.get(f"/files/{file.pk}/closure/")
    refused = browser.post(f"/files/{file.pk}/closure/")
    browser.post(f"/files/{file.pk}/holds/", {"hold_reason": "", "version": file.version})
    closed = browser.post(f"/files/{file.pk}/closure/", follow=True)
    again = browser.post(f"/files/{file.pk}/closure/")
    browser.post(f"/files/{file.pk}/reopening/")

    assert "Billing hold: Waiting" in text_of(asked)
    assert (refused.status_code, again.status_code) == (409, 409)
    assert "Closed by Ada" in text_of(closed)
    assert File.objects.get().status == "open"
    assert "Reopened" in text_of(browser.get(f"/files/{file.pk}/history/"))


def test_deleted_file_is_gone_and_its_number_retired(ada):
    """LA-NUM-7."""
    heron = create("25", last="Heron")
    file = opened(heron)
    browser = signed_in(ada)

    assert "never given again" in text_of(browser.get(f"/files/{file.pk}/deletion/"))
    browser.post(f"/files/{file.pk}/deletion/")

    assert browser.get(f"/files/{file.pk}/").status_code == 404
    assert "Number 25-001 was the number of the file Purchase of 14 Hill Road" in text_of(
        browser.get("/search/?q=25-001")
    )


def test_search_finds_files_beside_contacts(ada):
    """SRC-1."""
    heron = create("25", last="Heron")
    opened(heron)

    page = text_of(signed_in(ada).get("/search/?q=heron"))

    assert "Files 1" in page
    assert "25-001" in page
    assert "Contacts 1" in page


def test_contact_page_shows_its_files(ada):
    """LA-CON-5: the Files tab and a panel on General, with the contact's part."""
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)
    browser = signed_in(ada)

    general = text_of(browser.get(f"/contacts/{tern.pk}/"))
    tab = text_of(browser.get(f"/contacts/{tern.pk}/files/"))

    assert f"{file.number} Purchase of 14 Hill Road 0.0000 %" in general
    assert "1 file" in tab
    assert "Heron and 1 more" in tab


def test_home_counts_files(ada):
    opened(*people("Heron"))

    page = text_of(signed_in(ada).get("/"))

    assert "Open 1" in page
    assert "Purchase of 14 Hill Road" in page


def test_history_tells_people_and_lists_by_name(ada):
    file = opened(*people("Heron"))
    browser = signed_in(ada)
    browser.post(f"/files/{file.pk}/edit/", posted(file, assigned=str(ada.pk)))

    page = text_of(browser.get(f"/files/{file.pk}/history/"))

    assert "Assigned Ada" in page
    assert "Ada · Legal Accounting" in page


def test_pages_show_only_what_the_role_allows(ada):
    """PRM-6: the reader reads; nothing to change is shown, and posting is refused."""
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)
    reader = signed_in(person("Reader", "contact.read", "file.read"))

    statuses = {name: reader.get(reverse(f"files:{name}", args=[file.pk])).status_code for name in PAGES}
    posts = {
        name: reader.post(reverse(f"files:{name}", args=args)).status_code
        for name, args in {
            "new": [], "edit": [file.pk], "split": [file.pk], "split-confirmation": [file.pk], "primary": [file.pk],
            "holds": [file.pk], "closure": [file.pk], "reopening": [file.pk], "deletion": [file.pk],
            "remove-client": [file.pk, tern.pk], "new-group": [],
        }.items()
    }  # fmt: skip
    adding = reader.post(reverse("files:add-client", args=[file.pk]), {"contact": str(heron.pk)})
    page = text_of(reader.get(f"/files/{file.pk}/"))

    assert {name for name, status in statuses.items() if status == 403} == {"edit", "closure", "deletion"}
    assert set(posts.values()) == {403}
    assert adding.status_code == 403
    assert "Add client" not in page
    assert "Edit" not in page
    assert "Save split" not in text_of(reader.get(f"/files/{file.pk}/split/"))
    assert "New File" not in text_of(reader.get("/files/"))


def test_without_the_right_to_read_files_do_not_exist(ada):
    """A record that exists answers exactly as one that does not."""
    heron = create("25", last="Heron")
    file = opened(heron)
    nobody = signed_in(person("Nobody", "contact.read"))

    assert [nobody.get(reverse(f"files:{name}", args=[file.pk])).status_code for name in PAGES] == [404] * len(PAGES)
    assert nobody.get("/files/").status_code == 403
    assert nobody.get("/files/splits/").status_code == 403
    assert nobody.get(f"/contacts/{heron.pk}/files/").status_code == 403
    for path in ("/", "/search/?q=hill", "/search/?q=25-001", f"/contacts/{heron.pk}/"):
        assert "Hill Road" not in text_of(nobody.get(path))


@pytest.mark.parametrize("path", ["/files/", "/files/new/", "/files/splits/", "/contacts/groups/new/"])
def test_pages_ask_for_a_sign_in(client, db, path):
    answer = client.get(path)

    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")
