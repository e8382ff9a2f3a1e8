"""Where an exchange stands on one side, and whether two such views are of one moment (section 14).

A product that is put back to before an exchange its peer remembers is a restored one, and the link stops. Two databases
fit together when neither remembers more of the other than that one has.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """What one side has sent, stated and heard."""

    instance: str
    epoch: str
    head: int
    acked: int
    statement: int
    peer_instance: str
    peer_epoch: str
    peer_head: int
    peer_statement: int
    peer_announced: int


def fit(one: Moment | None, other: Moment | None) -> bool:
    """Whether the two were seen at one moment of their exchange; sites that are not paired always fit."""
    if one is None or other is None or not one.peer_instance or one.peer_instance != other.instance:
        return True
    return _knows_no_more(one, other) and _knows_no_more(other, one)


def _knows_no_more(one: Moment, other: Moment) -> bool:
    """Whether ``one`` remembers nothing of ``other`` that ``other`` has not done."""
    return (
        one.peer_epoch == other.epoch
        and max(one.peer_head, one.peer_announced) <= other.head
        and one.peer_statement <= other.statement
        and one.acked <= other.peer_head
    )
