"""Comparing both sides, and values changed past the application (section 12)."""

import pytest
from sync_world import World, change, column_model, create

from counterpart.foundation import history
from counterpart.sync import comparing
from counterpart.sync.comparing import Comparison, compare
from counterpart.sync.outside import AUTHOR
from counterpart.sync.transports import TransportFailed


def repaired(world: World, monkeypatch: pytest.MonkeyPatch) -> Comparison:
    """A comparison during which both workers run."""
    monkeypatch.setattr(comparing.time, "sleep", lambda _: world.settle())
    monkeypatch.setattr(comparing, "now", lambda: world.at)
    monkeypatch.setattr(comparing, "REPAIR_WAIT_S", 1.0)
    return compare(repair=True)


def test_equal_sides_have_nothing_to_repair(world: World, monkeypatch: pytest.MonkeyPatch):
    """Section 12: zero differences is a result too."""
    for n in range(3):
        create(f"C{n}", at=world.at)
    world.settle()

    result = repaired(world, monkeypatch)

    assert (result.compared, result.different, result.unrepaired) == (3, 0, 0)


def test_a_value_changed_by_sql_becomes_an_edit(world: World, monkeypatch: pytest.MonkeyPatch):
    """Section 12: found, stamped, audited as from outside, and exchanged."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    column_model().objects.filter(pk=local_id).update(email="sql@example.com")
    world.pass_time()
    assert compare(repair=False).differing == {world.sync_id(local_id): ["email"]}

    result = repaired(world, monkeypatch)

    assert (result.different, result.repaired, result.unrepaired) == (1, 1, 0)
    assert world.peer.value(world.sync_id(local_id), "email") == "sql@example.com"
    assert world.agrees(local_id)
    event = history.events_for("contact", local_id)[0]
    assert (event.actor_name, list(event.changes.values())) == (AUTHOR, [["typed@example.com", "sql@example.com"]])


def test_so_does_one_that_nobody_ever_wrote_before(world: World, monkeypatch: pytest.MonkeyPatch):
    """Section 12: an empty field filled by SQL has no stamp at all."""
    local_id = create(at=world.at)
    world.settle()
    column_model().objects.filter(pk=local_id).update(alias="from a script")
    world.pass_time()

    assert repaired(world, monkeypatch).repaired == 1
    assert world.peer.value(world.sync_id(local_id), "alias") == "from a script"


def test_what_was_changed_there_is_reported(world: World, monkeypatch: pytest.MonkeyPatch):
    """Section 12: it is the peer's own comparison that repairs it; ours names the field and takes nothing over."""
    local_id = create(email="typed@example.com", at=world.at)
    world.settle()
    held = world.peer.records[world.sync_id(local_id)].state
    held["email"] = held["email"]._replace(value="theirs@example.com")
    world.pass_time()

    result = repaired(world, monkeypatch)

    assert result.differing == {world.sync_id(local_id): ["email"]}
    assert world.values(local_id)["email"] == "typed@example.com"


def test_a_lost_record_is_found(world: World):
    """Section 12: an identity known to one side only."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    del world.peer.records[sync_id]
    world.pass_time()

    assert compare(repair=False).differing == {sync_id: ["(not known to the other product)"]}


def test_what_is_on_its_way_is_no_difference(world: World):
    """Section 12: only records at rest count; addresses may differ."""
    local_id = create(address={"line1": "1 Main St"}, at=world.at)
    world.settle()
    world.pass_time()
    change(local_id, address={"line1": "2 Main St"}, at=world.at)
    world.settle()
    assert compare(repair=False).different == 0

    world.pass_time()
    change(local_id, email="new@example.com", at=world.at)
    assert compare(repair=False).compared == 0


def test_a_peer_that_can_not_be_asked_is_said(world: World):
    """Section 12: nothing compared is not the same as nothing different."""
    create(at=world.at)
    world.settle()
    world.line.is_down = True

    with pytest.raises(TransportFailed):
        compare(repair=False)
