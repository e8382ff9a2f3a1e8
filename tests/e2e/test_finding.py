"""Finding by keyboard alone: the box in the header, the palette of commands, the keyboard map (SRC-1, SRC-5, 11.3)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.e2e.conftest import PHONE, At


@pytest.mark.parametrize("product", ["practice", "accounting"])
def test_the_box_is_worked_by_keyboard(at: At, product: str, name: str) -> None:
    """SRC-5, SRC-6: arrows, Esc, Enter; what finds nothing is offered to be created."""
    page = at(product, "/help/" if product == "practice" else "/")
    box = page.locator("#search")
    page.keyboard.press("/")
    expect(box).to_be_focused()

    page.keyboard.type(f"{name}q")
    expect(page.locator("#search-found")).to_contain_text(f"Create contact “{name}q”")
    page.keyboard.press("ArrowDown")
    chosen = box.get_attribute("aria-activedescendant")
    assert chosen
    expect(page.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#search-found")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search-found")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_label("Last", exact=True)).to_have_value(f"{name}q")


def test_the_palette_goes_creates_and_acts(at: At, name: str) -> None:
    """11.3, 2.1.4: commands of this page, what can be created and gone to; single keys are dead while typing."""
    page = at("practice", "/contacts/new/")
    page.get_by_label("Last").fill(name)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)

    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Commands and search")
    expect(palette.get_by_role("option", name="Edit this contact")).to_have_attribute("aria-selected", "true")
    page.keyboard.type("history")
    expect(palette.get_by_role("option").first).to_have_text("Show History")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("history")
    expect(palette.get_by_role("option").first).to_have_text("Show History")
    page.keyboard.press("Enter")
    page.wait_for_url("**/history/")
    page.keyboard.press("g")
    page.keyboard.press("1")
    page.wait_for_url(re.compile(r"/contacts/[0-9a-f-]{36}/$"))
    page.keyboard.press("?")
    keys = page.locator("#shortcuts")
    expect(keys).to_contain_text("Show History")
    expect(keys).to_contain_text("Edit this contact")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/matters/")
    page.keyboard.press("/")
    expect(page.locator("#search-found")).to_contain_text(name)


def test_a_phone_has_the_box_behind_a_button(at: At) -> None:
    """SRC-1, UI-10."""
    page = at("practice", "/", size=PHONE)

    page.get_by_role("link", name="Search contacts and matters").click()

    expect(page.locator("#search-menu")).to_be_focused()
    page.keyboard.type("qqzz")
    expect(page.locator("#search-menu-found")).to_contain_text("Create contact “qqzz”")
