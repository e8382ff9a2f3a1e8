"""What waits for what, and what must be here before a list is taken over: section 9, S7, S8, MAT-4."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.contracts.matter import REGISTERS
from counterpart.protocol.dependencies import Need, holds_back, is_awaited, is_in_trouble, references
from counterpart.protocol.exchange import Answer, Result, Standing, Statement, after_answer, after_save, is_due
from counterpart.protocol.registers import Reg
from counterpart.protocol.retry import RECORD_ATTEMPTS_MAX
from counterpart.protocol.stamps import Site

BOTH = (False, True)
NEEDS = [Need(known, error, severed) for known, error, severed in product(BOTH, repeat=3)]
READY = Need(known_at_peer=True)
ANN, BEN, CAY = (f"00000000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
SENT = Standing(shadow={}, force=7)
REGS = {"clients": (10, 0)}


def expected(needs, *, known, told, severed):
    """The rule a second time, in the words of the decision record."""
    if severed:
        return False  # only presences travel, and the peer must not stay green
    if not known:
        return any(not need.known_at_peer or need.error or need.severed for need in needs)
    missing_there = any(not need.known_at_peer or need.severed for need in needs)
    return told and missing_there


def test_gate_over_every_combination_of_two_needs():
    """MAT-4, S7: all ways two clients can stand, for a matter that is new, known, told once, and deleted."""
    for pair in product([None, *NEEDS], repeat=2):
        needs = [need for need in pair if need is not None]
        for known, attempts, severed in product(BOTH, (0, 1, 4), BOTH):
            held = holds_back(needs, known_at_peer=known, attempts=attempts, severed=severed)
            assert held == expected(needs, known=known, told=attempts > 0, severed=severed), (needs, known, attempts)


def test_new_matter_waits_for_red_clients_and_a_known_one_does_not():
    """MAT-4: a client in error holds a new matter back; changes of a matter that is there already go on."""
    red = replace(READY, error=True)

    assert holds_back([READY, red], known_at_peer=False, attempts=0, severed=False)
    assert not holds_back([READY, red], known_at_peer=True, attempts=3, severed=False)
    assert is_in_trouble(red)
    assert not is_in_trouble(Need(known_at_peer=False))


@given(st.sampled_from(NEEDS), st.booleans())
def test_what_is_deleted_or_unknown_is_always_awaited(need, known):
    """S8: no list may name anybody who is not there."""
    assert is_awaited(need, known_at_peer=known) or (need.known_at_peer and not need.severed)


def missing(held, theirs, receiver=Site.LA):
    return list(references(REGISTERS, held, theirs, receiver))


def test_list_that_would_be_taken_over_needs_everybody_on_it():
    """S8: also those that were on the list before, and whatever else the state says."""
    theirs = {"title": Reg("A v. B", 12), "clients": Reg([ANN, BEN], 12)}
    everybody = [("contact", ANN), ("contact", BEN)]

    assert missing({}, theirs) == everybody
    assert missing({"clients": Reg([ANN], 10)}, theirs) == everybody
    assert missing({"clients": Reg([BEN, ANN], 12)}, theirs) == everybody  # changed there while the link was off


@pytest.mark.parametrize(
    ("held", "receiver"),
    [
        (Reg([ANN, BEN], 12), Site.LA),  # the same
        (Reg([CAY], 14), Site.LA),  # newer than what comes: a replay
        (Reg([CAY], 14), Site.PM),  # PM alone writes lists: what LA still holds needs nobody here
        (Reg([CAY], 10), Site.PM),
    ],
)
def test_list_that_would_not_be_taken_over_needs_nobody(held, receiver):
    """L1: an edit of a title must not fail because its old list names a contact that was taken off and deleted."""
    assert missing({"clients": held}, {"clients": Reg([ANN, BEN], 12)}, receiver) == []


def answer(standing, *, sent_force=7, n=1):
    line = Answer(Result.DEPENDENCY_MISSING, {}, "")
    return after_answer(
        standing, line, Statement("e", n), regs=REGS, sent_force=sent_force, peer_epoch="e", now=1_000_000
    )


def test_missing_dependency_is_no_failure():
    """Section 9: no error, no back-off, no dead letter, however often; it stays due and only the gate holds it."""
    standing = SENT
    for n in range(1, RECORD_ATTEMPTS_MAX + 3):
        standing = answer(standing, n=n)

        assert (standing.error_code, standing.next_attempt, standing.attempts) == ("", 0, 1)
        assert is_due(standing, REGS, unsent_conflicts=False, now=1_000_000)

    assert not standing.known_at_peer


def test_save_after_the_answer_tells_the_peer_once_more():
    """S7: the peer must hear of every list that it does not hold, also of the next one."""
    told = answer(replace(SENT, known_at_peer=True))
    gone = Need(known_at_peer=False)

    assert holds_back([gone], known_at_peer=True, attempts=told.attempts, severed=False)
    saved = after_save(told, 8)
    assert not holds_back([gone], known_at_peer=True, attempts=saved.attempts, severed=False)
    assert answer(saved, sent_force=7, n=2).attempts == 0  # the answer to what was sent before it


def test_tombstone_is_no_counterpart():
    """S6: who answers with the stamps of a deleted record has not got it; a refused register is another thing."""
    stated = {"clients": (10, 0)}
    for result, known in ((Result.RETRY, False), (Result.REFUSED, True), (Result.APPLIED, True)):
        line = Answer(result, stated, "digest", "code")
        after = after_answer(SENT, line, Statement("e", 1), regs=REGS, sent_force=7, peer_epoch="e", now=1_000_000)
        assert after.known_at_peer is known
