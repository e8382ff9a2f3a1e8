"""The five colours: a pure function of stored facts and the time (sync-protocol section 7).

Colour is computed, never stored. Both products render what this function says.
"""

from dataclasses import dataclass
from enum import StrEnum

CONTACT_LIMIT_MS = 60_000
"""No word from the peer for longer than this and nothing can be known (section 13)."""
CLOCK_SLACK_MS = 5_000
"""A last contact that seems to lie further in the future than this shows that our clock was set back."""
STUCK_MS = 15 * 60_000
"""Blue for longer than this with the peer in contact is an error a person must see (section 7)."""


class Colour(StrEnum):
    """The state of a record's link; the value is the word the interfaces use (STA-2)."""

    GREEN = "green"
    GRAY = "gray"
    BLUE = "lightblue"
    YELLOW = "yellow"
    RED = "red"


STATUS = {
    Colour.GREEN: "synchronized",
    Colour.GRAY: "unsynchronized",
    Colour.BLUE: "pending",
    Colour.YELLOW: "unknown",
    Colour.RED: "error",
}
"""The status word of each colour, as published to users and programs."""


class Mode(StrEnum):
    """The mode of the link (section 15). ``healing``: a restore was noticed and nothing is merged."""

    OFF = "off"
    UNPAIRED = "unpaired"
    LIVE = "live"
    PAUSED = "paused"
    HEALING = "healing"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the colour of one record rests on. Times are milliseconds since 1970."""

    mode: Mode
    last_contact: int | None
    peer_epoch: str
    digest: str
    stated_digest: str = ""
    stated_epoch: str = ""
    out_of_scope: bool = False
    severed: bool = False
    error: bool = False
    blocked_by_error: bool = False
    person_needed: bool = False
    peer_incompatible: bool = False
    dirty: bool = False
    force: bool = False
    heal: bool = False
    waiting_for: bool = False
    number_missing: bool = False
    pending_since: int | None = None


def colour(facts: Facts, now: int) -> Colour:
    """Return the colour of a record at ``now`` (milliseconds)."""
    if facts.mode in (Mode.OFF, Mode.UNPAIRED) or facts.out_of_scope or facts.severed:
        return Colour.GRAY
    if facts.error or facts.blocked_by_error or facts.person_needed:
        return Colour.RED
    if is_unknown(facts, now):
        return Colour.YELLOW
    if is_pending(facts):
        return Colour.RED if is_stuck(facts, now) else Colour.BLUE
    return Colour.GREEN


def is_unknown(facts: Facts, now: int) -> bool:
    """Whether the peer's state cannot be known now: link stopped, incompatible, or no word for a minute."""
    if facts.mode in (Mode.PAUSED, Mode.HEALING) or facts.peer_incompatible:
        return True
    if facts.last_contact is None:
        return True
    # After the clock was set back the age of the last contact is unknown: not green until the next beat.
    return not -CLOCK_SLACK_MS <= now - facts.last_contact <= CONTACT_LIMIT_MS


def contact_as_of(heard_at: int, unsent_ms: int) -> int:
    """As of when a beat vouches for the peer's records.

    A peer that has had changes for us for ``unsent_ms`` and could not deliver them vouches for the time before
    them: a direction that fails alone must not leave old greens standing (property S7).
    """
    return heard_at - max(0, unsent_ms)


def unsent_age(now: int, pending_since: int | None) -> int:
    """For how long the oldest change has been waiting to be sent; None: there is none.

    A time in the future shows that our clock was set back: the age is unknown, and nothing is vouched for.
    """
    if pending_since is None:
        return 0
    age = now - pending_since
    return age if age >= -CLOCK_SLACK_MS else CONTACT_LIMIT_MS + 1


def is_pending(facts: Facts) -> bool:
    """Whether anything is still to be exchanged, or the peer has not stated that it holds the same."""
    return (
        facts.dirty
        or facts.force
        or facts.heal
        or facts.waiting_for
        or facts.number_missing
        or facts.stated_epoch != facts.peer_epoch
        or facts.stated_digest != facts.digest
    )


def is_stuck(facts: Facts, now: int) -> bool:
    """Whether a pending record has waited too long while the peer was in contact (property L2)."""
    return facts.pending_since is not None and now - facts.pending_since > STUCK_MS
