"""Importing matters in a browser: look, go on by itself, take the refused rows away; accessible on every page."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.axe import violations
from tests.e2e.conftest import DESK, PHONE, At

ROWS = """court,docket_number,matter_name,participant_name,participant_role
winn,{n},Pemberton v. Orbast LLC,Odalys Pemberton,Plaintiff
winn,{n},,Orbast LLC,Defendant
winn,,,Nobody's,Defendant
"""


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_matters_are_imported_at_the_page(at: At, tmp_path: Path, size: tuple[int, int], scheme: str) -> None:
    """IMP-1, IMP-4, IMP-5: the preview names what would be refused; the run ends by itself and offers the rest."""
    file = tmp_path / f"dockets-{scheme}.csv"
    file.write_text(ROWS.format(n=scheme), encoding="utf-8")
    page = at("practice", "/matters/", size=size, scheme=scheme)

    page.get_by_role("link", name="Import", exact=True).click()
    page.locator("#id_file").set_input_files(file)
    _has_no_violation(page)
    page.get_by_role("button", name="Next: columns").click()
    page.get_by_role("button", name="Next: options").wait_for()
    _has_no_violation(page)
    page.get_by_role("button", name="Next: options").click()
    page.get_by_label("Role of the clients in the file").fill("Plaintiff")
    page.get_by_label("Matter type").select_option("Litigation")
    _has_no_violation(page)
    page.get_by_role("button", name="Next: dry run").click()
    page.get_by_role("heading", name="What would happen").wait_for()
    page.get_by_role("heading", name="Rows that would be refused").wait_for()
    _has_no_violation(page)
    page.locator("button[name=act][value=run]").click()
    page.get_by_text("Imported:").wait_for()
    _has_no_violation(page)

    with page.expect_download() as download:
        page.get_by_role("link", name="All 1 with the reason").click()
    assert "A row needs the matter's number" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("link", name="See the matters").click()
    page.get_by_role("link", name="Pemberton v. Orbast LLC").first.wait_for()


def _has_no_violation(page: object) -> None:
    assert violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")  # type: ignore[attr-defined]
