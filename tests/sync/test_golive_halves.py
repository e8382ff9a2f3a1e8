"""The two halves of a pair meet (section 11, step 5): adopted once, blanks filled, nothing lost; on either product."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from fake_peer import Sent
from sync_world import ADA, IS_PRACTICE, PERSON_VALUES, World, change, column_model, create

from counterpart.sync.codec import to_ms
from counterpart.sync.messages import Receipt, encode
from counterpart.sync.models import Conflict, Record
from counterpart.sync.receiving import receive

HERE, THERE = ("pm", "la") if IS_PRACTICE else ("la", "pm")


def told(world: World, sync_id: UUID, local_id: UUID, stands: str) -> Sent:
    """The peer's state, saying whose counterpart it is here."""
    sent = world.peer.compose([sync_id])
    assert sent is not None
    events = msgspec.json.decode(sent.body)
    for event in events:
        event["data"]["pairing"] = {"id": str(local_id), "stands": stands, "at": to_ms(world.at)}
    sent.body = encode(events)
    return sent


def arrived(world: World, sent: Sent) -> Receipt:
    return world.peer.take_receipt(sent, receive(sent.body, world.at))


def gray(world: World, **values: Any) -> UUID:
    """A contact from before the products knew each other."""
    local_id = create("Stone", email="ours@example.com", at=world.at, **values)
    column_model().objects.filter(pk=local_id).update(updated_at=world.at - timedelta(days=9))
    world.connect()
    world.pass_time(60)
    return local_id


@pytest.mark.parametrize(("stands", "winner"), [("la", "la"), ("pm", "pm"), ("later", THERE)])
def test_a_record_is_adopted_and_the_value_that_gives_way_is_kept(db: None, stands: str, winner: str):
    """Section 11, step 5: one record; blank loses to value; of two values the firm’s choice, the other is archived."""
    world = World()
    local_id = gray(world)
    values = {**PERSON_VALUES, "email": "theirs@example.com", "alias": "Eva", "name": world.values(local_id)["name"]}
    sync_id = world.peer.create(values)
    if stands != "later":
        _as_if_never_stamped(world, sync_id, stands)

    receipt = arrived(world, told(world, sync_id, local_id, stands))
    world.settle()

    emails = {HERE: "ours@example.com", THERE: "theirs@example.com"}
    assert [one.result for one in receipt.results] == ["applied"]
    assert column_model().objects.count() == 1
    assert world.sync_id(local_id) == sync_id
    held = world.values(local_id)
    assert (held["email"], held["alias"], held["phone.work"]) == (emails[winner], "Eva", PERSON_VALUES["phone.work"])
    lost = list(Conflict.objects.filter(register="email").values_list("losing_value", flat=True))
    assert lost == [emails[THERE if winner == HERE else HERE]]
    assert world.agrees(local_id)
    assert world.colour(local_id) == "green"


def test_told_twice_it_is_adopted_once(db: None):
    """S4, S11: the state comes again after the answer was lost; nothing is doubled."""
    world = World()
    local_id = gray(world)
    sync_id = world.peer.create({**PERSON_VALUES, "name": world.values(local_id)["name"]})
    sent = told(world, sync_id, local_id, "later")

    receive(sent.body, world.at)
    before = list(Record.objects.values_list("sync_id", "regs"))
    receipt = arrived(world, sent)

    assert [one.result for one in receipt.results] == ["unchanged"]
    assert list(Record.objects.values_list("sync_id", "regs")) == before
    assert column_model().objects.count() == 1


def test_an_address_that_one_half_lacks_is_the_others(db: None):
    """A blank loses to a value although addresses are not shared; two different ones stay apart."""
    world = World()
    local_id = gray(world)
    address = {"line1": "1 High Street", "city": "Berne"}
    values = {**PERSON_VALUES, "name": world.values(local_id)["name"], "address.main": address}
    sync_id = world.peer.create(values)

    arrived(world, told(world, sync_id, local_id, "later"))
    world.settle()

    assert world.values(local_id)["address.main"] == address
    assert world.agrees(local_id)


def test_a_record_that_belongs_to_another_is_refused_and_stays(world: World):
    """S4: two records of the peer can't be one here."""
    local_id = create("Stone", at=world.at)
    world.settle()
    sync_id = world.peer.create(PERSON_VALUES)

    receipt = arrived(world, told(world, sync_id, local_id, "later"))

    assert [(one.result, one.code) for one in receipt.results] == [("refused", "already_paired")]
    assert column_model().objects.count() == 1
    assert world.colour(local_id) == "green"


def test_a_save_before_the_halves_meet_counts_as_an_edit(db: None):
    """What somebody saved after the approval is newer than anything that was there before, whoever stands."""
    world = World()
    local_id = gray(world)
    sync_id = world.peer.create({**PERSON_VALUES, "name": world.values(local_id)["name"], "email": "old@example.com"})
    _as_if_never_stamped(world, sync_id, THERE)
    arrived(world, told(world, sync_id, local_id, THERE))
    world.pass_time()

    change(local_id, email="new@example.com", at=world.at, actor=ADA)
    world.settle()

    assert world.peer.value(sync_id, "email") == "new@example.com"
    assert world.agrees(local_id)


def _as_if_never_stamped(world: World, sync_id: UUID, stands: str) -> None:
    """The peer stamps what it pairs with the moment of the approval, a bit later where its own value stands."""
    from counterpart.protocol.registers import Reg
    from counterpart.protocol.stamps import tick

    held = world.peer.records[sync_id]
    stamp = tick(world.peer.site, to_ms(world.at) + (stands == THERE))
    for name, reg in held.state.items():
        if reg.newest:
            held.state[name] = Reg(reg.value, *((stamp, 0) if world.peer.site == 0 else (0, stamp)))
