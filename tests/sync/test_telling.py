"""Receipts that tell a state: the number of a new record comes with the receipt, and the sender says so in its own
receipt; a batch may leave before the receipt of the one before it is applied (sync-protocol sections 1, 6 and 14).
"""

from typing import Any

import pytest
from sync_world import ADA, PERSON_VALUES, World, change, create

from counterpart.protocol.colour import Colour
from counterpart.protocol.exchange import ANSWER_WITHIN_MS
from counterpart.protocol.stamps import Site
from counterpart.sync import composing
from counterpart.sync.api import force
from counterpart.sync.link import my_site
from counterpart.sync.messages import encode, read_events, read_receipt
from counterpart.sync.models import Message, Record
from counterpart.sync.receipts import take_receipt
from counterpart.sync.receiving import receive
from counterpart.sync.transports import TransportFailed

IS_PRACTICE = my_site() is Site.PM


@pytest.fixture
def telling(world: World) -> World:
    """A peer of the present version."""
    world.peer.tells = True
    world.line.sent.clear()
    return world


def paths(world: World) -> list[str]:
    return [path for path, _ in world.line.sent if path != "beat"]


def later(world: World) -> None:
    """When the sender's receipt ought to have come."""
    world.pass_time(ANSWER_WITHIN_MS / 1000 + 1)


def arrived(world: World) -> tuple[Any, Any]:
    """A contact of the peer that came here: its identity and the receipt's line."""
    sync_id = world.peer.create(PERSON_VALUES)
    sent = world.peer.compose([sync_id])
    assert sent is not None
    receipt = world.peer.take_receipt(sent, receive(sent.body, world.at))
    return sync_id, receipt.results[0]


