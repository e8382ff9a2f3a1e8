"""Scenarios 15 to 23: a matter opened in Practice Management is a file in Legal Accounting (integration 3 and 4)."""

from __future__ import annotations

import pytest
from tests.pair.matters import clients, open_matter, payers
from tests.pair.matters_job import number_files
from tests.pair.people import ADA
from tests.pair.site import Refused
from tests.pair.waiting import eventually, steadily

WHOLE, NOTHING = "100.0000", "0.0000"


@pytest.fixture
def client(pm, mark):
    """A client that is green in Practice Management; a keyword is a field of the contact."""

    def make(**fields):
        made = pm.create(**{"kind": "company", "company": f"Tarn {mark()}", **fields})
        return pm.wait(made["id"])

    return make


@pytest.fixture
def matter(pm, la, mark):
    """A matter of these clients that is green in both products."""
    return lambda *clients, **fields: open_matter(pm, la, clients, **{"name": f"Matter {mark()}", **fields})


@pytest.fixture
def by_firm(la):
    """Files are numbered by firm, from the number given, until the test has ended."""
    yield lambda first: number_files(la, scheme="firm", next=first)
    number_files(la, scheme="contact")


def test_15_matter_without_client(pm, la, client, mark):
    """Scenario 15 (MAT-3): saved in PM and gray, with the reason; with a green client it appears in LA, green."""
    name = mark()
    made = pm.matters.create(name=name, parties=[])
    assert made["sync"]["colour"] == "gray"
    assert made["sync"]["detail"] == "This matter won't reach Legal Accounting until it has a client."
    steadily(lambda: not la.matters.find(q=name), for_s=1.0)

    one = client()
    pm.matters.edit(made["id"], parties=[{"role": "Client", "contact_id": one["id"]}])

    here = pm.matters.wait(made["id"])
    there = la.matters.wait(la.matters.by_number(here["file_reference"])["id"])
    assert (there["description"], payers(there)) == (name, [(one["reference"], WHOLE)])


def test_16_matter_with_red_client(pm, la, client, matter, mark):
    """Scenario 16 (MAT-4): red with the client's name and not in LA, until the client is put right."""
    holder, name = client(), mark()
    clash = pm.create(kind="company", company=f"Red {name}", reference=holder["reference"])
    pm.wait(clash["id"], "red")

    made = pm.matters.create(name=name, parties=[{"role": "Client", "contact_id": clash["id"]}])
    red = pm.matters.wait(made["id"], "red")
    assert f"Red {name}" in red["sync"]["detail"]
    steadily(lambda: not la.matters.find(q=name), for_s=1.0)

    pm.edit(clash["id"], reference=None)
    here = pm.matters.wait(made["id"])
    assert la.matters.by_number(here["file_reference"])["description"] == name


def test_17_by_contact(pm, client, matter, block):
    """Scenario 17 (MAT-10): the contact's number, a hyphen and a counter of three digits, per contact."""
    one, other = client(), client()

    numbers = [matter(party).matter["file_reference"] for party in (one, one, other, one)]

    first, second = one["reference"], other["reference"]
    assert numbers == [f"{first}-001", f"{first}-002", f"{second}-001", f"{first}-003"]


def test_17_by_firm(client, matter, by_firm):
    """Scenario 17 (MAT-11): one counter for the firm, whoever the client is."""
    by_firm(12345)
    one, other = client(), client()

    assert [matter(party).matter["file_reference"] for party in (one, other)] == ["12345", "12346"]


def test_18_lawyers(firm, pm, la, client, matter):
    """Scenario 18 (MAT-22, MAT-28): assigned to A makes Assigned, Responsible and Lead A; B later is Assigned alone;
    Responsible changed in LA stays there."""
    docket = matter(client(), assigned_to=ADA)
    file = docket.file
    assert (file["assigned"], file["responsible"], file["lead"]) == (ADA, ADA, ADA)

    pm.matters.edit(docket.matter_id, assigned_to="admin@example.com")
    file = eventually(lambda: _if(docket.file, assigned="admin@example.com"))
    assert (file["responsible"], file["lead"]) == (ADA, ADA)

    la.matters.edit(docket.file_id, responsible="admin@example.com")
    here, _ = docket.settled()
    assert here["assigned_to"] == "admin@example.com"
    la.matters.edit(docket.file_id, assigned=ADA)
    eventually(lambda: docket.matter["assigned_to"] == ADA)


