"""The worker with a clock of ours: turns, beats, back-off, lanes, waking (sections 6, 7, 10)."""

import threading
from datetime import timedelta

import pytest
from sync_world import ADA, World, change, create

from counterpart.foundation.errors import Blocked
from counterpart.protocol.colour import Mode
from counterpart.sync import composing, wake
from counterpart.sync.api import Lane, force, pause, resume
from counterpart.sync.composing import compose
from counterpart.sync.messages import read_beat
from counterpart.sync.models import ChainEntry, Link, Message, Record
from counterpart.sync.registry import PASSING_FACTS
from counterpart.sync.worker import BEAT_S, LOOK_S, Worker


def paths(world: World) -> list[str]:
    return [path for path, _ in world.line.sent]


def test_a_beat_every_fifteen_seconds(world: World):
    """Section 7: a sign of life, no more often and no more seldom."""
    world.line.sent.clear()
    for _ in range(61):
        world.worker.turn()
        world.pass_time(1)

    assert paths(world) == ["beat"] * round(60 / BEAT_S)
    assert world.link().last_contact is not None


def test_a_clock_set_back_stops_nothing(world: World):
    """L1: beats, back-offs and retries made by the clock of before don't hold for hours."""
    world.worker.turn()
    world.line.is_down = True
    local_id = create(at=world.at)
    world.worker.exchange()
    world.line.is_down = False
    world.at -= timedelta(hours=5)
    world.line.sent.clear()

    world.settle()

    assert paths(world)[0] == "beat"
    assert world.agrees(local_id)
    assert world.colour(local_id) == "green"


def test_after_failures_one_small_request_goes_first(world: World):
    """Section 10: a beat opens the way again before a batch is risked."""
    create(at=world.at)
    world.line.is_down = True
    world.worker.exchange()
    world.line.is_down = False
    world.line.sent.clear()
    world.pass_time(61)

    world.worker.turn()

    assert paths(world)[:2] == ["beat", "inbox"]


def test_interactive_saves_overtake_a_bulk_load(world: World, monkeypatch: pytest.MonkeyPatch):
    """L7, section 6: lanes in their order, each in the order of waiting; no lane starves."""
    monkeypatch.setattr(composing, "BATCH_RECORDS_MAX", 2)
    ids = {name: create(name, at=world.at + timedelta(seconds=n)) for n, name in enumerate("abcde")}
    for name, lane in {
        "a": Lane.BULK,
        "b": Lane.BULK,
        "c": Lane.INTERACTIVE,
        "d": Lane.RETRY,
        "e": Lane.INTERACTIVE,
    }.items():
        Record.objects.filter(local_id=ids[name]).update(lane=lane)

    order = []
    by_sync_id = {world.sync_id(local_id): name for name, local_id in ids.items()}
    while (batch := compose(world.at)) is not None:
        order += [by_sync_id[sync_id] for sync_id in batch.records]
        Record.objects.filter(sync_id__in=list(batch.records)).update(next_attempt=world.at + timedelta(minutes=1))

    assert order == ["c", "e", "d", "a", "b"]


def test_a_turn_drains_the_backlog_and_still_beats(world: World, monkeypatch: pytest.MonkeyPatch):
    """Section 13: many batches in one turn, interrupted when a beat is due, so that the peer never sees silence."""
    monkeypatch.setattr(composing, "BATCH_RECORDS_MAX", 1)
    for n in range(6):
        create(f"C{n}", at=world.at)
    world.line.sent.clear()
    answer = world.line.answer

    def slow(path: str, body: bytes) -> bytes:
        world.pass_time(6)
        return answer(path, body)

    world.line.answer = slow
    turns = 0
    while world.worker.turn():
        turns += 1

    assert paths(world).count("inbox") == 6
    assert turns > 1
    gaps = "".join("b" if path == "beat" else "i" for path in paths(world))
    assert "iiii" not in gaps


def test_paused_nothing_is_sent_and_both_say_so(world: World):
    """Section 15: everything is kept, every record yellow; going on sends what waited."""
    local_id = create(at=world.at)
    world.settle()
    pause(ADA, world.at)
    change(local_id, email="meanwhile@example.com", at=world.at)
    sent = world.states_sent()
    world.pass_time(30)
    world.worker.turn()

    assert world.states_sent() == sent
    assert world.colour(local_id) == "yellow"
    assert "Paused by Ada Moreau" in world.state(local_id).detail
    assert world.peer.heard > 0  # beats go on
    world.peer.edit(world.sync_id(local_id), {"alias": "not now"})
    receipt = world.peer_sends()
    assert receipt is not None
    assert (receipt.results, receipt.mode) == ([], "paused")

    resume(ADA, world.at)
    world.settle()
    assert world.peer.value(world.sync_id(local_id), "email") == "meanwhile@example.com"
    assert world.values(local_id)["alias"] == "not now"
    assert world.colour(local_id) == "green"


def test_a_peer_that_paused_is_left_alone(world: World):
    """S6: no batch every two seconds to somebody who takes none; his word ends it."""
    local_id = create(at=world.at)
    world.settle()
    world.peer.mode = type(world.peer.mode).PAUSED
    world.peer_beats()
    change(local_id, email="waits@example.com", at=world.at)
    chain = ChainEntry.objects.count()
    for _ in range(20):
        world.pass_time(2)
        world.worker.turn()

    assert ChainEntry.objects.count() == chain
    assert world.colour(local_id) == "yellow"
    world.peer.mode = type(world.peer.mode).LIVE
    world.peer_beats()
    world.settle()
    assert world.colour(local_id) == "green"


