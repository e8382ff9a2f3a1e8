"""The vocabulary of permissions: each site lists the rights its roles can grant (PRM-1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Right:
    """One thing a role may grant: a code the code asks for and a label people read."""

    code: str
    label: str
    group: str = "General"
    only_administrators: bool = False
    """No other role can grant it."""
