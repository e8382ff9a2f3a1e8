"""What is due, what travels, and what an answer changes (section 6 and 10; S6, S7, L1)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpart.protocol.exchange import (
    Answer,
    Result,
    Standing,
    Statement,
    after_answer,
    after_save,
    after_state,
    incoming,
    is_due,
    is_severed,
    outgoing,
    request_is_open,
    settled_shadow,
)
from counterpart.protocol.registers import Reg, is_dirty, stamps_of
from counterpart.protocol.retry import RECORD_ATTEMPTS_MAX, record_delay_s, transport_delay_s

REGS = {"alias": (10, 21)}
SENT = Standing(shadow={}, force=7)
NOW = 1_000_000


def answer(standing, result, *, n=1, sent_force=7, stamps=None, code="", register="", epoch="e", severed=False):
    line = Answer(result, REGS if stamps is None else stamps, "digest", code, register)
    return after_answer(
        standing, line, Statement(epoch, n), regs=REGS, sent_force=sent_force, peer_epoch="e", now=NOW, severed=severed
    )


def due(standing, now=NOW, regs=REGS, unsent=False):
    return is_due(standing, regs, unsent_conflicts=unsent, now=now)


def test_success_settles_the_record():
    """L1: shadow raised, statement stored, force and errors gone, nothing due."""
    after = answer(replace(SENT, attempts=3, next_attempt=NOW - 1), Result.APPLIED)

    assert after == Standing(REGS, "digest", "e", 1, known_at_peer=True)
    assert not due(after)
    assert due(after, unsent=True)


def test_refusal_is_red_until_somebody_saves():
    """Section 10: no retry for a reason that will not go away by itself; saving forces (STA-5)."""
    refused = answer(SENT, Result.REFUSED, stamps={}, code="number_in_use", register="requested_number")

    assert (refused.error_code, refused.error_register) == ("number_in_use", "requested_number")
    assert not due(refused)
    saved = after_save(refused, 8)
    assert (saved.error_code, saved.force) == ("", 8)
    assert due(saved)


def test_failing_record_waits_longer_each_time_and_then_stays_for_a_person():
    """Section 10: 5 s doubled, 8 attempts, dead letter."""
    standing, waits = SENT, []
    for n in range(1, RECORD_ATTEMPTS_MAX):
        standing = answer(standing, Result.RETRY, n=n, stamps={})
        waits.append(standing.next_attempt - NOW)
        assert not due(standing)
        assert due(standing, now=standing.next_attempt)

    dead = answer(standing, Result.RETRY, n=9, stamps={})
    assert waits == [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000]
    assert dead.error_code == "dead_letter"
    assert not due(dead, now=NOW + 10**9)


def test_deletion_is_offered_for_ever():
    """Section 16: nobody could retry a record that is gone, and the peer would stay green."""
    standing = replace(SENT, attempts=RECORD_ATTEMPTS_MAX + 3)

    for result in (Result.RETRY, Result.REFUSED):
        after = answer(standing, result, stamps={}, code="authority", severed=True)
        assert after.error_code == ""
        assert due(after, now=NOW + 900_000)


@given(st.sampled_from(list(Result)), st.integers(0, 3), st.sampled_from(["e", "old"]))
def test_late_answer_repaints_nothing(result, n, epoch):
    """S7: an answer that is not the newest statement changes no digest and sets no error."""
    standing = replace(SENT, stated_digest="newer", stated_epoch="e", stated_n=4)

    after = answer(standing, result, n=n, epoch=epoch, code="x")

    assert (after.stated_digest, after.stated_epoch, after.stated_n) == ("newer", "e", 4)
    assert after.error_code == ""
    assert after.attempts == 0


@given(st.sampled_from(list(Result)))
def test_answer_to_an_older_save_leaves_a_later_save_forced(result):
    """STA-5, L6: what happened before a save can't be held against it, nor fulfil it."""
    after = answer(replace(SENT, force=8), result, sent_force=7, code="x")

    assert after.force == 8
    assert after.error_code == ""
    assert due(after)


def test_receipt_raises_the_shadow_whenever_it_comes():
    """Section 6: stamps the peer stated are true for ever, and are clamped to what we hold."""
    standing = replace(SENT, stated_epoch="e", stated_n=9)

    assert answer(standing, Result.APPLIED, n=1, stamps={"alias": (10, 99), "fax": (1, 0)}).shadow == REGS


