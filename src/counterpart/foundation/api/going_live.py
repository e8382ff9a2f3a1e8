"""The shape of a go-live, the same in both products."""

from typing import Any

from ninja import Field, Schema


class GoLiveOut(Schema):
    """How the pairing of two filled products stands."""

    run: str = Field(description="Its identity, the same in both products.")
    phase: str = Field(
        description="handshake, census, match, approve, pair, create, verify, live or ended; '' for none."
    )
    rehearsal: bool
    stopped: bool
    stopped_there: bool = Field(description="Stopped in the other product.")
    problem: str = Field(description="What it waits for, in a sentence.")
    stands: str = Field(description="Whose value stands where both differ: la, pm or later.")
    report: dict[str, Any] = Field(description="Counts by kind of record, and what came of it.")
    facts: dict[str, Any] = Field(description="What the handshake found.")
