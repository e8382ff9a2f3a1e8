"""What editing contacts and files has in common: settling what somebody else saved in between (EDT-1)."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from counterpart.foundation.errors import Stale

Fields = dict[str, Any]
Cleaned = Callable[[Mapping[str, Any], Mapping[str, Any]], Fields]
"""Overlays what was given over complete fields and cleans it."""


class Held(Protocol):
    """A record as it is now, in a transaction that is about to change it."""

    version: int
    fields: Fields


class Clash(Stale):
    """Somebody else changed the same fields meanwhile (EDT-1): {field: value as it is now}."""

    status = 409

    def __init__(self, noun: str, theirs: Mapping[str, Any], version: int) -> None:
        super().__init__(
            f"This {noun} was changed by somebody else while you were editing. Both values are shown below.",
            current_version=version,
        )
        self.theirs = dict(theirs)


def merged(
    held: Held,
    given: Mapping[str, Any],
    *,
    version: int | None,
    seen: Mapping[str, Any] | None,
    cleaned: Cleaned,
    noun: str,
) -> Fields:
    """Overlay what was given. ``version`` is the one that was read; if another save came between, fields changed by one
    side only are merged, provided ``seen`` tells what the writer saw.

    Raises Stale, and Clash where both changed a field.
    """
    if version is None or version == held.version:
        return cleaned(given, held.fields)
    if seen is None:
        raise Stale(f"This {noun} was changed meanwhile; read it again.", current_version=held.version)
    base = {**held.fields, **{name: seen[name] for name in seen if name in held.fields}}
    mine = changed_fields(base, cleaned(given, base))
    theirs = changed_fields(base, held.fields)
    clashes = {name: held.fields[name] for name in mine if name in theirs and mine[name][1] != held.fields[name]}
    if clashes:
        raise Clash(noun, clashes, held.version)
    return cleaned({name: new for name, (_, new) in mine.items()}, held.fields)


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return {field: [old, new]} for the fields that differ, as the history keeps it."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def require_version(held: Held, version: int | None, noun: str) -> None:
    """Raise Stale unless this is the version that was read."""
    if version is not None and version != held.version:
        raise Stale(f"This {noun} was changed meanwhile; look at it again.", current_version=held.version)
