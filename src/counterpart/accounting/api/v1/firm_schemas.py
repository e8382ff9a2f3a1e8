"""The shapes of settings and of the summary."""

from typing import Literal

from ninja import Field, Schema

from counterpart.accounting.api.v1.schemas import Strict
from counterpart.accounting.numbering.models import FILE_WIDTH_MAX


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


class FileNumberingOut(Schema):
    """How files are numbered."""

    scheme: Literal["contact", "firm"] = Field(description="25-001, or one counter for the firm.")
    width: int = Field(description="Least digits of the file part, by contact.")
    separator: str
    next: int = Field(description="The value the firm's counter goes on with.")


class FileNumberingPatch(Strict):
    """What to change of it; files that exist keep their numbers."""

    scheme: Literal["contact", "firm"] | None = None
    width: int | None = Field(None, ge=1, le=FILE_WIDTH_MAX)
    separator: Literal["-", "."] | None = None
    next: int | None = Field(None, ge=1, lt=10**15)


class NumberingOut(Schema):
    """Automatic File Numbering."""

    separate_numbering_sequences: bool
    manual_number_resets_sequence: bool
    sequences: SequencesOut
    files: FileNumberingOut
    peer_separate_numbering_sequences: bool | None = Field(description="Practice Management's own switch, if known.")


class NumberingPatch(Strict):
    """What to change of Automatic File Numbering; what is left out stays."""

    separate_numbering_sequences: bool | None = None
    manual_number_resets_sequence: bool | None = None
    sequences: SequencesPatch | None = None
    files: FileNumberingPatch | None = None


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
