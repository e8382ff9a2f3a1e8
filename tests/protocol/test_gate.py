"""The gate in front of every merge: all verdicts, and what a restored site gives away (sections 6 and 14, S15)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.protocol.gate import (
    GENESIS,
    Envelope,
    Position,
    Verdict,
    adopt,
    extend,
    is_newer_statement,
    judge,
    judge_memory,
    make_epoch,
)

H = [GENESIS]
for n in range(1, 5):
    H.append(extend(H[-1], f"batch {n}", f"salt {n}"))
FORK = extend(H[2], "batch 3", "another salt")


def expected(position: Position, envelope: Envelope, holds: bool) -> Verdict:
    """The steps of section 6 in their order, as a table of (does it hold, then that)."""
    table = (
        (envelope.peer_epoch > position.epoch, Verdict.WE_WERE_RESTORED),
        (envelope.peer_epoch == position.epoch and not holds, Verdict.WE_WERE_RESTORED),
        (envelope.epoch > position.peer_epoch, Verdict.PEER_WAS_RESTORED),
        (envelope.epoch < position.peer_epoch, Verdict.STALE_EPOCH),
        (envelope.peer_epoch < position.epoch, Verdict.UNLEARNT),
        (envelope.head == position.peer_head, Verdict.DUPLICATE),
        (envelope.prev.n > position.peer_head.n, Verdict.WE_WERE_RESTORED),
        (
            envelope.peer_head.n < position.acknowledged.n and envelope.head != position.announced,
            Verdict.RESEND,
        ),
        (envelope.prev == position.peer_head, Verdict.MERGE),
    )
    return next((verdict for holds_here, verdict in table if holds_here), Verdict.RESEND)


def test_every_verdict_over_every_combination():
    """S15, S11: all combinations of epochs and heads."""
    epochs, heads = ("e1", "e2", "e3"), (H[1], H[2], H[3], FORK)
    seen = set()
    for mine, theirs in product(epochs, repeat=2):
        for head, prev, acknowledged, announced, remembered in product(heads, repeat=5):
            for holds in (True, False):
                position = Position("e2", "e2", H[2], acknowledged, announced)
                envelope = Envelope(theirs, head, prev, mine, remembered)
                verdict = judge(position, envelope, chain_holds_peer_head=holds)
                assert verdict is expected(position, envelope, holds)
                seen.add(verdict)

    assert seen == set(Verdict)


def test_batch_that_follows_is_merged_once():
    """S11: the batch itself, then its repetition, then an older one."""
    position = Position("a", "b", H[1])

    assert judge(position, Envelope("b", H[2], H[1], "a", GENESIS), chain_holds_peer_head=True) is Verdict.MERGE
    position = Position("a", "b", H[2])
    assert judge(position, Envelope("b", H[2], H[1], "a", GENESIS), chain_holds_peer_head=True) is Verdict.DUPLICATE
    assert judge(position, Envelope("b", H[1], H[0], "a", GENESIS), chain_holds_peer_head=True) is Verdict.RESEND


def test_restored_sender_that_ran_past_its_old_counter_is_not_believed():
    """Section 14: a counter can be caught up with, a hash can't."""
    position = Position("a", "b", H[3])
    later = extend(extend(FORK, "4", "s"), "5", "s")

    verdict = judge(position, Envelope("b", later, FORK, "a", GENESIS), chain_holds_peer_head=True)

    assert verdict is Verdict.RESEND
    assert judge_memory(H[2], H[3], chain_holds_remembered=False) is Verdict.WE_WERE_RESTORED


def test_restored_sender_that_forgot_only_what_it_received_is_not_merged():
    """S15: its chain is intact and its batch follows, but it remembers less of us than it acknowledged."""
    position = Position("a", "b", peer_head=H[2], acknowledged=H[3])

    verdict = judge(position, Envelope("b", extend(H[2], "x", "s"), H[2], "a", H[1]), chain_holds_peer_head=True)

    assert verdict is Verdict.RESEND
    assert (
        judge_memory(H[2], H[2], chain_holds_remembered=True, acknowledged_by_peer=H[3], peer_head=H[1])
        is Verdict.WE_WERE_RESTORED
    )


