"""Contacts kept in step: edits both ways, addresses, phones, the indicator (integration.md 1.6 to 1.9, section 2)."""

from tests.pair.waiting import eventually, steadily

MAIN = {"line1": "4 Mill Lane", "city": "Albany", "state": "NY", "postcode": "12207", "country": "US"}
MAIL = {"line1": "Box 17", "city": "Concord", "state": "NH", "postcode": "03301", "country": "US"}


def shared(address):
    """The parts of an address that both products have, without the empty ones."""
    parts = ("line1", "line2", "city", "state", "postcode", "country")
    return {part: address[part] for part in parts if address and address.get(part)}


def test_10_edit_both_ways(pm, la, linked):
    """Scenario 10 (CON-5): an e-mail changed in PM is in LA, a last name changed in LA is in PM; all stays green."""
    here, there = linked()

    pm.edit(here["id"], email="mara@clients.example")
    eventually(lambda: la.get(there["id"])["email"] == "mara@clients.example")
    la.edit(there["id"], last="Lindgren")
    eventually(lambda: pm.get(here["id"])["last"] == "Lindgren")

    assert pm.wait(here["id"])["first"] == la.wait(there["id"])["first"] == "Mara"


def test_10_every_mapped_field_arrives(pm, la, mark):
    """The mapping table (1.6), from LA to PM; a company is a company on both sides (PER-1 to PER-3)."""
    alias = mark()
    phones = {"work_phone": "1", "mobile_phone": "2", "home_phone": "3", "other_phone": "4", "fax": "5"}
    made = la.create(
        contact_type="client", display_as="company", company="Harbour Row Ltd", alias=alias,
        email="office@harbour.example", main_address=MAIN, **phones,
    )  # fmt: skip

    here = pm.wait(eventually(lambda: pm.by_alias(alias))["id"])

    assert (here["kind"], here["company"], here["email"]) == ("company", "Harbour Row Ltd", "office@harbour.example")
    assert here["reference"] == made["number"]
    labels = {phone["label"]: phone["number"] for phone in here["phones"]}
    assert labels == {"business": "1", "mobile": "2", "home": "3", "other": "4", "fax": "5"}
    assert shared(here["physical_address"]) == MAIN


def test_11_address(pm, la, linked, manager):
    """Scenario 11 (ADR-1, ADR-2, ADR-4, ADR-6): copied at creation, not afterwards, green all the same; both pages
    say that the addresses differ, and one click copies them."""
    here, there = linked(physical_address=MAIN, mailing_address=MAIL)
    assert shared(there["main_address"]) == MAIN
    [additional] = there["additional_addresses"]
    assert (shared(additional), additional["usage"]) == (MAIL, "mailing")

    moved = {**MAIN, "line1": "9 Chapel Hill"}
    pm.edit(here["id"], physical_address=moved)
    eventually(lambda: "9 Chapel Hill" in manager("accounting").get(f"/contacts/{there['id']}/").words)
    pm.wait(here["id"])
    assert shared(la.wait(there["id"])["main_address"]) == MAIN

    page = manager("practice").get(f"/contacts/{here['id']}/")
    assert "4 Mill Lane" in page.words
    assert f"/contacts/{here['id']}/addresses/copy/" in page.text
    manager("practice").post(f"/contacts/{here['id']}/addresses/copy/", direction="there")
    eventually(lambda: shared(la.get(there["id"])["main_address"]) == moved)
    pm.wait(here["id"])


def test_11_address_copied_from_the_other_page(pm, la, linked, manager):
    """The same click in LA, both ways: its address there, and the other product's here."""
    here, there = linked(physical_address=MAIN)
    la.edit(there["id"], main_address={**MAIN, "city": "Troy"})
    eventually(lambda: "Albany" in manager("accounting").get(f"/contacts/{there['id']}/").words)
    manager("accounting").post(f"/contacts/{there['id']}/address-copy/", direction="there")
    eventually(lambda: pm.get(here["id"])["physical_address"]["city"] == "Troy")

    pm.edit(here["id"], physical_address={**MAIN, "city": "Utica"})
    eventually(lambda: "Utica" in manager("accounting").get(f"/contacts/{there['id']}/").words)
    manager("accounting").post(f"/contacts/{there['id']}/address-copy/", direction="here")
    eventually(lambda: la.get(there["id"])["main_address"]["city"] == "Utica")
    pm.wait(here["id"])


def test_11_addresses_kept_in_step_when_the_firm_says_so(firm, pm, la, linked):
    """`sync_addresses` turns the addresses into ordinary fields, both ways (sync-protocol section 2)."""
    here, there = linked(physical_address=MAIN)
    pm.call("PATCH", "/settings/contacts", {"sync_addresses": True})
    try:
        pm.edit(here["id"], physical_address={**MAIN, "city": "Troy"})
        eventually(lambda: la.get(there["id"])["main_address"]["city"] == "Troy")
        firm.kill("practice-worker")  # the new one tells LA of the setting at once instead of within 15 s
        eventually(lambda: "true" in firm.manage("accounting", "shell", "--no-imports", "-c", SHARES), 25)
        la.edit(there["id"], main_address={**MAIN, "city": "Utica"})
        eventually(lambda: pm.get(here["id"])["physical_address"]["city"] == "Utica")
    finally:
        pm.call("PATCH", "/settings/contacts", {"sync_addresses": False})


