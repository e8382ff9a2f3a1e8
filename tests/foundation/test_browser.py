"""The frame in a real browser: keyboard, dialog, theme, phone width, strict policy, accessibility (11.1 to 11.3)."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.e2e.axe import violations
from tests.foundation.conftest import PASSWORD, person

from counterpart.foundation.users.models import Role, User

CHROMIUM = os.environ.get("COUNTERPART_CHROMIUM") or shutil.which("chromium") or ""

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (COUNTERPART_CHROMIUM)"),
]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop, the ORM is used beside it
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def people() -> tuple[User, User]:
    administrator = Role.objects.create(name="Administrator", is_administrator=True)
    lawyer = Role.objects.create(name="Lawyer", rights=["contact.read", "contact.create"])
    admin = person("admin@example.com", "Firm Administrator", administrator)
    return admin, person("ada@example.com", "Ada Moreau", lawyer)


@pytest.fixture
def open_page(browser: Browser, live_server: Any, people: tuple[User, User]) -> Iterator[Open]:
    """Sign in as the administrator and open a page; nothing may be complained about on the console."""
    contexts, complaints = [], []

    def start(path: str, *, width: int = 1280, scheme: str = "light", javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            base_url=live_server.url,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/accounts/login/?next=" + path)
        page.fill("[name=login]", "admin@example.com")
        page.fill("[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url("**" + path)
        return page

    yield start
    for context in contexts:
        context.close()
    # A refused form answers 422, which the browser itself notes on the console.
    assert [said for said in complaints if "422" not in said] == []


def test_the_dialog_opens_refuses_keeps_and_gives_the_focus_back(open_page: Open) -> None:
    page = open_page("/users/")

    page.get_by_role("link", name="Add person").click()
    page.wait_for_selector("#dialog[open] [name=name]")
    assert page.evaluate("document.activeElement.name") == "name"
    page.fill("#dialog [name=name]", "Cleo Tan")
    page.fill("#dialog [name=email]", "ada@example.com")
    page.fill("#dialog [name=password]", "a long enough one")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#dialog .field-error")
    assert "already belongs to someone" in page.inner_text("#dialog")
    assert page.input_value("#dialog [name=name]") == "Cleo Tan"
    page.wait_for_selector("#dialog [name=email]:focus")  # the first field that is wrong (WIN-8)

    page.once("dialog", lambda question: question.accept())
    page.keyboard.press("Escape")
    page.wait_for_selector("#dialog:not([open])", state="attached")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Add person"


def test_a_message_can_be_read_and_closed_while_a_dialog_is_open(open_page: Open) -> None:
    """UI-7, 2.4.11: what lies behind a dialog can't be reached."""
    page = open_page("/users/")
    page.get_by_role("link", name="Add person").click()
    page.wait_for_selector("#dialog[open] [name=name]")

    page.evaluate("window.counterpart.toast('error', 'The server can not be reached.')")

    message = page.locator("#dialog [data-toast=error]")
    message.locator("[data-dismiss]").click()
    assert page.locator("[data-toast=error]").count() == 0


def test_a_message_steps_aside_for_what_has_the_focus(open_page: Open) -> None:
    """2.4.11: a message at the lower end of the window lies over nothing that is reached by keyboard; nor above."""
    page = open_page("/users/")
    page.evaluate("window.counterpart.toast('error', 'The server can not be reached.')")
    for end, far in (("bottom", "2rem"), ("top", "5rem")):
        page.evaluate(
            "([end, far]) => { const one = document.createElement('button'); one.id = end; one.textContent = '1';"
            "one.style = `position:fixed;right:3rem;${end}:${far}`; document.body.append(one); one.focus(); }",
            [end, far],
        )
        page.wait_for_function(
            "end => { const box = document.getElementById(end).getBoundingClientRect();"
            "return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).id === end; }",
            arg=end,
        )


def test_a_saved_dialog_goes_on_and_says_so(open_page: Open) -> None:
    page = open_page("/users/")
    page.get_by_role("link", name="Add person").click()
    page.fill("#dialog [name=name]", "Cleo Tan")
    page.fill("#dialog [name=email]", "cleo@example.com")
    page.fill("#dialog [name=password]", "a long enough one")

    page.get_by_role("dialog").get_by_role("button", name="Add person").click()

    page.wait_for_selector("[data-toast=success]")
    assert page.get_by_role("status").filter(has_text="Cleo Tan can sign in now.").count() == 1
    assert page.get_by_role("link", name="Cleo Tan").is_visible()


