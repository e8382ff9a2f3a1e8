"""What fails, fails alone, is tried again, and ends with a reason: section 10, L2, L3, L5."""

from datetime import timedelta

import msgspec
import pytest
from sync_world import PERSON_VALUES, World, change, create

from counterpart.contracts.contact import REGISTERS
from counterpart.protocol.retry import RECORD_ATTEMPTS_MAX
from counterpart.sync import merging
from counterpart.sync.composing import compose, due_records
from counterpart.sync.messages import BATCH_BYTES_AIM, Result
from counterpart.sync.models import Record
from counterpart.sync.registry import handler_for


def poisoned(monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """The product's own code stumbles over a contact of this name, whether new or known."""
    handler = handler_for("contact")

    def stumbling(method):
        def stumble(batch, at):
            assert not any(
                (one.values if hasattr(one, "values") else one.changed).get("name", {}).get("last") == last
                for one in batch
            ), "poison"
            return method(batch, at)

        return stumble

    monkeypatch.setattr(handler, "admit", stumbling(handler.admit))
    monkeypatch.setattr(handler, "amend", stumbling(handler.amend))


def test_one_poisoned_record_fails_alone(world: World, monkeypatch: pytest.MonkeyPatch):
    """L3: the others of its batch are merged, and it is tried again."""
    poisoned(monkeypatch, "Poison")
    good = [world.peer.create(PERSON_VALUES) for _ in range(3)]
    bad = world.peer.create({**PERSON_VALUES, "name": {"display": "individual", "last": "Poison"}})
    more = world.peer.create(PERSON_VALUES)

    receipt = world.peer_sends([*good, bad, more])

    assert receipt is not None
    assert {r.id: r.result for r in receipt.results} == {
        **{str(i): "applied" for i in [*good, more]},
        str(bad): "retry",
    }
    assert Record.objects.count() == 4
    assert world.peer.records[bad].standing.attempts == 1


def test_a_record_that_can_not_be_stored_is_not_green_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch):
    """S7: we know that the peer holds something else now, even though storing it failed."""
    local_id = create(at=world.at)
    world.settle()
    poisoned(monkeypatch, "Poison")
    world.pass_time()
    world.peer.edit(world.sync_id(local_id), {"name": {"display": "individual", "last": "Poison"}})

    world.peer_sends()

    assert world.values(local_id)["name"]["last"] == "Reyes"
    assert world.colour(local_id) == "lightblue"


def test_retries_back_off_and_end_as_a_dead_letter(world: World):
    """Section 10: 5 s doubled, eight attempts, then red with its text; a save tries again."""
    local_id = create(at=world.at)
    sync_id = world.sync_id(local_id)
    world.peer.poison.add(sync_id)
    delays = []
    for _ in range(RECORD_ATTEMPTS_MAX - 1):
        world.worker.turn()
        again_at = world.record(local_id).next_attempt
        assert again_at is not None
        assert world.colour(local_id) == "lightblue"
        delays.append((again_at - world.at).total_seconds())
        world.at = again_at
    world.worker.turn()

    assert delays == [5, 10, 20, 40, 80, 160, 320]
    state = world.state(local_id)
    assert (state.colour, state.error_code, state.detail) == ("red", "dead_letter", "The peer stumbled.")
    assert not due_records(world.at + timedelta(days=1)).exists()

    world.peer.poison.clear()
    world.pass_time()
    change(local_id, at=world.at)
    world.settle()
    assert world.colour(local_id) == "green"


def test_a_refusal_waits_for_a_person(world: World):
    """Section 10: no retry by itself; the reason is shown; the rest goes on (L3)."""
    local_id = create(at=world.at)
    world.settle()
    world.peer.refuse[world.sync_id(local_id)] = Result(
        "", "refused", code="too_long", register="email", text="Too long."
    )
    world.pass_time()
    change(local_id, email="a@example.com", at=world.at)
    other = create("Other", at=world.at)
    world.settle()
    sent = world.states_sent()
    world.pass_time(3600)
    world.settle()

    state = world.state(local_id)
    assert (state.error_code, state.error_register, state.detail) == ("too_long", "email", "Too long.")
    assert world.states_sent() == sent
    assert world.record(other).error_code == ""


