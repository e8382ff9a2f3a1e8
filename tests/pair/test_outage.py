"""The other product is down: work goes on, and nothing is lost or doubled (integration.md scenario 14)."""

from tests.pair.waiting import eventually

PERSON = {"kind": "individual", "first": "Mara", "last": "Lindqvist"}
CLIENT = {"contact_type": "client", "display_as": "individual", "first": "Tomas", "last": "Eklund"}


def test_14_other_product_down(firm, mark):
    """Scenario 14 (GEN-4): saved and light blue while LA is stopped; green by itself once it is back; one contact."""
    alias = mark()
    with firm.down("accounting"):
        made = firm.pm.create(**PERSON, alias=alias)
        waiting = firm.pm.wait(made["id"], "lightblue")
        assert not waiting["reference"]
        firm.pm.edit(made["id"], email="while@down.example")
        assert firm.pm.get(made["id"])["sync"]["status"] == "pending"

    green = firm.pm.wait(made["id"], within_s=40)
    [there] = firm.la.find(q=alias)
    assert there["number"] == green["reference"]
    assert firm.la.wait(there["id"])["email"] == "while@down.example"


def test_14_practice_management_down(firm, mark):
    """The other way round: LA numbers and works on alone."""
    alias = mark()
    with firm.down("practice"):
        made = firm.la.create(**CLIENT, alias=alias)
        assert made["number"]
        firm.la.wait(made["id"], "lightblue")

    firm.la.wait(made["id"], within_s=40)
    [here] = firm.pm.find(q=alias)
    assert here["reference"] == made["number"]


def test_14_a_peer_that_hangs_does_not_hold_up_a_save(firm, mark):
    """WIN-12: a save never waits for the other product, not even for one that accepts and never answers."""
    alias = mark()
    with firm.held_still("accounting"):
        made = firm.pm.create(**PERSON, alias=alias, reference="")
        assert firm.pm.colour(made["id"]) == "lightblue"

    firm.pm.wait(made["id"], within_s=40)
    assert len(firm.la.find(q=alias)) == 1


def test_workers_killed_between_two_saves(firm, linked):
    """A worker that is killed is back by itself, and what was saved meanwhile goes out (OPS)."""
    here, there = linked()
    for name in ("practice-worker", "accounting-worker"):
        firm.kill(name)

    firm.pm.edit(here["id"], email="killed@clients.example")
    firm.la.edit(there["id"], last="Lindgren")

    eventually(lambda: firm.la.get(there["id"])["email"] == "killed@clients.example", 40)
    eventually(lambda: firm.pm.get(here["id"])["last"] == "Lindgren", 40)
    firm.pm.wait(here["id"])
