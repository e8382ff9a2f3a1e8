"""Who may: a right in the product where one acts is enough for both, and viewing is never relaxed (CON-8 to CON-13)."""

import pytest
from tests.pair.firm import PASSWORD
from tests.pair.people import ADA, BEN, CLEO, DORA, EMIL
from tests.pair.site import Refused
from tests.pair.waiting import eventually

PERSON = {"kind": "individual", "first": "Mara", "last": "Lindqvist"}
CLIENT = {"contact_type": "client", "display_as": "individual", "first": "Tomas", "last": "Eklund"}


def test_05_permission_pm_side(firm, mark):
    """Scenario 5 (CON-8): Dora may create in PM and has no right in LA; her contact is in both, but not hers to see."""
    alias = mark()
    made = firm.site("practice", DORA).create(**PERSON, alias=alias)
    firm.pm.wait(made["id"])
    there = firm.la.wait(firm.la.by_alias(alias)["id"])

    refused = _refusal(firm.site("accounting", DORA).get, there["id"])
    assert refused.status in (403, 404)
    assert firm.person("accounting", DORA).get(f"/contacts/{there['id']}/").status in (403, 404)


def test_06_permission_la_side(firm, mark):
    """Scenario 6 (CON-9): Emil may create in LA and has no right in PM; the contact is in both."""
    alias = mark()
    made = firm.site("accounting", EMIL).create(**CLIENT, alias=alias)
    firm.la.wait(made["id"])
    here = firm.pm.wait(eventually(lambda: firm.pm.by_alias(alias))["id"])

    assert here["reference"] == made["number"]
    assert _refusal(firm.site("practice", EMIL).get, here["id"]).status in (403, 404)


def test_07_unmatched_user(firm, mark, manager):
    """Scenario 7 (CON-12, IMP-9): Cleo has no profile in LA; her contact is green in both, LA's history names her,
    and the connection check lists her."""
    alias = mark()
    made = firm.site("practice", CLEO).create(**PERSON, alias=alias)
    firm.pm.wait(made["id"])
    there = firm.la.wait(firm.la.by_alias(alias)["id"])

    assert "Cleo" in manager("accounting").get(f"/contacts/{there['id']}/history/").words
    eventually(lambda: CLEO in manager("practice").get("/sync/check/").words)


def test_history_names_the_person_in_both_products(firm, linked, manager):
    """CON-13, HIS-1: Ada's edit in PM is Ada's in LA too, not the integration's; and the other way round."""
    here, there = linked()
    firm.site("practice", ADA).edit(here["id"], email="ada.was@here.example")
    firm.site("accounting", ADA).edit(there["id"], alias="known to Ada")

    def both_name_her():
        told = [manager("practice").get(f"/contacts/{here['id']}/history/").words]
        told += [manager("accounting").get(f"/contacts/{there['id']}/history/").words]
        return all("Ada" in one and "ada.was@here.example" in one and "known to Ada" in one for one in told)

    eventually(both_name_her)


@pytest.mark.parametrize("product", ["practice", "accounting"])
def test_ben_may_look_and_nothing_else(firm, linked, product):
    """CON-11, GEN-2: without the right nothing is created, edited, deleted or exchanged, by API or page."""
    contact = linked()[product == "accounting"]
    ben = firm.site(product, BEN)

    assert ben.get(contact["id"])["last"] == "Lindqvist"
    fields = PERSON if product == "practice" else CLIENT
    attempts = [
        lambda: ben.create(**fields),
        lambda: ben.edit(contact["id"], alias="Ben was here"),
        lambda: ben.edit(contact["id"], status="closed"),
        lambda: ben.delete(contact["id"]),
        lambda: ben.sync(contact["id"]),
    ]
    assert [_refusal(attempt).status for attempt in attempts] == [403] * len(attempts)
    pages = firm.person(product, BEN)
    assert pages.post(f"/sync/contact/{contact['id']}/now/").status == 403
    assert pages.post("/sync/connection/pause/").status == 403
    assert pages.get("/sync/connection/").status == 403


def test_cleo_cannot_sign_in_to_the_other_product(firm):
    """CON-11: users are separate; being known in one product opens nothing in the other."""
    assert firm.person("practice", CLEO).get("/contacts/").status == 200
    with pytest.raises(AssertionError):
        firm.person("accounting", CLEO, PASSWORD)
    borrowed = firm.site("practice", CLEO)
    stranger = type(borrowed)("accounting", firm.url("accounting"), borrowed.token)
    assert _refusal(stranger.find).status == 401


def _refusal(act, *arguments):
    with pytest.raises(Refused) as caught:
        act(*arguments)
    return caught.value
