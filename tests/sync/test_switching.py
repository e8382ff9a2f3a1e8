"""The integration switched off and on (section 15, GRP-17): gray meanwhile, stamps kept, everything exchanged once."""

from dataclasses import replace

import pytest
from sync_world import ADA, PERSON_VALUES, World, change, create

from counterpart.foundation.errors import Blocked, Forbidden
from counterpart.protocol.colour import Mode
from counterpart.sync.api import is_on, pause, peer_home, peer_page, switch_off, switch_on
from counterpart.sync.link import effective_mode, get_link
from counterpart.sync.messages import read_beat


def test_off_is_gray_on_both_sides_and_nothing_travels(world: World):
    """Section 15: off here is off there as soon as the next beat; a save goes nowhere and is kept."""
    local_id = create(at=world.at)
    world.settle()
    assert is_on()

    switch_off(ADA, world.at)
    world.pass_time(16)
    world.worker.turn()
    sent = world.states_sent()
    change(local_id, at=world.at, alias="meanwhile")
    world.settle()

    assert not is_on()
    assert world.state(local_id).status == "unsynchronized"
    assert "switched off" in world.state(local_id).detail
    assert world.states_sent() == sent
    assert [read_beat(body).mode for path, body in world.line.sent if path == "beat"][-1] == Mode.OFF


def test_switching_on_exchanges_in_full(world: World):
    """Section 15: what either side changed while it was off arrives, and what was born meanwhile too."""
    known = create(at=world.at)
    world.settle()
    switch_off(ADA, world.at)
    world.pass_time()
    change(known, at=world.at, alias="changed here")
    born = create("Born", at=world.at)
    world.peer.edit(world.sync_id(known), {"email": "there@example.com"})

    switch_on(ADA, world.at)
    world.settle()

    assert is_on()
    assert world.colour(known) == world.colour(born) == "green"
    assert world.agrees(known)
    assert world.agrees(born)
    assert world.values(known)["email"] == "there@example.com"


def test_the_other_side_switching_off_ends_it_here_too(world: World):
    """Section 15: either can stop it; a pause of our own does not hide that it is off."""
    sync_id = world.peer.create(PERSON_VALUES)
    world.settle()
    local_id = world.local_id(sync_id)

    world.peer.mode = Mode.OFF
    world.peer.statement += 1
    world.peer_beats()

    assert effective_mode(get_link()) is Mode.OFF
    assert not is_on()
    assert world.colour(local_id) == "gray"
    assert "switched off in" in world.state(local_id).detail


def test_who_may_switch_and_when(world: World):
    """USR-4: the right is asked for. Switching on what runs changes nothing; what was paused is resumed instead."""
    local_id = create(at=world.at)
    world.settle()
    with pytest.raises(Forbidden):
        switch_off(replace(ADA, rights=frozenset()), world.at)

    switch_on(ADA, world.at)
    assert not world.record(local_id).due

    pause(ADA, world.at)
    with pytest.raises(Blocked):
        switch_on(ADA, world.at)
    switch_off(ADA, world.at)
    assert effective_mode(get_link()) is Mode.OFF


def test_the_counterpart_has_an_address_whatever_the_colour(world: World):
    """GRP-15, IMP-13: a function that is refused links to the other product's page."""
    local_id = create(at=world.at)
    assert peer_page("contact", local_id) is None
    world.settle()

    assert peer_page("contact", local_id) == f"{peer_home()}/open/contact/{world.sync_id(local_id)}/"
