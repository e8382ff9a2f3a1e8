"""Clocks that are wrong: nobody's later edit is buried, and a clock too far off is said and not believed."""

from __future__ import annotations

import pytest
from tests.pair.waiting import eventually

PERSON = {"kind": "individual", "first": "Mara", "last": "Lindqvist"}


@pytest.fixture
def pair(rough_firm):
    """A green contact in both products, whose clocks the test may set; they are right again afterwards."""
    made = rough_firm.pm.wait(rough_firm.pm.create(**PERSON)["id"], within_s=40)
    there = rough_firm.la.wait(rough_firm.la.by_number(made["reference"])["id"])
    yield made, there
    for product in ("practice", "accounting"):
        rough_firm.wrong_clock(product, 0)
    rough_firm.pm.wait(made["id"], within_s=90)
    rough_firm.la.wait(there["id"], within_s=90)


@pytest.mark.parametrize("seconds", [200, -200])
def test_the_edit_made_later_stands_whatever_the_clocks_say(rough_firm, pair, seconds):
    """Section 4: a stamp exceeds what its author had seen, so a slow clock loses nothing."""
    here, there = pair
    before = rough_firm.pm.summary()["conflicts"]
    rough_firm.wrong_clock("accounting", seconds)
    for turn in range(3):
        rough_firm.la.edit(there["id"], alias=f"la-{turn}")
        eventually(lambda turn=turn: rough_firm.pm.get(here["id"])["alias"] == f"la-{turn}")
        rough_firm.pm.edit(here["id"], alias=f"pm-{turn}")
        eventually(lambda turn=turn: rough_firm.la.get(there["id"])["alias"] == f"pm-{turn}")

    assert rough_firm.pm.wait(here["id"])["alias"] == "pm-2"
    assert rough_firm.pm.summary()["conflicts"] == before


def test_a_clock_ten_minutes_off_is_said_and_nothing_is_lost(rough_firm, pair):
    """Section 18: outside the window nothing is exchanged, the reason is shown, and it heals by itself."""
    here, there = pair
    rough_firm.wrong_clock("accounting", 600)

    rough_firm.pm.edit(here["id"], email="patient@clients.example")
    eventually(lambda: "clocks" in rough_firm.pm.get(here["id"])["sync"]["detail"], 30)
    assert rough_firm.pm.colour(here["id"]) != "green"

    rough_firm.wrong_clock("accounting", 0)
    eventually(lambda: rough_firm.la.get(there["id"])["email"] == "patient@clients.example", 90)