def test_overtaken_batch_of_a_healthy_sender_is_merged():
    """The sender composed it before it answered us: its head was announced in that answer, so nothing is wrong."""
    batch = extend(H[2], "x", "s")
    position = Position("a", "b", peer_head=H[2], acknowledged=H[3], announced=batch)

    assert judge(position, Envelope("b", batch, H[2], "a", H[1]), chain_holds_peer_head=True) is Verdict.MERGE


def test_receiver_that_forgot_a_receipt_knows_itself_restored():
    """S15: the sender follows a head that we do not remember merging."""
    position = Position("a", "b", peer_head=H[1])

    verdict = judge(position, Envelope("b", H[4], H[3], "a", GENESIS), chain_holds_peer_head=True)

    assert verdict is Verdict.WE_WERE_RESTORED


@pytest.mark.parametrize(
    ("remembered", "holds", "peer_acked", "heard", "verdict"),
    [
        (H[2], True, GENESIS, 0, Verdict.RESEND),
        (H[3], True, GENESIS, 0, Verdict.RESEND),  # a receipt was lost
        (H[1], True, GENESIS, 0, Verdict.RESEND),  # an old statement arrived late: no alarm
        (H[1], False, GENESIS, 0, Verdict.RESEND),  # the same, and the chain was pruned
        (H[3], False, GENESIS, 0, Verdict.WE_WERE_RESTORED),
        (H[2], True, H[2], 0, Verdict.WE_WERE_RESTORED),
        (H[2], True, H[1], 7, Verdict.RESEND),
        (H[2], True, GENESIS, 8, Verdict.WE_WERE_RESTORED),  # it heard more than we remember saying
    ],
)
def test_memory_of_the_peer(remembered, holds, peer_acked, heard, verdict):
    """Section 6: what a refusal or a beat tells about *us*; it is never taken as proof about the peer."""
    found = judge_memory(
        H[2], remembered, chain_holds_remembered=holds, acknowledged_by_peer=peer_acked, peer_head=H[1],
        heard_by_peer=heard, statement=7,
    )  # fmt: skip

    assert found is verdict


@given(st.sampled_from(H), st.sampled_from(H))
def test_heads_only_rise(acknowledged, remembered):
    """Section 6: a late statement can't lower what we know the peer to have."""
    assert adopt(acknowledged, remembered).n == max(acknowledged.n, remembered.n)


@given(st.integers(0, 2**44), st.integers(0, 2**44), st.text("0123456789abcdef", min_size=1, max_size=16))
def test_epochs_rise_whatever_the_clock_says(first, second, salt):
    """Section 14: a rotation starts later than any epoch the site knows."""
    earlier = make_epoch(first, salt)

    assert make_epoch(second, salt, after=earlier) > earlier


@pytest.mark.parametrize(
    ("held", "said", "newer"),
    [
        (("e1", 5), ("e1", 6), True),
        (("e1", 5), ("e1", 5), True),  # the same statement again
        (("e1", 5), ("e1", 4), False),  # late
        (("e0", 9), ("e1", 1), True),  # the peer's epoch has moved on
        (("e1", 5), ("e0", 9), False),  # from before it
        (("", 0), ("e1", 0), True),
    ],
)
def test_only_the_newest_statement_counts(held, said, newer):
    """S7: a late receipt never repaints a record."""
    assert is_newer_statement(*held, *said, "e1") is newer


@given(st.lists(st.integers(0, 3), max_size=6))
def test_chain_of_the_same_batches_with_other_salt_is_another_chain(batches):
    """Section 14: 16 random bytes per entry, so that two histories never meet."""
    one = other = GENESIS
    for batch in batches:
        one, other = extend(one, f"batch {batch}", "salt"), extend(other, f"batch {batch}", "pepper")

    assert one.n == other.n == len(batches)
    assert (one == other) == (not batches)