def test_18_assigned_to_nobody_there(pm, client, mark):
    """MAT-22: Cleo works in PM alone; the file is made, and the matter says red who is missing."""
    from tests.pair.people import CLEO

    made = pm.matters.create(name=mark(), assigned_to=CLEO, parties=[{"role": "Client", "contact_id": client()["id"]}])

    red = pm.matters.wait(made["id"], "red")
    assert CLEO in red["sync"]["detail"]
    pm.matters.edit(made["id"], assigned_to=ADA)
    pm.matters.wait(made["id"])


def test_19_open_date(pm, la, client, matter):
    """Scenario 19: a date changed in LA stays there; changed in PM it goes to LA."""
    docket = matter(client(), date="2026-01-05")
    assert docket.file["opened_on"] == "2026-01-05"

    la.matters.edit(docket.file_id, opened_on="2026-01-09")
    here, _ = docket.settled()
    assert here["date"] == "2026-01-05"
    pm.matters.edit(docket.matter_id, date="2026-01-07")
    eventually(lambda: docket.file["opened_on"] == "2026-01-07")


def test_20_close(pm, la, client, matter):
    """Scenario 20 (MAT-24): closed in PM the file stays open; closed in LA the matter stays active."""
    one, other = matter(client()), matter(client())

    pm.matters.edit(one.matter_id, status="closed")
    la.matters.edit(other.file_id, status="closed")

    assert one.settled()[1]["status"] == "open"
    assert other.settled()[0]["status"] == "active"


def test_21_two_clients(pm, la, client, matter):
    """Scenario 21 (GRP-2 to GRP-4): A then B: A pays all, B nothing; no contact was added for the two."""
    before = len(la.find())
    a, b = client(), client()

    docket = matter(a, b)

    assert payers(docket.file) == [(a["reference"], WHOLE), (b["reference"], NOTHING)]
    assert len(la.find()) == before + 2


def test_22_split_is_set_in_accounting_and_stays_there(la, client, matter):
    """Scenario 22 without bills: B at 30 % leaves A 70 %; a bill of 1,000.00 is 700.00 and 300.00; PM is not told."""
    a, b = client(), client()
    docket = matter(a, b)
    there = {one["number"]: one["contact_id"] for one in docket.file["payers"]}

    _set_share(la, docket, {there[b["reference"]]: "30"})
    assert payers(docket.file) == [(a["reference"], "70.0000"), (b["reference"], "30.0000")]

    lines = {"lines": [{"description": "Fees", "amount": "1000.00"}]}
    preview = la.call("POST", f"/files/{docket.file_id}/split/preview", lines)
    amounts = {one["number"]: one["amount"] for one in preview["payers"]}
    assert (preview["total"], amounts) == ("1000.00", {a["reference"]: "700.00", b["reference"]: "300.00"})
    docket.settled()


def test_23_clients_change_in_practice_alone(la, client, matter):
    """Scenario 23 and GRP-7 to GRP-11: add, remove, reorder, replace, go down to one; percentages stay with people."""
    a, b, c = client(), client(), client()
    docket = matter(a, b)
    there = {one["number"]: one["contact_id"] for one in docket.file["payers"]}
    _set_share(la, docket, {there[b["reference"]]: "30"})

    def after(*parties):
        docket.set_clients(parties)
        wanted = [one["reference"] for one in parties]
        eventually(lambda: [number for number, _ in payers(docket.file)] == wanted)
        return [percent for _, percent in payers(docket.settled()[1])]

    assert after(a, b, c) == ["70.0000", "30.0000", NOTHING]  # a newcomer pays nothing yet
    assert after(b, a, c) == ["30.0000", "70.0000", NOTHING]  # another first: shares stay with their people
    assert after(b, c) == [WHOLE, NOTHING]  # what a removed one had goes to the primary
    assert after(c, b) == [WHOLE, NOTHING]  # nobody has divided the file (any more): the primary has the whole
    assert after(c) == [WHOLE]  # down to one: no group, all of it


def test_23_the_last_client_stays(pm, client, matter):
    """GRP-12: the last client of a matter LA knows is not removed."""
    docket = matter(client())

    with pytest.raises(Refused) as refusal:
        pm.matters.edit(docket.matter_id, parties=[])

    assert refusal.value.status == 409
    assert len(clients(docket.matter)) == 1


