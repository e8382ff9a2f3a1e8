"""Legal Accounting's part of a go-live: census, matching by pages, decisions, approval, pairs (section 11)."""

import random
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sync_world import ADA, PERSON_VALUES, World, create

from counterpart.contracts.matching import compatible, contact_keys
from counterpart.foundation.errors import Blocked
from counterpart.foundation.ids import new_id
from counterpart.protocol.matching import match
from counterpart.sync.golive import deciding, leading, matching, runs
from counterpart.sync.golive.answering import answer_match
from counterpart.sync.golive.census import keys_of
from counterpart.sync.golive.messages import Answer, Ask, encode, read_answer
from counterpart.sync.golive.tables import Candidate, Pair
from counterpart.sync.messages import encode as encode_events
from counterpart.sync.models import Record
from counterpart.sync.receiving import receive
from counterpart.sync.registry import PROTOCOL_VERSION, policy_digest

RUN = new_id()


def put(world: World, ask: str, **facts: Any) -> Answer:
    return read_answer(answer_match(encode(Ask(ask, str(RUN), facts)), world.at))


def greet(world: World, *, rehearsal: bool = False, **wrong: Any) -> Answer:
    facts = {"rehearsal": rehearsal, "stands": "la", "by": "Ada", "at": 0, "version": PROTOCOL_VERSION}
    return put(world, "hello", **{**facts, "digest": policy_digest(), "numbering": False, **wrong})


def told(first: str, last: str, **more: str) -> dict[str, Any]:
    """A contact of Practice Management as its census tells it."""
    key = str(new_id())
    values = {"name": {"display": "individual", "first": first, "last": last}, "number": more.get("number")}
    keys = contact_keys(key, values | {"email": more.get("email"), "phone.work": more.get("phone")})
    return {
        "id": key, "sync_id": "", "label": f"{first} {last}", "sort": keys.sort, "number": keys.number,
        "email": keys.email, "name": keys.name, "parts": list(keys.parts), "phones": list(keys.phones),
        "postcode": "", "owners": None, "marks": {"email": "1"},
    }  # fmt: skip


def counted(world: World, rows: list[dict[str, Any]], *, rehearsal: bool = False) -> dict[str, Any]:
    """The run up to its report; every page is told twice."""
    assert not greet(world, rehearsal=rehearsal).problem
    for _ in range(2):
        put(world, "census", kind="contact", rows=rows)
    put(world, "counted")
    while leading.step(world.at):
        pass
    run = runs.current()
    assert run is not None
    assert run.phase == "approve"
    report: dict[str, Any] = run.report["kinds"]["contact"]
    return report


def alone(world: World) -> None:
    """What was made before is gray: the products have not met."""
    Record.objects.all().delete()


@pytest.mark.parametrize("wrong", [{"version": 0}, {"digest": "another"}])
def test_products_that_do_not_fit_do_not_begin(world: World, wrong: dict[str, Any]):
    """Section 11, step 1: said in a sentence, and nothing is stored."""
    answer = greet(world, **wrong)

    assert "Update both" in answer.problem
    assert runs.current() is None


def test_matching_by_pages_is_that_of_the_whole(world: World, monkeypatch: pytest.MonkeyPatch):
    """Restartable from a cursor: whatever the page, the result is the pure matcher's over everything."""
    chance = random.Random(7)
    for n in range(24):
        email = chance.choice(["", "a@x.com", "b@x.com", f"own{n}@x.com"])
        create(chance.choice(["Stone", "Moreau"]), email=email, at=world.at, number=str(900 + n))
    alone(world)
    rows = [
        told("Ana", chance.choice(["Stone", "Moreau"]), number=chance.choice(["", str(900 + n % 24)]),
             email=chance.choice(["", "a@x.com", f"own{n % 24}@x.com"]))
        for n in range(30)
    ]  # fmt: skip
    for module in (matching, leading):
        monkeypatch.setattr(module, "PAGE", 4)

    counted(world, rows)

    lefts = [keys_of(one) for one in Candidate.objects.filter(mine=False)]
    rights = [keys_of(one) for one in Candidate.objects.filter(mine=True)]
    whole = match(lefts, rights, compatible)
    kept = Candidate.objects.filter(mine=False, partner__isnull=False).values_list("local_id", "partner", "result")
    assert {(UUID(m.left), UUID(m.right), m.grade.value) for m in whole.matches} == set(kept)
    doubts = Candidate.objects.filter(mine=False, result="review").values_list("local_id", "reason")
    assert {(UUID(d.left), d.reason.value) for d in whole.doubts} == set(doubts)
    assert kept
    assert doubts