SHARES = "from counterpart.sync.api import peer; print(str(peer().policy.get('sync_addresses')).lower())"


def test_11_county_is_never_touched(pm, la, linked):
    """ADR-5: County is PM's alone and no exchange clears it."""
    here, there = linked(physical_address={**MAIN, "county": "Greene"})

    la.edit(there["id"], email="county@clients.example")

    eventually(lambda: pm.get(here["id"])["email"] == "county@clients.example")
    assert pm.get(here["id"])["physical_address"]["county"] == "Greene"


def test_12_phones(pm, la, linked):
    """Scenario 12 (PHN-1 to PHN-4): only the first business number is Work; the second stays as it is."""
    phones = [{"label": "business", "number": "207-555-0101"}, {"label": "business", "number": "207-555-0102"}]
    here, there = linked(phones=phones)
    assert there["work_phone"] == "207-555-0101"

    la.edit(there["id"], work_phone="207-555-0199")
    eventually(lambda: pm.get(here["id"])["phones"][0]["number"] == "207-555-0199")
    assert pm.get(here["id"])["phones"][1] == phones[1]

    la.edit(there["id"], work_phone="")
    eventually(lambda: pm.get(here["id"])["phones"] == phones[1:])
    eventually(lambda: la.get(there["id"])["work_phone"] == "207-555-0102")
    pm.wait(here["id"])


def test_13_indicator_link(pm, la, linked, block, manager):
    """Scenario 13 (IND): green leads to the counterpart's page, red leads nowhere."""
    here, there = linked(reference=str(block))
    page = manager("practice").get(f"/contacts/{here['id']}/")
    target = here["sync"]["counterpart_url"]
    assert target.startswith(la.url)
    assert f'href="{target}"' in page.text
    assert "In sync" in page.words
    arrived = manager("accounting").get(target)
    assert (arrived.status, f"/contacts/{there['id']}/" in arrived.url) == (200, True)
    back = manager("practice").get(there["sync"]["counterpart_url"])
    assert f"/contacts/{here['id']}/" in back.url

    red = pm.create(kind="company", company="Late Comers", reference=str(block))
    red = pm.wait(red["id"], "red")
    page = manager("practice").get(f"/contacts/{red['id']}/")
    assert red["sync"]["counterpart_url"] is None
    assert "/open/contact/" not in page.text
    assert "Sync error" in page.words


def test_31_no_echo(firm, pm, la, linked):
    """Scenario 31 (GEN-6): one edit is one write on the other side and none back, in records and in messages."""
    here, there = linked()
    before = _sent(firm)

    pm.edit(here["id"], email="once@clients.example")
    after = eventually(lambda: (found := la.get(there["id"]))["email"] == "once@clients.example" and found)
    mine = pm.wait(here["id"])
    steadily(lambda: la.get(there["id"])["version"] == there["version"] + 1, 1.0)

    assert after["version"] == there["version"] + 1
    assert mine["version"] == pm.get(here["id"])["version"] == here["version"] + 1
    assert _sent(firm) == [before[0] + 1, before[1]]


def _sent(firm):
    """How many batches each product has sent since it began."""
    code = "from counterpart.sync.models import Message; print(Message.objects.filter(sent=True).count())"
    return [firm.shell(product, code) for product in ("practice", "accounting")]


def test_32_force(firm, pm, la, mark):
    """Scenario 32 (GOL-8, STA-5): a contact the link has never heard of is gray; edited and saved it is green."""
    alias = mark()
    contact_id = firm.shell("practice", UNLINKED.format(alias=alias))
    gray = pm.get(contact_id)
    assert (gray["sync"]["status"], gray["sync"]["colour"]) == ("unsynchronized", "gray")
    assert la.find(q=alias) == []

    pm.edit(contact_id, email="found@clients.example")

    green = pm.wait(contact_id)
    assert la.by_number(green["reference"])["email"] == "found@clients.example"


UNLINKED = """
import json
from counterpart.foundation.clock import now
from counterpart.foundation.ids import new_id
from counterpart.practice.contacts.operations.receiving import BLANK
from counterpart.practice.contacts.rows import insert_contacts
contact_id = new_id()
insert_contacts([(contact_id, {{**BLANK, "first": "Gray", "last": "Area", "alias": {alias!r}}}, "nobody")], now())
print(json.dumps(str(contact_id)))
"""


def test_32_saving_without_a_change_forces_an_exchange(firm, pm, linked):
    """STA-5, IND-6: a save and *Sync now* both ask the peer, whatever is known; and it stays green."""
    here, _ = linked()
    before = _sent(firm)[0]

    pm.edit(here["id"])
    pm.wait(here["id"])
    pm.sync(here["id"])
    pm.wait(here["id"])

    assert _sent(firm)[0] == before + 2


def test_closing_is_local(pm, la, linked):
    """CLS-1, CLS-6: closed in one product, open in the other; an edit there arrives and does not reopen it."""
    here, there = linked()

    assert la.edit(there["id"], status="closed")["status"] == "closed"
    pm.wait(here["id"])
    assert pm.get(here["id"])["status"] == "active"
    pm.edit(here["id"], email="closed@clients.example")
    eventually(lambda: la.get(there["id"])["email"] == "closed@clients.example")
    assert la.wait(there["id"])["status"] == "closed"
    assert la.edit(there["id"], status="active")["status"] == "active"
    pm.wait(here["id"])