if IS_PRACTICE:

    def test_a_number_comes_with_the_receipt(telling: World):
        """NUM-3, S1: one message and two receipts, and both sides are green."""
        local_id = create(at=telling.at)

        telling.worker.turn()

        assert paths(telling) == ["inbox", "receipt"]
        assert telling.values(local_id)["number"] == "1"
        assert telling.agrees(local_id)
        assert telling.colour(local_id) == Colour.GREEN
        assert not telling.peer.due()

    def test_a_receipt_of_ours_that_is_lost_costs_a_message(telling: World):
        """L1: the peer sends what it told as a message like any other; nothing is waiting for ever."""
        local_id = create(at=telling.at)
        telling.peer.take_told = lambda _: b""  # type: ignore[method-assign]

        telling.worker.turn()
        assert not telling.agrees(local_id)
        assert not telling.peer.due()

        later(telling)
        assert telling.peer.due() == [telling.sync_id(local_id)]
        telling.peer_sends()
        assert telling.agrees(local_id)

    def test_a_peer_that_forgot_what_it_was_told_is_told_again(telling: World):
        """S1, S15: no head of the chain covers what a receipt told, so a state that lacks it makes it unknown again."""
        local_id = create(at=telling.at)
        telling.worker.turn()
        force("contact", [local_id], actor=ADA, at=telling.at)
        telling.line.sent.clear()

        telling.settle()

        assert paths(telling) == ["inbox"]  # it lacks nothing, so nothing is told
        assert telling.agrees(local_id)

    def test_who_numbered_it_is_in_the_history_once(telling: World):
        """S13: the change has one entry, with the message that brought it."""
        from counterpart.foundation.history.models import Event

        local_id = create(at=telling.at)
        telling.worker.turn()

        edited = Event.objects.filter(object_id=local_id, verb="edited")
        assert [("reference" in event.changes, event.message_id != "") for event in edited] == [(True, True)]

    def test_a_told_state_that_may_not_be_written_is_refused(telling: World):
        """S9: what comes with a receipt is examined like any message."""
        local_id = create(at=telling.at)
        tell = telling.peer._tell

        def lying(event: Any, result: Any) -> Any:
            result = tell(event, result)
            result.state.registers["alias"].value = "liar"
            result.state.registers["alias"].pm = str(int(result.state.registers["number"].la) + 1)
            return result

        change(local_id, at=telling.at, alias="true")
        telling.peer._tell = lying  # type: ignore[method-assign]
        telling.worker.turn()

        assert telling.values(local_id)["alias"] == "true"
        assert telling.values(local_id)["number"] is None

    def test_the_next_batch_leaves_before_the_receipt_is_applied(telling: World, monkeypatch: pytest.MonkeyPatch):
        """Section 6: one batch without a receipt at a time; the peer merges the next while we apply this one's."""
        monkeypatch.setattr(composing, "BATCH_RECORDS_MAX", 2)
        made = [create(f"Reyes {number}", at=telling.at) for number in range(5)]

        telling.worker.turn()

        assert sorted(paths(telling)) == ["inbox"] * 3 + ["receipt"] * 3
        assert paths(telling).index("receipt") > paths(telling).index("inbox")
        assert [len(read_events(body)) for body in telling.seen] == [2, 2, 1]
        assert all(telling.agrees(local_id) for local_id in made)
        assert len({telling.values(local_id)["number"] for local_id in made}) == 5

    @pytest.mark.parametrize("fault", ["lost", "nonsense"])
    def test_a_batch_made_ahead_stays_here_if_the_one_before_failed(
        telling: World, monkeypatch: pytest.MonkeyPatch, fault: str
    ):
        """S7, L1: it would name a head that the peer may not have. Its records go later; it counts as no message."""
        monkeypatch.setattr(composing, "BATCH_RECORDS_MAX", 2)
        made = [create(f"Reyes {number}", at=telling.at) for number in range(5)]
        answer = telling.line.answer
        telling.line.sent.clear()

        def fail_once(path: str, body: bytes) -> bytes:
            telling.line.answer = answer
            answered = answer(path, body)
            if fault == "lost":
                raise TransportFailed("cut off")
            return answered[: len(answered) // 2]

        telling.line.answer = fail_once
        telling.worker.turn()

        assert paths(telling) == ["inbox"]
        assert Message.objects.filter(sent=True).count() == 1
        telling.pass_time(61)
        telling.settle()
        assert all(telling.agrees(local_id) for local_id in made)
        assert len(telling.peer.records) == 5

    def test_a_batch_sent_ahead_whose_answer_is_lost_is_sent_again(telling: World, monkeypatch: pytest.MonkeyPatch):
        """S4, L1: the peer has merged it, nobody knows; it is the same batch of records once more, and no copy."""
        monkeypatch.setattr(composing, "BATCH_RECORDS_MAX", 2)
        made = [create(f"Reyes {number}", at=telling.at) for number in range(5)]
        answer, seen = telling.line.answer, []

        def lose_the_second(path: str, body: bytes) -> bytes:
            seen.append(path)
            if path == "inbox" and seen.count("inbox") == 2:
                telling.line.lose_answers = 1
            return answer(path, body)

        telling.line.answer = lose_the_second
        telling.worker.turn()
        telling.pass_time(61)
        telling.settle()

        assert all(telling.agrees(local_id) for local_id in made)
        assert len(telling.peer.records) == 5

else:

    def test_the_receipt_tells_the_number(telling: World):
        """NUM-1: the sender learns the number with the receipt; this site waits for its receipt and sends nothing."""
        sync_id, result = arrived(telling)

        assert result.state.registers["number"].value == telling.values(telling.local_id(sync_id))["number"]
        telling.worker.turn()
        assert paths(telling) == []
        assert telling.colour(telling.local_id(sync_id)) == Colour.BLUE

        assert take_receipt(telling.peer.receipt, telling.at) == b""
        assert telling.agrees(telling.local_id(sync_id))
        assert telling.colour(telling.local_id(sync_id)) == Colour.GREEN

    def test_without_the_sender_s_receipt_the_number_goes_as_a_message(telling: World):
        """L1: nothing is waiting for ever."""
        sync_id, _ = arrived(telling)

        later(telling)
        telling.worker.turn()

        assert paths(telling) == ["inbox"]
        assert telling.agrees(telling.local_id(sync_id))

    def test_what_somebody_saves_here_goes_at_once(telling: World):
        """L6: a save is not kept waiting by what a receipt told."""
        sync_id, _ = arrived(telling)
        local_id = telling.local_id(sync_id)

        change(local_id, at=telling.at, alias="Evi")
        telling.worker.turn()

        assert paths(telling) == ["inbox"]
        assert telling.peer.value(sync_id, "alias") == "Evi"
        take_receipt(telling.peer.receipt, telling.at)  # late by now
        assert telling.agrees(local_id)

    def test_who_forgot_what_he_was_told_is_told_again(telling: World):
        """S1, S15: no head of the chain covers what a receipt told; a state without it makes it unknown again."""
        sync_id, _ = arrived(telling)
        forgotten = {n: reg for n, reg in telling.peer.records[sync_id].state.items() if n != "number"}
        take_receipt(telling.peer.receipt, telling.at)
        telling.peer.records[sync_id].state = forgotten

        receipt = telling.peer_sends([sync_id])

        assert receipt is not None
        assert receipt.results[0].state.registers["number"].value
        assert Record.objects.get(sync_id=sync_id).due
        assert telling.colour(telling.local_id(sync_id)) == Colour.BLUE
        take_receipt(telling.peer.receipt, telling.at)
        assert telling.agrees(telling.local_id(sync_id))

    def test_a_receipt_of_another_epoch_says_nothing(telling: World):
        """S15: what a peer said before it was restored is no longer true."""
        sync_id, _ = arrived(telling)
        stale = read_receipt(telling.peer.receipt)
        stale.epoch = "000000000000000-stale"
        take_receipt(encode(stale), telling.at)

        assert Record.objects.get(sync_id=sync_id).due

    def test_an_older_peer_is_told_nothing(world: World):
        """Section 17: who does not say that it takes states in receipts gets them as messages."""
        sync_id, result = arrived(world)
        world.line.sent.clear()

        world.worker.turn()

        assert not result.state
        assert paths(world) == ["inbox"]
        assert world.agrees(world.local_id(sync_id))
