"""What a seed decides before anything happens: how bad the network, the clocks and the people are."""

from dataclasses import dataclass
from random import Random

YEAR_MS = 365 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Plan:
    safety_ms: int
    records: int
    """Contacts, before people stop creating them for their own sake."""
    matters: int
    actions: int
    loss: float
    duplicate: float
    slow_ms: int
    faults: int
    skews: tuple[int, int]
    separate: bool
    by_contact: bool
    switches: bool
    """Whether people switch the integration off and on again."""
    restores: bool
    late_receipts: bool
    poison_for_ever: bool
    merges: bool = False
    """Whether people merge duplicates."""
    tells: bool = False
    """Whether receipts tell states, and batches overlap the receipts before them: an older version does neither."""


def draw(rng: Random) -> Plan:
    """A plan for one seed."""
    calm = rng.random() < 0.2
    restores = rng.random() < 0.2
    return Plan(
        safety_ms=rng.choice((60_000, 120_000, 240_000)),
        records=rng.choice((1, 2, 3, 6)),
        matters=rng.choice((0, 1, 1, 2, 2)),
        actions=rng.choice((8, 16, 25, 50)),
        loss=0.0 if calm else rng.choice((0.02, 0.1, 0.3)),
        duplicate=0.0 if calm else rng.choice((0.02, 0.15)),
        slow_ms=rng.choice((20, 300, 4_000, 15_000)),
        faults=0 if calm else rng.choice((2, 5, 9, 14)),
        skews=(skew(rng), skew(rng)),
        separate=rng.random() < 0.5,
        by_contact=rng.random() < 0.5,
        switches=rng.random() < 0.3,
        restores=restores,
        # HTTP gives an answer to nobody but the waiting sender; without restores even later ones must do no harm.
        late_receipts=not restores and rng.random() < 0.7,
        poison_for_ever=rng.random() < 0.1,
    )


def skew(rng: Random) -> int:
    """How wrong a clock is, in milliseconds: from not at all to years."""
    size = rng.choice((0, 0, 500, 20_000, 3_600_000, 3 * YEAR_MS))
    return rng.randint(-size, size)
