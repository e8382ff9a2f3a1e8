"""Scenarios 24 and 25: what belongs to Practice Management is refused in Legal Accounting by screen, page and API,
exactly while the integration is on (integration 4.2, GRP-15 to GRP-17, MAT-2)."""

from __future__ import annotations

import html
import re
import urllib.parse
from dataclasses import dataclass

import pytest
from tests.pair.matters import Docket, open_matter, payers
from tests.pair.pages import Person
from tests.pair.site import Contact, Refused
from tests.pair.waiting import eventually


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the table: where it stands on screen, what its form sends, what a program sends."""

    name: str
    screen: str
    page: tuple[str, dict[str, str]]
    call: tuple[str, str, object]
    leads_to: str = "/"


@pytest.fixture(scope="module")
def world(firm):
    """A file with two clients from a matter, a group contact from before the integration, and a contact of no file."""
    return World(firm)


class World:
    def __init__(self, firm) -> None:
        self.firm, self.pm, self.la = firm, firm.pm, firm.la
        self.bookkeeper: Person = firm.person("accounting")
        self.lawyer: Person = firm.person("practice")
        names = ("Restricted A", "Restricted B", "Restricted C", "Restricted D")
        made = [self.pm.create(kind="company", company=name) for name in names]
        self.here: list[Contact] = [self.pm.wait(one["id"]) for one in made]
        self.there: list[Contact] = [self.la.by_number(one["reference"]) for one in self.here]
        with self.off():
            members = [one["id"] for one in self.there[:2]]
            self.group = self.la.call("POST", "/contacts/groups", {"name": "Restricted group", "members": members})
        self.docket: Docket = open_matter(self.pm, self.la, self.here[:2], name="Restricted functions")

    def off(self) -> Switched:
        return Switched(self)

    def functions(self) -> list[Function]:
        a, b, c, d = (one["id"] for one in self.there)
        file, group = f"/files/{self.docket.file_id}", f"/contacts/{self.group['id']}"
        matter = f"/matters/{self.docket.matter_id}/"
        file_of_own = {"description": "Own", "responsible": "admin@example.com", "payers": [{"contact_id": d}]}
        return [
            Function("New File", "/files/new/", ("/files/new/", {}), ("POST", "/files", file_of_own), "/matters/new/"),
            Function(
                "Create New Group Contact", "/contacts/groups/new/",
                ("/contacts/groups/new/", {"name": "G", "members": a}),
                ("POST", "/contacts/groups", {"name": "G", "members": [a, b]}),
            ),
            Function(
                "Add members", f"{group}/members/", (f"{group}/members/", {"contact": c}),
                ("POST", f"{group}/members", {"contact_ids": [c]}),
            ),
            Function(
                "Remove members", f"{group}/members/", (f"{group}/members/{b}/removal/", {}),
                ("DELETE", f"{group}/members/{b}", None),
            ),
            Function(
                "Add clients", f"{file}/", (f"{file}/clients/", {"contact": c}),
                ("POST", f"{file}/clients", {"contact_id": c}), matter,
            ),
            Function(
                "Change Primary Contact", f"{file}/primary/", (f"{file}/primary/", {"contact": b}),
                ("PUT", f"{file}/primary", {"contact_id": b}), matter,
            ),
            Function(
                "Remove clients", f"{file}/", (f"{file}/clients/{b}/removal/", {}),
                ("DELETE", f"{file}/clients/{b}", None), matter,
            ),
        ]  # fmt: skip

    def arrives(self, text: str, function: Function) -> bool:
        """Whether one of the links into Practice Management leads to the page where it is done."""
        links = re.findall(rf'href="({re.escape(self.firm.url("practice"))}[^"]*)"', text)
        found = [self.lawyer.get(html.unescape(link)) for link in dict.fromkeys(links)]
        paths = [urllib.parse.urlsplit(page.url).path or "/" for page in found if page.status == 200]
        return any(path.startswith(function.leads_to) for path in paths)

    def state(self) -> tuple[object, ...]:
        """What none of these may change while the integration is on."""
        members = self.la.call("GET", f"/contacts/{self.group['id']}/members")["items"]
        numbers = (len(self.la.find()), len(self.la.matters.find()))
        return payers(self.docket.file), [one["number"] for one in members], numbers


class Switched:
    """The integration is off for the body."""

    def __init__(self, world: World) -> None:
        self.world, self.person = world, world.lawyer

    def __enter__(self) -> None:
        assert self.person.post("/sync/connection/off/").status == 200
        eventually(lambda: "switched off" in self.world.bookkeeper.get("/sync/connection/").words)

    def __exit__(self, *_: object) -> None:
        assert self.person.post("/sync/connection/on/").status == 200
        # What other tests left red stays red; nothing is on its way any more.
        eventually(lambda: not any({"lightblue", "yellow"} & set(site.counts()) for site in self.world.firm.both), 60)


NAMES = (
    "New File", "Create New Group Contact", "Add members", "Remove members", "Add clients", "Change Primary Contact",
    "Remove clients",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_24_restricted_while_on(world, name):
    """Scenario 24: disabled on screen with the reason and a link to PM; refused by the page and by the API (409)."""
    (function,) = [one for one in world.functions() if one.name == name]
    before = world.state()

    screen = world.bookkeeper.get(function.screen)
    assert screen.status == 200
    assert "disabled" in screen.text
    assert "Practice Management" in screen.words
    assert world.arrives(screen.text, function)

    path, fields = function.page
    page = world.bookkeeper.post(path, **fields)
    assert page.status == 409, page.words
    assert world.arrives(page.text, function)

    method, path, body = function.call
    with pytest.raises(Refused) as refusal:
        world.la.call(method, path, body)
    problem = refusal.value.problem
    assert (refusal.value.status, urllib.parse.urlsplit(problem["type"]).path.rsplit("/")[-1]) == (
        409, "restricted-by-integration",
    )  # fmt: skip
    assert world.arrives(f'href="{problem["pm_url"]}"', function)
    assert world.state() == before


def test_24_payers_are_not_changed_by_the_way(world):
    """A program that sends another list of payers is refused too; percentages alone are not."""
    before, file = world.state(), world.docket.file
    first, second = file["payers"]

    for wanted in ([second, first], [first], [first, second, {"contact_id": world.there[2]["id"], "percent": "0"}]):
        given = [{"contact_id": one["contact_id"], "percent": one["percent"]} for one in wanted]
        with pytest.raises(Refused) as refusal:
            world.la.matters.edit(world.docket.file_id, payers=given)
        assert refusal.value.status == 409

    assert world.state() == before


def test_24_what_is_not_in_the_table_stays_available(world):
    """Change File Number and edit percentages (4.2, last rows)."""
    second = world.docket.file["payers"][1]["contact_id"]
    split = {"payers": [{"contact_id": second, "percent": "12.5"}]}

    world.la.call("PUT", f"/files/{world.docket.file_id}/split", split, If_Match="*")
    number = f"{world.docket.file['number']}9"
    world.la.matters.edit(world.docket.file_id, number=number)

    assert [percent for _, percent in payers(world.docket.file)] == ["87.5000", "12.5000"]
    assert eventually(lambda: world.docket.matter["file_reference"] == number)


def test_25_lifted_while_off(world):
    """Scenario 25 (GRP-17): the same functions work by API and page; switched on again, PM's clients stand."""
    with world.off():
        for function in world.functions():
            screen = world.bookkeeper.get(function.screen)
            assert screen.status == 200
            method, path, body = function.call
            world.la.call(method, path, body, **({} if method == "POST" else {"If_Match": "*"}))
        file = world.docket.file
        assert [number for number, _ in payers(file)] == [world.here[0]["reference"], world.here[2]["reference"]]

    eventually(lambda: [number for number, _ in payers(world.docket.file)] == [
        one["reference"] for one in world.here[:2]
    ])  # fmt: skip
    world.docket.settled()
    assert [one["description"] for one in world.la.matters.find(q="Own")].count("Own") == 1
