"""Matters in the exchange: they wait for their clients, lists arrive whole, what waits says for whom (section 9)."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest
from sync_world import ADA, World, change, create

from counterpart.contracts.matter import KIND
from counterpart.foundation.actor import Actor
from counterpart.foundation.clock import now
from counterpart.foundation.users.models import User
from counterpart.practice.matters.drafts import Draft, PartyDraft
from counterpart.practice.matters.operations import Created, add_party, create_matters, set_parties
from counterpart.sync.api import LinkState, link_state, link_states, offer_again, with_status
from counterpart.sync.messages import Result, read_events
from counterpart.sync.models import Dependency, Record
from counterpart.sync.registry import handler_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Actor:
    user = User.objects.create(email="ada@example.com", name="Ada Moreau", created_at=now())
    return replace(ADA, user_id=user.pk)


def open_matter(ada: Actor, world: World, clients: Sequence[UUID], name: str = "Reyes v Stone") -> UUID:
    parties = [PartyDraft("Client", client) for client in clients]
    (made,) = create_matters(actor=ada, drafts=[Draft(name=name, parties=parties)], at=world.at)
    assert isinstance(made, Created), made
    return made.id


def state(world: World, matter_id: UUID) -> LinkState:
    return link_state(KIND, matter_id, at=world.at)


def told(world: World) -> list[list[str]]:
    """The kinds of the records in every batch that left, in order."""
    return [[event.data.kind for event in read_events(body)] for body in world.seen]


def clients_there(world: World, matter_id: UUID) -> list[str]:
    found: list[str] = world.peer.value(Record.objects.get(kind=KIND, local_id=matter_id).sync_id, "clients")
    return found


def test_a_matter_follows_its_new_client_by_itself(world: World, ada: Actor):
    """MAT-4: the client first, the matter as soon as the client is known there; both green without another save."""
    client = create(at=world.at)
    matter = open_matter(ada, world, [client])
    assert state(world, matter).colour == "lightblue"
    assert state(world, matter).detail == "Waiting for Ana Reyes to synchronise."
    assert state(world, matter).waiting_url

    world.settle()

    assert state(world, matter).colour == world.colour(client) == "green"
    assert told(world)[:2] == [["contact"], ["matter"]]
    assert clients_there(world, matter) == [str(world.sync_id(client))]


def test_a_red_client_makes_the_matter_red_and_names_it(world: World, ada: Actor):
    """Scenario 16: the matter does not reach Legal Accounting until the client is put right."""
    holder = create("Holder", at=world.at)
    world.settle()
    client = create("Quay", at=world.at, number=handler_for("contact").read([holder])[holder]["number"])
    other = create("Other", at=world.at)
    matter = open_matter(ada, world, [other, client])
    world.settle()

    shown = state(world, matter)
    assert (shown.colour, shown.error_code) == ("red", "dependency_in_error")
    assert "Quay" in shown.detail
    assert list(with_status(KIND, handler_for(KIND).everything(), "red", at=world.at).values_list("pk", flat=True)) == [
        matter
    ]
    assert all("matter" not in kinds for kinds in told(world))

    change(client, at=world.at, number="")
    world.settle()
    assert state(world, matter).colour == "green"
    assert len(clients_there(world, matter)) == 2


def test_a_known_matter_is_told_once_and_then_waits(world: World, ada: Actor):
    """S7, S8: the other side refuses the list whole, knows that it holds something old, and gets it when it can."""
    first = create(at=world.at)
    matter = open_matter(ada, world, [first])
    world.settle()
    second = create("Second", at=world.at)
    world.peer.refuse[world.sync_id(second)] = Result("", "refused", code="too_long", text="No.")
    add_party(actor=ada, matter_id=matter, role="Client", contact_id=second, at=world.at)
    before = world.states_sent()
    world.settle()
    world.pass_time(120)
    world.settle()

    assert len(clients_there(world, matter)) == 1
    assert world.states_sent() - before <= 4
    sync_id = Record.objects.get(kind=KIND, local_id=matter).sync_id
    assert world.peer.records[sync_id].standing.stated_digest != world.peer.digest(sync_id)
    assert state(world, matter).colour == "red"

    world.peer.refuse.clear()
    change(second, at=world.at)
    world.settle()
    assert state(world, matter).colour == "green"
    assert clients_there(world, matter) == [str(world.sync_id(first)), str(world.sync_id(second))]


def test_a_client_that_is_missing_there_goes_first(world: World, ada: Actor, monkeypatch):
    """Section 9: the peer names what it lacks; that one is offered again, then the matter."""
    client = create(at=world.at)
    world.settle()
    answers = iter([False])
    monkeypatch.setattr(world.peer, "_has", lambda _: next(answers, True))
    matter = open_matter(ada, world, [client])

    world.settle()

    assert state(world, matter).colour == world.colour(client) == "green"
    assert [kinds for kinds in told(world)[1:] if kinds] == [["matter"], ["contact"], ["matter"]]


def test_clients_never_offered_get_their_identity_with_the_matter(world: World, ada: Actor):
    """MAT-4: a client that was there before the products were connected is offered because the matter needs it."""
    client = create(at=world.at)
    Record.objects.filter(local_id=client).delete()
    matter = open_matter(ada, world, [client])

    world.settle()

    assert state(world, matter).colour == world.colour(client) == "green"


def test_a_matter_without_client_is_gray_with_the_reason(world: World, ada: Actor):
    """MAT-3, scenario 15: saved, not offered; a client makes it green."""
    matter = open_matter(ada, world, [])
    assert state(world, matter).colour == "gray"
    assert "until it has a client" in state(world, matter).detail
    assert state(world, matter).is_excluded

    add_party(actor=ada, matter_id=matter, role="Client", contact_id=create(at=world.at), at=world.at)
    world.settle()
    assert state(world, matter).colour == "green"


def test_a_client_offered_anew_is_told_anew(world: World, ada: Actor):
    """Section 16: a client that was deleted there gets a new identity; the matters that name it are sent with it."""
    client = create(at=world.at)
    matter = open_matter(ada, world, [client])
    world.settle()
    world.peer.set_presence(world.sync_id(client), "deleted")
    world.settle()
    assert world.colour(client) == "gray"
    assert state(world, matter).colour == "green"  # nothing of it waits

    former = str(world.sync_id(client))
    offer_again("contact", client, actor=ada, at=world.at)
    world.settle()

    assert clients_there(world, matter) == [str(world.sync_id(client))] != [former]
    assert state(world, matter).colour == "green"


def test_the_order_of_the_list_travels(world: World, ada: Actor):
    """GRP-10, GRP-2: another first client is a change of the one value."""
    one, two = create("One", at=world.at), create("Two", at=world.at)
    matter = open_matter(ada, world, [one, two])
    world.settle()

    turned = [PartyDraft("Client", two), PartyDraft("Client", one)]
    set_parties(actor=ada, matter_id=matter, parties=turned, at=world.at, primary_confirmed=True)
    world.settle()

    assert clients_there(world, matter) == [str(world.sync_id(two)), str(world.sync_id(one))]
    assert Dependency.objects.filter(record__local_id=matter).count() == 2


def test_states_of_many_matters_cost_a_constant_number_of_statements(
    world: World, ada: Actor, django_assert_max_num_queries
):
    """Lists: waiting is looked up once for all of them."""
    client = create(at=world.at)
    matters = [open_matter(ada, world, [client], f"Matter {n}") for n in range(5)]

    with django_assert_max_num_queries(8):
        assert {one.colour for one in link_states(KIND, matters, at=world.at).values()} == {"lightblue"}
