"""Register values as people read them."""

from typing import Any
from uuid import UUID

from counterpart.sync.handler import Handler
from counterpart.sync.registry import handler_for, has_handler
from counterpart.sync.states import local_ids

EMPTY = "(empty)"


def value_text(handler: Handler, register: str, value: Any) -> str:
    """A register's value as text. A name is one line, an address one line per part, a list of
    other records one line each, an empty value a word.
    """
    if isinstance(value, dict):
        rule = handler.registers.get(register)
        order = rule.parts if rule and rule.parts else tuple(value)
        parts = [str(value[part]) for part in order if value.get(part)]
        between = "\n" if register.startswith("address") else " "
        return between.join(parts) or EMPTY
    rule = handler.registers.get(register)
    if rule is not None and rule.refers_to and isinstance(value, list):
        return "\n".join(_names(rule.refers_to, value)) or EMPTY
    return str(value) if value not in (None, "") else EMPTY


def _names(kind: str, identities: list[str]) -> list[str]:
    """The names of records that a value lists by their identities, in its order."""
    found = local_ids(kind, [UUID(text) for text in identities])
    labels = handler_for(kind).labels(list(found.values())) if has_handler(kind) else {}
    named = [labels.get(found[UUID(text)]) if UUID(text) in found else None for text in identities]
    return [label.name if label else f"(a {kind} that is not here)" for label in named]
