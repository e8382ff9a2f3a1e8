"""Matters as Legal Accounting receives them: whole lists or none, and nothing that is not its own to begin (S8, S9)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sync_world import ADA, PERSON_VALUES, World, person

from counterpart.accounting.files.operations import add_client
from counterpart.contracts.matter import KIND
from counterpart.foundation.errors import Blocked
from counterpart.foundation.ids import new_id
from counterpart.sync.api import conflicts_for, link_state, offer_again, switch_off, switch_on
from counterpart.sync.models import Record
from counterpart.sync.registry import handler_for

pytestmark = pytest.mark.django_db
BEN = person("Ben Okafor", "ben@example.com")


def opened(world: World, clients: list[str], **values: Any) -> UUID:
    """A matter born in Practice Management and not sent yet."""
    return world.peer.create({"title": "Reyes v Stone", "clients": clients, "opened": "2030-01-01"} | values, kind=KIND)


def file_of(matter: UUID) -> UUID | None:
    return Record.objects.filter(sync_id=matter).values_list("local_id", flat=True).first()


def values(matter: UUID) -> dict[str, Any]:
    local_id = file_of(matter)
    assert local_id is not None
    return handler_for(KIND).read([local_id])[local_id]


def test_contact_and_matter_may_come_in_one_batch(world: World):
    """Section 9: what others refer to is merged first, whatever the order of the batch."""
    client = world.peer.create(PERSON_VALUES)
    matter = opened(world, [str(client)])

    receipt = world.peer_sends([matter, client])
    assert receipt is not None
    world.settle()

    assert {result.result for result in receipt.results} == {"applied"}
    assert values(matter)["clients"] == [str(client)]
    assert world.peer.value(matter, "number") == values(matter)["number"]


def test_a_list_with_a_stranger_is_refused_whole(world: World):
    """S8: the missing identity is named, nothing of the matter is stored; sent again with the contact it is whole."""
    client = world.peer.create(PERSON_VALUES)
    world.settle()
    stranger = world.peer.create({**PERSON_VALUES, "email": "other@example.com"})
    matter = opened(world, [str(client), str(stranger)])

    receipt = world.peer_sends([matter])
    assert receipt is not None
    assert [(r.result, r.missing) for r in receipt.results] == [("dependency_missing", [str(stranger)])]
    assert file_of(matter) is None

    world.peer_sends([stranger])
    world.peer_sends([matter])
    assert values(matter)["clients"] == [str(client), str(stranger)]


def test_a_known_file_keeps_its_list_and_knows_that_it_is_old(world: World):
    """S7, S8: refused whole, so not one field of the message is applied; green is over at once."""
    client = world.peer.create(PERSON_VALUES)
    world.settle()
    matter = opened(world, [str(client)])
    world.settle()
    local_id = file_of(matter)
    assert local_id is not None
    assert link_state(KIND, local_id, at=world.at).colour == "green"

    world.peer.edit(matter, {"title": "Renamed", "clients": [str(client), str(new_id())]})
    world.peer_sends([matter])

    assert values(matter)["title"] == "Reyes v Stone"
    assert values(matter)["clients"] == [str(client)]
    assert link_state(KIND, local_id, at=world.at).colour == "lightblue"


def test_clients_never_come_from_anybody_else(world: World):
    """S9: a list stamped by Legal Accounting is refused as a matter of authority."""
    client = world.peer.create(PERSON_VALUES)
    world.settle()
    matter = opened(world, [str(client)])
    held = world.peer.records[matter]
    held.state["clients"] = held.state["clients"]._replace(la=held.state["clients"].pm + 1)

    receipt = world.peer_sends([matter])

    assert receipt is not None
    assert [(r.result, r.code, r.register) for r in receipt.results] == [("refused", "authority", "clients")]


def test_a_person_unknown_here_refuses_that_register_only(world: World):
    """MAT-22: the file is made and numbered; who is assigned is missing, red, and named."""
    client = world.peer.create(PERSON_VALUES)
    world.settle()
    matter = opened(world, [str(client)], assigned="nobody@example.com")

    receipt = world.peer_sends([matter])
    assert receipt is not None
    world.settle()

    assert [(r.result, r.code, r.register) for r in receipt.results] == [("refused", "unknown_staff", "assigned")]
    assert "nobody@example.com" in receipt.results[0].text
    assert world.peer.value(matter, "number") == values(matter)["number"]
    assert values(matter)["assigned"] is None
    local_id = file_of(matter)
    assert local_id is not None
    assert link_state(KIND, local_id, at=world.at).error_code == "refused_here"


def test_what_is_refused_ends_no_wait(world: World):
    """S6: nothing came in, so what waits here after failed attempts goes on waiting; or both sides send for ever."""
    client = world.peer.create(PERSON_VALUES)
    world.settle()
    matter = opened(world, [str(client)])
    world.settle()
    Record.objects.filter(sync_id=matter).update(attempts=3, next_attempt=world.at + timedelta(minutes=1))

    world.peer.edit(matter, {"assigned": "nobody@example.com"})
    world.peer_sends([matter])
    assert Record.objects.get(sync_id=matter).attempts == 3

    world.peer.edit(matter, {"title": "Renamed"})
    world.peer_sends([matter])
    assert Record.objects.get(sync_id=matter).attempts == 0


def test_a_file_whose_matter_was_deleted_is_not_offered_back(world: World):
    """Section 16, MAT-1: matters begin in Practice Management."""
    client = world.peer.create(PERSON_VALUES)
    world.settle()
    matter = opened(world, [str(client)])
    world.settle()
    world.peer.set_presence(matter, "deleted")
    world.settle()
    local_id = file_of(matter)
    assert local_id is not None
    assert link_state(KIND, local_id, at=world.at).peer_presence == "deleted"

    with pytest.raises(Blocked, match="begins in"):
        offer_again(KIND, local_id, actor=ADA, at=world.at)


def test_what_was_changed_while_off_is_archived_with_who_it_was(world: World):
    """GRP-17, S13, section 15: the list stands as Practice Management has it; the other one names its author here."""
    one, two = world.peer.create(PERSON_VALUES), world.peer.create({**PERSON_VALUES, "email": "two@example.com"})
    world.settle()
    matter = opened(world, [str(one)])
    world.settle()
    file_id, contact_id = file_of(matter), file_of(two)
    assert file_id is not None and contact_id is not None  # noqa: PT018
    switch_off(ADA, world.at)
    add_client(file_id=file_id, contact_id=contact_id, actor=BEN, at=world.at)
    assert values(matter)["clients"] == [str(one), str(two)]

    world.pass_time()
    switch_on(ADA, world.at)
    world.settle()

    assert values(matter)["clients"] == [str(one)]
    (conflict,) = conflicts_for(KIND, file_id)
    assert (conflict.register, conflict.losing.value) == ("clients", [str(one), str(two)])
    assert (conflict.losing.author, conflict.losing.site) == ("Ben Okafor", "la")
    assert link_state(KIND, file_id, at=world.at).colour == "green"


def test_one_that_was_deleted_before_it_came_can_still_come(world: World):
    """Section 16: the tombstone keeps late messages out, and gives way to a restoration."""
    contact = world.peer.create(PERSON_VALUES)
    world.peer.set_presence(contact, "deleted")
    world.settle()
    assert file_of(contact) is None

    world.peer.set_presence(contact, "active")
    world.peer.edit(contact, {"alias": "Back"})
    world.settle()

    local_id = file_of(contact)
    assert local_id is not None
    assert world.values(local_id)["alias"] == "Back"
    assert world.colour(local_id) == "green"
