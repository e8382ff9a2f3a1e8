"""The same field changed on both sides at once: the later stands, the other is kept on both (sync-protocol 4)."""

import re

import pytest
from tests.pair.waiting import eventually, steadily


def test_the_later_value_stands_and_the_other_is_listed_on_both_sides(firm, conflict, manager):
    """S3: no acknowledged edit is lost; who set what, where, is shown; the colour is not changed by it."""
    here, _ = conflict("from-pm", "from-la")

    for product in ("practice", "accounting"):
        words = eventually(lambda product=product: _listing(manager(product), here["alias"]))
        assert "from-pm@clients.example" in words
        assert "from-la@clients.example" in words
        assert "Administrator" in words
        assert words.count("Practice Management") >= 1


@pytest.mark.parametrize("deciding", ["practice", "accounting"])
def test_use_the_other_value(firm, conflict, manager, deciding):
    """An ordinary new edit that reaches both sides; the conflict leaves both lists."""
    here, there = conflict("from-pm", "from-la")
    conflict_id = eventually(lambda: _conflict_of(manager(deciding), here["alias"]))

    assert manager(deciding).post(f"/sync/conflicts/{conflict_id}/use/").status == 200

    eventually(lambda: firm.pm.get(here["id"])["email"] == "from-pm@clients.example")
    eventually(lambda: firm.la.get(there["id"])["email"] == "from-pm@clients.example")
    firm.pm.wait(here["id"])
    for product in ("practice", "accounting"):
        eventually(lambda product=product: not _listing(manager(product), here["alias"]))


def test_keep(firm, conflict, manager):
    """*Keep* closes the conflict on both sides and changes no value."""
    here, there = conflict("from-pm", "from-la")
    conflict_id = eventually(lambda: _conflict_of(manager("accounting"), here["alias"]))

    assert manager("accounting").post(f"/sync/conflicts/{conflict_id}/keep/").status == 200

    for product in ("practice", "accounting"):
        eventually(lambda product=product: not _listing(manager(product), here["alias"]))
    assert firm.pm.get(here["id"])["email"] == firm.la.get(there["id"])["email"] == "from-la@clients.example"


def test_different_fields_at_once_are_both_kept(firm, linked, apart, manager):
    """Registers merge one by one: no conflict where two people changed different things."""
    here, there = linked()
    with apart():
        firm.pm.edit(here["id"], email="pm@clients.example")
        firm.la.edit(there["id"], last="Lindgren")

    eventually(lambda: firm.la.get(there["id"])["email"] == "pm@clients.example")
    eventually(lambda: firm.pm.get(here["id"])["last"] == "Lindgren")
    assert not _listing(manager("practice"), here["alias"])


def test_the_same_value_at_once_is_no_conflict(firm, linked, apart, manager):
    here, there = linked()
    with apart():
        firm.pm.edit(here["id"], email="same@clients.example")
        firm.la.edit(there["id"], email="same@clients.example")

    firm.pm.wait(here["id"])
    firm.la.wait(there["id"])
    assert not _listing(manager("practice"), here["alias"])


def test_paused_and_resumed(firm, linked, manager):
    """ADM: while paused both sides work and are yellow with a reason; resumed, everything goes through by itself."""
    here, there = linked()
    manager("practice").post("/sync/connection/pause/")
    try:
        firm.pm.edit(here["id"], email="paused@clients.example")
        yellow = firm.pm.wait(here["id"], "yellow")
        assert "aused" in yellow["sync"]["detail"]
        assert "aused" in firm.la.wait(there["id"], "yellow")["sync"]["detail"]
        steadily(lambda: firm.la.get(there["id"])["email"] != "paused@clients.example", 1.0)
    finally:
        manager("practice").post("/sync/connection/resume/")

    eventually(lambda: firm.la.get(there["id"])["email"] == "paused@clients.example")
    firm.pm.wait(here["id"])
    firm.la.wait(there["id"])


@pytest.fixture
def conflict(firm, linked, apart):
    """A contact whose e-mail was set in PM and then in LA, neither knowing of the other; it is green again."""

    def make(in_pm, in_la):
        here, there = linked()
        with apart():
            firm.pm.edit(here["id"], email=f"{in_pm}@clients.example")
            firm.la.edit(there["id"], email=f"{in_la}@clients.example")
        eventually(lambda: firm.pm.get(here["id"])["email"] == f"{in_la}@clients.example")
        assert firm.la.wait(there["id"])["email"] == f"{in_la}@clients.example"
        return firm.pm.wait(here["id"]), there

    return make


def _listing(person, alias):
    """The conflicts on the record with this alias, as its page shows them; empty when there is none."""
    page = person.get(_record(person, alias))
    panels = re.findall(r"/sync/conflicts/[0-9a-f]+/use/", page.text)
    return page.words if panels else ""


def _conflict_of(person, alias):
    found = re.search(r"/sync/conflicts/([0-9a-f]+)/use/", person.get(_record(person, alias)).text)
    return found and found[1]


def _record(person, alias):
    """The address of the record page, found as a person would, by searching."""
    found = re.search(r"/contacts/[0-9a-f-]{36}/", person.get(f"/search/?q={alias}").text)
    assert found, f"{alias} is not found"
    return found[0]
