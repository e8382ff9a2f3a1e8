"""The link indicator in a real browser: it opens as WCAG 1.4.13 asks, keeps itself true, and says each change once."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.e2e.axe import violations
from web_world import (
    ACTING,
    MANAGING,
    agreed,
    connected,
    contact,
    forgotten,
    refused,
    signed_in,
    silent,
    sync_id_of,
)

from counterpart.practice.contacts.models import Contact
from counterpart.sync.probing import use_transport
from counterpart.sync.transports import TransportFailed

CHROMIUM = os.environ.get("COUNTERPART_CHROMIUM") or shutil.which("chromium") or ""
PANEL, TOGGLE, PILL, BODY = "[data-link-panel]", "[data-link-toggle]", "a.link-pill", "[data-link-body]"
AWAY = (5, 780)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (COUNTERPART_CHROMIUM)"),
]


class _Quiet:
    """No peer in these tests: what is known of it is written straight into the records."""

    def send(self, *args, **kwargs):
        raise TransportFailed("no answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop, the ORM is used beside it
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visit(browser: Browser, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Open a page as someone; nothing may be complained about on the console."""
    use_transport(_Quiet())
    # The peer's silence has tests of its own; here a record that was agreed stays green.
    monkeypatch.setattr("counterpart.sync.states.probe_record", lambda record, at: False)
    contexts, complaints = [], []

    def start(path: str, *, rights: tuple[str, ...] = ACTING, **options: Any) -> Page:
        cookie = signed_in(f"Ada{len(contexts)}", rights).cookies[settings.SESSION_COOKIE_NAME].value
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield start
    for context in contexts:
        context.close()
    use_transport(None)
    # A signed-out poll answers 401, which the browser and htmx note on the console.
    assert [text for text in complaints if "401" not in text] == []


def listen(page: Page) -> None:
    """Note every announcement and every ``link-changed`` from here on."""
    page.evaluate(
        """() => {
          window.said = []; window.changed = [];
          const region = document.querySelector("[data-link-announce]");
          new MutationObserver(() => said.push(region.textContent)).observe(region, {childList: true});
          document.body.addEventListener("link-changed", (event) => changed.push(event.detail.colour));
        }"""
    )


def test_hover_focus_and_press_open_the_details_and_escape_closes_them(visit):
    """IND-3, WCAG 1.4.13: hoverable, dismissible, persistent."""
    connected()
    page = visit(f"/contacts/{agreed(contact('Ngata', number='1042'))}/")
    panel = page.locator(PANEL)

    page.hover(PILL)
    expect(panel).to_be_visible()
    page.hover(f"{PANEL} dl")
    page.wait_for_timeout(500)
    expect(panel).to_be_visible()
    page.mouse.move(*AWAY)
    expect(panel).to_be_hidden()

    page.focus(PILL)
    page.keyboard.press("Tab")
    expect(panel).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Open in Legal Accounting"
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('[data-link-toggle]')")

    page.click(TOGGLE)
    expect(panel).to_be_visible()
    expect(page.locator(TOGGLE)).to_have_attribute("aria-expanded", "true")
    page.click(TOGGLE)
    expect(panel).to_be_hidden()


def test_the_number_and_the_colour_appear_by_themselves_and_are_said_once(visit):
    """STA-9, CON-3, IND-4: no reload; one announcement per change, however often it polls."""
    connected()
    contact_id = contact("Rewi")
    page = visit(f"/contacts/{contact_id}/")
    expect(page.locator(BODY)).to_have_attribute("data-colour", "lightblue")
    listen(page)

    Contact.objects.filter(pk=contact_id).update(reference="1043")
    agreed(contact_id)

    expect(page.locator(BODY)).to_have_attribute("data-colour", "green", timeout=5_000)
    expect(page.locator("#contact-subtitle")).to_contain_text("1043")
    page.wait_for_timeout(2_500)
    assert page.evaluate("said") == ["In sync: Legal Accounting holds the same."]
    assert page.evaluate("changed") == ["green"]


