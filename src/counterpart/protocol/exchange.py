"""The exchange of one record: what is due, what is sent, and what an answer changes (sync-protocol section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from counterpart.protocol.gate import is_newer_statement
from counterpart.protocol.numbers import number_key
from counterpart.protocol.registers import UNSTAMPED, Reg, Stamps, is_dirty, raise_shadow
from counterpart.protocol.retry import RECORD_CAP_S, is_dead_letter, record_delay_s

PRESENCES = ("presence_pm", "presence_la")
DELETED = "deleted"
MERGED_INTO = "merged_into"
"""Legal Accounting's word that this record is a duplicate of another one: see ``absorbing``."""
MERGE_REQUEST = "merge_request"
ALWAYS_TOLD = (*PRESENCES, MERGED_INTO, MERGE_REQUEST)
"""The engine's own registers: what of a severed record is exchanged, and what no product has a column for."""
_ALWAYS_TOLD = frozenset(ALWAYS_TOLD)
REQUEST = "requested_number"


class Result(StrEnum):
    """What a receipt says became of one record (section 6)."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    RETRY = "retry"
    DEPENDENCY_MISSING = "dependency_missing"
    """The receiver lacks a record this one refers to: that one goes first, then this one again (section 9)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A receipt's line about one record. ``stamps`` and ``digest``: what the receiver holds after the merge."""

    result: Result
    stamps: Mapping[str, Stamps]
    digest: str
    code: str = ""
    register: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the exchange of one record stands, apart from its registers. Times are milliseconds since 1970."""

    shadow: Mapping[str, Stamps]
    stated_digest: str = ""
    stated_epoch: str = ""
    stated_n: int = 0
    known_at_peer: bool = False
    force: int = 0
    """Set by every save to a value never used before (0: none), so that a late receipt can't clear a later save."""
    error_code: str = ""
    error_register: str = ""
    attempts: int = 0
    next_attempt: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """When the peer said something: its epoch and the count of its statements."""

    epoch: str
    n: int


def is_severed(state: Mapping[str, Reg]) -> bool:
    """Whether either site has deleted its record, or it was merged into another one: nothing but what
    ``ALWAYS_TOLD`` names is exchanged any more (section 16).
    """
    if MERGED_INTO in state and state[MERGED_INTO].value:
        return True
    ours, theirs = (state.get(name) for name in PRESENCES)
    return (ours is not None and ours.value == DELETED) or (theirs is not None and theirs.value == DELETED)


def outgoing(state: Mapping[str, Reg]) -> dict[str, Reg]:
    """The registers that travel: all of them, of a severed record only the engine's own."""
    if is_severed(state):
        return {name: state[name] for name in ALWAYS_TOLD if name in state}
    return dict(state)


def settled_shadow(regs: Mapping[str, Stamps], shadow: Mapping[str, Stamps]) -> dict[str, Stamps]:
    """The shadow of a severed record: what will never be sent any more counts as known."""
    told = {name: shadow.get(name, UNSTAMPED) for name in ALWAYS_TOLD if name in regs}
    kept = {name: stamps for name, stamps in told.items() if stamps != UNSTAMPED}
    return {name: stamps for name, stamps in regs.items() if name not in ALWAYS_TOLD} | kept


def incoming(held: Mapping[str, Reg], theirs: Mapping[str, Reg]) -> dict[str, Reg]:
    """The part of a peer's state that may be merged: into a record that is severed afterwards only the engine's own.

    The newer of both words on each of them counts: a late message revives nothing, and a restored record is taken
    over whole at once.
    """
    if _ALWAYS_TOLD.isdisjoint(held) and _ALWAYS_TOLD.isdisjoint(theirs):
        return dict(theirs)
    told = {name: _newer(held.get(name), theirs.get(name)) for name in ALWAYS_TOLD}
    if is_severed(told):
        return {name: reg for name, reg in theirs.items() if name in ALWAYS_TOLD}
    return dict(theirs)