def test_keys_work_on_the_page_and_are_dead_while_typing(open_page: Open) -> None:
    """11.3, 2.1.4."""
    page = open_page("/users/")

    page.keyboard.press("?")
    page.wait_for_selector("#shortcuts[open]")
    assert "Keyboard shortcuts on this page" in page.inner_text("#shortcuts")
    page.keyboard.press("Escape")
    page.wait_for_selector("#shortcuts:not([open])", state="attached")
    page.focus("[name=find]")
    page.keyboard.press("?")

    assert page.input_value("[name=find]") == "?"
    assert page.query_selector("#shortcuts[open]") is None


def test_single_keys_can_be_switched_off(open_page: Open) -> None:
    page = open_page("/profile/")
    page.uncheck("[name=keyboard_shortcuts]")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("body[data-shortcuts=off]")

    page.keyboard.press("?")
    page.wait_for_timeout(200)

    assert page.query_selector("#shortcuts[open]") is None


def test_menus_open_by_keyboard_and_close_with_escape(open_page: Open) -> None:
    page = open_page("/users/")
    button = page.locator("summary[title=Admin]")
    button.focus()

    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    inside = page.evaluate("!!document.activeElement.closest('.dropdown-menu')")
    page.keyboard.press("Escape")

    assert inside
    assert page.evaluate("document.activeElement.title") == "Admin"
    assert page.locator("details.menu[open]").count() == 0


def test_the_theme_follows_the_device_until_one_is_chosen(open_page: Open) -> None:
    page = open_page("/profile/", scheme="dark")
    assert page.get_attribute("html", "data-bs-theme") == "dark"

    page.locator("summary.avatar-button").click()
    page.get_by_role("button", name="Light").click()
    page.wait_for_selector("html[data-theme=light]")

    assert page.get_attribute("html", "data-bs-theme") == "light"


def test_a_lapsing_sign_in_is_said_and_can_be_extended(open_page: Open, settings: Any) -> None:
    """11.2: here the sign-in lasts two minutes and a bit, so the warning comes soon."""
    settings.SESSION_COOKIE_AGE = 124
    page = open_page("/help/")

    page.wait_for_selector("#lapse[open]")
    page.get_by_role("button", name="Stay signed in").click()

    page.wait_for_selector("#lapse:not([open])", state="attached")


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_folds_the_menu_and_scrolls_no_page_sideways(open_page: Open, width: int) -> None:
    """1.4.10."""
    page = open_page("/users/", width=width)

    for path in (
        "/users/",
        "/users/new/",
        "/users/roles/",
        "/profile/",
        "/profile/tokens/",
        "/help/",
        "/notifications/",
        "/audit/",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.locator("summary[title=Menu]").click()
    assert page.locator(".menu-main").get_by_role("link", name="Users and permissions").is_visible()


def test_everything_works_without_scripts(open_page: Open) -> None:
    page = open_page("/users/", javascript=False)

    page.get_by_role("link", name="Add person").click()
    page.wait_for_url("**/users/new/")
    page.fill("[name=name]", "Cleo Tan")
    page.fill("[name=email]", "cleo@example.com")
    page.fill("[name=password]", "a long enough one")
    page.get_by_role("button", name="Add person").click()
    page.wait_for_url("**/users/")
    page.locator("summary.avatar-button").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")

    assert User.objects.filter(name="Cleo Tan").exists()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_no_page_violates_an_accessibility_rule(
    open_page: Open, people: tuple[User, User], width: int, scheme: str
) -> None:
    """11.2: WCAG 2.2 AA as far as a machine can tell, both themes, wide and narrow."""
    page = open_page("/users/", width=width, scheme=scheme)
    ada, role = people[1], Role.objects.get(name="Lawyer")
    paths = ["/users/", "/users/new/", f"/users/{ada.uuid}/", "/users/roles/", f"/users/roles/{role.uuid}/"]
    paths += [
        "/profile/",
        "/profile/tokens/",
        "/help/",
        "/notifications/",
        "/audit/",
        "/accounts/2fa/",
        "/accounts/password/change/",
    ]
    found = {}

    for path in paths:
        page.goto(path)
        found[path] = violations(page)
    page.goto("/users/")
    page.get_by_role("link", name="Add person").click()
    page.wait_for_selector("#dialog[open]")
    found["dialog"] = violations(page)
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    found["/accounts/login/"] = violations(page)

    assert {path: broken for path, broken in found.items() if broken} == {}