def test_an_open_page_follows_what_others_change_and_says_so(visit):
    """UI-12: green before and after, yet another alias."""
    connected()
    contact_id = agreed(contact("Rewi"))
    page = visit(f"/contacts/{contact_id}/")
    expect(page.locator(BODY)).to_have_attribute("data-colour", "green")

    Contact.objects.filter(pk=contact_id).update(last="Rewiti", alias="From elsewhere")
    agreed(contact_id)

    expect(page.locator("#contact-body")).to_contain_text("From elsewhere", timeout=20_000)
    expect(page.locator("h1")).to_have_text("Rewiti")
    expect(page.locator("#toast-status")).to_contain_text("Changed meanwhile.")


def test_a_poll_that_was_never_sent_does_not_end_the_polling(visit):
    """STA-9: on a slow machine the first poll may be asked for before htmx has taken up the page."""
    connected()
    contact_id = contact("Rewi")
    page = visit(f"/contacts/{contact_id}/")
    expect(page.locator(BODY)).to_have_attribute("data-colour", "lightblue")
    page.evaluate(
        """() => new Promise((swallowed) => {
          const real = window.htmx.trigger;
          window.htmx.trigger = () => { window.htmx.trigger = real; swallowed(); };
        })"""
    )

    agreed(contact_id)

    expect(page.locator(BODY)).to_have_attribute("data-colour", "green", timeout=10_000)


def test_an_open_panel_and_the_focus_survive_a_change(visit):
    """IND-4: a state that changes while someone reads or acts takes nothing out of their hands."""
    connected()
    contact_id = refused(contact("Quay"))
    page = visit(f"/contacts/{contact_id}/")
    page.click(TOGGLE)
    page.focus("[data-focus='sync-now']")

    page.keyboard.press("Enter")
    expect(page.locator(BODY)).to_have_attribute("data-colour", "lightblue")
    expect(page.locator(PANEL)).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.focus") == "sync-now"

    agreed(contact_id)
    expect(page.locator(BODY)).to_have_attribute("data-colour", "green", timeout=5_000)
    expect(page.locator(PANEL)).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.focus") == "sync-now"


def test_a_page_that_no_longer_knows_does_not_stay_green(visit):
    """S7: signed out, the page can't learn the state; it says so instead of showing an old one."""
    connected()
    page = visit(f"/contacts/{agreed(contact('Ngata'))}/")
    expect(page.locator(PILL)).to_contain_text("In sync")

    page.context.clear_cookies()

    expect(page.locator(BODY)).to_have_attribute("data-colour", "lost", timeout=10_000)
    expect(page.locator(PILL)).to_contain_text("Status unavailable")
    assert page.get_attribute(PILL, "href") is None
    expect(page.locator("#toast-status")).to_be_empty()


def test_without_script_the_details_open_by_keyboard_and_the_buttons_work(visit):
    """UI-9: script improves the page and is not needed for it."""
    connected()
    contact_id = refused(contact("Quay"))
    page = visit(f"/contacts/{contact_id}/", java_script_enabled=False)

    page.focus(TOGGLE)
    page.click(f"{PANEL} button:has-text('Sync now')")

    expect(page.locator(BODY)).to_have_attribute("data-colour", "lightblue")


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 800}}],
    ids=["light", "dark", "phone"],
)
def test_every_state_and_page_is_accessible(visit, options):
    """IND-2, 11.2: no violation in any state, with the panel open, in both themes and on a phone."""
    connected()
    holder = agreed(contact("Price", number="40"))
    records = {
        "green": holder,
        "lightblue": contact("Rewi"),
        "red": refused(contact("Quay", reference="40"), number="40", holder=str(sync_id_of(holder))),
        "gray": forgotten(contact("Older")),
    }
    page = visit("/sync/", rights=(*MANAGING, "contact.edit_reference"), **options)
    root = page.url.removesuffix("/sync/")

    found = {}
    for path in ("/sync/", "/sync/?state=red", "/sync/conflicts/", "/sync/connection/", "/sync/check/"):
        page.goto(root + path)
        found[path] = violations(page)
    for colour, contact_id in records.items():
        page.goto(f"{root}/contacts/{contact_id}/")
        found[colour] = _with_panel(page, colour)
    silent()
    page.goto(f"{root}/contacts/{holder}/")
    found["yellow"] = _with_panel(page, "yellow")

    assert {where: what for where, what in found.items() if what} == {}


def _with_panel(page: Page, colour: str) -> str:
    expect(page.locator(BODY)).to_have_attribute("data-colour", colour)
    page.click(TOGGLE)
    expect(page.locator(PANEL)).to_be_visible()
    return violations(page)
