"""A record and its link change together, and a receipt promises only what is durable: S4, S7, S10."""

from contextlib import nullcontext
from types import SimpleNamespace
from uuid import UUID

import pytest
from killing import leaves_nothing_half_done
from sync_world import PERSON_VALUES, World, change, column_model, create, delete

from counterpart.foundation import history
from counterpart.sync import composing, probing, receipts, receiving
from counterpart.sync.composing import compose
from counterpart.sync.messages import Probe, encode, read_probe_answer
from counterpart.sync.models import Record
from counterpart.sync.receipts import apply_receipt
from counterpart.sync.receiving import receive
from counterpart.sync.registry import handler_for


def prepared(world: World) -> tuple[UUID, bytes]:
    """A linked record, and a batch of the peer that edits it, clashes with an edit here, and brings a new record."""
    local_id = create(email="start@example.com", at=world.at)
    world.settle()
    world.pass_time()
    change(local_id, email="ours@example.com", at=world.at)
    world.pass_time()
    sync_id = world.sync_id(local_id)
    world.peer.edit(sync_id, {"email": "theirs@example.com", "alias": "theirs"})
    sent = world.peer.compose([sync_id, world.peer.create(PERSON_VALUES)])
    assert sent is not None
    return local_id, sent.body


def test_creating_is_all_or_nothing(world: World):
    """S4: contact, number, link and history, or none of them, wherever the process dies."""
    leaves_nothing_half_done(lambda: create(at=world.at), at_least=3)
    assert one_to_one()


def test_editing_is_all_or_nothing(world: World):
    """S4, S3: what was acknowledged is stamped and will be sent; what was not never happened."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()
    leaves_nothing_half_done(lambda: change(local_id, email="new@example.com", at=world.at), at_least=4)


def test_deleting_is_all_or_nothing(world: World):
    """S4: a deleted contact is told, or still there."""
    local_id = create(at=world.at)
    world.settle()
    world.pass_time()
    leaves_nothing_half_done(lambda: delete(local_id, at=world.at), at_least=4)


def test_receiving_is_all_or_nothing(world: World):
    """S4, S10: records, links, archive, history, chain: one transaction; no receipt without it."""
    _, body = prepared(world)
    leaves_nothing_half_done(lambda: receive(body, world.at), at_least=10)
    assert one_to_one()
    assert history.verify() is None


def test_composing_is_all_or_nothing(world: World):
    """Section 6: a batch leaves with its chain entry committed, or not at all."""
    create(at=world.at)
    leaves_nothing_half_done(lambda: compose(world.at), at_least=5)


def test_taking_a_receipt_is_all_or_nothing(world: World):
    """Section 6: shadow, statement, errors and told conflicts go together."""
    local_id, body = prepared(world)
    receive(body, world.at)
    batch = compose(world.at)
    assert batch is not None
    answer = world.peer.receive(batch.body)
    leaves_nothing_half_done(lambda: apply_receipt(batch, answer, world.at), at_least=4)
    assert world.record(local_id).agreed_at is not None


def one_to_one() -> bool:
    """S4: every local record that is linked has one link, every link one record."""
    linked = list(Record.objects.exclude(local_id=None).values_list("local_id", flat=True))
    existing = set(column_model().objects.values_list("pk", flat=True))
    return len(linked) == len(set(linked)) and set(linked) <= existing


# ---------------------------------------------------------------------- deliberately broken builds


def test_broken_row_and_link_in_two_transactions(world: World, monkeypatch: pytest.MonkeyPatch):
    """S4: without the one transaction around a batch, dying in the middle leaves a record without its head."""
    _, body = prepared(world)
    monkeypatch.setattr(receiving, "transaction", SimpleNamespace(atomic=nullcontext))

    with pytest.raises(AssertionError, match="half done"):
        leaves_nothing_half_done(lambda: receive(body, world.at), at_least=10)


def test_broken_receipt_taken_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch):
    """S4: the same on the sender's side."""
    create(at=world.at)
    batch = compose(world.at)
    assert batch is not None
    answer = world.peer.receive(batch.body)
    monkeypatch.setattr(receipts, "transaction", SimpleNamespace(atomic=nullcontext))

    with pytest.raises(AssertionError, match="half done"):
        leaves_nothing_half_done(lambda: apply_receipt(batch, answer, world.at), at_least=4)


def test_broken_batch_sent_before_its_chain_entry(world: World, monkeypatch: pytest.MonkeyPatch):
    """S15: a head that leaves without being in our chain looks like a restore of ours; so it must be noticed."""
    create(at=world.at)
    monkeypatch.setattr(composing.ChainEntry.objects, "create", lambda **_: None)

    world.worker.turn()

    assert world.link().mode == "healing"


# ---------------------------------------------------------------------- stale statements


def stale_word(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The peer said that it holds the same, then that it holds something else; the older word arrives last."""
    local_id = create(at=world.at)
    world.settle()
    sync_id = world.sync_id(local_id)
    early = read_probe_answer(world.peer.take_probe(encode(Probe(ids=[str(sync_id)]))))
    world.pass_time()
    with monkeypatch.context() as stumbling:
        stumbling.setattr(handler_for("contact"), "amend", None)
        world.peer.edit(sync_id, {"alias": "not stored here"})
        world.peer_sends()
    assert world.colour(local_id) == "lightblue"

    probing._take_over(sync_id, early, world.at)

    assert world.values(local_id)["alias"] is None
    return world.colour(local_id)


def test_a_late_word_repaints_nothing(world: World, monkeypatch: pytest.MonkeyPatch):
    """S7: only the newest statement of the peer counts."""
    assert stale_word(world, monkeypatch) == "lightblue"


def test_broken_stale_statements_are_believed(world: World, monkeypatch: pytest.MonkeyPatch):
    """S7: without the order of statements the record shows green while the peer holds something else."""
    monkeypatch.setattr(probing, "is_newer_statement", lambda *_: True)

    assert stale_word(world, monkeypatch) == "green"
