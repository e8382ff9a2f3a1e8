"""Registers, merging and dirtiness (sync-protocol sections 2 and 4).

A register is a value with two stamps, one per site: the newest edit of that site which the value contains.
Merging is a join: commutative, associative, idempotent. What is left to send is *derived* by comparing the
stamps with the shadow (what the peer is known to hold), so there is no queue that could lose an entry and no
echo to suppress.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from counterpart.protocol.stamps import Site, site_of

Stamps = tuple[int, int]
"""Newest PM stamp, newest LA stamp; index with a Site."""

UNSTAMPED: Stamps = (0, 0)
STAMP_MAX = 1 << 62
"""No honest clock makes such a stamp (it lies in the year 4200); a greater one could not be exceeded in 64 bits."""


class Reg(NamedTuple):
    """One register of one record at one site."""

    value: Any
    pm: int = 0
    la: int = 0

    @property
    def stamps(self) -> Stamps:
        """Both stamps as a pair."""
        return (self.pm, self.la)

    @property
    def newest(self) -> int:
        """The stamp of the edit whose value this is."""
        return self.pm if self.pm > self.la else self.la  # noqa: FURB136  # asked for every register of every record; max() takes three times as long


BLANK = Reg(None)


@dataclass(frozen=True, slots=True)
class Register:
    """What both sites agree about one register."""

    name: str
    writers: frozenset[Site]
    create_only: bool = False
    """Travels with the first state; afterwards no part of dirtiness or digest unless an edit was stamped."""
    kept: bool = False
    """Neither product has a column for it: the engine keeps the value beside the stamps, on both sites."""
    parts: tuple[str, ...] = ()
    """The parts of a value that has several, in reading order; pages show these and no others."""
    refers_to: str = ""
    """The kind of record whose identities the value lists: it travels only once the peer holds them all (section 9)."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A value that lost against a concurrent edit; it goes to the archive, never to the floor."""

    register: str
    value: Any
    losing_stamp: int
    winning_stamp: int


@dataclass(slots=True)
class Merge:
    """The outcome of merging a peer's state into ours."""

    state: dict[str, Reg]
    changed: dict[str, Any] = field(default_factory=dict)
    """Registers whose value differs from what we held, with the new value."""
    losses: list[Loss] = field(default_factory=list)
    advanced: bool = False
    """Whether any stamp of ours rose."""
    disowned: bool = False
    """The peer holds another value than we do of a register only we write: it must be told again."""


def join_stamps(left: Stamps, right: Stamps) -> Stamps:
    """Element-wise maximum."""
    return (left[0] if left[0] > right[0] else right[0], left[1] if left[1] > right[1] else right[1])  # noqa: FURB136  # as above


def merge_register(name: str, mine: Reg, theirs: Reg) -> tuple[Reg, Loss | None]:
    """Join two registers: the later edit's value, both sites' newest stamps.

    A conflict exists when the values differ and the winner does not contain the loser, that is, the winner was
    written by someone who had not seen the loser (section 4).
    """
    winner, loser = (theirs, mine) if theirs.newest > mine.newest else (mine, theirs)
    pm, la = join_stamps(mine.stamps, theirs.stamps)
    merged = Reg(winner.value, pm, la)
    lost = loser.newest
    if lost and winner.value != loser.value and winner.stamps[site_of(lost)] < lost:
        return merged, Loss(name, loser.value, lost, winner.newest)
    return merged, None


def merge_state(
    policy: Mapping[str, Register],
    mine: Mapping[str, Reg],
    theirs: Mapping[str, Reg],
    receiver: Site,
    heard: Mapping[str, Any] | None = None,
) -> Merge:
    """Merge every register the policy knows. Unknown registers are left alone (section 17).

    An unstamped register of the peer says nothing: it neither wins nor loses. Of a register that one site alone
    writes, that site's value stands where the stamps are equal: the other one was changed without a right to, while
    the link was off or past the application (section 15). ``heard``: the peer's values as last heard of registers
    where that happens; what was changed since goes to the archive.
    """
    result = Merge(dict(mine))
    for name, incoming in theirs.items():
        if name not in policy or not incoming.newest:
            continue
        held = mine.get(name, BLANK)
        if incoming == held:
            continue  # nearly all of them, nearly always
        writers = policy[name].writers
        if incoming.stamps == held.stamps and incoming.value != held.value and len(writers) == 1:
            if receiver in writers:
                result.disowned = True
                continue
            result.state[name] = incoming
            result.changed[name] = incoming.value
            result.losses.append(_unstamped_loss(name, held.value, incoming, receiver))
            continue
        merged, loss = merge_register(name, held, incoming)
        if loss is not None:
            result.losses.append(loss)
        elif heard and name in heard and receiver not in writers and held.value not in (heard[name], merged.value):
            result.losses.append(_unstamped_loss(name, held.value, incoming, receiver))
        if merged.stamps != held.stamps:
            result.advanced = True
            result.state[name] = merged
            if merged.value != held.value:
                result.changed[name] = merged.value
    return result


