"""The two halves of a pair meet where a number was asked for: in Practice Management alone (section 11, step 5)."""

from sync_world import PERSON_VALUES, World
from test_golive_halves import arrived, gray, told

from counterpart.sync.models import Conflict


def test_a_reference_that_gives_way_to_the_number_is_kept(db: None):
    """Nothing is lost: the Reference typed before goes to the archive, and can be asked for again from there."""
    world = World()
    local_id = gray(world, number="77")
    sync_id = world.peer.create({**PERSON_VALUES, "name": world.values(local_id)["name"]}, number="40")

    arrived(world, told(world, sync_id, local_id, "la"))
    world.settle()

    assert world.values(local_id)["number"] == "40"
    assert list(Conflict.objects.filter(register="number").values_list("losing_value", flat=True)) == ["77"]
    assert world.colour(local_id) == "green"
