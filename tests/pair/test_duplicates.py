"""Merging duplicates across both products: asked for on either, decided in Legal Accounting (IMP-15, section 16)."""

from __future__ import annotations

import pytest
from tests.pair.matters import Docket, clients, open_matter, payers
from tests.pair.site import Contact, Refused, Site
from tests.pair.waiting import eventually

SHARES = {"First": "65.6666", "Lost": "33.3333", "Kept": "1.0001"}


@pytest.fixture
def trio(pm, la, mark):
    """Three clients of one matter, of whom Lost and Kept are one; shares that do not divide evenly."""

    def make() -> tuple[dict[str, Contact], Docket]:
        made = {name: pm.create(kind="individual", first=name, last=mark()) for name in ("First", "Lost", "Kept")}
        here = {name: pm.wait(one["id"]) for name, one in made.items()}
        docket = open_matter(pm, la, [here["First"], here["Lost"], here["Kept"]], name=f"Matter {mark()}")
        there = {name: la.by_number(one["reference"]) for name, one in here.items()}
        shares = [{"contact_id": there[name]["id"], "percent": SHARES[name]} for name in ("Lost", "Kept")]
        la.call("PUT", f"/files/{docket.file_id}/split", {"payers": shares}, If_Match="*")
        docket.settled()
        return here, docket

    return make


def gone(site: Site, contact_id: str) -> str:
    """The survivor that a merged contact's address answers with; '' while the contact is there."""
    try:
        site.get(contact_id)
    except Refused as refusal:
        assert refusal.status == 410  # noqa: PT017 - merged, not missing
        return str(refusal.problem["merged_into"])
    return ""


def test_asked_in_practice_management(firm, pm, la, trio):
    """Asked while Legal Accounting is down, with an edit of the loser after it: both stay until it decides, then shares
    are added to the cent, the chosen value stands in both, the edit is not lost; undoing brings back every share.
    """
    here, docket = trio()
    lost, kept = here["Lost"], here["Kept"]
    there = {name: la.by_number(one["reference"]) for name, one in here.items()}
    with firm.down("accounting"):
        asked = pm.call("POST", f"/contacts/{kept['id']}/merge", {
            "contacts": [lost["id"]], "field_choices": {"first": lost["id"]},
        })  # fmt: skip
        (merge,) = asked["merges"]
        assert merge["state"] == "asked"
        pm.edit(lost["id"], email="late@lost.example")
        assert clients(docket.matter) == [here["First"]["id"], lost["id"], kept["id"]]

    eventually(lambda: gone(pm, lost["id"]) == kept["id"], 40)
    assert gone(la, there["Lost"]["id"]) == there["Kept"]["id"]
    docket.settled()
    mine, theirs = pm.wait(kept["id"]), la.wait(there["Kept"]["id"])
    assert clients(docket.matter) == [here["First"]["id"], kept["id"]]
    assert payers(docket.file) == [(here["First"]["reference"], "65.6666"), (kept["reference"], "34.3334")]
    assert (mine["first"], theirs["first"], mine["reference"]) == ("Lost", "Lost", kept["reference"])
    assert (mine["email"], theirs["email"]) == ("late@lost.example",) * 2
    assert [one["id"] for one in la.find(q=lost["reference"])] == [there["Kept"]["id"]]
    assert kept["id"] in [one["id"] for one in pm.find(q=lost["reference"])]

    assert pm.call("DELETE", f"/contact-merges/{merge['id']}")["state"] == "undoing"
    back = pm.wait(eventually(lambda: pm.get(lost["id"]), 40)["id"])
    assert back["reference"] == lost["reference"]
    docket.settled()
    eventually(lambda: clients(docket.matter) == [here[name]["id"] for name in ("First", "Lost", "Kept")])
    eventually(lambda: dict(payers(docket.file)) == {here[name]["reference"]: SHARES[name] for name in SHARES})
    la.wait(there["Lost"]["id"])
    assert pm.wait(kept["id"])["first"] == "Kept"


def test_decided_in_legal_accounting(pm, la, trio):
    """Merged by an administrator of Legal Accounting: Practice Management does the same, parties and pages included;
    undone there, it is undone here.
    """
    here, docket = trio()
    lost, kept = here["Lost"], here["Kept"]
    there = {name: la.by_number(one["reference"]) for name, one in here.items()}
    done = la.call("POST", f"/contacts/{there['Kept']['id']}/merge", {"contacts": [there["Lost"]["id"]]})
    assert done["merges"][0]["state"] == "done"

    eventually(lambda: gone(pm, lost["id"]) == kept["id"])
    docket.settled()
    assert clients(docket.matter) == [here["First"]["id"], kept["id"]]
    assert payers(docket.file) == [(here["First"]["reference"], "65.6666"), (kept["reference"], "34.3334")]
    mine, theirs = pm.wait(kept["id"]), la.wait(there["Kept"]["id"])
    assert mine["alias"] == theirs["alias"] == f"Lost {lost['last']}"

    la.call("DELETE", f"/contact-merges/{done['merges'][0]['id']}")
    pm.wait(eventually(lambda: pm.get(lost["id"]), 40)["id"])
    docket.settled()
    assert clients(docket.matter) == [here[name]["id"] for name in ("First", "Lost", "Kept")]
    assert dict(payers(docket.file)) == {here[name]["reference"]: SHARES[name] for name in SHARES}


def test_refused_with_a_reason_and_withdrawn(firm, pm, la, linked, mark):
    """What Legal Accounting will not merge stays as it is, red with the reason, until the request is withdrawn."""
    (one, _), (other, there) = linked(), linked()
    with firm.held_still("accounting-worker"):  # Practice Management does not hear of this before it asks
        la.edit(there["id"], display_as="company", company=f"Firm {mark()}")
        (merge,) = pm.call("POST", f"/contacts/{one['id']}/merge", {"contacts": [other["id"]]})["merges"]
        pm.wait(other["id"], "red")
        address = f"/contact-merges/{merge['id']}"
        assert "company and an individual" in pm.call("GET", address)["problem"]
        assert pm.call("DELETE", address)["state"] == "withdrawn"
    pm.wait(other["id"])
    assert pm.get(one["id"])["id"] == one["id"]
