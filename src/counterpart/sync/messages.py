"""What travels between the sites: CloudEvents 1.0 batches of states, receipts, beats, probes (section 5).

Stamps are strings: 64-bit integers do not survive every JSON reader. Unknown members are ignored on reading.
"""

from typing import Any

import msgspec

RECORD_TYPE = "suite.sync.record.v1"
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
BATCH_RECORDS_MAX = 500
BATCH_BYTES_AIM = 1024 * 1024
"""A sender closes a batch before its states exceed this; 500 contacts are usually half of it."""
STATE = "state"
BATCH_BYTES_MAX = 4 * 1024 * 1024
"""What a receiver accepts at most."""

TextStamps = tuple[str, str]
AuthorRow = tuple[str, str, int]


class Register(msgspec.Struct):
    """One register: value and both stamps."""

    value: Any
    pm: str = "0"
    la: str = "0"


class ConflictState(msgspec.Struct):
    """One archived conflict, so that both archives agree."""

    register: str
    losing_value: Any
    losing_stamp: str
    losing_author: AuthorRow
    winning_value: Any
    winning_stamp: str
    winning_author: AuthorRow
    at: int
    resolution: str = ""
    resolved_by: str = ""


class Pairing(msgspec.Struct):
    """A go-live has found that this is the receiver's record ``id``. ``stands``: whose value counts where both have one
    and nobody stamped either; ``at``: when that was approved, in milliseconds.
    """

    id: str
    stands: str
    at: int


class RecordState(msgspec.Struct):
    """The whole synchronised state of one record. ``authors['']`` wrote every register not named."""

    kind: str
    digest: str
    registers: dict[str, Register]
    authors: dict[str, AuthorRow]
    conflicts: list[ConflictState] = []
    pairing: Pairing | msgspec.UnsetType = msgspec.UNSET
    origin: str | msgspec.UnsetType = msgspec.UNSET
    """The sender's own id of a record that the receiver is not known to hold; told during a go-live only."""


class Event(msgspec.Struct, kw_only=True):
    """A CloudEvents 1.0 event; all events of a batch carry the same heads and epochs."""

    specversion: str = "1.0"
    type: str = RECORD_TYPE
    id: str
    source: str
    subject: str
    time: str
    datacontenttype: str = "application/json"
    dataschema: str
    linkid: str
    epoch: str
    headn: int
    headh: str
    prevn: int
    prevh: str
    peerepoch: str
    peern: int
    peerh: str
    statement: int
    lane: int
    accepts: str = ""
    """``STATE``: the sender takes a state that the receipt tells, and answers with a receipt of its own."""
    data: RecordState


class Told(msgspec.Struct):
    """A state that a receipt told, as it is merged: what it shares with an ``Event``."""

    id: str
    subject: str
    statement: int
    lane: int
    data: RecordState


Arrived = Event | Told


class Result(msgspec.Struct):
    """What became of one record: applied, unchanged, refused, retry or dependency_missing; and what is held now."""

    id: str
    result: str
    stamps: dict[str, TextStamps] = {}
    digest: str = ""
    code: str = ""
    register: str = ""
    text: str = ""
    detail: dict[str, Any] = {}
    missing: list[str] = []
    state: RecordState | msgspec.UnsetType = msgspec.UNSET
    """The whole state held now, where the receiver decided something itself in storing the record (a number, say)."""


class Receipt(msgspec.Struct):
    """What became of the records of a batch, or of the states a receipt told; built after the commit.

    ``peern``/``peerh``: the other site's head as remembered now.
    """

    verdict: str
    instance: str
    epoch: str
    headn: int
    headh: str
    peern: int
    peerh: str
    ackedn: int
    ackedh: str
    heardn: int
    statement: int
    mode: str
    at: int
    reason: str = ""
    results: list[Result] = []


class ReceiptVerdict(msgspec.Struct):
    """The part of a receipt that says whether the batch was merged."""

    verdict: str
    mode: str
    peern: int
    peerh: str


class Beat(msgspec.Struct):
    """A sign of life and what the peer should know of this site; the answer to a beat is a beat.

    ``ackedn``/``ackedh``: our newest head for which we hold the peer's receipt. ``heardn``: the newest statement of the
    receiver that reached us. ``unsent``: for how many milliseconds
    our oldest change has been waiting to be sent.
    """

    instance: str
    epoch: str
    headn: int
    headh: str
    peerepoch: str
    peern: int
    peerh: str
    ackedn: int
    ackedh: str
    heardn: int
    statement: int
    mode: str
    at: int
    unsent: int
    version: int
    policydigest: str
    policy: dict[str, Any]
    keys: list[tuple[str, str]]


class Probe(msgspec.Struct):
    """A question about records by sync id. ``full`` asks for the registers too (comparison of both sides)."""

    ids: list[str] = []
    full: bool = False
    question: str = ""
    fields: dict[str, Any] = {}


class ProbeState(msgspec.Struct):
    """What is held of one record, read from its columns just now."""

    digest: str
    addresses: dict[str, Any] = {}
    registers: dict[str, Register] | None = None


class ProbeAnswer(msgspec.Struct):
    """The answer to a probe; records not held here are absent. ``statement``: as of which statement it holds."""

    instance: str
    epoch: str
    statement: int
    mode: str
    records: dict[str, ProbeState] = {}
    answer: dict[str, Any] | None = None


class TreeState(msgspec.Struct):
    """What one site holds of a record, for the other to see what was changed there past the application."""

    kind: str
    registers: dict[str, Register]


class SweepReport(msgspec.Struct):
    """What a sweep came to; the site that drove it sends it to the other."""

    compared: int
    different: int
    repaired: int
    unrepaired: int
    findings: list[tuple[str, str, str, list[str], str]] = []
    """Identity, kind, what (as the receiver sees it), registers, outcome."""


class TreeAsk(msgspec.Struct, kw_only=True):
    """One step of a sweep (section 12), asked by the site that drives it; ``sweep.answering`` says what each does."""

    sweep: str
    step: str
    why: str = ""
    by: str = ""
    after: str = ""
    limit: int = 0
    root: str = ""
    buckets: list[int] = []
    ids: list[str] = []
    states: dict[str, TreeState] = {}
    registers: dict[str, list[str]] = {}
    report: SweepReport | None = None


class TreeAnswer(msgspec.Struct, kw_only=True):
    """The answer to a step; members a step has no use for are empty."""

    refused: str = ""
    """Why there can be no sweep now, in a sentence."""
    after: str = ""
    read: int = 0
    count: int = 0
    root: str = ""
    buckets: list[str] = []
    ids: list[str] = []
    records: list[tuple[str, str, bool]] = []
    """Identity, digest, whether it is at rest."""
    registers: dict[str, list[str]] = {}
    states: dict[str, TreeState] = {}


encode = msgspec.json.Encoder().encode
read_events = msgspec.json.Decoder(list[Event]).decode
read_receipt = msgspec.json.Decoder(Receipt).decode
read_verdict = msgspec.json.Decoder(ReceiptVerdict).decode
read_beat = msgspec.json.Decoder(Beat).decode
read_probe = msgspec.json.Decoder(Probe).decode
read_probe_answer = msgspec.json.Decoder(ProbeAnswer).decode
read_tree_ask = msgspec.json.Decoder(TreeAsk).decode
read_tree_answer = msgspec.json.Decoder(TreeAnswer).decode
