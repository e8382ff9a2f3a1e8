"""The demonstration firm has a record of every colour that lasts, and shows the passing ones (ONB-1, ONB-2)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.pair.firm import ADMINISTRATOR, Firm, new_firm
from tests.pair.site import Contact, Site
from tests.pair.waiting import eventually, steadily

BOUNDARY, KILN = "Montoya: boundary of the river meadow", "Holloway: works contract for the kiln"
LASTING = {"green", "gray", "red"}
DEMO_PASSWORD = "counterpart-demo"


@pytest.fixture(scope="module")
def shown() -> Iterator[Firm]:
    with new_firm(demo=True) as made:
        yield made


def red(site: Site) -> dict[str, str]:
    """The sentence of every contact and matter that is red, by its name."""
    found: list[Contact] = [*site.find(), *site.matters.find()]
    return {
        one.get("last") or one.get("name") or one["description"]: one["sync"]["detail"]
        for one in found
        if one["sync"]["colour"] == "red"
    }


def test_green_gray_and_red_are_there_and_stay(shown: Firm) -> None:
    """ONB-1: in either product, once everything has been exchanged: some wait for a person, some are not offered, and
    nothing is on its way. A sweep, which repairs what it can, changes none of it.
    """
    for site in shown.both:
        eventually(lambda site=site: set(site.counts()) == LASTING, 60, lambda site=site: str(site.counts()))
    counts = shown.pm.counts(), shown.la.counts()
    sentences = red(shown.pm)
    assert set(sentences) == {"Montoya", BOUNDARY, KILN}
    assert "1041" in sentences["Montoya"]
    assert "Rafael Montoya can't be synchronised, so this can't either." in sentences[BOUNDARY]
    assert "cleo@example.com" in sentences[KILN]
    assert set(red(shown.la)) == {KILN}

    assert shown.sweep()["different"] == 0

    steadily(lambda: (shown.pm.counts(), shown.la.counts()) == counts, 2.0)


def test_light_blue_and_yellow_are_one_step_away(shown: Firm) -> None:
    """Section 7: what is saved while Legal Accounting does not answer is light blue beside green, gray and red; a pause
    makes yellow what is not red or gray. Both pass by themselves.
    """
    before = shown.pm.counts()
    contact = shown.pm.find(q="Okonjo")[0]
    with shown.held_still("accounting"):
        shown.pm.edit(contact["id"], alias="Saved meanwhile")
        assert set(shown.pm.counts()) == LASTING | {"lightblue"}
    eventually(lambda: shown.pm.counts() == before, 40)

    person = shown.person("practice", ADMINISTRATOR, DEMO_PASSWORD)
    person.post("/sync/connection/pause/")
    assert set(shown.pm.counts()) == LASTING - {"green"} | {"yellow"}
    person.post("/sync/connection/resume/")
    eventually(lambda: shown.pm.counts() == before, 40)


def test_the_panels_cure_them_and_removing_takes_all(shown: Firm) -> None:
    """ONB-2: a free number turns the client green, and its matter with it; afterwards nothing of the demonstration is
    left in either product, what was red or held included.
    """
    clashing = next(one for one in shown.pm.find() if one["last"] == "Montoya")
    shown.pm.edit(clashing["id"], reference="1999")
    eventually(lambda: set(red(shown.pm)) == {KILN}, 40)

    shown.run("demo", "remove")

    for site in shown.both:
        assert site.find() == []
        assert site.matters.find() == []
        eventually(lambda site=site: site.counts() == {}, 40, lambda site=site: str(site.counts()))