def _newer(mine: Reg | None, theirs: Reg | None) -> Reg:
    if mine is None or theirs is None:
        return mine or theirs or Reg(None)
    return theirs if theirs.newest > mine.newest else mine


def request_is_open(requested: Reg | None, number: Reg | None) -> bool:
    """Whether a number requested by Practice Management still waits for a decision (section 8).

    Every decision of Legal Accounting is stamped over the request it answers, so the stamps tell: a repeated
    message asks the question again exactly as long as it was not answered with a number.
    """
    wanted = _requested_number(requested)
    if requested is None or not wanted:
        return False
    if number is None or number.value is None:
        return True
    return number_key(wanted) != number_key(number.value) and requested.pm > number.la


def _requested_number(requested: Reg | None) -> Any:
    return requested.value.get("number") if requested is not None and isinstance(requested.value, dict) else None


def is_due(standing: Standing, regs: Mapping[str, Stamps], *, unsent_conflicts: bool, now: int) -> bool:
    """Whether the record belongs into the next batch (section 6, sender step 1).

    A back-off longer than any we give shows that our clock was set back: it is over (property L1).
    """
    if standing.error_code or 0 < standing.next_attempt - now <= RECORD_CAP_S * 1000:
        return False
    return bool(standing.force) or unsent_conflicts or dict(standing.shadow) != dict(regs)


def after_save(standing: Standing, force: int) -> Standing:
    """Saving forces a sync, even without a change: error and back-off are forgotten (section 10)."""
    assert force not in (0, standing.force), "a force must be new, or a late receipt could clear it"
    return replace(standing, force=force, error_code="", error_register="", attempts=0, next_attempt=0)


def after_answer(
    standing: Standing,
    answer: Answer,
    statement: Statement,
    *,
    regs: Mapping[str, Stamps],
    sent_force: int,
    peer_epoch: str,
    now: int,
    severed: bool = False,
) -> Standing:
    """Apply one line of a receipt to the sender's record (section 6, sender step 3).

    ``regs``: our stamps now, not those sent. ``sent_force``: the force when the batch was composed. Stamps the peer
    stated are true for ever, whenever the receipt arrives; digest and error count only if it is the newest
    statement; and nothing that happened before a later save may be held against that save. That a record was
    deleted or merged is offered for ever: nobody would see its error, and the peer would show green meanwhile.
    """
    delivered = answer.result in (Result.APPLIED, Result.UNCHANGED)
    # A record of which it refused a part is there; of one it has deleted (retry) only the tombstone is.
    known = standing.known_at_peer or delivered or (bool(answer.stamps) and answer.result is Result.REFUSED)
    saved_since = standing.force != sent_force
    is_newest = is_newer_statement(standing.stated_epoch, standing.stated_n, statement.epoch, statement.n, peer_epoch)
    digest, epoch, n = (answer.digest, statement.epoch, statement.n) if is_newest else _stated(standing)
    force, failure = (0, NO_FAILURE) if delivered and not saved_since else (standing.force, _failure(standing))
    shadow = raise_shadow(standing.shadow, answer.stamps, regs)
    after = Standing(shadow, digest, epoch, n, known, force, failure[0], failure[1], failure[2], failure[3])
    if saved_since or not is_newest:
        return after
    if delivered:
        # It answered without taking what was sent: it has given the record up, and says so by a message of its own.
        return _later(after, now) if is_dirty(regs, shadow) and not severed else after
    return _after_failure(after, answer, now, severed=severed)


NO_FAILURE = ("", "", 0, 0)
"""Error code and register, attempts and next attempt of a record with which nothing is wrong."""


def _failure(standing: Standing) -> tuple[str, str, int, int]:
    return standing.error_code, standing.error_register, standing.attempts, standing.next_attempt


def _stated(standing: Standing) -> tuple[str, str, int]:
    return standing.stated_digest, standing.stated_epoch, standing.stated_n


