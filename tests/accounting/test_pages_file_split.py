"""Split/Advanced Billing on the page: percentages, refusals, previews, reviews (LA-SPL-1 to LA-SPL-3, 4.6, IMP-12)."""

import pytest
from django.urls import reverse
from tests.accounting.conftest import signed_in
from tests.accounting.files_world import box, keeper, opened, people, shares, text_of

from counterpart.accounting.files.models import SplitReview

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return keeper()


def split(file) -> str:
    return reverse("files:split", args=[file.pk])


def preview(file) -> str:
    return reverse("files:split-preview", args=[file.pk])


def test_primary_has_what_the_others_leave_and_no_box(ada):
    """LA-SPL-2, GRP-6."""
    heron, tern, wren = people("Heron", "Tern", "Wren")
    file = opened(heron, tern, wren)
    browser = signed_in(ada)

    page = browser.get(split(file)).content.decode()
    saved = browser.post(
        split(file), {box(tern): "30.25", box(wren): "24.25", "version": str(file.version)}, follow=True
    )

    assert box(heron) not in page
    assert f'name="{box(tern)}"' in page
    assert "The split is saved." in text_of(saved)
    assert shares(file) == {"Heron": 455_000, "Tern": 302_500, "Wren": 242_500}
    assert "45.5000" in text_of(saved)


def test_what_would_leave_less_than_nothing_is_refused_beside_the_raised_box(ada):
    """LA-SPL-2: the typing is kept, the sentence stands at the box, nothing is stored."""
    heron, tern, wren = people("Heron", "Tern", "Wren")
    file = opened(heron, tern, wren)

    answer = signed_in(ada).post(split(file), {box(tern): "70", box(wren): "34.5"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{box(tern)}_error"' in page
    assert "4.5000 % more than a whole" in text_of(answer)
    assert 'value="34.5"' in page
    assert "-4.5000" in text_of(answer)
    assert shares(file) == {"Heron": 1_000_000, "Tern": 0, "Wren": 0}


@pytest.mark.parametrize("typed", ["abc", "-1", "33.33333", "101", "1e3", "1.000,5"])
def test_what_is_no_percentage_is_refused_with_the_typing_kept(ada, typed):
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)

    answer = signed_in(ada).post(split(file), {box(tern): typed})

    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()
    assert shares(file) == {"Heron": 1_000_000, "Tern": 0}


def test_a_hundred_and_fifty_payers_are_saved_by_one_post(ada):
    """LA-SPL-1: no upper limit; real dockets have more than a hundred defendants."""
    clients = people(*(f"Payer{i}" for i in range(150)))
    file = opened(*clients)
    browser = signed_in(ada)

    page = browser.get(split(file)).content.decode()
    answer = browser.post(split(file), {box(client): "0.6666" for client in clients[1:]})

    assert "Filter 150 payers" in page
    assert answer.status_code == 302
    assert shares(file)["Payer149"] == 6_666
    assert shares(file)["Payer0"] == 1_000_000 - 149 * 6_666


def test_a_split_that_moved_meanwhile_is_not_overwritten(ada):
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)
    browser = signed_in(ada)
    browser.post(split(file), {box(tern): "10", "version": str(file.version)})

    late = browser.post(split(file), {box(tern): "20", "version": str(file.version)})

    assert late.status_code == 409
    assert 'value="20"' in late.content.decode()
    assert shares(file)["Tern"] == 100_000
    again = browser.post(split(file), {box(tern): "20", "version": late.context["form"]["version"].value()})
    assert (again.status_code, shares(file)["Tern"]) == (302, 200_000)


def test_preview_splits_pasted_lines_to_the_cent(ada):
    """4.6: the vector of 60/25/15, per line and in total; from a spreadsheet as from the keyboard."""
    heron, tern, wren = people("Heron", "Tern", "Wren")
    file = opened(heron, tern, wren)
    lines = "Drafting\t333.35\nFiling fee 123.45\n\n7.77\n0.01"

    answer = signed_in(ada).post(preview(file), {box(tern): "25", box(wren): "15", "lines": lines})

    found = answer.context["preview"]
    assert [row.shares for row in found.rows] == [
        ("200.01", "83.34", "50.00"), ("74.07", "30.86", "18.52"), ("4.66", "1.94", "1.17"), ("0.01", "0.00", "0.00"),
    ]  # fmt: skip
    assert [(one.payer.name, one.amount) for one in found.totals] == [
        ("Heron", "278.75"), ("Tern", "116.14"), ("Wren", "69.69"),
    ]  # fmt: skip
    page = text_of(answer)
    assert "4 lines, 464.58 in all, for 3 payers." in page
    assert "which are not saved yet" in page
    assert "1 Drafting 333.35 200.01 83.34 50.00" in page
    assert shares(file) == {"Heron": 1_000_000, "Tern": 0, "Wren": 0}


def test_preview_says_who_would_pay_nothing(ada):
    """LA-SPL-7: no invoice is made for a zero share."""
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)

    page = text_of(signed_in(ada).post(preview(file), {"lines": "100.00"}))

    assert "Tern is at 0 % and would get no invoice." in page
    assert "Tern 0.0000 % 0.00" in page
    assert "for 1 payer." in page


