"""What the simulation remembers and no site knows: who really wrote what, when, and what was really promised."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from counterpart.protocol.registers import Stamps
from counterpart.protocol.stamps import Site

EditKey = tuple[str, str, int]
"""Record, register, stamp: names one edit."""


@dataclass(slots=True)
class Ghost:
    values: dict[EditKey, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """What was written under a stamp; more than one value if a transaction died, or a backup took the edit back."""
    parents: dict[EditKey, int] = field(default_factory=dict)
    acknowledged: dict[EditKey, tuple[Site, int]] = field(default_factory=dict)
    """Edits a user was told were saved: where and when."""
    digests: dict[Site, dict[str, list[tuple[int, str]]]] = field(
        default_factory=lambda: {site: defaultdict(list) for site in Site}
    )
    """The true history of every record's digest at each site."""
    promises: dict[Site, dict[str, dict[str, Stamps]]] = field(
        default_factory=lambda: {site: defaultdict(dict) for site in Site}
    )
    """Stamps a site stated in receipts: they must never be undone."""
    deleted: set[tuple[Site, str]] = field(default_factory=set)
    numbers: dict[tuple[str, str], int | None] = field(default_factory=dict)
    """Every number LA ever gave, by kind, and to which of its records."""
    lists: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    """Every client list PM ever committed, by matter."""
    taken_over: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    """Client lists LA's people made while the link was off, by matter."""
    departures: dict[str, list[str]] = field(default_factory=dict)
    """Those of them that stand, and were not replaced by PM's list yet."""
    payers: dict[int, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """The payers of every file of LA as last seen, by local row."""
    aliases: dict[str, str] = field(default_factory=dict)
    """New identities of records that were offered again, and their first ones."""
    merges: dict[str, str] = field(default_factory=dict)
    """Contacts that were ever merged, and the one that stands for all of them: undone or not."""
    heads: dict[Site, set[str]] = field(default_factory=lambda: {site: set() for site in Site})
    """Heads of every batch a site composed."""
    merged: dict[Site, dict[str, dict[str, Any]]] = field(default_factory=lambda: {site: {} for site in Site})
    """Heads of the peer's batches a site merged, with its answers."""

    def ancestors(self, key: EditKey) -> set[int]:
        """The stamp itself and all that it overwrote knowingly."""
        sync_id, register, stamp = key
        found = set()
        while stamp and stamp not in found:
            found.add(stamp)
            stamp = self.parents.get((sync_id, register, stamp), 0)
        return found


@dataclass(slots=True)
class Loss:
    """What one restore from a backup took away."""

    site: Site
    heads: set[str]
    peer_heads: set[str]
    composed_after: set[str] = field(default_factory=set)
    noticed: bool = False
