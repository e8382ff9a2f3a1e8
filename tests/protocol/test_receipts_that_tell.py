"""Receipts that tell a state: when, and what the peer's own receipt of that proves (sections 6, 7 and 14)."""

from dataclasses import replace

import pytest

from counterpart.protocol.exchange import (
    ANSWER_WITHIN_MS,
    Answer,
    Result,
    Standing,
    Statement,
    after_answer,
    after_telling,
    after_told,
)

SENT = {"name": (10, 0)}
REGS = {"name": (10, 0), "number": (0, 11)}
HEARD = Standing(shadow=SENT, stated_digest="theirs", stated_epoch="e", stated_n=4, known_at_peer=True)
NOW = 1_000_000


def told(standing: Standing = HEARD, n: int = 4) -> Standing | None:
    return after_telling(standing, Statement("e", n), regs=REGS, stated=SENT, now=NOW)


def test_what_the_sender_lacks_is_told_and_its_receipt_awaited():
    """L1: the state is due again after the wait, should no receipt come."""
    standing = told()

    assert standing is not None
    assert (standing.shadow, standing.next_attempt) == (SENT, NOW + ANSWER_WITHIN_MS)


def test_what_was_confirmed_and_is_lacking_again_is_unknown_again():
    """S15: no head of the chain covers what a receipt told, so a restored peer is believed to have forgotten it."""
    standing = told(replace(HEARD, shadow=REGS))

    assert standing is not None
    assert standing.shadow == SENT


@pytest.mark.parametrize("fault", [{"force": 1}, {"error_code": "authority"}, {"attempts": 1}], ids=str)
def test_what_somebody_saved_or_what_failed_goes_by_itself(fault: dict[str, int | str]):
    """L6: a save is not kept waiting by a receipt."""
    assert told(replace(HEARD, **fault)) is None


def test_nothing_is_told_to_who_lacks_nothing_or_repeats_old_words():
    """S6, S11: no echo, and an old message changes nothing."""
    assert after_telling(HEARD, Statement("e", 4), regs=SENT, stated=SENT, now=NOW) is None
    assert told(n=3) is None


def confirmed(standing: Standing, n: int) -> Standing:
    answer = Answer(Result.APPLIED, REGS, "ours")
    return after_told(standing, answer, Statement("e", n), regs=REGS, peer_epoch="e", now=NOW)


def test_the_receipt_of_what_was_told_settles_it():
    """S7: the peer's own statement, with our digest."""
    told_so = told()
    assert told_so is not None
    standing = confirmed(told_so, 5)

    assert (standing.shadow, standing.stated_digest, standing.next_attempt) == (REGS, "ours", 0)


def test_a_refusal_of_what_was_told_is_an_error_like_any_other():
    """S6, S7: red with its reason, and not told again and again."""
    told_so = told()
    assert told_so is not None
    refused = Answer(Result.REFUSED, SENT, "theirs", "unknown_staff", "assigned")
    standing = after_told(told_so, refused, Statement("e", 5), regs=REGS, peer_epoch="e", now=NOW)

    assert (standing.error_code, standing.error_register) == ("unknown_staff", "assigned")
    assert told(standing, n=5) is None


def test_a_late_receipt_of_what_was_told_clears_no_error():
    """S7: newer words of the peer stand; what it holds it holds all the same."""
    refused = replace(HEARD, stated_n=9, error_code="authority")
    standing = confirmed(refused, 5)

    assert (standing.shadow, standing.stated_digest, standing.error_code) == (REGS, "theirs", "authority")


def test_an_answer_that_took_nothing_is_no_reason_to_send_again_at_once():
    """S6: a peer that has given the record up answers and takes nothing; its message that says so may be late."""
    sent = replace(HEARD, force=7)
    answer = Answer(Result.UNCHANGED, SENT, "theirs")
    standing = after_answer(sent, answer, Statement("e", 5), regs=REGS, sent_force=7, peer_epoch="e", now=NOW)

    assert (standing.error_code, standing.force) == ("", 0)
    assert standing.next_attempt > NOW
