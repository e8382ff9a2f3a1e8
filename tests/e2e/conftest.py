"""Both real products in a real browser: one firm, one Chromium, a fresh signed-in context for every page."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.pair.firm import ADMINISTRATOR, PASSWORD, Firm, new_firm

CHROMIUM = os.environ.get("COUNTERPART_CHROMIUM") or shutil.which("chromium") or ""
DESK, PHONE = (1280, 860), (390, 844)
WITHIN_MS = 20_000
"""A blink on an idle machine; tests run on busy ones."""

At = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not CHROMIUM and "e2e" in str(item.path):
            item.add_marker(pytest.mark.skip(reason="needs Chromium (COUNTERPART_CHROMIUM)"))


@pytest.fixture(scope="session")
def firm() -> Iterator[Firm]:
    with new_firm() as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def sessions(firm: Firm, browser: Browser) -> dict[str, Any]:
    """The administrator signed in to each product once; contexts begin with these cookies."""
    kept = {}
    for product in ("practice", "accounting"):
        context = browser.new_context(base_url=firm.url(product))
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("[name=login]", ADMINISTRATOR)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/")
        kept[product] = context.storage_state()
        context.close()
    return kept


@pytest.fixture
def at(firm: Firm, browser: Browser, sessions: dict[str, Any]) -> Iterator[At]:
    """Open a page of a product as the administrator. Nothing may be complained about on the console."""
    contexts, complaints = [], []

    def start(
        product: str, path: str, *, size: tuple[int, int] = DESK, scheme: str = "light", scripts: bool = True
    ) -> Page:
        # Both products' cookies: a link from one leads into the other without signing in on the way.
        cookies = [cookie for kept in sessions.values() for cookie in kept["cookies"]]
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            base_url=firm.url(product),
            storage_state={"cookies": cookies, "origins": []},
            reduced_motion="reduce",
        )
        context.set_default_timeout(WITHIN_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield start
    for context in contexts:
        context.close()
    # Answers that are meant (refused, changed meanwhile, no such page) the browser itself notes on the console.
    assert [said for said in complaints if not any(status in said for status in ("404", "409", "422"))] == []


@pytest.fixture
def name() -> str:
    """A last name nobody else has."""
    return f"Tern{secrets.token_hex(4)}"
