"""Records travel both ways and come to rest: S1, S4, S6, L6, section 6; on either product."""

import pytest
from sync_world import ADA, IS_PRACTICE, PERSON_VALUES, World, change, create

from counterpart.sync.api import force
from counterpart.sync.models import Record


def test_a_contact_born_here_appears_there_and_turns_green(world: World):
    """S1, CON-1: created, blue, sent, answered (with a number by Legal Accounting), green."""
    local_id = create(email="ana@example.com", at=world.at)
    blue = world.colour(local_id)

    world.settle()

    assert blue == "lightblue"
    assert world.colour(local_id) == "green"
    assert world.agrees(local_id)
    assert world.peer.value(world.sync_id(local_id), "email") == "ana@example.com"
    assert world.values(local_id)["number"] == world.peer.value(world.sync_id(local_id), "number") != ""


def test_a_contact_born_there_appears_here_and_turns_green(world: World):
    """S1, CON-8: one local record, one number, the same on both sides."""
    sync_id = world.peer.create(PERSON_VALUES)

    receipt = world.peer_sends()
    world.settle()

    assert receipt is not None
    assert [result.result for result in receipt.results] == ["applied"]
    local_id = world.local_id(sync_id)
    assert world.values(local_id)["name"]["last"] == "Stone"
    assert world.colour(local_id) == "green"
    assert world.agrees(local_id)


@pytest.mark.parametrize("count", [1, 3])
def test_no_echo(world: World, count: int):
    """S6: an edit costs one state each way at most, and nothing is sent when nothing happened."""
    ids = [create(f"Reyes{n}", at=world.at) for n in range(count)]
    sent = world.settle()
    quiet = world.settle()
    world.pass_time()
    change(ids[0], email="new@example.com", at=world.at)
    after_edit = world.settle()

    assert sent <= 2 * count
    assert (quiet, after_edit) == (0, 1)


def test_an_edit_there_costs_no_answer_of_ours(world: World):
    """S6: merging what the sender knows already makes nothing due."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()
    world.peer.edit(world.sync_id(local_id), {"email": "theirs@example.com"})

    world.peer_sends()

    assert not world.record(local_id).due
    assert world.settle() == 0
    assert world.values(local_id)["email"] == "theirs@example.com"
    assert world.colour(local_id) == "green"


def test_edits_of_different_fields_on_both_sides_merge(world: World):
    """S1, S3: two people, two fields, nothing lost and nothing to archive."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()
    change(local_id, email="ours@example.com", at=world.at)
    world.peer.edit(world.sync_id(local_id), {"alias": "theirs"})

    world.settle()

    assert world.values(local_id)["email"] == "ours@example.com"
    assert world.values(local_id)["alias"] == "theirs"
    assert world.agrees(local_id)
    assert not world.peer.archive


def test_saving_without_a_change_exchanges_all_the_same(world: World):
    """L6, STA-5: saving forces an attempt; the answer "unchanged" makes it green again."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()

    change(local_id, at=world.at)

    assert world.colour(local_id) == "lightblue"
    assert world.settle() == 1
    assert world.colour(local_id) == "green"


def test_sync_now_exchanges_and_returns_how_many(world: World):
    """IMP-5: without an edit."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()

    assert force("contact", [local_id], actor=ADA, at=world.at) == 1
    assert world.settle() == 1
    assert world.colour(local_id) == "green"


def test_a_save_while_the_batch_is_away_is_sent_after_it(world: World):
    """S3, section 6: the receipt of the older state does not clear the force or the change of the newer save."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()
    change(local_id, email="first@example.com", at=world.at)
    answer = world.line.answer

    def slow(path: str, body: bytes) -> bytes:
        if path == "inbox" and world.values(local_id)["email"] == "first@example.com":
            world.pass_time()
            change(local_id, email="second@example.com", at=world.at)
        return answer(path, body)

    world.line.answer = slow
    world.worker.exchange()
    record = world.record(local_id)

    assert record.force > 0
    assert record.due
    assert world.colour(local_id) == "lightblue"
    world.settle()
    assert world.peer.value(record.sync_id, "email") == "second@example.com"
    assert world.colour(local_id) == "green"


def test_a_gray_record_gets_its_identity_when_saved(db: None):
    """Scenario 32: imported before the products were connected, offered by the first save."""
    world = World()
    local_id = create(at=world.at)
    assert not Record.objects.exists()
    world.connect()
    assert world.colour(local_id) == "gray"

    world.pass_time()
    change(local_id, email="now@example.com", at=world.at)
    world.settle()

    assert world.colour(local_id) == "green"
    if IS_PRACTICE:
        assert world.values(local_id)["number"] == "1"


def test_waiting_counts_from_the_save_that_waits(world: World):
    """L2: a record in peace for an hour is not stuck the moment somebody saves it."""
    sync_id = world.peer.create(PERSON_VALUES)
    world.peer_sends()
    world.settle()
    local_id = world.local_id(sync_id)
    world.pass_time(3600)
    world.peer_beats()

    change(local_id, email="later@example.com", at=world.at)

    assert world.colour(local_id) == "lightblue"
    assert world.state(local_id).since == world.at


def test_two_people_there_are_both_named_here(world: World):
    """S13: what two people changed at the peer is told as two entries, each with its author."""
    from counterpart.foundation import history

    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.pass_time()
    world.peer.edit(sync_id, {"email": "a@example.com"}, ("Dora Peer", "dora@example.com"))
    world.pass_time()
    world.peer.edit(sync_id, {"alias": "b"}, ("Emil Peer", "emil@example.com"))

    world.peer_sends()

    entries = list(history.events_for("contact", local_id)[:2])
    assert [entry.actor_name for entry in entries] == ["Emil Peer", "Dora Peer"]
    assert world.values(local_id)["email"] == "a@example.com"
    assert world.values(local_id)["alias"] == "b"