def test_number_changed_on_either_side_follows_on_the_other(pm, la, client, matter):
    """MAT-18: File Reference and File Number are one number."""
    docket = matter(client())
    number = docket.matter["file_reference"]

    la.matters.edit(docket.file_id, number=f"{number}7")
    eventually(lambda: docket.matter["file_reference"] == f"{number}7")
    pm.matters.edit(docket.matter_id, file_reference=f"{number}8")
    eventually(lambda: docket.file["number"] == f"{number}8")
    docket.settled()


def test_a_taken_number_is_refused_and_a_free_one_helps(pm, la, client, matter, mark):
    """MAT-9, STA-7: red until a free number is given; LA makes no second file of that number."""
    one = client()
    docket = matter(one)
    party = [{"role": "Client", "contact_id": one["id"]}]
    taken = docket.matter["file_reference"]
    with pytest.raises(Refused) as refusal:
        pm.matters.create(name=mark(), file_reference=taken, parties=party)
    assert "file_reference" in refusal.value.fields

    wrong = pm.matters.create(name=mark(), file_reference="no-such-prefix", parties=party)
    pm.matters.wait(wrong["id"], "red")
    pm.matters.edit(wrong["id"], file_reference=None)
    here = pm.matters.wait(wrong["id"])
    assert here["file_reference"].startswith(f"{one['reference']}-")
    assert len(la.matters.find(number=taken)) == 1


def test_name_and_both_ends(pm, la, client, matter):
    """Matter Name is Description, edited on either side."""
    docket = matter(client())

    la.matters.edit(docket.file_id, description="Renamed in Accounting")
    eventually(lambda: docket.matter["name"] == "Renamed in Accounting")
    pm.matters.edit(docket.matter_id, name="Renamed in Practice")
    eventually(lambda: docket.file["description"] == "Renamed in Practice")


def test_13_indicator_links_matter_and_file(pm, la, client, matter, manager, mark):
    """Scenario 13 for matters (STA-6): green leads to the counterpart's page and back, red leads nowhere."""
    docket = matter(client())
    here, there = docket.settled()
    target = here["sync"]["counterpart_url"]
    assert f'href="{target}"' in manager("practice").get(f"/matters/{docket.matter_id}/").text
    assert f"/files/{docket.file_id}/" in manager("accounting").get(target).url
    assert f"/matters/{docket.matter_id}/" in manager("practice").get(there["sync"]["counterpart_url"]).url

    party = [{"role": "Client", "contact_id": client()["id"]}]
    red = pm.matters.create(name=mark(), file_reference="no-such-prefix", parties=party)
    red = pm.matters.wait(red["id"], "red")
    assert red["sync"]["counterpart_url"] is None
    page = manager("practice").get(f"/matters/{red['id']}/")
    assert "Sync error" in page.words
    assert "/open/matter/" not in page.text


def test_14_matter_and_client_made_while_accounting_is_down(firm, pm, la, mark):
    """Scenario 14 for matters (MAT-4): both wait; once LA is back both arrive, in order, each once."""
    name = mark()
    with firm.down("accounting"):
        party = pm.create(kind="company", company=f"Down {name}")
        made = pm.matters.create(name=name, parties=[{"role": "Client", "contact_id": party["id"]}])
        pm.matters.wait(made["id"], "lightblue")

    here = pm.matters.wait(made["id"], within_s=40)
    (there,) = la.matters.find(q=name)
    assert (there["number"], len(la.find(q=f"Down {name}"))) == (here["file_reference"], 1)


def test_31_no_echo(pm, la, client, matter):
    """Scenario 31 for matters (GEN-6): one edit is one write on the other side, and none comes back."""
    docket = matter(client())
    here, there = docket.settled()

    pm.matters.edit(docket.matter_id, name="Edited once")
    eventually(lambda: docket.file["description"] == "Edited once")
    docket.settled()
    steadily(lambda: docket.file["version"] == there["version"] + 1, 1.0)

    assert docket.matter["version"] == here["version"] + 1


def test_deleted_matter_leaves_its_file(pm, la, client, matter):
    """CLS-8 for matters: the file may hold a ledger, so it stays and is gray; restoring is a page of PM's."""
    docket = matter(client())

    pm.matters.delete(docket.matter_id)

    gray = la.matters.wait(docket.file_id, "gray")
    assert gray["status"] == "open"


def _set_share(la, docket, shares):
    parties = [{"contact_id": key, "percent": percent} for key, percent in shares.items()]
    la.call("PUT", f"/files/{docket.file_id}/split", {"payers": parties}, If_Match="*")


def _if(record, **wanted):
    return record if all(record[name] == value for name, value in wanted.items()) else None
