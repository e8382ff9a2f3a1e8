"""What bookkeepers do with files, in a real browser: divide a bill by keyboard, try lines, go to the matter."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.axe import violations
from tests.e2e.conftest import PHONE, At
from tests.pair.firm import Firm
from tests.pair.matters import Docket, open_matter
from tests.pair.waiting import eventually

LOOKS = [(PHONE, "dark")]
PAGES = ["", "edit/", "staff/", "billing/", "split/", "primary/", "other/", "closure/", "deletion/", "history/"]
BESIDE = ["/files/", "/files/new/", "/files/splits/", "/contacts/groups/new/", "/settings/contact-casefile/lists/",
          "/search/?q=docket"]  # fmt: skip


@pytest.fixture(scope="module")
def docket(firm: Firm) -> Docket:
    """A matter of three clients, green in both products. No other test's names are spelt nearly like theirs."""
    clients = [firm.pm.create(first="Iona", last=last) for last in ("Heron", "Plover", "Wrenfield")]
    return open_matter(firm.pm, firm.la, [firm.pm.wait(one["id"]) for one in clients], name="Docket of three payers")


def file_page(at: At, docket: Docket, tab: str = "", **look: object) -> Page:
    return at("accounting", f"/files/{docket.file_id}/{tab}", **look)


def test_three_payers_are_divided_by_keyboard_alone(at: At, docket: Docket) -> None:
    """LA-SPL-2, GRP-6: the primary follows what is typed; Enter saves; more than there is gets refused."""
    page = file_page(at, docket, "split/")
    rest, note = page.locator("[data-rest]"), page.locator("[data-split-note]")
    page.get_by_label("Percentage of Iona Plover").focus()

    page.keyboard.press("Control+a")
    page.keyboard.type("25")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("80")
    expect(rest).to_have_text("−5.0000")
    page.keyboard.press("Tab")
    expect(note).to_contain_text("5.0000 % more than there is")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    refused = page.get_by_label("Percentage of Iona Wrenfield")
    expect(page.locator(".field-error").filter(has_text="more than a whole")).to_be_visible()
    expect(refused).to_have_value("80")

    page.get_by_label("Percentage of Iona Wrenfield").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("15")
    expect(rest).to_have_text("60.0000")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The split is saved.").first).to_be_visible()
    assert [Decimal(one["percent"]) for one in docket.file["payers"]] == [60, 25, 15]


def test_lines_are_tried_by_keyboard_and_the_chart_says_what_the_table_says(at: At, docket: Docket) -> None:
    """4.6: the vector of 60/25/15 to the cent, before anything is saved."""
    page = file_page(at, docket, "split/")
    for name, percentage in (("Plover", "25"), ("Wrenfield", "15")):
        page.get_by_label(f"Percentage of Iona {name}").fill(percentage)
    page.get_by_label("Lines of a bill").focus()
    page.keyboard.type("Drafting 333.35\nFiling fee 123.45\n7.77\n0.01")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    totals = page.locator("[data-chart-source]")
    expect(totals).to_contain_text("278.75")
    assert [cell.inner_text() for cell in totals.locator("[data-cents]").all()] == ["278.75", "116.14", "69.69"]
    expect(page.locator(".split-lines tbody tr").first).to_contain_text("200.01")
    drawn = page.evaluate("window.Chart.getChart(document.querySelector('[data-chart]')).data.datasets[0].data")
    assert drawn == [27875, 11614, 6969]


def test_the_preview_works_without_script(at: At, docket: Docket) -> None:
    """UI-9: one form, two buttons."""
    page = file_page(at, docket, "split/", scripts=False)
    page.fill("textarea[name=lines]", "100.00")

    page.get_by_role("button", name="Preview split").click()

    expect(page.locator(".split-lines tfoot")).to_contain_text("100.00")


def test_the_chart_is_drawn_anew_when_the_theme_changes(at: At, docket: Docket) -> None:
    page = file_page(at, docket, "split/", scheme="dark")
    page.get_by_label("Lines of a bill").fill("10.00")
    page.get_by_role("button", name="Preview split").click()
    page.wait_for_selector("[data-chart]")
    colour = "window.Chart.getChart(document.querySelector('[data-chart]')).data.datasets[0].backgroundColor"
    dark = page.evaluate(colour)

    page.emulate_media(color_scheme="light")

    assert eventually(lambda: page.evaluate(colour) != dark)


def test_what_belongs_to_practice_management_is_disabled_with_the_way_there(at: At, docket: Docket) -> None:
    """GRP-15, IMP-13: the reason is read with the control, and the link leads to the very matter."""
    page = file_page(at, docket)
    button = page.get_by_role("button", name="Add client")

    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description(re.compile("Clients are added, removed and put in order"))
    page.get_by_role("link", name="Open the matter in Practice Management").click()

    expect(page.get_by_role("banner")).to_contain_text("Practice Management")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Docket of three payers")


def test_new_file_is_shown_disabled_and_leads_to_create_matter(at: At) -> None:
    """MAT-2."""
    page = at("accounting", "/files/")
    tab = page.get_by_role("link", name="New File", disabled=True)

    expect(tab).to_have_accessible_description(re.compile("Files begin in Practice Management"))
    page.get_by_role("link", name="Open a matter in Practice Management").click()

    expect(page).to_have_url(re.compile(r"/matters/new/"))


def test_a_file_is_found_by_typing_its_client(at: At, docket: Docket) -> None:
    """LA-FIL-4: the list follows while one types, and says how many there are."""
    page = at("accounting", "/files/")

    page.get_by_label("Number, description or client").fill("lover")

    expect(page.locator("#found")).to_have_text("1 file")
    expect(page.locator("#results tbody tr")).to_have_count(1)
    expect(page.locator("#results")).to_contain_text("Docket of three payers")


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_no_file_page_has_a_violation(at: At, docket: Docket, size: tuple[int, int], scheme: str) -> None:
    """Every page of a file and beside it, each checked whole (WCAG 2.2 AA)."""
    page = at("accounting", "/", size=size, scheme=scheme)
    found, sideways = {}, []
    for path in [f"/files/{docket.file_id}/{tab}" for tab in PAGES] + BESIDE:
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path} answered {answer.status}"
        if path.endswith("/split/"):
            page.get_by_label("Lines of a bill").fill("1,234.56\n-5.00")
            page.get_by_role("button", name="Preview split").click()
            page.wait_for_selector("[data-chart]")
            page.evaluate("window.scrollTo(0, 0)")  # what lies under the sticky header now is no small target
        page.wait_for_timeout(150)
        if against := violations(page):
            found[path] = against
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            sideways.append(path)

    assert found == {}, "\n".join(found.values())
    assert sideways == []
