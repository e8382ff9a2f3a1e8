"""What the two sites of the simulation say to each other, and the rows they keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from counterpart.protocol.colour import Mode
from counterpart.protocol.exchange import Answer, Standing
from counterpart.protocol.gate import GENESIS, Envelope, Head
from counterpart.protocol.registers import Reg, Stamps


@dataclass(frozen=True, slots=True)
class LinkRow:
    """The pairing, as far as the exchange needs it."""

    epoch: str
    peer_epoch: str
    mode: Mode = Mode.LIVE
    peer_mode: Mode = Mode.LIVE
    head: Head = GENESIS
    acknowledged: Head = GENESIS
    peer_head: Head = GENESIS
    announced: Head = GENESIS
    statement: int = 0
    peer_statement: int = 0
    last_contact: int | None = None
    mode_since: int = 0
    contact_since: int = 0
    """When the peer was heard again after it had stopped: nothing can have been stuck since before that."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """Stamps, kept values and standing of one record; its other values are in the table of its kind."""

    local_id: int | None
    regs: Mapping[str, Stamps]
    held: Mapping[str, Any]
    standing: Standing
    lane: int = 0
    pending_since: int | None = None
    offered: bool = False
    """Whether it was ever part of a batch: if so, the peer may have it, receipt or not."""
    kind: str = "contact"
    refused: bool = False
    """Whether the peer's newest state, or one register of it, was not stored here."""
    trash: tuple[int, Mapping[str, Any]] | None = None
    """The local row as it was when PM deleted it: it can be restored."""
    former: Any = None
    """What a merge took away here (``duplicates.Former``)."""
    heard: Mapping[str, Any] = field(default_factory=dict)
    """Registers that only the peer writes, as last taken over from it: other columns now were changed while off."""


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """An archived value. ``known``: the resolution the peer knows, -1 if it does not have the row at all."""

    sync_id: str
    register: str
    losing_value: Any
    losing_stamp: int
    winning_stamp: int
    resolution: int = 0
    known: int = -1

    @property
    def key(self) -> str:
        return f"{self.sync_id}|{self.register}|{self.losing_stamp}|{self.winning_stamp}"


@dataclass(frozen=True, slots=True)
class RecordState:
    """The state of one record in a batch."""

    sync_id: str
    registers: Mapping[str, Reg]
    digest: str
    conflicts: tuple[ConflictRow, ...] = ()
    kind: str = "contact"


@dataclass(frozen=True, slots=True)
class Voice:
    """What every statement of a site says about the link."""

    epoch: str
    statement: int
    mode: Mode
    head: Head
    remembered: Head
    acknowledged: Head
    peer_epoch: str
    heard: int
    """The newest statement of the other site that arrived here."""


@dataclass(frozen=True, slots=True)
class Batch:
    voice: Voice
    prev: Head
    records: tuple[RecordState, ...]
    forces: Mapping[str, int]
    """For the sender's own use when the receipt comes; no part of what the receiver looks at."""
    beside: frozenset[str] = frozenset()
    """What the batch before it carried, if its receipt was not applied yet when this one was composed."""

    @property
    def envelope(self) -> Envelope:
        said = self.voice
        return Envelope(said.epoch, said.head, self.prev, said.peer_epoch, said.remembered)


@dataclass(frozen=True, slots=True)
class Reply:
    voice: Voice
    verdict: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    missing: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What each record that could not be applied refers to and is not here."""
    told: Mapping[str, RecordState] = field(default_factory=dict)
    """States held now, of records about which this site decided something in storing them."""


@dataclass(frozen=True, slots=True)
class Beat:
    voice: Voice
    unsent_ms: int
