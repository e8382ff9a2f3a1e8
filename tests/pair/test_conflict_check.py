"""One conflict check over both products, each viewer seeing only what she may (IMP-16, CNF-1, CNF-2)."""

from __future__ import annotations

import pytest
from tests.pair.matters import open_matter
from tests.pair.people import ADA, CLEO


@pytest.fixture
def restricted(pm, la, mark):
    """A client on an open matter and on one that only the administrator may see; both are green in both products."""
    name = f"Tarn {mark()}"
    client = pm.wait(pm.create(kind="company", company=name)["id"])
    plain = open_matter(pm, la, [client], name=f"Plain {mark()}")
    secret = open_matter(pm, la, [client], name=f"Secret {mark()}")
    pm.matters.edit(secret.matter_id, restricted=True)
    return name, plain, secret


def check(site, *names):
    return site.call("POST", "/conflict-checks", {"names": list(names)})


def titles(findings):
    return [matter["name"].split(" ", 1)[-1] for one in findings["contacts"] for matter in one["matters"]]


@pytest.mark.parametrize("product", ["practice", "accounting"])
def test_what_both_products_hold_stands_there_once(firm, restricted, product):
    """IMP-16: one line for a contact and for each matter, with a record in each product."""
    name, plain, secret = restricted

    answer = check(firm.site(product), name)

    assert answer["other_product_answered"]
    [findings] = answer["findings"]
    [contact] = findings["contacts"]
    assert {record["product"] for record in contact["records"]} == {"Practice Management", "Legal Accounting"}
    assert len(contact["matters"]) == 2
    assert all(len(matter["records"]) == 2 for matter in contact["matters"])
    assert {matter["records"][0]["number"] for matter in contact["matters"]} == {
        plain.file["number"], secret.file["number"],
    }  # fmt: skip
    assert findings["hidden"] == []


def test_a_restricted_matter_is_neither_left_out_nor_named(firm, restricted):
    """CNF-2, PRM-4: Ada has accounts in both products and is not listed; LA, which has no walls, does not tell her."""
    name, plain, secret = restricted

    answer = check(firm.site("practice", ADA), name, plain.matter["name"], secret.matter["name"])

    by_client, by_plain, by_secret = answer["findings"]
    hidden = [{"product": "Practice Management", "kind": "matter", "count": 1}]
    assert (len(by_client["contacts"]), len(titles(by_client)), by_client["hidden"]) == (1, 1, hidden)
    assert len(by_plain["matters"]) == 1
    assert (by_secret["contacts"], by_secret["matters"], by_secret["hidden"]) == ([], [], hidden)
    told = str([by_client, by_plain])
    assert secret.matter["name"] not in told
    assert secret.file["number"] not in told
    assert secret.file_id not in told


def test_somebody_unknown_there_learns_that_there_are_hits(firm, restricted):
    """IMP-16: Cleo exists in Practice Management only."""
    name, _, _ = restricted

    answer = check(firm.site("practice", CLEO), name)

    assert not answer["other_product_knows_you"]
    [findings] = answer["findings"]
    assert {"product": "Legal Accounting", "kind": "contact", "count": 1} in findings["hidden"]
    assert [record["product"] for record in findings["contacts"][0]["records"]] == ["Practice Management"]


def test_a_former_name_is_found_from_the_other_product(firm, pm, la, linked, mark):
    """CNF-1: renamed in Practice Management; Legal Accounting finds it by the name it had."""
    before, after = f"Quayle{mark()[5:]}", f"Rook{mark()[5:]}"
    here, there = linked(last=before)
    pm.edit(here["id"], last=after)
    pm.wait(here["id"])
    la.wait(there["id"])

    [findings] = check(la, f"Mara {before}")["findings"]

    [contact] = findings["contacts"]
    assert contact["name"] == f"Mara {after}"
    assert contact["why"] == [f"Former name: Mara {before}"]
    assert len(contact["records"]) == 2


def test_the_other_product_down(own_firm):
    """IMP-16: own hits are shown, and that the other product was not searched."""
    own_firm.pm.create(kind="company", company="Tarn Quarries")

    with own_firm.down("accounting"):
        answer = check(own_firm.pm, "Tarn Quarries", "Nobody")

    assert not answer["other_product_answered"]
    assert [len(findings["contacts"]) for findings in answer["findings"]] == [1, 0]
