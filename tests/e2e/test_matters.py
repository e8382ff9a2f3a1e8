"""Matters and parties in a real browser: by keyboard alone, without script, and without a violation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.e2e.axe import violations
from tests.e2e.conftest import PHONE, At
from tests.pair.firm import ADMINISTRATOR, PASSWORD, Firm

PAGES = [
    "/matters/", "/matters/?status=all&q=heron", "/matters/new/", "{matter}", "{matter}history/", "{matter}edit/",
    "{matter}parties/?view=role", "{matter}parties/?view=party", "{matter}parties/new/",
    "{matter}parties/{party}/change/", "{matter}parties/{party}/removal/", "{matter}closure/", "{matter}deletion/",
    "{matter}access/", "{matter}reference/", "{contact}", "{contact}matters/", "/settings/matter-types/",
    "/settings/matter-types/new/", "/search/?q=heron",
]  # fmt: skip


@pytest.fixture(scope="module")
def heron(firm: Firm) -> dict[str, str]:
    """A matter with two clients, and the addresses around it."""
    people = [firm.pm.create(first=first, last="Heronsgate")["id"] for first in ("Iona", "Rua")]
    parties = [{"role": "Client", "contact_id": one} for one in people]
    matter = firm.pm.call("POST", "/matters", {"name": "Heronsgate v Quay", "parties": parties})
    return {
        "matter": f"/matters/{matter['id']}/",
        "contact": f"/contacts/{people[0]}/",
        "party": matter["parties"][0]["id"],
    }


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark")])
def test_no_page_has_a_violation(at: At, heron: dict[str, str], size: tuple[int, int], scheme: str) -> None:
    """WCAG 2.2 AA, 11.2; and nothing hangs out of the page sideways (UI-10)."""
    page = at("practice", "/", size=size, scheme=scheme)
    found, sideways = {}, []
    for path in PAGES:
        answer = page.goto(path.format(**heron))
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_timeout(150)
        if report := violations(page):
            found[path] = report
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            sideways.append(path)

    assert found == {}, "\n".join(found.values())
    assert sideways == []


def test_the_dialog_with_its_grid_has_no_violation(at: At) -> None:
    """MAT-1: with somebody found, with the form for a new contact, and with errors."""
    page = at("practice", "/matters/")
    page.get_by_role("link", name="New matter").first.click()
    page.wait_for_selector("#dialog[open] form")
    box = page.get_by_label("Find a contact: Client")
    box.press_sequentially("zzq")
    page.wait_for_selector("#dialog .picks[data-for=zzq] .pick-new")
    assert violations(page) == ""
    box.press("Enter")
    page.wait_for_selector("#dialog .new-contact")
    assert violations(page) == ""
    page.get_by_role("dialog").get_by_role("button", name="Put away").click()
    page.get_by_label("Find a contact: Client").fill("")
    page.get_by_role("dialog").get_by_role("button", name="Create matter", exact=True).click()
    page.wait_for_selector("#dialog .field-error")
    assert violations(page) == ""


def test_a_matter_with_a_new_client_and_the_second_made_first_by_keyboard_alone(at: At, firm: Firm, name: str) -> None:
    """11.3, MAT-1, WIN-2, PTY-3: c m, names, a client created inside, another found; the second becomes primary."""
    firm.pm.create(last=f"{name}Known")
    page = at("practice", "/")
    page.locator("body").press("c")
    page.keyboard.press("m")
    page.wait_for_selector("#dialog[open] [name=name]")
    page.focus("#dialog [name=name]")
    page.keyboard.type(f"{name} v Quay")

    page.get_by_label("Find a contact: Client").focus()
    page.keyboard.type(f"Iona {name}")
    page.keyboard.press("Enter")  # too early: the list for these words is not there yet, and nothing happens
    page.wait_for_selector(f"#dialog .picks[data-for='Iona {name}'] .pick-new")
    page.keyboard.press("Enter")  # nobody of this name: the form for a new contact opens, filled
    expect(page.locator("#dialog [name=new-first]")).to_be_focused()
    expect(page.locator("#dialog [name=new-last]")).to_have_value(name)
    page.keyboard.press("Enter")
    expect(page.locator("#dialog .chosen-name")).to_have_count(1)
    expect(page.get_by_label("Find a contact: Client")).to_be_focused()
    page.keyboard.type(f"{name}Kno")
    page.wait_for_selector(f"#dialog .picks[data-for='{name}Kno'] .pick:has-text('{name}Known')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog .chosen-name")).to_have_count(2)
    expect(page.locator("#dialog [name=name]")).to_have_value(f"{name} v Quay")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{name} v Quay")
    expect(page.locator("#matter-primary")).to_contain_text(f"Iona {name}")
    expect(page.locator("main [data-link-word]").first).to_have_text("In sync", timeout=30_000)
    expect(page.locator("#matter-subtitle")).to_contain_text(re.compile(r"File Reference \S*\d"))

    page.get_by_role("link", name="Parties", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label(f"Actions for {name}Known, Client").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Make primary").last).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The primary client receives 100 % of new bills until the split is changed")
    expect(dialog.get_by_role("button", name="Change the primary client")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#matter-primary")).to_contain_text(f"{name}Known")
    expect(page.get_by_label(f"Actions for {name}Known, Client")).to_be_focused()
    expect(page.locator("main [data-link-word]").first).to_have_text("In sync", timeout=30_000)


def test_a_matter_is_created_without_script(at: At, firm: Firm, name: str) -> None:
    """UI-9: type, name, a client found by a button, and the page of the matter."""
    firm.pm.create(last=name)
    page = at("practice", "/matters/new/", scripts=False)
    page.fill("[name=name]", f"{name} v Quay")
    page.get_by_label("Find a contact: Client").fill(name)
    page.get_by_role("button", name="Find", exact=True).first.click()
    expect(page.locator("[name=name]")).to_have_value(f"{name} v Quay")
    page.locator("button.pick", has_text=name).first.click()
    expect(page.locator(".chosen-name")).to_contain_text(name)

    page.get_by_role("button", name="Create matter", exact=True).last.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{name} v Quay")
    expect(page.locator("#matter-primary")).to_contain_text(name)


def test_what_was_typed_survives_an_expired_sign_in(at: At, name: str) -> None:
    """WIN-10: the matter's form as well."""
    page = at("practice", "/matters/new/")
    page.fill("[name=name]", f"{name} v Quay")
    page.context.clear_cookies(name=re.compile("session"))
    page.get_by_role("button", name="Create matter", exact=True).last.click()
    page.fill("[name=login]", ADMINISTRATOR)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")

    page.get_by_role("button", name="Take it up again").click()

    expect(page.locator("[name=name]")).to_have_value(f"{name} v Quay")