STAMPS_BEGIN = 1 << 34
"""Every clock's stamps are above this, those that ``_unstamped_loss`` makes of values below."""


def was_stamped(loss: Loss) -> bool:
    """Whether somebody with a right to it wrote the value that lost."""
    return loss.losing_stamp >= STAMPS_BEGIN


def _unstamped_loss(name: str, value: Any, winner: Reg, site: Site) -> Loss:
    """A value that the site held without a right to stamp it. In the archive it gets a stamp of that site older than
    any clock's, made from the value, so that the same loss is found once and different ones are kept apart.
    """
    digest = hashlib.sha256(json.dumps(value, sort_keys=True).encode()).digest()
    return Loss(name, value, (int.from_bytes(digest[:4]) | 1) << 1 | site, winner.newest)


def forged(policy: Mapping[str, Register], mine: Mapping[str, Reg], theirs: Mapping[str, Reg], receiver: Site) -> str:
    """Name the first register whose author had no right to write it, or '' (section 18, property S9).

    Refused are a stamp of a site that may not write the register; a stamp of *our own* site that is newer than any
    we made, that is, somebody else speaking in our name; and what cannot be a stamp of that site at all.
    """
    for name, incoming in theirs.items():
        rule = policy.get(name)
        if rule is None:
            continue
        if incoming.pm and not _may_have_made(Site.PM, incoming.pm, rule):
            return name
        if incoming.la and not _may_have_made(Site.LA, incoming.la, rule):
            return name
        held = mine.get(name)
        if incoming.stamps[receiver] > (held.stamps[receiver] if held else 0):
            return name
    return ""


def _may_have_made(site: Site, stamp: int, rule: Register) -> bool:
    return site in rule.writers and 0 < stamp < STAMP_MAX and stamp & 1 == site


def is_dirty(regs: Mapping[str, Stamps], shadow: Mapping[str, Stamps]) -> bool:
    """Whether some register component is greater than what the peer is known to hold (section 6)."""
    for name, (pm, la) in regs.items():
        known = shadow.get(name, UNSTAMPED)
        if pm > known[0] or la > known[1]:
            return True
    return False


def raise_shadow(
    shadow: Mapping[str, Stamps], stated: Mapping[str, Stamps], regs: Mapping[str, Stamps]
) -> dict[str, Stamps]:
    """Raise the shadow to what the peer stated, but no higher than what we hold.

    The clamp loses nothing (the peer's newer stamps arrive with its own state) and makes "dirty" the same thing
    as "the shadow differs from the registers", which the database can index.
    """
    raised: dict[str, Stamps] = {}
    for name, own in regs.items():
        told = stated.get(name, UNSTAMPED)
        if told == own != UNSTAMPED:
            raised[name] = own  # no stamps are higher than what we hold
            continue
        known = join_stamps(shadow.get(name, UNSTAMPED), told)
        clamped = (min(known[0], own[0]), min(known[1], own[1]))
        if clamped != UNSTAMPED:
            raised[name] = clamped
    return raised


def stamps_of(state: Mapping[str, Reg]) -> dict[str, Stamps]:
    """The stamps of every stamped register."""
    return {name: (pm, la) for name, (_, pm, la) in state.items() if pm or la}


def edit(state: Mapping[str, Reg], site: Site, stamp: int, values: Mapping[str, Any]) -> dict[str, Reg]:
    """Apply a local edit: each named register takes the value and the site's new stamp.

    ``stamp`` comes from ``tick`` over every stamp being overwritten; an assertion guards that it does exceed them.
    """
    result = dict(state)
    for name, value in values.items():
        held = state.get(name, Reg(None))
        assert stamp > held.newest, "a local edit must exceed what it overwrites"
        pm, la = (stamp, held.la) if site is Site.PM else (held.pm, stamp)
        result[name] = Reg(value, pm, la)
    return result


def seen_stamps(state: Mapping[str, Reg], names: Iterable[str]) -> list[int]:
    """The newest stamps of the named registers: what a coming edit overwrites."""
    return [state[name].newest for name in names if name in state]