def test_what_failed_is_tried_once_when_the_peer_changes(world: World):
    """Section 10: changed settings of the peer retry what failed, once; a mere next number does not."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.peer.refuse[sync_id] = Result("", "refused", code="number_restricted", text="No.")
    world.pass_time()
    change(local_id, at=world.at)
    world.settle()
    assert world.colour(local_id) == "red"

    world.peer.policy = {"sequences": {"client": {"next": 7}}, "passing": ["sequences"]}
    world.peer_beats()
    world.settle()
    settled = world.states_sent()
    world.peer.policy = {"sequences": {"client": {"next": 8}}, "passing": ["sequences"]}
    world.peer_beats()
    world.settle()
    assert world.states_sent() == settled

    world.peer.refuse.clear()
    world.peer.policy = {"number_locked_emails": []}
    world.peer_beats()
    world.settle()
    assert world.colour(local_id) == "green"


def test_a_lost_answer_is_asked_for_again(world: World):
    """S4, S11: the peer merged, the receipt got lost; sending again makes no second copy and ends green."""
    local_id = create(at=world.at)
    world.line.lose_answers = 1
    world.worker.exchange()
    assert world.colour(local_id) == "lightblue"

    world.pass_time(61)
    world.settle()

    assert len(world.peer.records) == 1
    assert world.colour(local_id) == "green"


def test_a_cut_line_backs_off_for_ever_and_recovers(world: World):
    """L5: full jitter, at most a minute; the peer's own sign of life opens it at once."""
    world.line.is_down = True
    local_id = create(at=world.at)
    for _ in range(12):
        world.worker.turn()
        link = world.link()
        assert link.next_attempt is not None
        assert 0 < (link.next_attempt - world.at).total_seconds() <= 60
        world.at = link.next_attempt
    assert world.link().failures == 12
    assert world.colour(local_id) == "yellow"

    world.line.is_down = False
    world.peer_beats()
    assert world.link().failures == 0
    world.settle()
    assert world.colour(local_id) == "green"


def test_an_outage_makes_nothing_stuck(world: World):
    """L2: blue for 15 minutes *in contact* is an error; coming back from a long outage is not."""
    world.line.is_down = world.inbound_is_down = True
    local_id = create(at=world.at)
    world.pass_time(3600)
    assert world.colour(local_id) == "yellow"

    world.inbound_is_down = False
    world.peer_beats()
    assert world.colour(local_id) == "lightblue"
    for _ in range(16):
        world.pass_time(60)
        world.peer_beats()
    assert world.state(local_id).error_code == "stuck"


def test_an_answer_that_makes_no_sense_is_no_answer(world: World):
    """Section 10: garbage backs off like silence, and says so; nothing is half applied."""
    local_id = create(at=world.at)
    world.line.answer = lambda path, body: b"<html>a proxy</html>"

    assert not world.worker.exchange()

    link = world.link()
    assert link.failures == 1
    assert "understood" in link.last_problem
    assert world.record(local_id).due


def test_a_result_this_version_does_not_know_is_tried_again(world: World):
    """Section 17: a newer peer's word stops neither the batch nor the worker."""
    local_id = create(at=world.at)
    world.peer.refuse[world.sync_id(local_id)] = Result("", "dependency_missing")

    world.worker.exchange()

    assert world.record(local_id).attempts == 1


def test_no_batch_is_longer_than_the_peer_accepts(world: World):
    """Section 5: a batch is closed at a megabyte, whatever the records weigh; all of them arrive."""
    long = "字" * 200
    ids = [
        create(f"L{n}", alias=long, address={"line1": long, "line2": long, "city": "字" * 100}, at=world.at)
        for n in range(500)
    ]
    bodies = []
    while (batch := compose(world.at)) is not None:
        bodies.append(batch.body)
        Record.objects.filter(sync_id__in=list(batch.records)).update(next_attempt=world.at + timedelta(minutes=1))

    assert len(bodies) > 1
    assert max(map(len, bodies)) < BATCH_BYTES_AIM + 500 * 1024
    assert sum(len(msgspec.json.decode(body)) for body in bodies) == len(ids)


def test_a_value_the_product_can_not_store_is_refused_by_name(world: World):
    """Section 2: never shortened; the code and the register travel back."""
    sync_id = world.peer.create({**PERSON_VALUES, "alias": "x" * 300})

    receipt = world.peer_sends()

    assert receipt is not None
    (result,) = receipt.results
    assert (result.result, result.code, result.register) == ("refused", "too_long", "alias")
    assert not Record.objects.filter(sync_id=sync_id).exists()
    assert "alias" in REGISTERS


def test_a_malformed_identity_harms_nobody_else(world: World):
    """L3, S9: one event that is not even a record is answered, the other is merged."""
    good = world.peer.create(PERSON_VALUES)
    sent = world.peer.compose([good])
    assert sent is not None
    events = msgspec.json.decode(sent.body)
    events.append({**events[0], "subject": "nobody"})

    answer = msgspec.json.decode(merging_answer(world, msgspec.json.encode(events)))

    assert {r["id"]: r["result"] for r in answer["results"]} == {str(good): "applied", "nobody": "retry"}


def merging_answer(world: World, body: bytes) -> bytes:
    from counterpart.sync.receiving import receive

    assert merging.merge_events
    return receive(body, world.at)
