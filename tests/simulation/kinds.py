"""The two kinds of record the sites exchange, as far as the simulation treats them differently."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from counterpart.contracts import contact, matter
from counterpart.protocol.numbers import CONTACT_NUMBER_MAX, FILE_NUMBER_MAX
from counterpart.protocol.registers import Register


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    table: str
    registers: Mapping[str, Register]
    problems: Callable[[Mapping[str, Any]], list[contact.Problem]]
    shared: tuple[str, ...]
    """What people edit most, on both sites."""
    longest: int
    """Characters of a number."""
    kept: frozenset[str]
    refers: bool

    @classmethod
    def of(cls, contract: Any, table: str, shared: tuple[str, ...], longest: int) -> "Kind":
        rules = contract.REGISTERS
        kept = frozenset(name for name, rule in rules.items() if rule.kept)
        refers = any(rule.refers_to for rule in rules.values())
        return cls(contract.KIND, table, rules, contract.problems, shared, longest, kept, refers)


CONTACT = Kind.of(contact, "contacts", ("name", "alias", "email", "phone.mobile"), CONTACT_NUMBER_MAX)
MATTER = Kind.of(matter, "matters", ("title", "assigned"), FILE_NUMBER_MAX)
KINDS = {kind.name: kind for kind in (CONTACT, MATTER)}
