"""Every change that came from the peer has one entry with its real author and its message; the chain holds (S13)."""

import msgspec
from sync_world import ADA, IS_PRACTICE, PERSON_VALUES, World, change, create, person

from counterpart.foundation import history
from counterpart.foundation.clock import now
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.models import User
from counterpart.sync.link import pause, resume
from counterpart.sync.receiving import receive


def entries(local_id) -> list[Event]:
    return list(reversed(history.events_for("contact", local_id)))


def test_one_entry_per_change_with_the_person_who_made_it(world: World):
    """S13, CON-13: name and e-mail of the author there, matched to the user of that e-mail here, the other site."""
    dora = User.objects.create(email="dora@example.com", name="Dora Here", created_at=now())
    sync_id = world.peer.create(PERSON_VALUES)
    world.peer_sends()
    world.settle()
    local_id = world.local_id(sync_id)
    world.pass_time()
    world.peer.edit(sync_id, {"alias": "one"})
    world.peer_sends()
    world.pass_time()
    world.peer.edit(sync_id, {"alias": "two"}, ("Emil Peer", "emil@example.com"))
    world.peer_sends()

    found = [e for e in entries(local_id) if e.origin == "sync"]
    assert [(e.verb, e.actor_name, e.actor_user_id) for e in found] == [
        ("created", "Dora Peer", dora.pk),
        ("edited", "Dora Peer", dora.pk),
        ("edited", "Emil Peer", None),
    ]
    assert {e.site for e in found} == {"la" if IS_PRACTICE else "pm"}
    assert found[2].changes["alias"] == ["one", "two"]
    assert history.verify() is None


def test_the_entry_names_the_message(world: World):
    """S13: whoever has to find out what happened finds the message that brought it."""
    sent = world.peer.compose([world.peer.create(PERSON_VALUES)])
    assert sent is not None
    (event,) = msgspec.json.decode(sent.body)
    receive(sent.body, world.at)

    (entry,) = Event.objects.filter(origin="sync", object_type="contact")
    assert entry.message_id == event["id"]


def test_a_repeated_message_makes_no_second_entry(world: World):
    """S11, S13."""
    sent = world.peer.compose([world.peer.create(PERSON_VALUES)])
    assert sent is not None
    for _ in range(3):
        receive(sent.body, world.at)

    assert Event.objects.filter(origin="sync", object_type="contact").count() == 1


def test_an_older_change_is_not_blamed_on_the_newest_author(world: World):
    """S13: somebody here edited one field, somebody there another, earlier; each is named for his own."""
    local_id = create(at=world.at, actor=ADA)
    world.settle()
    world.pass_time()
    world.peer.edit(world.sync_id(local_id), {"alias": "earlier"}, ("Emil Peer", "emil@example.com"))
    world.pass_time()
    change(local_id, email="later@example.com", at=world.at, actor=person("Bea Local", "bea@example.com"))
    world.settle()

    by_change = {key: e.actor_name for e in entries(local_id) if e.verb == "edited" for key in e.changes}
    assert (by_change["alias"], by_change["email"]) == ("Emil Peer", "Bea Local")


def test_presence_and_saves_without_change_make_no_entry(world: World):
    """S13: exactly one entry per change, none per exchange."""
    local_id = create(at=world.at)
    world.settle()
    before = len(entries(local_id))
    world.pass_time()
    change(local_id, at=world.at)
    world.peer.set_presence(world.sync_id(local_id), "archived")
    world.peer_sends()
    world.settle()

    assert len(entries(local_id)) == before


def test_the_life_of_the_link_is_audited(world: World):
    """ADM: connected, paused, resumed, by whom."""
    pause(ADA, world.at)
    resume(ADA, world.at)

    found = Event.objects.filter(object_type="link").order_by("id").values_list("verb", "actor_name")
    assert list(found) == [(verb, "Ada Moreau") for verb in ("connected", "setting_changed", "setting_changed")]
