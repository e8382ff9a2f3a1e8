"""Closing, deleting, restoring, offering again: section 16."""

from sync_world import ADA, PERSON_VALUES, World, change, create, delete

from counterpart.sync.api import link_states, offer_again, set_presence
from counterpart.sync.models import Record


def test_deleting_here_keeps_the_record_there(world: World):
    """Section 16: deletion never crosses as deletion; the peer is told, and nothing else is exchanged."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.pass_time()

    delete(local_id, at=world.at)
    world.settle()

    record = Record.objects.get(sync_id=sync_id)
    assert record.severed
    assert not record.due
    mine = f"presence_{world.peer.site.peer.code}"
    assert world.peer.value(sync_id, mine) == "deleted"
    assert world.peer.value(sync_id, "name")["last"] == "Reyes"
    assert world.settle() == 0


def test_deleted_there_is_gray_here_and_says_by_whom(world: World):
    """Section 16: gray, who and when; edits stay here."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.pass_time()
    world.peer.set_presence(sync_id, "deleted")
    world.peer_sends()

    state = world.state(local_id)
    assert (state.colour, state.peer_presence, state.severed_by) == ("gray", "deleted", "Dora Peer")
    world.pass_time()
    change(local_id, email="mine@example.com", at=world.at)
    assert world.settle() == 0
    assert world.peer.value(sync_id, "email") is None


def test_offered_again_it_gets_a_new_identity(world: World):
    """Section 16: the old identity stays as tombstone, the new one is exchanged like any other."""
    local_id = create(at=world.at)
    world.settle()
    old = world.sync_id(local_id)
    world.peer.set_presence(old, "deleted")
    world.peer_sends()
    world.pass_time()

    offer_again("contact", local_id, actor=ADA, at=world.at)
    world.settle()

    assert world.sync_id(local_id) != old
    assert Record.objects.get(sync_id=old).local_id is None
    assert world.colour(local_id) == "green"
    assert world.agrees(local_id)


def test_a_late_edit_revives_nothing(world: World):
    """Section 16: an edit made there before the deletion here was heard changes nothing and comes to rest."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.pass_time()
    delete(local_id, at=world.at)
    world.peer.edit(sync_id, {"alias": "too late"})

    receipt = world.peer_sends()
    world.settle()

    assert receipt is not None
    assert receipt.results[0].result == "retry"
    assert link_states("contact", [local_id], at=world.at)[local_id].colour == "gray"
    world.pass_time(60)
    assert world.peer.due() == []
    assert world.settle() == 0


def test_an_unknown_record_that_is_deleted_already_leaves_a_tombstone(world: World):
    """Section 16: nothing is created for it, and nothing late may create it."""
    sync_id = world.peer.create(PERSON_VALUES)
    early = world.peer.compose([sync_id])
    world.peer.set_presence(sync_id, "deleted")
    world.peer_sends([sync_id])

    record = Record.objects.get(sync_id=sync_id)
    assert (record.local_id, record.severed, record.due) == (None, True, False)
    assert early is not None
    from counterpart.sync.receiving import receive

    receive(early.body, world.at)
    assert Record.objects.get(sync_id=sync_id).local_id is None


def test_closing_is_local_and_only_told(world: World):
    """Section 16: the peer keeps its record open and knows."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()

    set_presence("contact", local_id, "archived", actor=ADA, at=world.at)
    world.settle()

    assert world.peer.value(world.sync_id(local_id), f"presence_{world.peer.site.peer.code}") == "archived"
    assert world.colour(local_id) == "green"
    assert world.agrees(local_id)
