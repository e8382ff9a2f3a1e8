"""What happens at the commit and not before: receipts and waking (S10, L6). Real commits, so slower than the rest."""

import select
from typing import Any

import pytest
from django.db import connection, transaction
from sync_world import PERSON_VALUES, World, create

from counterpart.sync import receiving, wake
from counterpart.sync.models import Record
from counterpart.sync.receiving import receive


def test_the_receipt_leaves_after_the_commit(durable_world: World, monkeypatch: pytest.MonkeyPatch):
    """S10: while the answer is made nothing is uncommitted any more."""
    sent = durable_world.peer.compose([durable_world.peer.create(PERSON_VALUES)])
    assert sent is not None
    in_transaction: list[bool] = []

    def answered(answer: Any) -> bytes:
        in_transaction.append(connection.in_atomic_block)
        return b""

    monkeypatch.setattr(receiving, "encode", answered)

    receive(sent.body, durable_world.at)

    assert in_transaction == [False]
    assert Record.objects.count() == 1


def test_broken_receipt_before_the_commit(durable_world: World, monkeypatch: pytest.MonkeyPatch):
    """S10: a transaction around the whole request (ATOMIC_REQUESTS) would answer first and commit later."""
    with pytest.raises(AssertionError), transaction.atomic():
        test_the_receipt_leaves_after_the_commit(durable_world, monkeypatch)


def test_a_commit_wakes_and_a_rollback_does_not(durable_world: World):
    """L6: the worker hears of a save when it is durable, not before."""
    alarm = wake.Alarm()
    try:
        with transaction.atomic():
            create("Undone", at=durable_world.at)
            transaction.set_rollback(True)
        assert not heard(alarm)
        with transaction.atomic():
            create("Done", at=durable_world.at)
            assert not heard(alarm)
        assert heard(alarm)
        assert not heard(alarm)  # wake-ups that piled up count as one
    finally:
        alarm.close()


def heard(alarm: wake.Alarm) -> bool:
    ready, _, _ = select.select([alarm._socket], [], [], 0.05)
    if ready:
        alarm.wait(0.01)
    return bool(ready)
