"""Deletion never crosses: the other product keeps its record, says so, and offers what can be done (section 16)."""

import pytest
from tests.pair.site import Refused
from tests.pair.waiting import eventually, steadily


@pytest.mark.parametrize("deleting", ["practice", "accounting"])
def test_deleted_on_one_side_stays_gray_on_the_other(firm, linked, manager, deleting):
    """CLS-8: the other one stays, gray, and names who deleted; a later edit of it revives nothing."""
    gone, kept, there, here = _sides(firm, linked, deleting)

    there.delete(gone["id"])

    gray = here.wait(kept["id"], "gray")
    assert "Deleted in" in gray["sync"]["detail"]
    assert "Administrator" in gray["sync"]["detail"]
    assert gray["sync"]["counterpart_url"] is None
    assert here.number(gray) == here.number(kept)
    here.edit(kept["id"], email="afterwards@clients.example")
    steadily(lambda: not there.find(q=kept["alias"]), 1.5, "a tombstone stops late messages")
    assert here.colour(kept["id"]) == "gray"
    assert "Deleted in" in manager(here.product).get(f"/contacts/{kept['id']}/").words


@pytest.mark.parametrize("deleting", ["practice", "accounting"])
def test_offered_again_it_is_a_new_record(firm, linked, manager, deleting):
    """*Offer again*: a new counterpart under a new identity; a number that was given is not given twice."""
    gone, kept, there, here = _sides(firm, linked, deleting)
    there.delete(gone["id"])
    here.wait(kept["id"], "gray")

    assert manager(here.product).post(f"/sync/contact/{kept['id']}/offer/").status == 200

    green = here.wait(kept["id"])
    [again] = there.find(q=kept["alias"])
    assert again["id"] != gone["id"]
    assert there.wait(again["id"])["last"] == "Lindqvist"
    assert there.number(again) == here.number(green)


def test_deleted_here_too(firm, linked, manager):
    """*Delete here too*, by the rules of this product; its number stays used for ever (NUM-15)."""
    here, there = linked()
    firm.pm.delete(here["id"])
    firm.la.wait(there["id"], "gray")

    assert manager("accounting").post(f"/sync/contact/{there['id']}/deletion/").status == 200

    with pytest.raises(Refused) as missing:
        firm.la.get(there["id"])
    assert missing.value.status in (404, 410)
    clash = firm.pm.create(kind="company", company="Next in line", reference=there["number"])
    assert "used" in firm.pm.wait(clash["id"], "red")["sync"]["detail"]


def test_deleted_on_both_sides_while_apart(firm, linked, apart):
    """Nothing is left waiting, and nothing comes back."""
    here, there = linked()
    with apart():
        firm.pm.delete(here["id"])
        firm.la.delete(there["id"])

    eventually(lambda: not firm.pm.counts().get("lightblue") and not firm.la.counts().get("lightblue"))
    assert firm.pm.find(q=here["alias"]) == firm.la.find(q=here["alias"]) == []


def _sides(firm, linked, deleting):
    """The contact to delete, the one that stays, and their sites."""
    here, there = linked()
    return (here, there, firm.pm, firm.la) if deleting == "practice" else (there, here, firm.la, firm.pm)
