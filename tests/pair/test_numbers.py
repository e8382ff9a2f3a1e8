"""Numbers: given by Legal Accounting, asked for in Practice Management, never given twice (integration.md 1.3, 1.4)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.pair.people import NADIA
from tests.pair.site import Refused
from tests.pair.waiting import eventually

PERSON = {"kind": "individual", "first": "Mara", "last": "Lindqvist"}
CLIENT = {"contact_type": "client", "display_as": "individual", "first": "Tomas", "last": "Eklund"}


def test_01_empty_reference(pm, la, block):
    """Scenario 1 (NUM-1, NUM-2, NUM-8): after 25 comes 26, in both products, and both are green."""
    la.create(**CLIENT, number=str(block + 25))
    made = pm.create(**PERSON)
    assert not made["reference"]

    here = pm.wait(made["id"])
    there = la.wait(la.by_number(str(block + 26))["id"])

    assert here["reference"] == there["number"] == str(block + 26)
    assert (here["sync"]["status"], there["sync"]["status"]) == ("synchronized", "synchronized")


def test_02_given_reference_resets(pm, la, block):
    """Scenario 2 (NUM-3, NUM-6, NUM-7): the sequence goes on from the number typed last, up or down."""
    assert _number_of(pm, reference=str(block + 900)) == str(block + 900)
    assert _number_of(pm) == str(block + 901)
    assert _number_of(pm, reference=str(block + 27)) == str(block + 27)
    assert _number_of(pm) == str(block + 28)


def test_02_keep_sequence(pm, block):
    """A number may be used without moving the sequence: *use this number and keep the sequence*."""
    assert _number_of(pm, reference=str(block + 500), keep_sequence=True) == str(block + 500)
    assert _number_of(pm) == str(block)


def test_02_keep_sequence_in_legal_accounting(la, block):
    """The same where the number is typed in Legal Accounting (NUM-12)."""
    assert la.create(**CLIENT, number=str(block + 500), keep_sequence=True)["number"] == str(block + 500)
    assert la.create(**CLIENT)["number"] == str(block)


@pytest.mark.parametrize("reference", ["12*3", "12 3"])
def test_03_bad_characters(pm, la, mark, reference):
    """Scenario 3 (NUM-4, NUM-5): refused at the field in either product, and nothing is stored or sent."""
    alias = mark()
    with pytest.raises(Refused) as in_pm:
        pm.create(**PERSON, alias=alias, reference=reference)
    with pytest.raises(Refused) as in_la:
        la.create(**CLIENT, alias=alias, number=reference)

    assert (in_pm.value.status, list(in_pm.value.fields)) == (422, ["reference"])
    assert (in_la.value.status, list(in_la.value.fields)) == (422, ["number"])
    assert pm.find(q=alias) == la.find(q=alias) == []


def test_04_clash(pm, la, block):
    """Scenario 4 (NUM-10, NUM-11): saved in PM and red, LA unchanged; a free number turns it green."""
    taken, free = str(block + 40), str(block + 41)
    holder = la.create(**CLIENT, number=taken)
    la.wait(holder["id"])

    red = pm.wait(_create(pm, reference=taken)["id"], "red")

    assert red["reference"] == taken
    assert taken in red["sync"]["detail"]
    assert "used" in red["sync"]["detail"]
    assert red["sync"]["counterpart_url"] is None
    assert la.by_number(taken)["id"] == holder["id"]
    assert la.get(holder["id"])["version"] == holder["version"]
    pm.edit(red["id"], reference=free)
    assert pm.wait(red["id"])["reference"] == free
    assert la.by_number(free)["last"] == "Lindqvist"


def test_04_clash_cured_by_legal_accounting(pm, la, block, manager):
    """The other remedy: *let Legal Accounting number it*, one click on the record page."""
    taken = str(block + 40)
    la.create(**CLIENT, number=taken)
    red = pm.wait(_create(pm, reference=taken)["id"], "red")

    page = manager("practice").get(f"/contacts/{red['id']}/")
    assert "already used" in page.words
    assert f"/contacts/{red['id']}/reference/withdrawal/" in page.text
    manager("practice").post(f"/contacts/{red['id']}/reference/withdrawal/")

    assert pm.wait(red["id"])["reference"] == str(block + 41)


def test_04_clash_with_a_number_of_other_case_and_of_a_deleted_contact(pm, la, block):
    """Numbers differ by more than their case, and a number once given stays given (NUM-10, NUM-15)."""
    gone = la.create(**CLIENT, number=f"a{block}")
    la.wait(gone["id"])
    la.delete(gone["id"])

    assert "used" in pm.wait(_create(pm, reference=f"A{block}")["id"], "red")["sync"]["detail"]
    with pytest.raises(Refused) as refusal:
        la.create(**CLIENT, number=f"A{block}")
    assert list(refusal.value.fields) == ["number"]


def test_04_number_changed_later(pm, la, block, linked):
    """NUM-13: a changed Reference is a request, a changed Contact Number a fact; a refusal leaves the old one."""
    here, there = linked(reference=str(block + 5))

    pm.edit(here["id"], reference=str(block + 6))
    eventually(lambda: la.get(there["id"])["number"] == str(block + 6))
    la.edit(there["id"], number=str(block + 7))
    eventually(lambda: pm.get(here["id"])["reference"] == str(block + 7))

    other, _ = linked(reference=str(block + 8))
    pm.edit(other["id"], reference=str(block + 7), alias="moved all the same")
    red = pm.wait(other["id"], "red")
    assert str(block + 7) in red["sync"]["detail"]
    assert la.by_number(str(block + 8))["alias"] == "moved all the same"


def test_04_the_same_number_on_both_sides_at_once(pm, la, block):
    """Section 8: Legal Accounting's commit order decides; the later one is red, or an error at the form."""
    wanted = str(block + 77)

    def in_accounting():
        try:
            return la.create(**CLIENT, number=wanted)
        except Refused as refusal:
            return refusal.fields

    with ThreadPoolExecutor() as pool:
        there, made = pool.submit(in_accounting), pool.submit(_create, pm, reference=wanted)
    winner_is_la = "id" in there.result()

    here = pm.wait(made.result()["id"], "red" if winner_is_la else "green")
    assert winner_is_la or list(there.result()) == ["number"]
    assert la.by_number(wanted)["last"] == ("Eklund" if winner_is_la else "Lindqvist"), here


