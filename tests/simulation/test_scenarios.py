"""What random people would need tens of thousands of seeds for, played on purpose: with the rule, and without it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.simulation.broken import ForgetfulBeats, OffUnmentioned, OwnListsNeeded
from tests.simulation.checks import Violation
from tests.simulation.kinds import CONTACT, MATTER, Kind
from tests.simulation.model import SiteModel
from tests.simulation.world import START_MS, World

from counterpart.protocol.exchange import REQUEST

SECOND = 1_000
END = 240


class Play:
    """A world without chance: clocks are right, nothing is lost, and people do only what the script says."""

    def __init__(self, model: type[SiteModel]) -> None:
        self.world = world = World(0, model)
        world.plan = replace(world.plan, loss=0.0, duplicate=0.0, slow_ms=20)
        world.end_of_safety = START_MS + END * SECOND
        self.pm, self.la = world.sites
        for site in world.sites:
            site.skew, site.numbering.by_contact = 0, False

    def at(self, second: int, what: Callable[..., None], *args: Any) -> None:
        self.world.at(START_MS + second * SECOND, what, *args)

    def cut(self, site: SiteModel, until: int) -> None:
        """What the site sends is lost until then."""
        self.world.cut[site.site] = START_MS + until * SECOND

    def create(self, kind: Kind, **values: Any) -> str:
        """A record saved in PM before anything else happens."""
        tx = self.pm.db.begin()
        saved = self.world.users.born(self.pm, tx, kind, values)
        self.world.users.finish(self.pm, tx, saved)
        return saved.sync_id

    def contact(self, name: str, **values: Any) -> str:
        return self.create(CONTACT, name={"display": "individual", "last": name}, scheme="client", **values)

    def outcome(self) -> str:
        """Play to the end, and say which property did not hold along the way."""
        try:
            self.world.run_until(START_MS + END * SECOND)
        except Violation as violation:
            return violation.property_id
        return ""


def titled_there_listed_here(model: type[SiteModel]) -> str:
    """PM replaces Ben by a client whose number is taken, and deletes Ben; LA changes the title meanwhile."""
    play = Play(model)
    users, asked = play.world.users, {REQUEST: {"number": "40", "keep_sequence": False}}
    ann, ben = play.contact("Ann", **asked), play.contact("Ben")
    matter = play.create(MATTER, title="A v. B", clients=[ann, ben], opened="2026-01-31")

    def replace_ben() -> None:
        cay = play.contact("Cay", **asked)
        users.change(play.pm, matter, {"clients": [ann, cay]})
        users.delete(play.pm, ben)

    play.at(30, replace_ben)
    play.at(60, users.change, play.la, matter, {"title": "In re A"})
    return play.outcome() or ("" if play.pm.state(matter)["title"].value == "In re A" else "L1")


def changed_while_off(model: type[SiteModel]) -> str:
    """LA is off for two minutes, unheard by PM, and changes a list at their beginning."""
    play = Play(model)
    users = play.world.users
    ann, ben = play.contact("Ann"), play.contact("Ben")
    matter = play.create(MATTER, title="A v. B", clients=[ann, ben], opened="2026-01-31")

    def leave() -> None:
        play.cut(play.la, until=150)
        play.cut(play.pm, until=END)
        play.la.switch()
        play.at(31, take_over)

    def take_over() -> None:
        while not play.world.count["taken_over"]:
            users.take_over(play.la, play.la.db.begin(), matter)

    play.at(30, leave)
    # Other records go first, and the list itself is not told before the end; but it is alive.
    play.at(148, setattr, play.la, "due", list)
    play.at(149, play.la.switch)
    return play.outcome()


def restored_and_deaf(model: type[SiteModel]) -> str:
    """LA is restored and hears nothing of PM; its beats go on until their count is ahead again."""
    play = Play(model)
    users = play.world.users
    ann = play.contact("Ann")

    def restore(backup: dict[str, Any], memory: Any) -> None:
        play.cut(play.pm, until=END)
        play.world.faults._restore(play.la, backup, memory)

    play.at(20, lambda: play.at(40, restore, play.la.db.backup(), play.world.checks.backed_up(play.la)))
    play.at(30, users.change, play.pm, ann, {"alias": "Annie"})
    return play.outcome()


@pytest.mark.parametrize(
    ("scenario", "broken", "reported"),
    [
        (titled_there_listed_here, OwnListsNeeded, "L1"),
        (changed_while_off, OffUnmentioned, "S7"),
        (restored_and_deaf, ForgetfulBeats, "S7"),
    ],
)
def test_scenario_fails_without_the_rule_and_passes_with_it(scenario, broken, reported):
    """S7, L1, sections 9, 14 and 15: see the class of each broken build."""
    assert scenario(broken) == reported
    assert scenario(SiteModel) == ""
