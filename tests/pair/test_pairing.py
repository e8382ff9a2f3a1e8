"""Records that both products have, made one by hand, and references that are another system's (section 11, IMP-19)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.pair import people
from tests.pair.firm import PASSWORD, ROOT, Firm, new_firm
from tests.pair.pages import Page
from tests.pair.site import Contact, Site
from tests.pair.waiting import eventually

FILL = f"import sys, json; sys.path.insert(0, {str(ROOT)!r}); from tests.pair import filling; "


def person(first: str, last: str, **known: str) -> dict[str, str]:
    return {"first": first, "last": last, "email": "", "phone": "", "postcode": "", "number": "", **known}


BOTH: dict[str, list[dict[str, Any]]] = {
    "contacts": [
        {"key": 0, "is": "C", "pm": person("Odile", "Marchetti", email="odile@marchetti.example"),
         "la": person("Odile", "Marchetti-Roy", phone="+1 555 0140", number="1001")},
        {"key": 1, "is": "C", "pm": person("Bram", "Aldous", phone="+1 555 0141"),
         "la": person("Abraham", "Aldous", email="bram@aldous.example", number="1002")},
        {"key": 2, "is": "A", "pm": person("Petra", "Vance", number="1003"),
         "la": person("Petra", "Vance", email="petra@vance.example", number="1003")},
    ],
    "matters": [{"key": 0, "client": 0, "is": "C", "title": "Marchetti: lease"}],
}  # fmt: skip
FOREIGN: dict[str, list[dict[str, Any]]] = {
    "contacts": [
        {"key": 0, "is": "pm", "pm": person("Ivo", "Lark", number="ACT-77", email="ivo@lark.example"), "la": {}},
        {"key": 1, "is": "B", "pm": person("Nell", "Lark", number="ACT-78", email="nell@lark.example"),
         "la": person("Nell", "Lark", email="nell@lark.example", number="2050")},
    ],
    "matters": [{"key": 0, "client": 1, "is": "pm", "title": "Lark: will", "reference": "OLD/5"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def firm() -> Iterator[Firm]:
    """Two products with records of their own that have never been exchanged."""
    with new_firm() as made:
        people.engage(made)
        fill(made, BOTH)
        yield made


def fill(firm: Firm, rows: dict[str, list[dict[str, Any]]]) -> None:
    path = firm.data / "rows.json"
    path.write_text(json.dumps(rows))
    for product in ("practice", "accounting"):
        firm.shell(
            product, FILL + f"print(json.dumps(filling.fill(json.loads(open({str(path)!r}).read()), {product!r})))"
        )


def test_a_contact_is_paired_from_practice_management(firm: Firm) -> None:
    """*Pair with…* in the panel of a gray contact: found by its name, chosen, one record with the number of Legal
    Accounting; what only one of the two had is filled in, where both have a value the other is archived.
    """
    mine, theirs = one(firm.pm, "Marchetti"), one(firm.la, "Marchetti-Roy")
    assert (mine["sync"]["colour"], theirs["sync"]["colour"]) == ("gray", "gray")
    assert "Pair with…" in firm.person("practice").get(f"/contacts/{mine['id']}/").words

    pair(firm, "practice", "contact", mine["id"], "Odile Marchetti-Roy")

    here, there = firm.pm.wait(mine["id"]), firm.la.wait(theirs["id"])
    assert (here["reference"], there["email"]) == ("1001", "odile@marchetti.example")
    assert [phone["number"] for phone in here["phones"]] == ["+1 555 0140"]
    assert here["last"] == there["last"]
    assert len(firm.la.find(q="Odile")) == len(firm.pm.find(q="Odile")) == 1
    assert "odile marchetti" in firm.person("practice").get("/sync/conflicts/").words.casefold()


def test_a_contact_is_paired_from_legal_accounting(firm: Firm) -> None:
    """The same from the other side, found by searching for a part of the name; a second pairing is refused."""
    mine, theirs = one(firm.pm, "Aldous"), one(firm.la, "Aldous")
    nobody = firm.person("accounting").get(f"/sync/contact/{theirs['id']}/pair/?q=Xanthippe")
    assert "Nobody free is found by “Xanthippe”" in nobody.words

    pair(firm, "accounting", "contact", theirs["id"], "Bram Aldous", q="Bram")

    here, there = firm.pm.wait(mine["id"]), firm.la.wait(theirs["id"])
    assert (here["reference"], here["email"]) == ("1002", "bram@aldous.example")
    assert there["work_phone"] == "+1 555 0141"
    assert firm.person("accounting").get(f"/sync/contact/{theirs['id']}/pair/").status == 404


def test_a_red_contact_whose_number_is_the_other_ones_is_paired_with_it(firm: Firm) -> None:
    """NUM-10: the number is taken because it is the same person; pairing ends the error. Who has no user with that
    e-mail there is shown nobody, in words.
    """
    mine, theirs = one(firm.pm, "Vance"), one(firm.la, "Vance")
    firm.pm.sync(mine["id"])
    assert "1003" in firm.pm.wait(mine["id"], "red")["sync"]["detail"]
    stranger = firm.person("practice", people.CLEO, PASSWORD).get(f"/sync/contact/{mine['id']}/pair/")
    assert (stranger.status, "knows nobody with your e-mail address" in stranger.words) == (422, True)
    assert firm.person("practice", people.BEN, PASSWORD).get(f"/sync/contact/{mine['id']}/pair/").status == 403

    pair(firm, "practice", "contact", mine["id"], "Petra Vance")

    here, there = firm.pm.wait(mine["id"]), firm.la.wait(theirs["id"])
    assert (here["reference"], here["email"]) == ("1003", "petra@vance.example")
    assert here["requested_reference"] is None
    assert there["number"] == "1003"


def test_a_matter_is_paired_with_its_file(firm: Firm) -> None:
    """GOL-7 for one matter: after its client, and it takes the number of the file."""
    mine, theirs = firm.pm.matters.find(q="Marchetti")[0], firm.la.matters.find(q="Marchetti")[0]

    pair(firm, "practice", "matter", mine["id"], "Marchetti: lease")

    here, there = firm.pm.matters.wait(mine["id"]), firm.la.matters.wait(theirs["id"])
    assert here["file_reference"] == there["number"] == theirs["number"]
    assert [payer["number"] for payer in there["payers"]] == ["1001"]


def test_references_of_another_system_are_moved_before_the_go_live(firm: Firm) -> None:
    """IMP-19, GOL-3, MAT-20: counted apart, moved on the page in Practice Management, counted again; then the go-live
    gives numbers, and nobody asks for the old references as numbers.
    """
    fill(firm, FOREIGN)
    person = firm.person("practice")
    person.post("/sync/go-live/start/", what="live", stands="la")
    until(firm, "approve")
    assert [foreign(firm, kind) for kind in ("contact", "matter")] == [2, 1]
    page = person.get("/sync/go-live/")
    assert "Move 2 of contacts to the external reference" in page.words

    assert "2 references were moved" in person.post("/sync/go-live/references/", kind="contact").words
    until(firm, "approve")
    assert "1 reference was moved" in person.post("/sync/go-live/references/", kind="matter").words
    until(firm, "approve")

    assert [foreign(firm, kind) for kind in ("contact", "matter")] == [0, 0]
    ivo, nell = one(firm.pm, "Ivo Lark"), one(firm.pm, "Nell Lark")
    assert (ivo["reference"], ivo["external_reference"]) == (None, "ACT-77")
    firm.run("go-live", "approve", "--classes", "A,B,C", "--include", "all")
    assert firm.pm.wait(nell["id"])["reference"] == "2050"
    assert firm.pm.wait(nell["id"])["external_reference"] == "ACT-78"
    assert firm.pm.wait(ivo["id"])["reference"].isdigit()
    will = firm.pm.matters.find(q="Lark: will")[0]
    assert firm.pm.matters.wait(will["id"])["external_reference"] == "OLD/5"
    assert firm.pm.matters.get(will["id"])["file_reference"].startswith("2050-")
    eventually(lambda: set(firm.pm.counts()) == set(firm.la.counts()) == {"green"}, 40, lambda: str(firm.pm.counts()))
    assert firm.sweep()["different"] == 0


def one(site: Site, name: str) -> Contact:
    [found] = site.find(q=name)
    return found


def pair(firm: Firm, product: str, kind: str, object_id: str, label: str, q: str = "") -> None:
    """On the page: the record of this name in the other product is chosen."""
    person, path = firm.person(product), f"/sync/{kind}/{object_id}/pair/"
    shown: Page = person.get(f"{path}?q={q}")
    assert shown.status == 200, shown.words
    offered = re.findall(r'name="choice" value="([^"]+)".*?<strong>([^<]+)</strong>', shown.text)
    [choice] = [value for value, name in offered if label in name]
    paired = person.post(path, choice=choice)
    assert "Paired." in paired.words, paired.words[:500]


def until(firm: Firm, phase: str) -> None:
    """Both products have come as far."""
    eventually(
        lambda: all(site.call("GET", "/sync/go-live")["phase"] == phase for site in firm.both),
        60,
        lambda: str([site.call("GET", "/sync/go-live") for site in firm.both]),
    )


def foreign(firm: Firm, kind: str) -> int:
    return int(firm.la.call("GET", "/sync/go-live")["report"]["kinds"][kind]["foreign"])
