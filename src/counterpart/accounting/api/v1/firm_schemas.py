"""The shapes of settings and of the summary."""

from ninja import Field, Schema

from counterpart.accounting.api.v1.schemas import Strict


class SequenceOut(Schema):
    """One sequence: its prefix and the value it goes on with."""

    prefix: str
    next: int


class SequencePatch(Strict):
    """What to change of a sequence."""

    prefix: str | None = Field(None, max_length=4)
    next: int | None = Field(None, ge=1, lt=10**15)


class SequencesOut(Schema):
    """The three sequences."""

    client: SequenceOut
    vendor: SequenceOut
    other: SequenceOut


class SequencesPatch(Strict):
    """The sequences to change."""

    client: SequencePatch | None = None
    vendor: SequencePatch | None = None
    other: SequencePatch | None = None


class NumberingOut(Schema):
    """Automatic File Numbering."""

    separate_numbering_sequences: bool
    manual_number_resets_sequence: bool
    sequences: SequencesOut
    peer_separate_numbering_sequences: bool | None = Field(description="Practice Management's own switch, if known.")


class NumberingPatch(Strict):
    """What to change of Automatic File Numbering; what is left out stays."""

    separate_numbering_sequences: bool | None = None
    manual_number_resets_sequence: bool | None = None
    sequences: SequencesPatch | None = None


class CountsOut(Schema):
    """Records per colour."""

    green: int
    gray: int
    lightblue: int
    yellow: int
    red: int


class SyncSummaryOut(Schema):
    """The exchange in figures; ages in seconds, null where nothing is pending or was ever heard."""

    counts: CountsOut
    oldest_pending_s: float | None
    since_contact_s: float | None
    conflicts: int
    attention: int