def test_08_sequences_on_in_both(pm, la, block, numbering):
    """Scenario 8 (SEQ-1 to SEQ-3, SEQ-7): the vendor sequence gives the number, the client sequence stays."""
    with numbering(in_pm=True, in_la=True):
        before = la.call("GET", "/settings/file-numbering")["sequences"]
        number = _number_of(pm, numbering_sequence="vendor")
        after = la.call("GET", "/settings/file-numbering")["sequences"]

        assert number == f"{before['vendor']['prefix']}{before['vendor']['next']}"
        assert before["vendor"]["prefix"] == "V~"
        assert la.by_number(number)["contact_type"] == "vendor"
        assert after["client"] == before["client"]
        assert after["vendor"]["next"] == before["vendor"]["next"] + 1
        assert la.create(**{**CLIENT, "contact_type": "other"})["number"].startswith("O~")


def test_09_sequences_off_in_pm(pm, la, block, numbering):
    """Scenario 9 (SEQ-5, SEQ-8 row 3): every contact made in PM gets a client number; LA goes by its own type."""
    with numbering(in_pm=False, in_la=True):
        assert _number_of(pm, numbering_sequence="vendor") == str(block)
        assert la.create(**{**CLIENT, "contact_type": "vendor"})["number"].startswith("V~")


def test_09_sequences_off_in_la(pm, block, numbering):
    """SEQ-8 row 4: Legal Accounting has one sequence, so the choice has no effect."""
    with numbering(in_pm=True, in_la=False):
        assert _number_of(pm, numbering_sequence="vendor") == str(block)


def test_30_number_lock(firm, block):
    """Scenario 30 (NUM-16, NUM-17): the restriction, set in LA, binds its members in both; not administrators."""
    pm, la = firm.site("practice", NADIA), firm.site("accounting", NADIA)
    eventually(lambda: "Reference" in _refused(pm.create, **PERSON, reference=str(block + 3)))
    made = pm.create(**PERSON)
    assert pm.wait(made["id"])["reference"] == str(block)

    assert _refused(pm.edit, made["id"], reference=str(block + 4))
    assert _refused(la.create, **CLIENT, number=str(block + 5))
    own = la.create(**CLIENT)
    assert _refused(la.edit, own["id"], number=str(block + 6))
    form = firm.person("practice", NADIA).get(f"/contacts/{made['id']}/edit/")
    assert 'name="reference"' not in form.text or "readonly" in form.text or "disabled" in form.text
    assert _number_of(firm.pm, reference=str(block + 3)) == str(block + 3)
    assert firm.la.edit(own["id"], number=str(block + 6))["number"] == str(block + 6)


def _create(pm, **fields):
    return pm.create(**PERSON, **fields)


def _number_of(pm, **fields):
    """The number a new contact ends up with."""
    return pm.wait(_create(pm, **fields)["id"])["reference"]


def _refused(act, *arguments, **fields):
    """What was said in refusing; nothing when it was done."""
    try:
        act(*arguments, **fields)
    except Refused as refusal:
        return str(refusal).replace("reference", "Reference") if refusal.status in (403, 422) else ""
    return ""
