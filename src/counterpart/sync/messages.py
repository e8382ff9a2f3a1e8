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


class RecordState(msgspec.Struct):
    """The whole synchronised state of one record. ``authors['']`` wrote every register not named."""

    kind: str
    digest: str
    registers: dict[str, Register]
    authors: dict[str, AuthorRow]
    conflicts: list[ConflictState] = []


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
    data: RecordState


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


class Receipt(msgspec.Struct):
    """The answer to a batch, built after the commit. ``peern``/``peerh``: the sender's head as remembered now."""

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


encode = msgspec.json.Encoder().encode
read_events = msgspec.json.Decoder(list[Event]).decode
read_receipt = msgspec.json.Decoder(Receipt).decode
read_beat = msgspec.json.Decoder(Beat).decode
read_probe = msgspec.json.Decoder(Probe).decode
read_probe_answer = msgspec.json.Decoder(ProbeAnswer).decode