def _after_failure(standing: Standing, answer: Answer, now: int, *, severed: bool) -> Standing:
    if answer.result is Result.REFUSED and (not severed or answer.register == MERGE_REQUEST):
        return replace(standing, error_code=answer.code, error_register=answer.register, force=0)
    if answer.result is Result.DEPENDENCY_MISSING:
        # Told, and held back until the peer has what it lacks: neither a failure nor a reason to wait (section 9).
        return replace(standing, attempts=max(1, standing.attempts), next_attempt=0)
    if is_dead_letter(standing.attempts + 1) and not severed:
        return replace(standing, error_code="dead_letter", attempts=standing.attempts + 1, force=0)
    return _later(standing, now)


def _later(standing: Standing, now: int) -> Standing:
    attempts = standing.attempts + 1
    return replace(standing, attempts=attempts, next_attempt=now + int(record_delay_s(attempts) * 1000))


def after_state(
    standing: Standing,
    statement: Statement,
    digest: str,
    *,
    regs: Mapping[str, Stamps],
    stated: Mapping[str, Stamps],
    peer_epoch: str,
    advanced: bool,
    request_open: bool = False,
) -> Standing:
    """What a state of the peer changes beside the registers, whether or not it could be applied.

    ``regs``: our stamps after the merge; ``stated``: the stamps the peer sent. If the state advanced ours, an error
    belongs to a state that is gone: what is still unsent is tried again. Only a refused number stays refused as
    long as ``request_open`` (see ``request_is_open``): the rest of the record was applied, so nothing would be
    sent again, and the record would turn green over an unanswered request.
    """
    is_newest = is_newer_statement(standing.stated_epoch, standing.stated_n, statement.epoch, statement.n, peer_epoch)
    is_over = advanced and not (request_open and standing.error_register == REQUEST)
    held, epoch, n = (digest, statement.epoch, statement.n) if is_newest else _stated(standing)
    failure = NO_FAILURE if is_over else _failure(standing)
    shadow = raise_shadow(standing.shadow, stated, regs)
    known = True  # the peer knows what it sent
    return Standing(shadow, held, epoch, n, known, standing.force, failure[0], failure[1], failure[2], failure[3])


def after_told(
    standing: Standing, answer: Answer, statement: Statement, *, regs: Mapping[str, Stamps], peer_epoch: str, now: int
) -> Standing:
    """Apply one line of the peer's receipt for what ours told it. One that came late, after newer words of the peer,
    proves no more than what it holds.
    """
    if is_newer_statement(standing.stated_epoch, standing.stated_n, statement.epoch, statement.n, peer_epoch):
        return after_answer(standing, answer, statement, regs=regs, sent_force=0, peer_epoch=peer_epoch, now=now)
    return replace(standing, shadow=raise_shadow(standing.shadow, answer.stamps, regs))


ANSWER_WITHIN_MS = 10_000
"""So long a sender may take to say that it holds what the receipt of its message told."""


def after_telling(
    standing: Standing, statement: Statement, *, regs: Mapping[str, Stamps], stated: Mapping[str, Stamps], now: int
) -> Standing | None:
    """The receiver's record if the receipt tells its state: where the sender lacks what was decided in storing what it
    sent, a number for one. None: there is nothing to tell, or what somebody saved here goes out by itself.

    ``standing``: as ``after_state`` left it; ``stated``: the stamps the peer sent. Known to it is no more than that,
    whatever it may have confirmed: no head of the chain covers what a receipt told, and a restored peer has forgotten
    it. Its own receipt is awaited before the state goes out as a message like any other.
    """
    is_newest = (standing.stated_epoch, standing.stated_n) == (statement.epoch, statement.n)
    if standing.force or standing.error_code or standing.attempts or not is_newest or not is_dirty(regs, stated):
        return None
    return replace(standing, shadow=raise_shadow({}, stated, regs), next_attempt=now + ANSWER_WITHIN_MS)
