"""What only Practice Management does: asking for numbers (section 8), and restoring what was deleted (section 16)."""

import pytest
from sync_world import ADA, World, change, create, delete, person

from counterpart.foundation import history
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.operations import restore_contact, withdraw_reference
from counterpart.sync.api import force


def test_a_free_number_is_given(world: World):
    """NUM-4, S5: what was typed becomes the number; the request is answered."""
    local_id = create(number="900", at=world.at)
    blue = Contact.objects.get(pk=local_id)
    world.settle()

    assert (blue.reference, blue.requested_reference) == ("", "900")
    assert world.values(local_id)["number"] == "900"
    assert Contact.objects.get(pk=local_id).requested_reference == ""
    assert world.colour(local_id) == "green"


def test_a_taken_number_refuses_a_new_contact_whole(world: World):
    """NUM-10: red here, naming the holder by its identity; nothing was made there."""
    first = create("First", number="900", at=world.at)
    world.settle()
    second = create("Second", number="900", at=world.at)
    world.settle()

    state = world.state(second)
    assert (state.colour, state.error_code, state.error_register) == ("red", "number_in_use", "requested_number")
    assert state.error_detail == {"holder": str(world.sync_id(first)), "number": "900"}
    assert world.sync_id(second) not in world.peer.records


def test_another_number_cures_it(world: World):
    """NUM-10: *choose another*: an ordinary save."""
    create("First", number="900", at=world.at)
    second = create("Second", number="900", at=world.at)
    world.settle()
    world.pass_time()
    change(second, number="901", at=world.at)
    world.settle()

    assert world.values(second)["number"] == "901"
    assert world.colour(second) == "green"


def test_so_does_leaving_it_to_the_sequence(world: World):
    """NUM-10: *let it be numbered*."""
    create("First", number="1", at=world.at)
    second = create("Second", number="1", at=world.at)
    world.settle()
    world.pass_time()

    withdraw_reference(actor=ADA, contact_id=second, at=world.at)
    world.settle()

    assert world.values(second)["number"] == "2"
    assert world.colour(second) == "green"


def test_a_taken_number_for_a_linked_contact_refuses_only_the_number(world: World):
    """Section 8: its other fields apply, the old number stands."""
    create("First", number="900", at=world.at)
    second = create("Second", at=world.at)
    world.settle()
    old = world.values(second)["number"]
    world.pass_time()
    change(second, number="900", email="applied@example.com", at=world.at)
    world.settle()

    sync_id = world.sync_id(second)
    assert world.peer.value(sync_id, "email") == "applied@example.com"
    assert world.values(second)["number"] == old == world.peer.value(sync_id, "number")
    assert (world.colour(second), world.record(second).error_code) == ("red", "number_in_use")


def test_the_same_number_may_be_asked_for_again(world: World):
    """Section 8: given, changed by Legal Accounting, asked for once more."""
    local_id = create(number="900", at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.pass_time()
    world.peer.used["950"] = sync_id
    world.peer.edit(sync_id, {"number": "950"})
    world.peer_sends()
    assert world.values(local_id)["number"] == "950"
    assert world.settle() == 0  # the old request was answered: it is not asked again

    world.pass_time()
    change(local_id, number="900", at=world.at)
    world.settle()

    assert world.values(local_id)["number"] == "900"
    assert world.colour(local_id) == "green"


@pytest.mark.parametrize("offered", ["saved", "synced"])
def test_a_reference_typed_before_the_products_were_connected_is_asked_for(db: None, offered: str):
    """Scenario 32, NUM-4: an import came first, with references; offering the contact asks for the one it has."""
    world = World()
    local_id = create(number="700", at=world.at)
    world.connect()
    world.pass_time()
    if offered == "saved":
        change(local_id, email="first@example.com", at=world.at)
    else:
        force("contact", [local_id], actor=ADA, at=world.at)
    world.settle()

    assert world.values(local_id)["number"] == "700"
    assert world.colour(local_id) == "green"


def test_the_number_is_named_as_given_by_the_product(world: World):
    """S13: nobody typed an automatic number; the history says which product gave it."""
    local_id = create(at=world.at)
    world.settle()

    events = list(history.events_for("contact", local_id))
    assert [event.verb for event in events] == ["edited", "created"]
    assert events[0].origin == "sync"
    assert events[0].changes["reference"] == [None, "1"]


def test_restored_it_is_taken_up_again_with_what_both_did_meanwhile(world: World):
    """Section 16, DEL-2: edits made on either side while it was severed meet again; nothing is lost (S1, S3)."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    world.pass_time()
    delete(local_id, at=world.at, actor=person())
    world.settle()
    world.pass_time()
    world.peer.edit(sync_id, {"alias": "meanwhile"})

    world.pass_time()
    restore_contact(actor=ADA, contact_id=local_id, at=world.at)
    for _ in range(3):
        world.settle()
        world.pass_time(20)

    assert world.values(local_id)["alias"] == "meanwhile"
    assert world.agrees(local_id)
    assert world.colour(local_id) == "green"
