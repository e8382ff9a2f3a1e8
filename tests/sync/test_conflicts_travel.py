"""Concurrent edits: one value stands on both sides, the other is in both archives (S1, S3, section 4)."""

from sync_world import ADA, World, change, create, person

from counterpart.sync.api import close_conflict, conflicts_for, use_other_value
from counterpart.sync.models import Conflict


def clash(world: World) -> tuple[object, str]:
    """Both sides edit the same field unaware of each other; the peer is later. Returns local and conflict id."""
    local_id = create(email="start@example.com", at=world.at)
    world.settle()
    world.pass_time()
    change(local_id, email="ours@example.com", at=world.at, actor=person("Ada Moreau"))
    world.pass_time()
    world.peer.edit(world.sync_id(local_id), {"email": "theirs@example.com"})
    world.settle()
    (found,) = conflicts_for("contact", local_id)
    return local_id, found.id


def test_both_archives_agree(world: World):
    """S3: the value that lost is kept, with who wrote what where, under the same identity on both sides."""
    local_id, identity = clash(world)

    (found,) = conflicts_for("contact", local_id)
    assert (found.standing.value, found.standing.author) == ("theirs@example.com", "Dora Peer")
    assert (found.losing.value, found.losing.author) == ("ours@example.com", "Ada Moreau")
    assert world.values(local_id)["email"] == "theirs@example.com"
    assert list(world.peer.archive) == [identity]
    assert world.peer.archive[identity].state.losing_value == "ours@example.com"
    assert world.agrees(local_id)
    assert world.colour(local_id) == "green"  # settled by itself; listed until somebody closes it
    assert world.state(local_id).has_conflicts


def test_a_conflict_found_by_both_is_one(world: World):
    """S3: crossing batches make both sides find it; the archives still hold one row each, and it comes to rest."""
    local_id = create(email="start@example.com", at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.pass_time()
    change(local_id, email="ours@example.com", at=world.at)
    world.pass_time()
    world.peer.edit(sync_id, {"email": "theirs@example.com"})
    crossing = world.peer.compose()
    assert crossing is not None
    world.worker.exchange()
    from counterpart.sync.receiving import receive

    world.peer.take_receipt(crossing, receive(crossing.body, world.at))
    world.settle()

    assert Conflict.objects.count() == len(world.peer.archive) == 1
    assert world.agrees(local_id)
    assert world.settle() == 0


def test_using_the_other_value_is_an_ordinary_edit(world: World):
    """Section 4: it travels, and the resolution closes the conflict on both sides."""
    local_id, identity = clash(world)
    world.pass_time()

    use_other_value(identity, actor=ADA, at=world.at)
    world.settle()

    assert world.values(local_id)["email"] == "ours@example.com"
    assert world.peer.value(world.sync_id(local_id), "email") == "ours@example.com"
    assert world.peer.archive[identity].state.resolution == "used"
    assert conflicts_for("contact", local_id) == []
    assert world.colour(local_id) == "green"


def test_keeping_closes_it_there_too(world: World):
    """Section 4: *Keep* changes no value and is told to the peer."""
    local_id, identity = clash(world)

    close_conflict(identity, actor=ADA, at=world.at)
    assert world.record(local_id).unsent_conflicts
    world.settle()

    assert world.peer.archive[identity].state.resolution == "kept"
    assert world.settle() == 0
    assert world.colour(local_id) == "green"


def test_a_resolution_here_outlives_an_older_word_of_the_peer(world: World):
    """S3: the peer repeats the unresolved conflict after it was closed here; it still learns that it is closed."""
    local_id, identity = clash(world)
    close_conflict(identity, actor=ADA, at=world.at)
    world.peer.archive[identity].told = None
    world.peer_sends()

    world.settle()

    assert Conflict.objects.get(id=identity).resolution == "kept"
    assert world.peer.archive[identity].state.resolution == "kept"
    assert world.colour(local_id) == "green"


def test_two_different_resolutions_become_one(world: World):
    """S3: closed differently on both sides at once, both archives end with the same word."""
    _, identity = clash(world)
    close_conflict(identity, actor=ADA, at=world.at)
    world.peer.archive[identity].state.resolution = "used"
    world.peer_sends()

    world.settle()

    assert Conflict.objects.get(id=identity).resolution == "used"
    assert world.peer.archive[identity].state.resolution == "used"


def test_the_later_edit_of_this_site_stands(world: World):
    """Section 4: the same the other way round."""
    local_id = create(email="start@example.com", at=world.at)
    world.settle()
    world.pass_time()
    world.peer.edit(world.sync_id(local_id), {"email": "theirs@example.com"})
    world.pass_time()
    change(local_id, email="ours@example.com", at=world.at)
    world.peer_sends()
    world.settle()

    (found,) = conflicts_for("contact", local_id)
    assert (found.standing.value, found.losing.value) == ("ours@example.com", "theirs@example.com")
    assert world.peer.value(world.sync_id(local_id), "email") == "ours@example.com"
    assert world.agrees(local_id)
