"""Two people at one record: what only one of them changed merges, what both changed is shown to the second (EDT-1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from counterpart.foundation import history
from counterpart.foundation.errors import Stale


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed at once."""

    field: str
    yours: Any
    theirs: Any
    before: Any


class EditClash(Stale):
    """Both sides changed the same fields; nothing was written. ``clashes`` has every value (EDT-1)."""

    status = 409
    default_code = "clash"

    def __init__(self, clashes: list[Clash], *, by: str, at: datetime, current_version: int) -> None:
        super().__init__("Somebody else changed the same fields meanwhile.", current_version=current_version)
        self.clashes, self.by, self.at = clashes, by, at


def merged(
    kind: str,
    record_id: UUID,
    wanted: Mapping[str, Any],
    base: Mapping[str, Any],
    shown: Mapping[str, Any],
    version: int,
) -> dict[str, Any]:
    """What the person changed, unless somebody else changed it too.

    ``base``: the values the form was filled with; ``shown``: the values a form would be filled with now. Raises
    EditClash.
    """
    mine = {name: value for name, value in wanted.items() if name not in base or value != base[name]}
    clashes = [
        Clash(name, value, shown[name], base[name])
        for name, value in mine.items()
        if name in base and shown[name] not in (base[name], value)
    ]
    if clashes:
        last = history.events_for(kind, record_id).first()
        assert last is not None, "a change leaves an event"
        raise EditClash(clashes, by=last.actor_name, at=last.at, current_version=version)
    return mine
