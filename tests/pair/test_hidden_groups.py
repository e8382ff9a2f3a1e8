"""GRP-3: what stands for several clients together is nowhere to be seen: not in lists, search, pickers, API, counts,
history, conflict check, nor in the other product."""

from __future__ import annotations

import re

import pytest
from tests.pair.matters import open_matter

NAMES = ("Grouped Alderton", "Grouped Birchall", "Grouped Coverley")


@pytest.fixture(scope="module")
def grouped(firm):
    """A matter with three clients whose names share a word, so that one search finds whatever carries it."""
    before = {"contacts": len(firm.la.find()), "total": sum(firm.la.counts().values())}
    made = [firm.pm.create(kind="company", company=name) for name in NAMES]
    here = [firm.pm.wait(one["id"]) for one in made]
    docket = open_matter(firm.pm, firm.la, here, name="Grouped against everybody")
    return firm, docket, here, before


def test_three_clients_are_three_contacts_more(grouped):
    """API, counts by colour, and the other product."""
    firm, _, here, before = grouped

    assert len(firm.la.find()) == before["contacts"] + 3
    assert sum(firm.la.counts().values()) == before["total"] + 4  # three contacts and a file
    assert sorted(one["company"] for one in firm.la.find(q="Grouped")) == list(NAMES)
    assert sorted(one["company"] for one in firm.pm.find(q="Grouped")) == list(NAMES)
    assert firm.sweep()["different"] == 0
    numbers = [one["reference"] for one in here]
    assert len({*numbers, firm.pm.wait(firm.pm.create(kind="company", company="Next")["id"])["reference"]}) == 4


@pytest.mark.parametrize(
    "path",
    [
        "/contacts/?q=Grouped", "/search/?q=Grouped", "/files/new/?find=Grouped", "/sync/?q=Grouped",
        "/sync/?state=all", "/", "/files/?q=Grouped",
    ],
)  # fmt: skip
def test_no_page_of_accounting_shows_a_group(grouped, manager, path):
    """Lists, search, pickers, sync centre and home name the clients, and nothing that joins them."""
    _shows_known_contacts(grouped[0], manager("accounting").get(path))


def test_the_file_shows_its_clients_and_their_memberships_no_group(grouped, manager):
    """General, Split, the client picker of the file; Member Of of each client is empty (GRP-3)."""
    firm, docket, _, _ = grouped
    bookkeeper = manager("accounting")

    for tab in ("", "split/", "history/", "staff/", "other/"):
        _shows_known_contacts(firm, bookkeeper.get(f"/files/{docket.file_id}/{tab}"))
    for payer in docket.file["payers"]:
        assert firm.la.call("GET", f"/contacts/{payer['contact_id']}/members")["items"] == []
        for tab in ("", "member-of/", "files/", "history/"):
            _shows_known_contacts(firm, bookkeeper.get(f"/contacts/{payer['contact_id']}/{tab}"))


def test_a_conflict_check_finds_the_clients_once_each_and_no_group(grouped):
    """IMP-16: in both products' answers."""
    firm = grouped[0]

    for site in firm.both:
        (finding,) = site.call("POST", "/conflict-checks", {"names": ["Grouped"]})["findings"]
        assert sorted(one["name"] for one in finding["contacts"]) == list(NAMES)


def test_the_audit_log_is_about_nothing_else(grouped, manager):
    """The history of the exchange tells of the contacts and the file."""
    page = manager("accounting").get("/audit/?about=Grouped")

    _shows_known_contacts(grouped[0], page)
    about = set(re.findall(r"(?:contact|matter|file) ([^<]*Grouped[^<]*)</td>", page.text))
    assert len(about) == 4, about


def _shows_known_contacts(firm, page) -> None:
    """Every contact the page leads to is one that was made by somebody."""
    assert page.status == 200, page.words[:200]
    links = set(re.findall(r'href="/contacts/([0-9a-f]{8}-[0-9a-f-]{27})/', page.text))
    assert links <= {one["id"] for one in firm.la.find()}
