"""Merging duplicates: one record of a kind becomes an alias of another (sync-protocol section 16, DUP-7 to DUP-12).

Legal Accounting decides, because it holds numbers and ledgers; either product may ask. Both are states of the
*loser*, so a repeated, late or lost message changes nothing:

- ``merged_into`` (Legal Accounting writes it): {"into": identity of the survivor, "seen": newest stamp of Practice
  Management's that Legal Accounting held of the loser when it decided}. None again: the merge was undone.
- ``merge_request`` (Practice Management writes it): {"into": identity} asks for it, {"apart": true} for undoing it.

From then on the loser is severed. What somebody typed on it in Practice Management while the decision was under way has
a stamp newer than ``seen``: it is never sent under the old identity but goes to the survivor (``crossed``).
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from counterpart.protocol.exchange import MERGE_REQUEST, MERGED_INTO
from counterpart.protocol.registers import Reg, Register
from counterpart.protocol.stamps import Site


def merged_value(survivor: str, loser: Mapping[str, Reg]) -> dict[str, str]:
    """The decision, from the loser's state at that moment."""
    return {"into": survivor, "seen": str(max((reg.pm for reg in loser.values()), default=0))}


def survivor_of(state: Mapping[str, Reg]) -> str:
    """The identity of the record that this one was merged into, or ''."""
    merged = state.get(MERGED_INTO)
    return str(merged.value["into"]) if merged is not None and merged.value else ""


def resolve(survivors: Mapping[str, str], identity: str) -> str:
    """Follow a chain of merges to its end. ``survivors``: who was merged into whom. A circle, which only messages that
    overtook each other can show, ends where it began.
    """
    start, seen = identity, set()
    while identity in survivors and identity not in seen:
        seen.add(identity)
        identity = survivors[identity]
    return start if identity in seen else identity


def crossed(rules: Mapping[str, Register], loser: Mapping[str, Reg]) -> dict[str, Reg]:
    """What was edited in Practice Management on a record that Legal Accounting had merged by then: registers that both
    may write, with an edit newer than the decision knew. ``loser``: the state there, the decision included.
    """
    seen = int(loser[MERGED_INTO].value["seen"])
    both = frozenset(Site)
    return {
        name: reg
        for name, reg in loser.items()
        if reg.pm > seen and rules[name].writers == both and not rules[name].kept and not rules[name].create_only
    }


def goes_to_archive(late: Reg, held: Reg) -> bool:
    """Whether a value that crossed meets another one of the survivor. That one stands, whatever the clocks say: the
    person who merged chose it. The late one waits in the archive for somebody to decide; an empty register takes it.
    """
    return held.value is not None and held.value != late.value


def merge_problem(register: str, value: Any) -> str:
    """A sentence about a value of the two registers that is none, or ''."""
    if not isinstance(value, dict):
        return "A merge names the record that stays."
    if register == MERGE_REQUEST and value == {"apart": True}:
        return ""
    wanted = {"into", "seen"} if register == MERGED_INTO else {"into"}
    if set(value) != wanted or not all(isinstance(part, str) for part in value.values()):
        return "A merge names the record that stays."
    try:
        UUID(value["into"])
        int(value.get("seen", "0"))
    except ValueError:
        return "A merge names the record that stays."
    return ""