def test_force_must_be_new():
    """Otherwise a late receipt of an older batch could clear it."""
    for force in (0, 7):
        with pytest.raises(AssertionError):
            after_save(SENT, force)


def test_backoff_ends_when_the_clock_was_set_back():
    """L1: a wait longer than any we give is no wait."""
    waiting = replace(SENT, next_attempt=NOW + 3_600_000)

    assert due(waiting)
    assert not due(replace(SENT, next_attempt=NOW + 900_000))


def test_state_of_the_peer_is_remembered_even_if_it_could_not_be_stored():
    """S7: it says how the peer stands, and an older agreement is over."""
    standing = Standing({}, "agreed", "e", 1)

    after = after_state(standing, Statement("e", 2), "new", regs=REGS, stated={}, peer_epoch="e", advanced=False)

    assert (after.stated_digest, after.shadow) == ("new", {})
    assert due(replace(after, shadow={}))


def test_progress_clears_an_error_but_not_an_unanswered_request():
    """NUM-10: a refused Reference stays red when LA edits something else, and ends when LA gives a number."""
    refused = Standing({}, error_code="number_in_use", error_register="requested_number")
    dead = Standing({}, error_code="dead_letter")

    def hear(standing, request_open):
        return after_state(
            standing, Statement("e", 2), "d", regs=REGS, stated=REGS, peer_epoch="e", advanced=True,
            request_open=request_open,
        ).error_code  # fmt: skip

    assert hear(refused, request_open=True) == "number_in_use"
    assert hear(refused, request_open=False) == ""
    assert hear(dead, request_open=True) == ""


@pytest.mark.parametrize(
    ("requested", "number", "still"),
    [
        (None, None, False),
        (Reg(None, 20), Reg("7", 0, 11), False),
        (Reg({"number": "40", "keep_sequence": False}, 20), None, True),
        (Reg({"number": "40", "keep_sequence": False}, 20), Reg("7", 0, 11), True),
        (Reg({"number": "40", "keep_sequence": False}, 20), Reg("7", 0, 21), False),  # LA decided after it
        (Reg({"number": "smith", "keep_sequence": False}, 20), Reg("SMITH", 0, 11), False),
    ],
)
def test_open_request(requested, number, still):
    """Section 8: a repeated message asks again exactly until LA has decided."""
    assert request_is_open(requested, number) is still


def test_severed_record_exchanges_presences_only():
    """Section 16: both ways; and nothing else stays due for ever."""
    alive = {"alias": Reg("Ada", 10), "presence_pm": Reg("active", 10)}
    gone = {**alive, "presence_pm": Reg("deleted", 12)}

    assert (is_severed(alive), is_severed(gone)) == (False, True)
    assert outgoing(alive) == alive
    assert outgoing(gone) == {"presence_pm": Reg("deleted", 12)}
    assert incoming(gone, alive) == {"presence_pm": Reg("active", 10)}
    assert incoming(alive, gone) == {"presence_pm": Reg("deleted", 12)}
    shadow = settled_shadow(stamps_of(gone), {"presence_pm": (10, 0)})
    assert shadow == {"alias": (10, 0), "presence_pm": (10, 0)}
    assert is_dirty(stamps_of(gone), shadow)
    assert settled_shadow(stamps_of(gone), {"presence_pm": (12, 0)}) == stamps_of(gone)


def test_newer_presence_decides_what_may_be_merged():
    """Section 16: a late message revives nothing, and what a restored record brings is taken over at once."""
    gone = {"alias": Reg("Ada", 10), "presence_pm": Reg("deleted", 12)}
    late = {"alias": Reg("Eve", 11), "presence_pm": Reg("active", 8)}
    restored = {"alias": Reg("Eve", 14), "presence_pm": Reg("active", 16)}
    gone_there = {**gone, "presence_la": Reg("deleted", 0, 13)}

    assert incoming(gone, late) == {"presence_pm": Reg("active", 8)}
    assert incoming(gone, restored) == restored
    assert incoming(restored, outgoing(gone)) == {"presence_pm": Reg("deleted", 12)}
    assert incoming(gone_there, restored) == {"presence_pm": Reg("active", 16)}


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_waits_are_bounded(failures, fraction):
    """L5: after the peer is back, sending restarts within 60 s; no jitter means a busy loop."""
    assert 0.1 <= transport_delay_s(failures, fraction) <= 60
    assert 5 <= record_delay_s(min(failures, RECORD_ATTEMPTS_MAX)) <= 900