def test_preview_says_which_lines_it_can_not_read(ada):
    file = opened(*people("Heron"))

    answer = signed_in(ada).post(preview(file), {"lines": "12.00\nHello"})
    nothing = signed_in(ada).post(preview(file), {"lines": "  "})

    assert (answer.status_code, nothing.status_code) == (422, 422)
    assert "Line 2, “Hello”:" in text_of(answer)
    assert "Hello</textarea>" in answer.content.decode()
    assert "Type or paste at least one amount." in text_of(nothing)


def test_preview_refuses_percentages_that_can_not_be(ada):
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)

    answer = signed_in(ada).post(preview(file), {box(tern): "lots", "lines": "1.00"})

    assert answer.status_code == 422
    assert "Percentage of Tern" in text_of(answer)
    assert answer.context["preview"] is None


def test_preview_answers_htmx_with_itself_alone(ada):
    file = opened(*people("Heron"))

    answer = signed_in(ada).post(
        preview(file), {"lines": "1.00"}, headers={"HX-Request": "true", "HX-Target": "split-preview"}
    )

    assert answer.content.decode().startswith('<div id="split-preview">')
    assert "<canvas" in answer.content.decode()


def test_a_long_bill_shows_its_first_lines_and_counts_them_all(ada):
    clients = people(*(f"Payer{i}" for i in range(10)))
    file = opened(*clients)
    boxes = {box(client): "10" for client in clients[1:]}
    browser = signed_in(ada)

    answer = browser.post(preview(file), boxes | {"lines": "1.00\n" * 900})
    table = browser.post(preview(file), boxes | {"lines": "1.00\n" * 900, "download": "csv"})

    assert "The first 400 of 900 lines are shown" in text_of(answer)
    assert answer.context["preview"].totals[0].amount == "90.00"
    assert table["Content-Type"].startswith("text/csv")
    assert len(b"".join(table.streaming_content).decode().splitlines()) == 902


def test_the_download_gives_a_spreadsheet_no_formula(ada):
    """Words come from people; amounts are figures."""
    file = opened(*people("Heron"))

    answer = signed_in(ada).post(preview(file), {"lines": "=HYPERLINK(x)\t5.00\n-2.00", "download": "csv"})

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines == [
        "Line,Description,Amount,Heron",
        "1,'=HYPERLINK(x),5.00,5.00",
        "2,,-2.00,-2.00",
        ",Total,3.00,3.00",
    ]


def test_reader_previews_with_the_split_in_force():
    """The percentages are not theirs to type: what a forged post says of them is ignored."""
    heron, tern = people("Heron", "Tern")
    reader = keeper("Reader", without=("file.edit_split",))
    file = opened(heron, tern)
    browser = signed_in(reader)

    answer = browser.post(preview(file), {box(tern): "50", "lines": "10.00"})

    assert answer.context["preview"].totals[0].amount == "10.00"
    assert browser.post(split(file), {box(tern): "50"}).status_code == 403


def test_a_change_of_clients_asks_to_confirm_the_split(ada):
    """GRP-8, IMP-12: told on the file, in the list, at the bell; answered by a button or by saving."""
    heron, tern, wren = people("Heron", "Tern", "Wren")
    file = opened(heron, tern)
    browser = signed_in(ada)
    browser.post(reverse("files:add-client", args=[file.pk]), {"contact": str(wren.pk)})

    on_file = text_of(browser.get(f"/files/{file.pk}/"))
    listed = text_of(browser.get("/files/splits/"))
    bell = browser.get("/notifications/").content.decode()

    assert "Confirm the split." in on_file
    assert "1 split to confirm" in listed
    assert f"{file.number} Purchase of 14 Hill Road" in listed
    assert "Notifications, 1 new, 1 split to confirm" in bell or "Notifications, 1 split to confirm" in bell
    assert "1 split to confirm." in bell

    done = browser.post(reverse("files:split-confirmation", args=[file.pk]), {"next": "/files/splits/"}, follow=True)
    assert done.redirect_chain == [("/files/splits/", 302)]
    assert "Nothing to confirm" in text_of(done)
    assert SplitReview.objects.get().done_by == "Ada"


def test_splits_of_others_are_not_asked_of_everybody(ada):
    """The task is for those who answer for the file."""
    bea = keeper("Bea")
    heron, tern, wren = people("Heron", "Tern", "Wren")
    file = opened(heron, tern, responsible=bea)
    signed_in(ada).post(reverse("files:add-client", args=[file.pk]), {"contact": str(wren.pk)})

    assert "Nothing to confirm" in text_of(signed_in(ada).get("/files/splits/"))
    assert "1 split to confirm" in text_of(signed_in(bea).get("/files/splits/"))


def test_co_client_at_nothing_is_warned_of(ada):
    """IMP-12."""
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)

    assert "Tern is at 0 % and will get no invoice." in text_of(signed_in(ada).get(f"/files/{file.pk}/"))


def test_former_payer_is_shown_and_is_no_payer(ada):
    """LA-SPL-3: its percentage went to the primary."""
    heron, tern = people("Heron", "Tern")
    file = opened(heron, tern)
    browser = signed_in(ada)
    browser.post(split(file), {box(tern): "40"})

    browser.post(reverse("files:remove-client", args=[file.pk, tern.pk]))

    page = text_of(browser.get(f"/files/{file.pk}/"))
    assert shares(file) == {"Heron": 1_000_000}
    assert "Former payers Tern" in page
    assert "One client pays everything." in text_of(browser.get(split(file)))