def test_nothing_is_written_before_the_approval_and_each_pair_once_after(world: World):
    """Section 11, steps 2 to 5: no record has an identity until a person approved; then the state says whose it is."""
    mine = create("Stone", email="a@x.com", at=world.at, number="40")
    create("Only", at=world.at, number="41")
    alone(world)
    theirs = told("Ana", "Stone", number="40")

    report = counted(world, [theirs, told("Ben", "Nobody")])
    before = Record.objects.count()
    deciding.approve(grades="ABC", clashes="later", stands="la", actor=ADA, at=world.at)
    while leading.step(world.at):
        pass

    assert before == 0
    assert (report["pairs"]["A"], report["only_there"], report["only_here"]) == (1, 1, 1)
    assert Pair.objects.get().local_id == mine
    world.worker.exchange()
    data = msgspec.json.decode(world.seen[-1])[0]["data"]
    assert (data["pairing"]["id"], data["pairing"]["stands"]) == (theirs["id"], "la")
    assert Record.objects.get().local_id == mine  # nothing else was included, so nothing else is offered


def test_a_rehearsal_can_not_be_approved(world: World):
    create("Stone", at=world.at, number="40")
    alone(world)
    counted(world, [told("Ana", "Stone", number="40")], rehearsal=True)

    with pytest.raises(Blocked, match="rehearsal"):
        deciding.approve(grades="ABC", clashes="later", stands="la", actor=ADA, at=world.at)

    assert not Record.objects.exists()


def test_what_a_person_decides_stands_in_every_later_run(world: World):
    """*Same* and *different* are kept, and one record is the same as one other at most."""
    first, second = (create("Stone", at=world.at, number=number) for number in ("40", "41"))
    alone(world)
    row = told("Ana", "Stone")
    report = counted(world, [row])
    assert report["review"] == 1

    deciding.decide("contact", UUID(row["id"]), "same", local_id=first, actor=ADA, at=world.at)
    deciding.decide("contact", UUID(row["id"]), "same", local_id=second, actor=ADA, at=world.at)
    runs.end(actor=ADA, at=world.at)
    global RUN  # noqa: PLW0603 - the next run of the same test
    RUN = new_id()
    report = counted(world, [row])

    assert report["pairs"]["S"] == 1
    assert Candidate.objects.get(mine=False).partner == second


def test_an_undecided_newcomer_is_refused_until_somebody_has_decided(world: World):
    """Nothing is guessed: a save in Practice Management of what may be here already waits red, and no copy is made."""
    create("Stone", at=world.at, number="40")
    alone(world)
    row = told("Ana", "Stone")
    counted(world, [row])
    sync_id = world.peer.create({**PERSON_VALUES, "name": {"display": "individual", "first": "Ana", "last": "Stone"}})

    def offered() -> tuple[str, str]:
        sent = world.peer.compose([sync_id])
        assert sent is not None
        events = msgspec.json.decode(sent.body)
        events[0]["data"]["origin"] = row["id"]
        receipt = world.peer.take_receipt(sent, receive(encode_events(events), world.at))
        return receipt.results[0].result, receipt.results[0].code

    before = offered()
    deciding.decide("contact", UUID(row["id"]), "different", actor=ADA, at=world.at)
    world.peer.edit(sync_id, {"alias": "again"})

    assert before == ("refused", "pairing_undecided")
    assert offered() == ("applied", "")
    assert Record.objects.get(sync_id=sync_id).local_id


def test_numbers_given_before_and_numbers_that_are_none(world: World):
    """A clash is found before it can turn a record red, and a reference of another system is named (IMP-19)."""
    gone = create("Gone", at=world.at, number="40")
    from sync_world import delete

    delete(gone, at=world.at)
    alone(world)

    report = counted(world, [told("Ben", "New", number="40"), told("Cleo", "Other", number="DMS-7")])

    assert (report["clashes"], report["foreign"], report["only_there"]) == (1, 1, 1)
