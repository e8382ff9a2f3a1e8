"""What axe has against a page: WCAG 2.2 AA and its best practice (11.2)."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every rule is run; but that each node which passed is described, and sent here, took a quarter of the time.
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


def violations(page: Page) -> str:
    """A report on the page as it stands; '' if nothing is violated."""
    results = Axe().run(page, options=OPTIONS)
    return str(results.generate_report()) if results.violations_count else ""
