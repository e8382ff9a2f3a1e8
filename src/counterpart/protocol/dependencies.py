"""Records that refer to others: a matter goes once the peer holds all its clients (sync-protocol section 9)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from counterpart.protocol.registers import Reg, Register
from counterpart.protocol.stamps import Site


@dataclass(frozen=True, slots=True)
class Need:
    """How a record that another one refers to stands at the site that sends."""

    known_at_peer: bool
    error: bool = False
    """Red: refused there, or a state of the peer was refused here."""
    severed: bool = False


def is_in_trouble(need: Need) -> bool:
    """Whether the record waits for a person, and so does whatever refers to it (MAT-4)."""
    return need.error or need.severed


def is_awaited(need: Need, *, known_at_peer: bool) -> bool:
    """Whether a record must wait for this one. ``known_at_peer``: of the record that refers to it.

    One that the peer holds already needs no more than that the other exists there: an error of the other must not
    keep its changes back.
    """
    return not need.known_at_peer or need.severed or (need.error and not known_at_peer)


def holds_back(needs: Iterable[Need], *, known_at_peer: bool, attempts: int, severed: bool) -> bool:
    """Whether a record is not to be sent now (section 6, sender step 1).

    One that the peer holds is sent once all the same and refused whole (``attempts`` tells that it was), so that
    the peer knows that it holds something old (property S7); that it was deleted is told at once.
    """
    if severed or (known_at_peer and not attempts):
        return False
    return any(is_awaited(need, known_at_peer=known_at_peer) for need in needs)


def references(
    rules: Mapping[str, Register], held: Mapping[str, Reg], theirs: Mapping[str, Reg], receiver: Site
) -> Iterator[tuple[str, str]]:
    """Kind and identity of every record that must exist here before a state of the peer may be applied (property S8).

    Only lists that would be taken over count: not those we alone write, and none older than what we hold.
    """
    for name, incoming in theirs.items():
        rule = rules.get(name)
        if rule is None or not rule.refers_to or receiver in rule.writers:
            continue
        mine = held.get(name, Reg(None))
        if incoming.newest >= mine.newest and incoming.value != mine.value:
            for identity in incoming.value or ():
                yield rule.refers_to, identity
