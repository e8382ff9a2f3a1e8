"""What people do all day, in a real browser, from one product into the other and back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.e2e.conftest import PHONE, At
from tests.pair.firm import Firm
from tests.pair.waiting import eventually

IN_SYNC = "main [data-link-word]"


def wait_for(page: Page, word: str) -> None:
    """The indicator near the top right comes to say this, without a reload (STA-9)."""
    expect(page.locator(IN_SYNC).first).to_have_text(word, timeout=30_000)


def test_a_contact_created_in_practice_turns_green_and_leads_to_its_counterpart(at: At, name: str) -> None:
    """WIN-1, WIN-11, CON-3, STA-3, STA-9: from the dialog to the other product without a reload."""
    page = at("practice", "/contacts/")
    page.get_by_role("link", name="New contact").first.click()  # an empty list offers it a second time
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Create Contact")).to_be_visible()
    dialog.get_by_label("Last").fill(name)
    dialog.get_by_role("textbox", name="E-mail", exact=True).fill("tern@example.com")

    dialog.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    wait_for(page, "In sync")
    expect(page.locator("#contact-subtitle")).to_have_text(re.compile(r"Reference \d+"))
    page.locator("a.link-pill").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    assert page.get_by_text("tern@example.com").first.is_visible()
    expect(page.get_by_role("banner")).to_contain_text("Legal Accounting")


def test_a_contact_created_in_accounting_turns_green_and_leads_back(at: At, name: str) -> None:
    """CON-4, STA-1, STA-3."""
    page = at("accounting", "/contacts/new/")
    page.get_by_label("Company", exact=True).fill(f"{name} Ltd")

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    wait_for(page, "In sync")
    page.locator("a.link-pill").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.get_by_role("banner")).to_contain_text("Practice Management")


def test_a_number_that_is_taken_turns_red_says_by_whom_and_is_cured(at: At, firm: Firm, name: str) -> None:
    """NUM-10, NUM-11, STA-7: red with the holder and the ways out; *let LA number it* turns it green."""
    holder = firm.la.create(last=f"{name}Holder")
    eventually(lambda: firm.pm.find(q=f"{name}Holder"), 30)
    page = at("practice", "/contacts/new/")
    page.get_by_label("Last").fill(name)
    page.get_by_label("Reference", exact=True).fill(holder["number"])

    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Create anyway").click()  # the same Reference is the strongest sign there is

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    wait_for(page, "Sync error")
    page.locator("[data-link-toggle]").first.click()
    panel = page.locator("[data-link-panel]").first
    expect(panel).to_contain_text("already")
    expect(panel).to_contain_text(f"{name}Holder")
    panel.get_by_role("button", name=re.compile("number it")).click()
    wait_for(page, "In sync")
    given = page.locator("#contact-subtitle strong")
    expect(given).to_have_text(re.compile(r"\d+"))
    assert given.inner_text() != holder["number"]


def test_separate_sequences_are_switched_on_in_both_and_number_a_vendor(at: At, firm: Firm, name: str) -> None:
    """SEQ-2, SEQ-3, CON-6, IMP-6: the two switches see each other; a vendor takes V~ numbers."""
    accounting = at("accounting", "/settings/firm/settings/file/")
    accounting.get_by_label("Use separate numbering sequences").check()
    accounting.get_by_role("button", name="Save", exact=True).click()
    expect(accounting.get_by_label("Use separate numbering sequences")).to_be_checked()
    eventually(lambda: firm.pm.call("GET", "/settings/contacts")["peer_separate_numbering_sequences"] is True, 30)

    practice = at("practice", "/settings/contacts/")
    expect(practice.locator("main")).to_contain_text("Legal Accounting")
    practice.get_by_label("Allow separate Contact numbering sequences").check()
    practice.get_by_role("button", name="Save").click()
    practice.goto("/contacts/new/")
    practice.get_by_label("Last").fill(name)
    practice.get_by_label("Numbering sequence").select_option(label="Vendor")
    practice.get_by_role("button", name="Save", exact=True).click()

    wait_for(practice, "In sync")
    expect(practice.locator("#contact-subtitle strong")).to_have_text(re.compile(r"V~\d+"))
    firm.pm.call("PATCH", "/settings/contacts", {"separate_numbering_sequences": False})
    firm.la.call("PATCH", "/settings/file-numbering", {"separate_numbering_sequences": False})


def test_a_contact_is_created_by_keyboard_alone(at: At, name: str) -> None:
    """11.3: c c opens the dialog with the focus inside, Ctrl+Enter saves."""
    page = at("practice", "/")
    page.locator("body").press("c")
    page.keyboard.press("c")
    page.wait_for_selector("#dialog[open] [name=last]")
    page.focus("#dialog [name=last]")
    page.keyboard.type(name)

    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    wait_for(page, "In sync")


def test_a_contact_is_created_without_script(at: At, name: str) -> None:
    """UI-9: pages work as plain pages first."""
    page = at("practice", "/contacts/new/", scripts=False)
    page.fill("[name=last]", name)

    page.click("main button[type=submit]:not([name])")

    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_refused_contact_keeps_what_was_typed_and_names_the_field(at: At, name: str) -> None:
    """CON-1, WIN-8: the sentence stands at the field, the typing stays, nothing is created."""
    page = at("practice", "/contacts/new/")
    page.get_by_label("Last").fill(name)
    page.get_by_label("Reference", exact=True).fill("12 3")

    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".field-error").first).to_contain_text("can't contain spaces")
    expect(page.get_by_label("Last")).to_have_value(name)
    page.goto(f"/contacts/?q={name}")
    assert page.locator("main tbody tr").count() == 0


def test_a_bad_further_email_is_framed_and_entered(at: At, name: str) -> None:
    """WIN-8: the row that is wrong is marked and has the focus; a row added after it is a fresh one."""
    page = at("practice", "/contacts/new/")
    page.get_by_label("Last").fill(name)
    page.get_by_role("button", name="Add an e-mail address").click()
    page.get_by_label("Further e-mail address 1").fill("nobody")

    page.get_by_role("button", name="Save", exact=True).click()

    row = page.get_by_label("Further e-mail address 1")
    expect(row).to_be_focused()
    expect(row).to_have_class(re.compile("is-invalid"))
    expect(row).to_have_accessible_description(re.compile("Enter an e-mail address"))
    page.get_by_role("button", name="Add an e-mail address").click()
    page.get_by_role("button", name="Add an e-mail address").click()
    assert page.locator("[aria-invalid=true]").count() == 1
    page.locator("[data-errors] a").click()
    expect(row).to_be_focused()


def test_an_edit_in_one_product_appears_on_the_open_page_of_the_other(at: At, firm: Firm, name: str) -> None:
    """CON-5, HIS-2: changed in accounting, seen in practice with who and where."""
    made = firm.pm.create(last=name)
    there = eventually(lambda: next(iter(firm.la.call("GET", f"/contacts?q={name}")["items"]), None), 30)
    page = at("accounting", f"/contacts/{there['id']}/edit/")
    page.get_by_label("E-mail").fill("changed@example.com")
    page.get_by_role("button", name="Save").first.click()
    wait_for(page, "In sync")

    practice = at("practice", f"/contacts/{made['id']}/history/")

    expect(practice.locator("main")).to_contain_text("changed@example.com")
    expect(practice.locator("main")).to_contain_text("Legal Accounting")


def test_simultaneous_edits_of_one_field_show_both_values(at: At, firm: Firm, name: str) -> None:
    """EDT-1: the second save is refused with both values, and the typing is kept."""
    made = firm.pm.create(last=name, alias="First alias")
    first = at("practice", f"/contacts/{made['id']}/edit/")
    second = at("practice", f"/contacts/{made['id']}/edit/")
    first.get_by_label("Alias").fill("Alias of the first")
    first.get_by_role("button", name="Save").first.click()
    expect(first.get_by_role("heading", level=1)).to_have_text(name)

    second.get_by_label("Alias").fill("Alias of the second")
    second.get_by_role("button", name="Save").first.click()

    expect(second.locator("main")).to_contain_text("Alias of the first")
    expect(second.get_by_label("Alias", exact=True)).to_have_value("Alias of the second")


def test_a_phone_shows_a_contact_without_sideways_scrolling(at: At, firm: Firm, name: str) -> None:
    """UI-10: 390 px; the menu folds, the indicator is there."""
    made = firm.pm.create(last=name)
    page = at("practice", f"/contacts/{made['id']}/", size=PHONE)

    wait_for(page, "In sync")

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_details_open_by_keyboard_and_close_by_escape(at: At, firm: Firm, name: str) -> None:
    """IND-3, 1.4.13."""
    made = firm.pm.create(last=name)
    page = at("practice", f"/contacts/{made['id']}/")
    wait_for(page, "In sync")
    page.locator("[data-link-toggle]").first.focus()

    page.keyboard.press("Enter")
    expect(page.locator("[data-link-panel]").first).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("[data-link-panel]").first).to_be_hidden()
