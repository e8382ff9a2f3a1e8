"""What goes beyond the model, each off until the firm wants it (IMP-7, IMP-8, IMP-10)."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from tests.pair.matters import open_matter
from tests.pair.waiting import eventually, steadily

QUIET_S = 3.0


@pytest.fixture
def docket(pm, la, mark):
    client = pm.wait(pm.create(kind="company", company=f"Tarn {mark()}")["id"])
    return open_matter(pm, la, [client], name=f"Matter {mark()}")


@contextmanager
def in_step(pm, manager):
    """Both products close and reopen with the other."""
    file_options = "/settings/firm/settings/file/options/"
    pm.call("PATCH", "/settings/matters", {"close_in_step": True})
    manager("accounting").post(file_options, closes_in_step="on")
    try:
        yield
    finally:
        pm.call("PATCH", "/settings/matters", {"close_in_step": False})
        manager("accounting").post(file_options)


def statuses(docket):
    return docket.matter["status"], docket.file["status"]


def test_closing_crosses_where_both_want_it(pm, la, docket, manager):
    """IMP-10: from either side and back, green at the end and at rest; one close is one change on the other side."""
    with in_step(pm, manager):
        pm.matters.edit(docket.matter_id, status="closed")
        eventually(lambda: statuses(docket) == ("closed", "closed"))
        la.matters.edit(docket.file_id, status="open")
        eventually(lambda: statuses(docket) == ("active", "open"))
        la.matters.edit(docket.file_id, status="closed")
        eventually(lambda: statuses(docket) == ("closed", "closed"))
        pm.matters.edit(docket.matter_id, status="active")
        eventually(lambda: statuses(docket) == ("active", "open"))
        matter, file = docket.settled()

        steadily(lambda: statuses(docket) == ("active", "open"), QUIET_S, "a closure echoed")
        assert (docket.matter["version"], docket.file["version"]) == (matter["version"], file["version"])


def test_a_file_with_a_hold_stays_open_and_says_why(pm, la, docket, manager):
    """IMP-10: each product's own checks; the blockers are named in the history there."""
    la.matters.edit(docket.file_id, trust_hold=True, hold_reason="Disputed deposit")
    docket.settled()

    with in_step(pm, manager):
        pm.matters.edit(docket.matter_id, status="closed")
        docket.settled()
        told = eventually(lambda: manager("accounting").get(f"/files/{docket.file_id}/history/").words)

    assert statuses(docket) == ("closed", "open")
    assert "Disputed deposit" in told


def test_further_numbers_and_counties_cross_where_the_firm_wants_it(pm, la, linked):
    """IMP-7: switched on, known contacts are offered anew; switched off, they go; all green."""
    phones = [{"label": "mobile", "number": "021 1"}, {"label": "mobile", "number": "021 2"}]
    here, there = linked(phones=phones, physical_address={"line1": "1 Mill Lane", "county": "Kings"})
    methods = [
        {"label": "Mobile", "value": "021 2"}, {"label": "County of the physical address", "value": "Kings"},
    ]  # fmt: skip

    def carried():
        pm.wait(here["id"])
        return la.wait(there["id"])["additional_methods"]

    before = carried()
    pm.call("PATCH", "/settings/contacts", {"share_methods": True})
    try:
        eventually(lambda: carried() == methods)
        pm.edit(here["id"], phones=phones[:1])
        eventually(lambda: carried() == methods[1:])
    finally:
        pm.call("PATCH", "/settings/contacts", {"share_methods": False})

    assert before == []
    eventually(lambda: carried() == [])


def test_what_legal_accounting_asks_for_is_shown_and_not_enforced(pm, la, linked, manager):
    """IMP-8, ADR-7: the form says it before saving; the contact is accepted and listed as lacking it."""
    details = "/settings/firm/settings/file/details/"
    manager("accounting").post(details, required="email")
    try:
        eventually(lambda: "Legal Accounting asks for this." in manager("practice").get("/contacts/new/").words)
        _, there = linked()
        page = manager("accounting").get(f"/contacts/{there['id']}/").words
    finally:
        manager("accounting").post(details)

    assert there["sync"]["colour"] == "green"
    assert "Details missing: E-mail." in page
