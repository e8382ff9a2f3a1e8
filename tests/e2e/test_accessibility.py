"""No automated violation on any page of either product, in light and dark, wide and narrow (WCAG 2.2 AA, 11.2)."""

from __future__ import annotations

import pytest
from tests.e2e.addresses import pages
from tests.e2e.axe import violations
from tests.e2e.conftest import DESK, PHONE, At
from tests.pair.firm import Firm
from tests.pair.waiting import eventually

LOOKS = [(DESK, "light"), (PHONE, "dark")]


@pytest.fixture(scope="module")
def heron(firm: Firm) -> dict[str, str]:
    """One contact known to both products, with everything filled in."""
    address = {"line1": "1 Quay", "city": "Boston", "state": "MA", "postcode": "02101", "country": "US"}
    made = firm.pm.create(
        first="Iona", last="Heron", email="iona@example.com", alias="Io", physical_address=address,
        phones=[{"label": "business", "number": "555 0101"}, {"label": "mobile", "number": "555 0102"}],
    )  # fmt: skip
    there = eventually(lambda: next(iter(firm.la.call("GET", "/contacts?q=Heron")["items"]), None), 30)
    return {"practice": made["id"], "accounting": there["id"]}


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
@pytest.mark.parametrize("product", ["practice", "accounting"])
def test_no_page_has_a_violation(
    at: At, heron: dict[str, str], product: str, size: tuple[int, int], scheme: str
) -> None:
    """Every page a person can reach, each checked whole."""
    paths = pages(product)
    page = at(product, "/", size=size, scheme=scheme)
    found, sideways = {}, []
    for path in paths:
        address = path.replace("{id}", heron[product])
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == (404 if path == "/no-such-page/" else 200), f"{address} answered {answer.status}"
        page.wait_for_timeout(150)
        if against := violations(page):
            found[path] = against
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            sideways.append(path)

    assert found == {}, "\n".join(found.values())
    assert sideways == []


def test_the_sign_in_page_has_no_violation(firm: Firm, at: At) -> None:
    """3.3.8; without a session."""
    page = at("practice", "/")
    page.context.clear_cookies()
    page.goto("/accounts/login/")

    assert violations(page) == ""


def test_the_create_dialog_has_no_violation(at: At) -> None:
    """WIN-1, with its errors shown."""
    page = at("practice", "/contacts/")
    page.get_by_role("link", name="New contact").first.click()  # an empty list offers it a second time
    page.wait_for_selector("#dialog[open] form")
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("#dialog .field-error")

    assert violations(page) == ""
