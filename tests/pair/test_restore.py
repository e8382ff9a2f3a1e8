"""A product that was restored from a backup is noticed, and nothing is overwritten by it (section 14, property S15)."""

from __future__ import annotations

import pytest
from tests.pair.databases import keep_copy, restore_copy
from tests.pair.waiting import eventually, steadily

PERSON = {"kind": "individual", "first": "Mara", "last": "Lindqvist"}


@pytest.mark.parametrize("restored", ["practice", "accounting"])
def test_restored_backup_is_noticed(own_firm, restored):
    """The link stops: yellow with a sentence in both products, nothing green, nothing merged; both work on."""
    firm = own_firm
    made = firm.pm.wait(firm.pm.create(**PERSON)["id"])
    there = firm.la.wait(firm.la.by_number(made["reference"])["id"])
    firm.stop()
    keep_copy(firm.data, restored, firm.addresses)
    firm.up()
    firm.pm.edit(made["id"], email="newer@clients.example")
    eventually(lambda: firm.la.get(there["id"])["email"] == "newer@clients.example")
    firm.la.edit(there["id"], alias="newer too")
    eventually(lambda: firm.pm.get(made["id"])["alias"] == "newer too")
    firm.pm.wait(made["id"])
    firm.stop()

    restore_copy(firm.data, restored, firm.addresses)
    firm.up()

    for site, contact in ((firm.pm, made), (firm.la, there)):
        yellow = site.wait(contact["id"], "yellow", 30)
        assert "restored from a backup" in yellow["sync"]["detail"]
        assert "green" not in site.counts()
    sides = [(firm.pm, made["id"]), (firm.la, there["id"])]
    (old, old_id), (kept, kept_id) = sides if restored == "practice" else reversed(sides)
    old.edit(old_id, middle="Old")
    kept.edit(kept_id, suffix="Jr.")
    steadily(lambda: kept.get(kept_id)["email"] == "newer@clients.example", 3.0, "the newer work stays")
    assert not kept.get(kept_id)["middle"]
    assert not old.get(old_id)["email"]
    assert "green" not in {**firm.pm.counts(), **firm.la.counts()}
