"""Register values as people read them."""

from typing import Any

from counterpart.sync.handler import Handler

EMPTY = "(empty)"


def value_text(handler: Handler, register: str, value: Any) -> str:
    """A register's value as text. A name is one line, an address one line per part, an empty value a word."""
    if isinstance(value, dict):
        rule = handler.registers.get(register)
        order = rule.parts if rule and rule.parts else tuple(value)
        parts = [str(value[part]) for part in order if value.get(part)]
        between = "\n" if register.startswith("address") else " "
        return between.join(parts) or EMPTY
    return str(value) if value not in (None, "") else EMPTY