def test_an_incompatible_peer_stops_merging_and_says_so(world: World):
    """Section 17: yellow, both keep working, an update ends it."""
    local_id = create(at=world.at)
    world.settle()
    world.peer.version = 99
    world.peer_beats()

    assert world.colour(local_id) == "yellow"
    assert "do not fit together" in world.state(local_id).detail
    assert compose(world.at) is None
    world.peer.version = 1
    world.peer_beats()
    assert world.colour(local_id) == "green"


def test_an_overtaken_beat_is_no_sign_of_life(world: World):
    """S7, S11: a beat played back does not keep old greens alive."""
    local_id = create(at=world.at)
    world.settle()
    old = world.peer.beat()
    world.peer_beats()
    world.pass_time(61)
    from counterpart.sync.beats import hear_beat

    hear_beat(old, world.at, answer=True)

    assert world.colour(local_id) == "yellow"


def test_what_the_peer_could_not_deliver_ages_its_word(world: World):
    """S7: a direction that fails alone must not leave old greens standing."""
    local_id = create(at=world.at)
    world.settle()

    world.peer_beats(unsent=90_000)

    assert world.colour(local_id) == "yellow"


def test_our_beat_says_how_long_changes_have_waited(world: World):
    """S7: the same the other way round."""
    from counterpart.sync.beats import make_beat
    from counterpart.sync.messages import read_beat

    local_id = create(at=world.at)
    world.settle()
    world.pass_time()
    change(local_id, email="x@example.com", at=world.at)
    world.pass_time(40)

    assert read_beat(make_beat(world.at)).unsent == 40_000


def test_force_all_is_chunked_into_batches(world: World):
    """GOL-8: *sync all* over more than a batch holds."""
    ids = [create(f"C{n}", at=world.at) for n in range(5)]
    world.settle()
    world.pass_time()

    assert force("contact", ids, actor=ADA, at=world.at, lane=Lane.BULK) == 5
    assert world.settle() == 5


def test_messages_are_kept_ninety_days(world: World):
    """Section 3: the log of exchanges does not grow for ever."""
    create(at=world.at)
    world.settle()
    assert Message.objects.exists()
    world.pass_time(91 * 24 * 3600)
    world.worker.turn()

    assert not Message.objects.filter(at__lt=world.at - timedelta(days=90)).exists()


def test_pairing_with_a_second_firm_is_blocked(world: World):
    """Section 11: two firms are never mixed."""
    from fake_peer import Peer

    from counterpart.sync.pairing import connect

    other = Peer(world.peer.site, lambda: world.at)
    other.instance += "-other"
    with pytest.raises(Blocked):
        connect(other.card(), actor=ADA, at=world.at)
    connect(world.peer.card("http://moved.example"), actor=ADA, at=world.at)
    assert Link.objects.get().peer_url == "http://moved.example"


# ---------------------------------------------------------------------- waking


def test_waking_nobody_costs_nothing(db: None):
    """Section 6: a worker that is not running is no error."""
    wake.wake()


def test_the_worker_runs_until_stopped_and_outlives_faults(world: World, monkeypatch: pytest.MonkeyPatch):
    """Section 10: a fault in a turn is logged, the next turn comes, and stopping is quick."""
    stop, turns = threading.Event(), []

    def turn(self: Worker) -> int:
        turns.append(1)
        if len(turns) == 2:
            stop.set()
        raise RuntimeError("fault")

    monkeypatch.setattr(Worker, "turn", turn)
    monkeypatch.setattr("counterpart.sync.worker.close_old_connections", lambda: None)
    monkeypatch.setattr(Worker, "_pause_s", lambda self: 0.01)
    world.worker.run(stop)

    assert len(turns) == 2


def test_a_pause_and_its_end_are_told_at_once(world: World):
    """Section 15: the peer does not learn of it only with the next beat."""
    told = []
    hear = world.peer.take_beat

    def listening(body: bytes) -> bytes:
        told.append(read_beat(body).mode)
        return hear(body)

    world.peer.take_beat = listening
    world.settle()
    told.clear()
    pause(ADA, world.at)
    world.worker.turn()
    resume(ADA, world.at)
    world.worker.turn()

    assert told == ["paused", "live"]


def test_a_changed_setting_is_told_at_once(world: World, monkeypatch: pytest.MonkeyPatch):
    """NUM-17: who may not number any more is not waited for until the next beat; a passing fact is."""
    facts = {"restricted": ["ada@example.com"], "next": 26, PASSING_FACTS: ["next"]}
    world.worker.turn()
    world.line.sent.clear()
    monkeypatch.setattr("counterpart.sync.worker.policy_block", lambda: facts)

    for step in range(4):
        facts["next"] += 1
        world.pass_time(LOOK_S if step else 0.1)
        world.worker.turn()

    assert paths(world) == ["beat"]


def test_a_batch_of_a_peer_ends_what_we_knew_of_its_pause(world: World):
    """Section 15: nobody sends while paused, so whoever sends is live again."""
    local_id = create(at=world.at)
    world.settle()
    world.peer.mode = Mode.PAUSED
    world.peer_beats()
    assert world.colour(local_id) == "yellow"
    world.peer.mode = Mode.LIVE
    world.peer.edit(world.sync_id(local_id), {"alias": "back"})

    world.peer_sends()

    assert world.colour(local_id) == "green"
