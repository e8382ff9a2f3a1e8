"""Users save while batches arrive and leave: no deadlock, nothing lost. PostgreSQL; SQLite has one writer at a time."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from sync_world import ADA, World, change, create

from counterpart.foundation import history
from counterpart.sync.api import force, link_states
from counterpart.sync.models import Record
from counterpart.sync.receiving import receive

ROUNDS = 12


@pytest.fixture
def threads() -> Callable[..., None]:
    """Run the functions at once, each with a connection of its own; the first fault of any is raised."""
    faults: list[BaseException] = []

    def guarded(work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001  # handed over to the test
            faults.append(fault)
        finally:
            connections.close_all()

    def run(*works: Callable[[], Any]) -> None:
        started = [threading.Thread(target=guarded, args=(work,)) for work in works]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join(60)
        assert not any(thread.is_alive() for thread in started), "somebody waits for ever"
        if faults:
            raise faults[0]

    return run


def peer_works(world: World, sync_ids: list[UUID], alone: threading.Lock) -> None:
    """The peer changes all records, again and again, and sends each time until it was merged."""
    for round_ in range(ROUNDS):
        with alone:
            for sync_id in reversed(sync_ids):
                world.peer.edit(sync_id, {"alias": f"round {round_}"})
        for _ in range(100):
            with alone:
                sent = world.peer.compose(sync_ids)
            assert sent is not None
            answer = receive(sent.body, world.at)
            with alone:
                if world.peer.take_receipt(sent, answer).results:
                    break


def test_saves_and_batches_do_not_wait_for_each_other_in_a_circle(durable_world: World, threads: Callable[..., None]):
    """Lock order: sync rows (by identity), contacts, history. S3: every save that was acknowledged stands."""
    world = durable_world
    assert connection.vendor == "postgresql"
    ids = [create(f"C{n}", at=world.at) for n in range(8)]
    world.settle()
    sync_ids = [world.sync_id(i) for i in ids]
    world.pass_time()
    alone, answer = threading.Lock(), world.line.answer

    def one_at_a_time(path: str, body: bytes) -> bytes:
        with alone:
            return answer(path, body)

    world.line.answer = one_at_a_time

    def save(order: list[UUID]) -> None:
        for round_ in range(ROUNDS):
            for local_id in order:
                change(local_id, email=f"round{round_}@example.com", at=world.at)

    def make() -> None:
        for n in range(ROUNDS):
            create(f"New{n}", at=world.at)

    def ask() -> None:
        for _ in range(ROUNDS):
            force("contact", ids, actor=ADA, at=world.at)
            link_states("contact", ids, at=world.at)

    threads(
        lambda: peer_works(world, sync_ids, alone),
        lambda: save(ids),
        lambda: save(ids[::-1]),
        make,
        ask,
        lambda: [world.worker.turn() for _ in range(ROUNDS)],
    )

    for local_id in ids:
        assert world.values(local_id)["alias"] == f"round {ROUNDS - 1}"
        assert world.values(local_id)["email"] == f"round{ROUNDS - 1}@example.com"
    linked = list(Record.objects.values_list("local_id", flat=True))
    assert len(linked) == len(set(linked)) == 8 + ROUNDS
    assert history.verify() is None


def test_two_saves_of_a_gray_contact_make_one_identity(transactional_db: None, threads: Callable[..., None]):
    """S4: the unique index is the last guard, the row lock the first."""
    world = World()
    local_id = create(at=world.at)
    world.connect()

    threads(*[lambda: change(local_id, email="x@example.com", at=world.at)] * 4)

    assert Record.objects.filter(local_id=local_id).count() == 1
    world.settle()
    assert world.agrees(local_id)
